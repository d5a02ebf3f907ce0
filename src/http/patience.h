/* How long the server waits for those it talks to. The library ends connections on which nothing
 * moves; one that sends a byte now and then keeps it waiting for ever. Here each connection has an
 * end to what it may take in all: a head so many seconds, a body and an answer as many and their
 * bytes at the slowest line we serve. A thread looks and shuts down what is over.
 */
#ifndef JIXIA_HTTP_PATIENCE_H
#define JIXIA_HTTP_PATIENCE_H
#include "base/str.h"

typedef struct Patience Patience;
typedef struct Line Line; /* one connection; its functions take NULL and do nothing */

/* Starts the thread; `most` connections at once. In the arena, which must outlive it. NULL when
 * there is no thread to be had. */
Patience *patience_start(Arena *a, int seconds, int most);
void patience_stop(Patience *p);

/* A connection came; NULL when there are more than `most`. Waits for its first head. */
Line *patience_enter(Patience *p, int fd);
/* It is about to be closed: afterwards the descriptor is not touched any more. */
void patience_leave(Line *l);

/* The other side's turn begins: a head, a body, to take an answer of so many bytes. */
void patience_begin(Line *l, size_t bytes);
/* So many bytes of it came. */
void patience_moved(Line *l, size_t bytes);
/* Our turn: nobody is waited for. */
void patience_rest(Line *l);
#endif

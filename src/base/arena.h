/* Arenas: memory that is freed all at once.
 *
 * One arena per request, command, job, loaded model or evaluation. There is no free; the owner
 * calls arena_reset or arena_close. Allocation never returns NULL: when the limit is reached or the
 * machine has no memory, control goes to the trap set by the boundary function (arena_trap), and
 * without a trap the process aborts; whoever was caught so finds a little memory more, to say what
 * happened. Not thread-safe: one arena, one thread at a time.
 */
#ifndef JIXIA_BASE_ARENA_H
#define JIXIA_BASE_ARENA_H
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Arena Arena;
typedef struct ArenaMark {
    void *block;
    size_t used;
    size_t total;
} ArenaMark;

/* A new arena that may hold at most limit_bytes (0: 1 GiB), what its children hold included. Never
 * NULL; aborts without memory. */
Arena *arena_open(size_t limit_bytes);
/* The same, but NULL when the machine has no memory. */
Arena *arena_try(size_t limit_bytes);
/* A new arena for work inside a boundary whose memory comes from `parent`: its blocks count against
 * the limit of the parent (and of the parent's parents) as long as it holds them. When it is full,
 * or one of them is, control goes to the next trap, its own or a parent's; when the parent closes
 * first (after such a jump) it closes with it. Used by the thread of its parent. */
Arena *arena_child(Arena *parent, size_t limit_bytes);
/* Frees everything, the arena and its children included. NULL is allowed. */
void arena_close(Arena *a);
/* Forgets every allocation and keeps the first block, and one more, for reuse. */
void arena_reset(Arena *a);
/* size bytes, zeroed, aligned to 16. A size of 0 gives a valid pointer. */
void *arena_alloc(Arena *a, size_t size);
/* n * size bytes with overflow check, zeroed. */
void *arena_array(Arena *a, size_t n, size_t size);
/* A copy of size bytes at p. */
void *arena_copy(Arena *a, const void *p, size_t size);
/* Remembers the position; arena_rewind frees everything allocated since. */
ArenaMark arena_mark(const Arena *a);
void arena_rewind(Arena *a, ArenaMark m);
/* Where to jump (longjmp, value 1) when the limit is reached; returns the trap set before, which
 * the caller puts back when it leaves. NULL removes the trap. */
jmp_buf *arena_trap(Arena *a, jmp_buf *trap);
/* Runs fn with a trap on the arena: true when it came to its end, false when memory of the arena or
 * of a child ran out on the way. What fn held (transaction, lock) is the caller's to give back. */
bool arena_guard(Arena *a, void (*fn)(void *), void *user);
/* Jumps on, for the same want, from code that caught the trap to put something in order. */
_Noreturn void arena_raise(Arena *a);
/* Whether the last jump to the trap was for want of memory rather than for the limit. */
bool arena_starved(const Arena *a);
/* Bytes handed out since open or reset, without those of children. */
size_t arena_used(const Arena *a);
/* How often the arena went to the system for memory since it was opened. */
long arena_blocks(const Arena *a);

#define NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define NEW_N(a, T, n) ((T *)arena_array((a), (size_t)(n), sizeof(T)))

/* Makes room for one more element in a growing array kept in an arena: doubles *cap when n == *cap.
 * The old copy stays in the arena until it is reset. */
#define GROW(a, ptr, n, cap)                                                                       \
    ((n) < (cap) ? (void)0                                                                         \
                 : (void)((ptr) = arena_grow_((a), (ptr), (size_t)(n), sizeof *(ptr), &(cap))))
void *arena_grow_(Arena *a, const void *old, size_t n, size_t size, int *cap);
#endif

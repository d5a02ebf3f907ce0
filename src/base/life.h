/* The life of a process, named so that another process of the same machine can tell whether it is
 * over: boot of the kernel, namespace of process numbers, number, start (proc(5)). */
#ifndef JIXIA_BASE_LIFE_H
#define JIXIA_BASE_LIFE_H
#include "base/arena.h"
#include "base/str.h"

/* The name of the life of this process, without blanks; empty when the system does not tell. */
Str life_name(Arena *a);
/* True only when it is certain that the life of this name is over: it was of this boot and
 * namespace, and no process has its number, or one that started at another moment. False for a name
 * of another machine, for an empty one and for what is no name. */
bool life_over(Arena *a, Str name);
#endif

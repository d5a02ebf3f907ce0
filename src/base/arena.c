/* Arenas in chained blocks. Blocks double from 16 KiB to 4 MiB; a larger request gets its own. The
 * largest usual block that a reset or rewind frees is kept for the next: an arena that is reset
 * again and again soon asks the system for nothing. What an arena hands out counts against its own
 * limit byte by byte; against the limits of its parents it counts by the block. */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 16 << 10, BLOCK_MAX = 4 << 20, ALIGN = 16, LAST_WORDS = 1 << 20, SMALL = 64 };

typedef struct Block {
    struct Block *prev;
    size_t size;
    _Alignas(ALIGN) unsigned char data[];
} Block;

struct Arena {
    Block *block;
    size_t used;  /* bytes used in the newest block */
    size_t total; /* bytes handed out in all blocks */
    size_t limit; /* at most PTRDIFF_MAX, so that sums with it do not overflow */
    size_t held;  /* bytes of all blocks and the spare one */
    size_t lent;  /* what the children hold, and theirs */
    Block *spare; /* kept for reuse, or NULL */
    long blocks;  /* taken from the system since the arena was opened */
    jmp_buf *trap;
    size_t extra; /* of the limit: lent to say what happened, until the arena is rewound */
    bool starved; /* the last jump to the trap was for want of memory */
    Arena *parent, *children; /* NULL: none */
    Arena *next;              /* sibling */
};

static _Noreturn void arena_full(Arena *a, bool starved) {
    while (a && !a->trap) a = a->parent;
    for (Arena *p = a; p; p = p->parent) { /* any of them may be the one that is full */
        if (p->extra == 0) p->limit += LAST_WORDS;
        p->extra = LAST_WORDS;
    }
    if (a) {
        a->starved = starved;
        longjmp(*a->trap, 1);
    }
    fputs("jixia: memory: arena limit reached outside a boundary\n", stderr);
    abort();
}

static bool has_room(const Arena *a, size_t size) {
    return size <= a->limit && a->total + a->lent <= a->limit - size;
}

/* Takes bytes of a block from all parents; false when one of them has not so many left. */
static bool borrow(Arena *a, size_t bytes) {
    for (const Arena *p = a->parent; p; p = p->parent)
        if (!has_room(p, bytes)) return false;
    for (Arena *p = a->parent; p; p = p->parent) p->lent += bytes;
    a->held += bytes;
    return true;
}

static void give_back(Arena *a, size_t bytes) {
    for (Arena *p = a->parent; p; p = p->parent) p->lent -= bytes;
    a->held -= bytes;
}

static void block_free(Arena *a, Block *b) {
    if (!b) return;
    give_back(a, sizeof *b + b->size);
    free(b);
}

typedef enum Got { GOT, FULL, STARVED } Got;

/* A block of the wanted size; of the least where parents are nearly full. */
static Got block_push(Arena *a, size_t least, size_t wanted) {
    Block *b = a->spare;
    if (b && b->size >= wanted) {
        a->spare = NULL;
    } else {
        size_t size = wanted;
        if (!borrow(a, sizeof *b + size)) {
            block_free(a, a->spare);
            a->spare = NULL;
            size = least;
            if (!borrow(a, sizeof *b + size)) return FULL;
        }
        b = malloc(sizeof *b + size);
        if (!b) {
            give_back(a, sizeof *b + size);
            return STARVED;
        }
        b->size = size;
        a->blocks++;
    }
    b->prev = a->block;
    a->block = b;
    a->used = 0;
    return GOT;
}

/* NULL: *got says why. */
static Arena *arena_make(Arena *parent, size_t limit_bytes, Got *got) {
    Arena *a = calloc(1, sizeof *a);
    *got = STARVED;
    if (!a) return NULL;
    a->parent = parent;
    a->limit = limit_bytes ? limit_bytes : (size_t)1 << 30;
    if (a->limit > PTRDIFF_MAX) a->limit = PTRDIFF_MAX;
    *got = block_push(a, BLOCK_FIRST, BLOCK_FIRST);
    if (*got == GOT) return a;
    free(a);
    return NULL;
}

Arena *arena_try(size_t limit_bytes) {
    Got got;
    return arena_make(NULL, limit_bytes, &got);
}

Arena *arena_open(size_t limit_bytes) {
    Arena *a = arena_try(limit_bytes);
    if (a) return a;
    fputs("jixia: memory: no memory for an arena\n", stderr);
    abort();
}

static void blocks_free_until(Arena *a, Block *keep) {
    while (a->block != keep) {
        Block *old = a->block;
        a->block = old->prev;
        if (old->size <= BLOCK_MAX && (!a->spare || a->spare->size < old->size)) {
            block_free(a, a->spare);
            a->spare = old;
        } else {
            block_free(a, old);
        }
    }
}

Arena *arena_child(Arena *parent, size_t limit_bytes) {
    Got got;
    Arena *a = arena_make(parent, limit_bytes, &got);
    if (!a) arena_full(parent, got == STARVED);
    a->next = parent->children;
    parent->children = a;
    return a;
}

static void leave_parent(Arena *a) {
    Arena **at = &a->parent->children;
    while (*at != a) at = &(*at)->next;
    *at = a->next;
}

void arena_close(Arena *a) {
    if (!a) return;
    for (Arena *child = a->children, *next; child; child = next) {
        next = child->next;
        arena_close(child);
    }
    if (a->parent) leave_parent(a);
    blocks_free_until(a, NULL);
    block_free(a, a->spare);
    free(a);
}

void arena_reset(Arena *a) {
    Block *first = a->block;
    while (first->prev) first = first->prev;
    blocks_free_until(a, first);
    a->used = 0;
    a->total = 0;
    a->limit -= a->extra;
    a->extra = 0;
}

void *arena_alloc(Arena *a, size_t size) {
    if (!has_room(a, size)) arena_full(a, false);
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (need == 0) need = ALIGN;
    if (need > a->block->size - a->used) {
        size_t next = a->block->size >= BLOCK_MAX ? BLOCK_MAX : a->block->size * 2;
        Got got = block_push(a, need, need > next ? need : next);
        if (got != GOT) arena_full(a, got == STARVED);
    }
    void *p = a->block->data + a->used;
    a->used += need;
    a->total += need;
    if (need > SMALL) return memset(p, 0, need);
    for (size_t i = 0; i < need; i += ALIGN) memset((char *)p + i, 0, ALIGN);
    return p;
}

void *arena_array(Arena *a, size_t n, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) arena_full(a, false);
    return arena_alloc(a, bytes);
}

void *arena_copy(Arena *a, const void *p, size_t size) {
    void *q = arena_alloc(a, size);
    return size ? memcpy(q, p, size) : q;
}

void *arena_grow_(Arena *a, const void *old, size_t n, size_t size, int *cap) {
    int next = *cap < 8 ? 8 : *cap * 2;
    if (*cap > (1 << 29)) arena_full(a, false);
    void *p = arena_array(a, (size_t)next, size);
    if (n) memcpy(p, old, n * size);
    *cap = next;
    return p;
}

ArenaMark arena_mark(const Arena *a) {
    return (ArenaMark){.block = a->block, .used = a->used, .total = a->total};
}

void arena_rewind(Arena *a, ArenaMark m) {
    blocks_free_until(a, m.block);
    a->used = m.used;
    a->total = m.total;
    a->limit -= a->extra;
    a->extra = 0;
}

jmp_buf *arena_trap(Arena *a, jmp_buf *trap) {
    jmp_buf *before = a->trap;
    a->trap = trap;
    return before;
}

bool arena_guard(Arena *a, void (*fn)(void *), void *user) {
    jmp_buf full;
    jmp_buf *outer = arena_trap(a, &full);
    if (setjmp(full)) {
        arena_trap(a, outer);
        return false;
    }
    fn(user);
    arena_trap(a, outer);
    return true;
}

_Noreturn void arena_raise(Arena *a) {
    arena_full(a, a->starved);
}

bool arena_starved(const Arena *a) {
    return a->starved;
}

size_t arena_used(const Arena *a) {
    return a->total;
}

long arena_blocks(const Arena *a) {
    return a->blocks;
}

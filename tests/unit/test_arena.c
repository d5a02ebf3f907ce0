/* Arenas: limits, boundaries, children. */
#include <string.h>

#include "base/arena.h"
#include "tests/test.h"

typedef struct Work {
    Arena *a;
    size_t step;
    int done, most;
} Work;

static void take(void *user) {
    Work *w = user;
    for (; w->done < w->most; w->done++) memset(arena_alloc(w->a, w->step), 1, w->step);
}

TEST(arena_guard_ends_what_takes_too_much) {
    Arena *a = arena_open(1 << 20);
    Work small = {.a = a, .step = 1000, .most = 10};
    CHECK(arena_guard(a, take, &small));
    CHECK_INT(small.done, 10);
    Work large = {.a = a, .step = 100000, .most = 100};
    CHECK(!arena_guard(a, take, &large));
    CHECK(large.done >= 9 && large.done < 11);
    arena_alloc(a, 1000); /* there is room to say what happened */
    CHECK(!arena_guard(a, take, &large));
    arena_close(a);
}

TEST(arena_children_lead_to_the_trap_of_their_parent) {
    Arena *a = arena_open(0);
    Arena *child = arena_child(a, 1 << 20), *grandchild = arena_child(child, 1 << 20);
    Work w = {.a = grandchild, .step = 100000, .most = 100};
    CHECK(!arena_guard(a, take, &w));
    CHECK(w.done >= 9 && w.done < 11);
    w = (Work){.a = child, .step = 100000, .most = 100};
    CHECK(!arena_guard(a, take, &w));
    arena_close(child); /* and its child */
    Arena *other = arena_child(a, 0);
    CHECK(arena_alloc(other, 10) != NULL);
    arena_close(a); /* and `other`: the sanitizer counts */
}

static void nested(void *user) {
    Work *w = user, inner = {.a = w->a, .step = 100000, .most = 100};
    w->done = arena_guard(w->a, take, &inner);
    take(&inner);
}

TEST(arena_guards_nest) {
    Arena *a = arena_open(1 << 20);
    Work w = {.a = a, .done = 1};
    CHECK(!arena_guard(a, nested, &w));
    CHECK_INT(w.done, 0);
    CHECK(arena_trap(a, NULL) == NULL);
    arena_close(a);
}

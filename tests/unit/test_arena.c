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

TEST(arena_children_count_against_their_parents) {
    Arena *a = arena_open(1 << 20);
    Arena *child = arena_child(a, 0), *grandchild = arena_child(child, 0);
    Work w = {.a = grandchild, .step = 1000, .most = 10000};
    CHECK(!arena_guard(a, take, &w));
    CHECK(!arena_starved(a));
    CHECK(w.done > 900 && w.done <= 1048); /* blocks shrink to what is left */
    arena_alloc(a, 100000);                /* there is room to say what happened */
    Work own = {.a = a, .step = 100000, .most = 100};
    CHECK(!arena_guard(a, take, &own));
    CHECK(own.done < 11);
    arena_close(child);
    arena_reset(a);
    own = (Work){.a = a, .step = 100000, .most = 10};
    CHECK(arena_guard(a, take, &own)); /* given back */
    CHECK_INT(own.done, 10);
    child = arena_child(a, 0);
    w = (Work){.a = child, .step = 1000, .most = 10000};
    CHECK(!arena_guard(a, take, &w)); /* what the parent handed out counts as well */
    CHECK(w.done < 60);
    arena_close(a);
}

TEST(arena_children_reuse_what_they_hold) {
    Arena *a = arena_open(1 << 20), *child = arena_child(a, 0);
    Work w = {.a = child, .step = 1000, .most = 400};
    for (int i = 0; i < 100; i++) {
        w.done = 0;
        CHECK(arena_guard(a, take, &w));
        arena_reset(child);
    }
    for (int i = 0; i < 100; i++) {
        Arena *brief = arena_child(a, 0);
        arena_alloc(brief, 300000);
        arena_close(brief);
    }
    arena_close(a);
}

TEST(arena_tiny_parent_refuses_a_child) {
    Arena *a = arena_open(20000);
    Work w = {.a = a, .step = 10000, .most = 1};
    CHECK(arena_guard(a, take, &w));
    jmp_buf full;
    arena_trap(a, &full);
    volatile bool refused = true;
    if (setjmp(full) == 0) {
        arena_child(a, 0);
        refused = false;
    }
    CHECK(refused);
    arena_close(a);
}

TEST(arena_limits_near_the_largest_number) {
    const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 7, SIZE_MAX / 2 + 2};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Arena *a = arena_open(SIZE_MAX);
        Work w = {.a = a, .step = sizes[i], .most = 1};
        CHECK(!arena_guard(a, take, &w));
        w.step = 1000;
        CHECK(arena_guard(a, take, &w)); /* the limit has not become a small one */
        arena_close(a);
    }
}

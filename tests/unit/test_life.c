/* base/life: a life is over only when that is certain. */
#include "base/life.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

/* The name with the number of another process. */
static Str of_process(Arena *a, Str name, int pid) {
    Str rest = name, boot = str_cut(&rest, '/'), ns = str_cut(&rest, '/');
    str_cut(&rest, '/');
    return str_printf(a, "%.*s/%.*s/%d/%.*s", STRF(boot), STRF(ns), pid, STRF(rest));
}

TEST(life_own_goes_on_and_a_child_that_ended_is_over) {
    Arena *a = arena_open(0);
    Str own = life_name(a);
    CHECK(own.n > 40);
    CHECK(!life_over(a, own));
    CHECK(!life_over(a, str_cat(a, own, S("/some-part-behind"))));
    pid_t child = fork();
    if (child == 0) _exit(0);
    CHECK(child > 0);
    CHECK(waitpid(child, NULL, 0) == child);
    CHECK(life_over(a, of_process(a, own, (int)child)));
    arena_close(a);
}

TEST(life_of_a_number_given_again_is_over) {
    Arena *a = arena_open(0);
    Str own = life_name(a);
    CHECK(life_over(a, str_cat(a, own, S("1"))));                   /* started later */
    CHECK(life_over(a, str_cat(a, of_process(a, own, 1), S("9")))); /* process 1 did not */
    arena_close(a);
}

TEST(life_elsewhere_or_nowhere_counts_as_going_on) {
    static const char *const NAMES[] = {"", "/", "other", "a/b/c/d", "a/b/-1/1", "x/pid:[1]/1/2"};
    Arena *a = arena_open(0);
    Str own = life_name(a), elsewhere = str_cat(a, S("x"), own);
    CHECK(!life_over(a, elsewhere));
    CHECK(!life_over(a, str_sub(own, 0, own.n / 2)));
    CHECK(!life_over(a, of_process(a, own, 0)));
    CHECK(!life_over(a, of_process(a, own, -1)));
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        CHECK(!life_over(a, str_from(NAMES[i])));
    arena_close(a);
}

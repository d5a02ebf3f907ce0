/* Runs the registered tests: all, or those whose file or name contains one of the arguments. The
 * last line is `N passed, N failed`. $JIXIA_TEST_SECONDS=S names the tests that used more than S
 * seconds of processor time. */
#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/test.h"

typedef struct Test {
    const char *file, *name;
    void (*fn)(void);
} Test;

enum { TESTS_MAX = 4096 };
static Test tests[TESTS_MAX];
static int count, passed, failed;
static bool current_failed;
static char current[256];
static char folder[64];

void test_register(const char *file, const char *name, void (*fn)(void)) {
    if (count == TESTS_MAX) abort();
    tests[count++] = (Test){file, name, fn};
}

void test_failed(const char *file, int line, const char *what) {
    printf("FAIL %s (%s:%d): %s\n", current, file, line, what);
    fflush(stdout);
    current_failed = true;
}

void test_check_str(const char *file, int line, Str got, Str want) {
    if (str_eq(got, want)) return;
    printf("FAIL %s (%s:%d)\n  got  «%.*s»\n  want «%.*s»\n", current, file, line, STRF(got),
           STRF(want));
    fflush(stdout);
    current_failed = true;
}

void test_check_int(const char *file, int line, long long got, long long want) {
    if (got == want) return;
    printf("FAIL %s (%s:%d): got %lld, want %lld\n", current, file, line, got, want);
    fflush(stdout);
    current_failed = true;
}

static void settle(void) {
    if (current_failed)
        failed++;
    else
        passed++;
    current_failed = false;
}

static char outer[256];
static bool outer_failed;

void test_case_begin(const char *group, Str name) {
    memcpy(outer, current, sizeof outer);
    outer_failed = current_failed;
    current_failed = false;
    snprintf(current, sizeof current, "%s: %.*s", group, STRF(name));
}

void test_case_end(void) {
    settle();
    memcpy(current, outer, sizeof current);
    current_failed = outer_failed;
}

const char *test_folder(void) {
    static int serial;
    static char path[128];
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/jixia-test.XXXXXX");
        if (!mkdtemp(folder)) abort();
    }
    snprintf(path, sizeof path, "%s/%d", folder, serial++);
    char command[160];
    snprintf(command, sizeof command, "mkdir -p %s", path);
    if (system(command) != 0) abort();
    return path;
}

Str test_db_url(Arena *a) {
    static int serial;
    const char *pg = getenv("JIXIA_TEST_PG");
    if (!pg) return str_printf(a, "sqlite:%s/test.db", test_folder());
    char command[512];
    int id = serial++;
    snprintf(command, sizeof command,
             "psql -q -X '%s' -c 'drop schema if exists t%d_%d cascade; create schema t%d_%d' "
             ">/dev/null 2>&1",
             pg, (int)getpid(), id, (int)getpid(), id);
    if (system(command) != 0) abort();
    return str_printf(a, "%s%coptions=-csearch_path%%3Dt%d_%d", pg, strchr(pg, '?') ? '&' : '?',
                      (int)getpid(), id);
}

Str test_program_folder(Arena *a) {
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    for (int up = 0; up < 2 && n > 0; up++)
        while (n > 0 && exe[--n] != '/') continue;
    return str_dup(a, str_of(exe, n > 0 ? (size_t)n : 0));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static bool wanted(const Test *t, int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strstr(t->file, argv[i]) || strstr(t->name, argv[i])) return true;
    return argc == 1;
}

int main(int argc, char **argv) {
    const char *limit = getenv("JIXIA_TEST_SECONDS");
    double slow = limit ? strtod(limit, NULL) : 0;
    for (int i = 0; i < count; i++) {
        if (!wanted(&tests[i], argc, argv)) continue;
        snprintf(current, sizeof current, "%s", tests[i].name);
        clock_t start = clock();
        tests[i].fn();
        double used = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (slow > 0 && used > slow) {
            printf("%6.1f s  %s %s\n", used, tests[i].file, current);
            fflush(stdout);
        }
        settle();
    }
    if (folder[0]) nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}

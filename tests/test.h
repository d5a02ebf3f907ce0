/* The test harness: TEST(name) { … CHECK(condition); … }  Every test counts once. */
#ifndef JIXIA_TEST_H
#define JIXIA_TEST_H
#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

void test_register(const char *file, const char *name, void (*fn)(void));
/* Records a failure of the running test. */
void test_failed(const char *file, int line, const char *what);

#define TEST(name)                                                                                 \
    static void test_##name(void);                                                                 \
    __attribute__((constructor)) static void register_##name(void) {                               \
        test_register(__FILE__, #name, test_##name);                                               \
    }                                                                                              \
    static void test_##name(void)

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) test_failed(__FILE__, __LINE__, #cond);                                       \
    } while (0)
/* Compares two Str and prints both when they differ. */
#define CHECK_STR(got, want) test_check_str(__FILE__, __LINE__, (got), (want))
void test_check_str(const char *file, int line, Str got, Str want);
#define CHECK_INT(got, want) test_check_int(__FILE__, __LINE__, (long long)(got), (long long)(want))
void test_check_int(const char *file, int line, long long got, long long want);

/* Cases made from data (pack cases, golden files, TCK) count one each: begin, then end. */
void test_case_begin(const char *group, Str name);
void test_case_end(void);
/* A fresh folder under the system's temporary folder, removed at the end of the run. */
const char *test_folder(void);
/* The database URL the suite runs on: a new SQLite file, or a new schema of the PostgreSQL server
 * in $JIXIA_TEST_PG. Owned by the harness. */
Str test_db_url(Arena *a);
/* The folder of the program under test (jixia), built beside the tests. */
Str test_program_folder(Arena *a);
#endif

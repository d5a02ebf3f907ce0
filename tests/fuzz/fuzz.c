/* The entry of libFuzzer: an arena with a limit around each input. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_broken(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
    abort();
}

void fuzz_show(const char *label, Str text) {
    fprintf(stderr, "%s «%.*s»\n", label, STRF(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    jmp_buf trap;
    Arena *a = arena_open((size_t)256 << 20);
    arena_trap(a, &trap);
    if (setjmp(trap) == 0) {
        Ctx c = ctx_new(a, 1750000000000);
        fuzz_one(&c, str_of(data, size));
    }
    arena_close(a);
    return 0;
}

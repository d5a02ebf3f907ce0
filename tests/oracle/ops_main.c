/* ops COUNT [OP [SEED]]: writes COUNT random operations of each kind, or of one. See ops.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/oracle/ops.h"

int main(int argc, char **argv) {
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    const char *only = argc > 2 ? argv[2] : "";
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 20211122;
    Arena *a = arena_open(0);
    int status = count > 0 ? 0 : 2;
    for (int k = 0; k < OPS_N; k++) {
        if (*only && strcmp(only, OPS[k]) != 0) continue;
        Rng r = rng_new(seed + (uint64_t)k);
        for (long i = 0; i < count; i++) {
            ops_line(stdout, &r, a, OPS[k]);
            arena_reset(a);
        }
    }
    arena_close(a);
    return fflush(stdout) ? 1 : status;
}

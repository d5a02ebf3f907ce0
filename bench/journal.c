/* The journal at size: journal FILE N adds N entries to a new SQLite store, seals and verifies them
 * and prints entries a second of processor time, and the memory the verifier took. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "city/journal.h"

enum { PART = 10000 };

typedef struct Part {
    int64_t from, to;
} Part;

static bool add(Db *db, void *user) {
    const Part *p = user;
    Arena *a = db_ctx(db)->arena;
    for (int64_t i = p->from; i < p->to; i++) {
        ArenaMark m = arena_mark(a);
        Act act = {S("wang.min"), S("2021 年度瞪羚企业评审")};
        if (!journal_add(db, &act, S("case.act"), str_printf(a, "case:%lld", (long long)i),
                         str_printf(a, "{\"state\":\"%lld\"}", (long long)i)))
            return false;
        arena_rewind(a, m);
    }
    return true;
}

static int64_t cpu_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void figure(const char *name, int64_t n, int64_t us) {
    printf("%s %.2f s, %.0f entries/s\n", name, (double)us / 1e6, (double)n * 1e6 / (double)us);
}

static bool run(Db *db, int64_t n) {
    int64_t t0 = cpu_us(), sealed = 1;
    for (int64_t i = 0; i < n; i += PART) {
        Part p = {i, i + PART < n ? i + PART : n};
        if (!tx_run(db, DB_WRITE, add, &p)) return false;
    }
    int64_t t1 = cpu_us();
    while (sealed)
        if (!journal_seal(db, 0, &sealed)) return false;
    int64_t t2 = cpu_us(), start = clock_mono_us();
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    JournalReport r;
    if (!journal_verify(db, &r)) return false;
    getrusage(RUSAGE_SELF, &after);
    figure("journal.add", n, t1 - t0);
    figure("journal.seal", n, t2 - t1);
    figure("journal.verify", n, cpu_us() - t2);
    printf("journal.verify.wall %.2f s\n", (double)(clock_mono_us() - start) / 1e6);
    printf("journal.verify.memory %ld KiB more than before\n", after.ru_maxrss - before.ru_maxrss);
    return r.entries == n && r.bad == 0;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, clock_now_ms());
    Store *s = store_open(&c, str_from(argv[1]), true, 1);
    Db *db = s && store_migrate(&c, s) ? db_borrow(&c, s) : NULL;
    bool ok = db && run(db, strtoll(argv[2], NULL, 10));
    if (!ok) fputs("journal: the run failed\n", stderr);
    if (db) db_return(db);
    if (s) store_close(s);
    arena_close(a);
    return ok ? 0 : 1;
}

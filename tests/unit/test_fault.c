/* Faults: the program killed at any moment, a full disk. What it did is wholly there or wholly
 * absent, and the next run goes on. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rng.h"
#include "city/fact.h"
#include "city/register.h"
#include "tests/test.h"

enum { KILLS = 50, ROWS = 1500, FIRMS_OF_PACK = 3 };

typedef struct Fixture {
    Arena *arena;
    Ctx c;
    Str url, file;
    Rng rng;
} Fixture;

static void setup(Fixture *f) {
    *f = (Fixture){.arena = arena_open(0), .rng = rng_new(11)};
    f->c = ctx_new(f->arena, 1782864000000);
    f->url = test_db_url(f->arena);
}

static void teardown(Fixture *f) {
    arena_close(f->arena);
}

/* Starts jixia with the arguments (NULL-ended) behind --db; output is thrown away. */
static pid_t start(Fixture *f, const char *const *args, long file_limit) {
    const char *argv[12] = {"jixia"};
    int n = 1;
    while (args[n - 1]) {
        argv[n] = str_z(f->arena, str_from(args[n - 1]));
        n++;
    }
    argv[n++] = "--db";
    argv[n++] = str_z(f->arena, f->url);
    Str program = path_join(f->arena, test_program_folder(f->arena), S("jixia"));
    const char *path = str_z(f->arena, program);
    pid_t pid = fork();
    if (pid != 0) return pid;
    if (file_limit) {
        struct rlimit limit = {(rlim_t)file_limit, (rlim_t)file_limit};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) _exit(126);
    execv(path, (char *const *)argv);
    _exit(127);
}

/* Its exit status, or 128 + the signal. */
static int finish(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(Fixture *f, const char *const *args, long file_limit) {
    return finish(start(f, args, file_limit));
}

/* Runs it and kills it at a random moment within `most_us`; its status. */
static int run_and_kill(Fixture *f, const char *const *args, uint64_t most_us) {
    pid_t pid = start(f, args, 0);
    long ns = (long)rng_below(&f->rng, most_us) * 1000;
    nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
    kill(pid, SIGKILL);
    return finish(pid);
}

static long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

typedef struct Seen {
    int64_t rule_sets, subjects, batches, facts, sealed_wrong;
} Seen;

/* What a reader finds; all zero when there is no store yet or it has no tables. */
static Seen look(Fixture *f) {
    Seen s = {0};
    Ctx c = ctx_new(f->arena, f->c.now_ms);
    Store *store = store_open(&c, f->url, false, 1);
    Db *db = store ? db_borrow(&c, store) : NULL;
    if (db) {
        int64_t sets = Q_I64(db, 0, "SELECT count(*) FROM rule_set");
        int64_t subjects = Q_I64(db, 0, "SELECT count(*) FROM subject");
        int64_t batches = Q_I64(db, 0, "SELECT count(*) FROM batch WHERE seq IS NOT NULL");
        int64_t facts = Q_I64(db, 0, "SELECT COALESCE(sum(facts), 0) FROM batch WHERE seq > 0");
        if (ctx_ok(&c)) s = (Seen){sets, subjects, batches, facts, 0};
        db_return(db);
    }
    if (store) store_close(store);
    return s;
}

static const char *const INIT[] = {"init", "--pack", "tests/data/pack-mini", NULL};

TEST(fault_killed_during_init) {
    int absent = 0, whole = 0;
    for (int i = 0; i < KILLS; i++) {
        Fixture f;
        setup(&f);
        f.rng = rng_new((uint64_t)i);
        run_and_kill(&f, INIT, 250000);
        Seen s = look(&f);
        bool all =
            s.rule_sets == 1 && s.subjects == FIRMS_OF_PACK && s.batches == 1 && s.facts == 8;
        bool none = !s.rule_sets && !s.subjects && !s.batches;
        CHECK(all || none);
        absent += none;
        whole += all;
        if (i % 5 == 0) {
            CHECK_INT(run(&f, INIT, 0), 0);
            CHECK_INT(look(&f).facts, 8);
            CHECK_INT(look(&f).rule_sets, 1);
        }
        teardown(&f);
    }
    CHECK_INT(absent + whole, KILLS);
}

static void write_rows(Fixture *f) {
    Buf b = buf_new(f->arena, 0);
    buf_lit(&b, "证券代码,名称,年度,营业收入,从业人员\n");
    for (int i = 0; i < ROWS; i++)
        buf_printf(&b, "%06d.SZ,第%d号企业,2021,%d,%d\n", 100000 + i, i, 1000000 + i, 10 + i % 90);
    f->file = str_printf(f->arena, "%s/rows.csv", test_folder());
    CHECK(file_write(&f->c, f->file, buf_str(&b)));
}

TEST(fault_killed_during_import) {
    Fixture f;
    int stored = 0;
    setup(&f);
    CHECK_INT(run(&f, INIT, 0), 0);
    write_rows(&f);
    const char *const import[] = {"import", str_z(f.arena, f.file), "--source", "annual_report",
                                  NULL};
    Seen before = look(&f);
    long started = now_us();
    const char *const dry[] = {
        "import", str_z(f.arena, f.file), "--source", "annual_report", "--dry-run", NULL};
    CHECK_INT(run(&f, dry, 0), 0);
    uint64_t most = (uint64_t)(now_us() - started) * 5 / 4;
    for (int i = 0; i < KILLS && !stored; i++) {
        int status = run_and_kill(&f, import, most);
        Seen s = look(&f);
        bool all = s.batches == before.batches + 1 && s.facts == before.facts + 2 * ROWS &&
                   s.subjects == before.subjects + ROWS;
        bool none =
            s.batches == before.batches && s.facts == before.facts && s.subjects == before.subjects;
        CHECK(all || none);
        CHECK(all || status != 0);
        stored = all;
    }
    if (!stored) CHECK_INT(run(&f, import, 0), 0);
    CHECK_INT(look(&f).facts, before.facts + 2 * ROWS);
    CHECK(run(&f, import, 0) != 0); /* the same file again is recognised */
    CHECK_INT(look(&f).facts, before.facts + 2 * ROWS);
    teardown(&f);
}

/* No room on the disk: an error, not a signal; nothing of it is there; with room it goes on. */
TEST(fault_full_disk) {
    if (getenv("JIXIA_TEST_PG")) return; /* the server's disk is not ours to fill */
    for (long limit = 4096; limit <= 400000; limit *= 3) {
        Fixture f;
        setup(&f);
        int status = run(&f, INIT, limit);
        Seen s = look(&f);
        CHECK(status == 0 || status == 2 || status == 3);
        CHECK(status == 0 ? s.facts == 8 : s.rule_sets == 0 && s.subjects == 0 && s.batches == 0);
        CHECK_INT(run(&f, INIT, 0), 0);
        CHECK_INT(look(&f).facts, 8);
        teardown(&f);
    }
    Fixture f;
    setup(&f);
    CHECK_INT(run(&f, INIT, 0), 0);
    write_rows(&f);
    const char *const import[] = {"import", str_z(f.arena, f.file), "--source", "annual_report",
                                  NULL};
    int64_t facts = look(&f).facts;
    CHECK(run(&f, import, 300000) >= 2);
    CHECK_INT(look(&f).facts, facts);
    CHECK_INT(run(&f, import, 0), 0);
    CHECK_INT(look(&f).facts, facts + 2 * ROWS);
    teardown(&f);
}

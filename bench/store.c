/* The register's store on a made-up city: one figure a line, `name value unit`.
 *
 *   store URL SUBJECTS
 *
 * Loads subjects and 50 facts each (ten indicators, five years) in one batch, streams them all,
 * reads single subjects and searches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/rng.h"
#include "city/fact.h"
#include "city/subject.h"

enum { YEARS = 5, FIRST_YEAR = 2019, INDICATORS = 10, READS = 2000 };

typedef struct Bench {
    Arena *arena;
    Ctx ctx;
    Db *db;
    Rng rng;
    int64_t subjects, first;
    int64_t started_us;
} Bench;

static const Act ACT = {STR_INIT("bench"), STR_INIT("bench")};

static void must(Bench *b, bool ok) {
    if (ok && ctx_ok(&b->ctx)) return;
    Str text = note_text(b->arena, &b->ctx.err.note, LANG_EN);
    fprintf(stderr, "store: %.*s\n", STRF(text));
    exit(1);
}

static void start(Bench *b) {
    b->started_us = clock_mono_us();
}

static double seconds(const Bench *b) {
    return (double)(clock_mono_us() - b->started_us) / 1e6;
}

static const char *pick(Bench *b, const char *const *from, uint64_t n) {
    return from[rng_below(&b->rng, n)];
}

static Str made_up_name(Bench *b, char *buf, size_t size) {
    static const char *const PLACES[] = {"淄博", "山东", "临淄", "桓台", "高青", "沂源", "周村"};
    static const char *const WORDS[] = {"齐", "鲁", "华", "新", "天", "海", "金", "恒",
                                        "瑞", "德", "嘉", "宏", "盛", "源", "泰", "润"};
    static const char *const TRADES[] = {"化工", "机械", "新材料", "科技", "医药", "陶瓷", "电子"};
    static const char *const FORMS[] = {"有限公司", "股份有限公司", "有限责任公司"};
    int n = snprintf(buf, size, "%s%s%s%s%s%s", pick(b, PLACES, 7), pick(b, WORDS, 16),
                     pick(b, WORDS, 16), pick(b, WORDS, 16), pick(b, TRADES, 7), pick(b, FORMS, 3));
    return str_of(buf, (size_t)n);
}

static void load_subjects(Bench *b) {
    char name[160], code[24];
    start(b);
    must(b, tx_begin(b->db, DB_WRITE));
    SubjectLoader *l = subject_loader_open(b->db);
    for (int64_t i = 0; i < b->subjects; i++) {
        int n = snprintf(code, sizeof code, "9137030%011llu",
                         (unsigned long long)(rng_u64(&b->rng) % 100000000000));
        int64_t id = subject_loader_add(l, &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                                         .name = made_up_name(b, name, sizeof name),
                                                         .uscc = str_of(code, (size_t)n),
                                                         .division = S("370303"),
                                                         .demo = true});
        must(b, id > 0);
        if (!i) b->first = id;
    }
    must(b, subject_loader_close(l) && tx_commit(b->db));
    printf("store.subjects_per_s %.0f rows/s\n", (double)b->subjects / seconds(b));
}

static void load_facts(Bench *b) {
    start(b);
    must(b, tx_begin(b->db, DB_WRITE));
    int64_t batch = batch_new(b->db, &(BatchNew){.origin = S("bench")});
    FactLoader *l = fact_loader_open(b->db, batch);
    for (int64_t i = 0; i < b->subjects * YEARS * INDICATORS; i++) {
        char value[24];
        int n = snprintf(value, sizeof value, "%llu", (unsigned long long)(rng_u64(&b->rng) >> 30));
        int32_t indicator = (int32_t)(i % INDICATORS), year = (int32_t)(i / INDICATORS % YEARS);
        FactNew f = {.subject = b->first + i / (INDICATORS * YEARS),
                     .indicator = 1 + indicator,
                     .period = FIRST_YEAR + year,
                     .value = str_of(value, (size_t)n),
                     .unit_received = indicator ? S("") : S("万元"),
                     .source = 1};
        must(b, fact_loader_add(l, &f));
    }
    must(b, fact_loader_close(l) && batch_publish(b->db, batch, &ACT, NULL) && tx_commit(b->db));
    printf("store.facts_per_s %.0f facts/s\n",
           (double)(b->subjects * YEARS * INDICATORS) / seconds(b));
}

static void read_facts(Bench *b) {
    FactAt at = {0};
    must(b, fact_at(b->db, &at));
    int64_t facts = 0;
    start(b);
    FactStream *s = fact_stream_open(b->db, 0, 0, &at, NULL);
    for (const FactView *v; (v = fact_stream_next(s)) != NULL;) facts += v->n_facts;
    fact_stream_close(s);
    must(b, facts == b->subjects * YEARS * INDICATORS);
    printf("store.stream_facts_per_s %.0f facts/s\n", (double)facts / seconds(b));
    start(b);
    for (int i = 0; i < READS; i++) {
        ArenaMark mark = arena_mark(b->arena);
        int64_t id = b->first + (int64_t)rng_below(&b->rng, (uint64_t)b->subjects);
        FactView v;
        must(b, fact_read(b->db, id, &at, NULL, &v) && v.n == YEARS * INDICATORS);
        arena_rewind(b->arena, mark);
    }
    printf("store.read_us %.1f us\n", seconds(b) * 1e6 / READS);
}

static void search(Bench *b) {
    static const char *const TEXTS[] = {"齐鲁", "zbqlh", "9137030", "有限公司", "恒瑞化工"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        SubjectHits hits;
        start(b);
        must(b, subject_search(b->db, str_from(TEXTS[i]), 20, &hits));
        printf("store.search_ms(%s) %.2f ms\n", TEXTS[i], seconds(b) * 1e3);
    }
}

int main(int argc, char **argv) {
    Bench b = {.arena = arena_open(0), .rng = rng_new(1)};
    b.ctx = ctx_new(b.arena, clock_now_ms());
    if (argc != 3 || !str_to_i64(str_from(argv[2]), &b.subjects) || b.subjects < 1) {
        fputs("usage: store URL SUBJECTS\n", stderr);
        return 2;
    }
    Store *store = store_open(&b.ctx, str_from(argv[1]), true, 1);
    must(&b, store && store_migrate(&b.ctx, store));
    b.db = db_borrow(&b.ctx, store);
    load_subjects(&b);
    load_facts(&b);
    read_facts(&b);
    search(&b);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("store.rss_mb %ld MB\n", usage.ru_maxrss / 1024);
    db_return(b.db);
    store_close(store);
    arena_close(b.arena);
    return 0;
}

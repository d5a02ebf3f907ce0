/* Two layouts for facts, measured through the SQL seam: one row a fact, or one packed record per
 * subject, year and batch. Figures and the choice: docs/decisions/0003-fact-layout.md.
 *
 *   fact_layout URL rows|packed FACTS
 *
 * The register is made up: 20 indicators of 10 years per subject, one batch a year in order of
 * subjects, then a batch of corrections for every 50th subject and year. Load, then 2,000 random
 * readings of one subject and indicator, 2,000 of all facts of a subject as known before the
 * corrections, then one scan of everything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "store/db.h"

enum { INDICATORS = 20, YEARS = 10, FIRST = 2015, READS = 2000, CORRECTED = 50, STEP = 1000 };

typedef struct Bench {
    Db *db;
    bool packed;
    int64_t subjects, facts, next_id, sum;
} Bench;

static const char ROWS_DDL[] =
    "CREATE TABLE fact (subject bigint NOT NULL, year bigint NOT NULL, indicator bigint NOT NULL,"
    "id bigint NOT NULL, batch bigint NOT NULL, source bigint NOT NULL, known_ms bigint NOT NULL,"
    "value text NOT NULL, received text, PRIMARY KEY(subject, year, indicator, id))";
#define PACKED_DDL                                                                                 \
    "CREATE TABLE fact (subject bigint NOT NULL, year bigint NOT NULL, id bigint NOT NULL,"        \
    "batch bigint NOT NULL, source bigint NOT NULL, known_ms bigint NOT NULL,"                     \
    "facts %s NOT NULL, PRIMARY KEY(subject, year, id))"

static void must(Bench *b, bool ok) {
    if (ok && ctx_ok(db_ctx(b->db))) return;
    Ctx *c = db_ctx(b->db);
    Str text = note_text(c->arena, &c->err.note, LANG_EN);
    fprintf(stderr, "fact_layout: %.*s\n", STRF(text));
    exit(1);
}

static Str value_of(char buf[24], int64_t subject, int64_t year, int64_t indicator) {
    uint64_t v = (uint64_t)(subject * 131 + year * 31 + indicator) * 0x9E3779B97F4A7C15u >> 36;
    return str_of(buf, (size_t)snprintf(buf, 24, "%llu", (unsigned long long)v));
}

static void load_record(Bench *b, Load *l, int64_t subject, int64_t year, int64_t batch) {
    char value[24], bytes[INDICATORS * 32];
    size_t n = 0;
    for (int64_t k = 0; k < INDICATORS; k++) {
        Str v = value_of(value, subject, year, k + batch);
        bool odd = k % 10 == 0; /* one value in ten came in another form */
        if (b->packed) {
            bytes[n++] = (char)(k << 1 | odd);
            bytes[n++] = (char)v.n;
            memcpy(bytes + n, v.p, (size_t)v.n);
            n += (size_t)v.n;
            if (odd) memcpy(bytes + n, "12,345", 6), n += 6;
        } else {
            must(b, db_load_row(l, (DbVal[]){db_i(subject), db_i(year), db_i(k), db_i(b->next_id++),
                                             db_i(batch), db_i(1), db_i(batch * 1000), db_s(v),
                                             odd ? db_s(S("12,345")) : db_n()}));
        }
    }
    if (b->packed)
        must(b, db_load_row(l, (DbVal[]){db_i(subject), db_i(year), db_i(b->next_id++), db_i(batch),
                                         db_i(1), db_i(batch * 1000), db_b(str_of(bytes, n))}));
    b->facts += INDICATORS;
}

static void load_batch(Bench *b, int64_t year, int64_t batch, int64_t every) {
    must(b, tx_begin(b->db, DB_WRITE));
    Load *l = db_load(b->db, "fact",
                      b->packed ? "subject, year, id, batch, source, known_ms, facts"
                                : "subject, year, indicator, id, batch, source, known_ms, value, "
                                  "received");
    must(b, l != NULL);
    for (int64_t s = 1; s <= b->subjects; s += every) load_record(b, l, s, year, batch);
    must(b, db_load_end(l) && tx_commit(b->db));
}

/* Adds up the values of one indicator (or all, -1) in the rows, newest id of each kept. */
static int64_t take(Bench *b, Rows *r, int64_t indicator, int64_t known_ms) {
    int64_t facts = 0;
    while (row_next(r)) {
        if (row_i64(r, 2) > known_ms) continue;
        if (!b->packed) {
            facts++;
            b->sum += row_str(r, 1).n;
            continue;
        }
        Str p = row_str(r, 1);
        for (ptrdiff_t i = 0; i < p.n; facts++) {
            int64_t k = (unsigned char)p.p[i] >> 1, odd = p.p[i] & 1, n = p.p[i + 1];
            if (indicator < 0 || k == indicator) b->sum += n;
            i += 2 + n + (odd ? 6 : 0);
        }
    }
    rows_close(r);
    return facts;
}

static Rows *one_indicator(Bench *b, int64_t s) {
    if (b->packed)
        return Q(b->db, "SELECT year, facts, known_ms FROM fact WHERE subject = $1", db_i(s));
    return Q(b->db, "SELECT year, value, known_ms FROM fact WHERE subject = $1 AND indicator = $2",
             db_i(s), db_i(7));
}

static Rows *range(Bench *b, int64_t from, int64_t to) {
    if (b->packed)
        return Q(b->db,
                 "SELECT year, facts, known_ms FROM fact "
                 "WHERE subject >= $1 AND subject < $2 ORDER BY subject, year, id",
                 db_i(from), db_i(to));
    return Q(b->db,
             "SELECT year, value, known_ms, indicator, id FROM fact "
             "WHERE subject >= $1 AND subject < $2 ORDER BY subject, year, indicator, id",
             db_i(from), db_i(to));
}

static void measure(Bench *b, const char *layout) {
    int64_t t = clock_mono_us();
    for (int year = 0; year < YEARS; year++) load_batch(b, FIRST + year, year + 1, 1);
    for (int year = 0; year < YEARS; year++) load_batch(b, FIRST + year, YEARS + 1, CORRECTED);
    double seconds = (double)(clock_mono_us() - t) / 1e6;
    printf("%s facts %lld load %.1f s %.0f facts/s\n", layout, (long long)b->facts, seconds,
           (double)b->facts / seconds);
    fflush(stdout);
    Rng rng = rng_new(1);
    t = clock_mono_us();
    for (int i = 0; i < READS; i++)
        take(b, one_indicator(b, 1 + (int64_t)rng_below(&rng, (uint64_t)b->subjects)), 7,
             INT64_MAX);
    printf("%s point %.1f us\n", layout, (double)(clock_mono_us() - t) / READS);
    t = clock_mono_us();
    for (int i = 0; i < READS; i++) {
        int64_t s = 1 + (int64_t)rng_below(&rng, (uint64_t)b->subjects);
        take(b, range(b, s, s + 1), -1, YEARS * 1000);
    }
    printf("%s as_known subject %.1f us\n", layout, (double)(clock_mono_us() - t) / READS);
    t = clock_mono_us();
    int64_t facts = 0;
    for (int64_t s = 1; s <= b->subjects; s += STEP)
        facts += take(b, range(b, s, s + STEP), -1, INT64_MAX);
    seconds = (double)(clock_mono_us() - t) / 1e6;
    printf("%s scan %.1f s %.0f facts/s (sum %lld)\n", layout, seconds, (double)facts / seconds,
           (long long)b->sum);
}

int main(int argc, char **argv) {
    int64_t facts = 0;
    if (argc != 4 || !str_to_i64(str_from(argv[3]), &facts)) return 2;
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Store *store = store_open(&c, str_from(argv[1]), true, 1);
    Bench b = {.db = store ? db_borrow(&c, store) : NULL,
               .packed = strcmp(argv[2], "packed") == 0,
               .subjects = facts / (INDICATORS * YEARS)};
    if (!b.db) return 3;
    bool pg = store_is_postgres(store);
    Str ddl = b.packed ? str_printf(a, PACKED_DDL, pg ? "bytea" : "blob") : str_from(ROWS_DDL);
    if (!pg) ddl = str_cat(a, ddl, S(" WITHOUT ROWID"));
    must(&b, db_exec(b.db, str_z(a, ddl), NULL, 0, NULL));
    measure(&b, argv[2]);
    db_return(b.db);
    store_close(store);
    arena_close(a);
    return 0;
}

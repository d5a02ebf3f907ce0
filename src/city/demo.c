/* Writing the demonstration register: choice of industry and place, codes, batches. What a firm
 * looks like is made in demo_firm.c. See demo.h.
 *
 * Each firm draws from a generator seeded by (seed, number) alone, in whole numbers only, so a
 * register is the same on every machine and a larger one contains the smaller one. */
#include "city/demo.h"

#include "city/demo_firm.h"
#include "city/source.h"
#include "codec/csv.h"
#include "codec/uscc.h"

enum { CHUNK = 20000 };
static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* GB 32100 */

typedef struct Demo {
    const Register *reg;
    const Act *act;
    DemoWorld world;
    int64_t seed, from, to; /* numbers of this batch, [from, to) */
    int64_t facts;
    Arena *scratch; /* of one firm */
} Demo;

/* --- tables of the packs ------------------------------------------------------------------------
 */

/* The table of the most local pack that has it; NULL when none has. */
static const PackFile *table_of(const PackSet *p, Str path) {
    for (int i = p->npacks - 1; i >= 0; i--) {
        const PackFile *f = pack_file(p, p->packs[i].id, path);
        if (f) return f;
    }
    return NULL;
}

/* Opens a table and reads its head. */
static bool open_table(Ctx *c, const PackSet *p, Str path, Csv *csv, CsvRow *row) {
    const PackFile *f = table_of(p, path);
    if (!f) return FAIL(c, ERR_MISSING, M_DEMO_TABLE, path);
    *csv = csv_open(c->arena, f->bytes, ',');
    return csv_next(csv, row) || FAIL(c, ERR_INPUT, M_DEMO_TABLE, path);
}

/* Farming and public bodies are few among enterprises, many among people. */
static int64_t weight_of(Str division, int64_t persons) {
    int64_t code = 0;
    str_to_i64(division, &code);
    if (code <= 5) return persons / 40;
    if (code >= 91) return 0;
    return persons;
}

static bool read_mix(Ctx *c, const PackSet *p, DemoWorld *w) {
    Csv csv;
    CsvRow row;
    int cap = 0;
    if (!open_table(c, p, S("tables/industry-mix.csv"), &csv, &row)) return false;
    while (csv_next(&csv, &row)) {
        int64_t persons;
        if (row.n < 3 || !str_to_i64(row.cells[2], &persons)) continue;
        GROW(c->arena, w->divisions, w->ndivisions, cap);
        w->total += weight_of(row.cells[0], persons);
        w->divisions[w->ndivisions++] = (DemoDivision){.code = str_dup(c->arena, row.cells[0]),
                                                       .name = str_dup(c->arena, row.cells[1]),
                                                       .up_to = w->total};
    }
    return w->total > 0 || FAIL(c, ERR_INPUT, M_DEMO_TABLE, S("tables/industry-mix.csv"));
}

/* The four-digit classes below each division. */
static bool read_classes(Ctx *c, const PackSet *p, DemoWorld *w) {
    Csv csv;
    CsvRow row;
    int *caps = NEW_N(c->arena, int, w->ndivisions + 1);
    if (!open_table(c, p, S("tables/gbt4754-2017.csv"), &csv, &row)) return false;
    while (csv_next(&csv, &row)) {
        if (row.n < 5 || !str_eq(row.cells[2], S("4"))) continue;
        for (int i = 0; i < w->ndivisions; i++) {
            DemoDivision *d = &w->divisions[i];
            if (!str_eq(d->code, row.cells[4])) continue;
            GROW(c->arena, d->classes, d->nclasses, caps[i]);
            /* GROW has made room: the analyzer does not see that both counts start at 0. */
            d->classes[d->nclasses++] = str_dup(c->arena, row.cells[0]); /* NOLINT */
            d->section = *row.cells[3].p;
        }
    }
    return true;
}

static bool read_units(Ctx *c, const PackSet *p, DemoWorld *w) {
    Csv csv;
    CsvRow row;
    int cap = 0;
    if (!open_table(c, p, S("tables/units.csv"), &csv, &row)) return false;
    while (csv_next(&csv, &row)) {
        if (row.n < 4) continue;
        GROW(c->arena, w->units, w->nunits, cap);
        w->units[w->nunits++] = (DemoUnit){.unit = str_dup(c->arena, row.cells[0]),
                                           .division = str_dup(c->arena, row.cells[3])};
    }
    return (w->nunits > 0 && w->units[0].division.n > 0) ||
           FAIL(c, ERR_INPUT, M_DEMO_TABLE, S("tables/units.csv"));
}

/* --- codes --------------------------------------------------------------------------------------
 */

/* 91 + division + DE + seed + five characters of the number + two check characters. */
static Str credit_code(Arena *a, Str division, int64_t seed, int64_t number) {
    char *code = arena_alloc(a, USCC_LENGTH);
    code[0] = '9', code[1] = '1';
    for (int i = 0; i < 6; i++) code[2 + i] = division.p[i];
    code[8] = 'D', code[9] = 'E';
    code[10] = ALPHABET[seed];
    for (int i = 15; i > 10; i--, number /= 31) code[i] = ALPHABET[number % 31];
    code[16] = uscc_org_check_char(str_of(code + 8, 8));
    code[17] = uscc_check_char(str_of(code, 17));
    return str_of(code, USCC_LENGTH);
}

static Rng rng_of(int64_t seed, int64_t number) {
    return rng_new((uint64_t)seed << 40 | (uint64_t)number);
}

static Str code_of(Arena *a, const Demo *d, int64_t number) {
    Rng rng = rng_of(d->seed, number);
    const DemoUnit *unit = demo_unit(&d->world, &rng);
    return credit_code(a, unit->division, d->seed, number);
}

/* --- writing ------------------------------------------------------------------------------------
 */

static bool indicators(Db *db, DemoWorld *w) {
    for (int i = 0; i < DEMO_INDICATORS; i++) {
        w->indicators[i] = indicator_id(db, DEMO_CODES[i], true);
        if (!w->indicators[i]) return false;
    }
    w->source = source_id(db, S("demo/generated"), S("演示数据（程序生成）"),
                          S("jixia demo：虚构，不对应任何真实企业"), true);
    w->other_source = source_id(db, S("demo/second"), S("演示数据（另一来源）"),
                                S("jixia demo：虚构的相互矛盾的来源"), true);
    return w->source && w->other_source;
}

static bool write_firm(Demo *d, SubjectLoader *subjects, FactLoader *facts, int64_t number) {
    Rng rng = rng_of(d->seed, number);
    arena_reset(d->scratch);
    DemoFirm firm = demo_firm(d->scratch, &d->world, &rng, number);
    SubjectNew s = {.kind = SUBJECT_ENTERPRISE,
                    .name = firm.name,
                    .uscc = credit_code(d->scratch, firm.unit->division, d->seed, number),
                    .division = firm.unit->division,
                    .unit = firm.unit->unit,
                    .since = firm.founded,
                    .demo = true};
    int64_t id = subject_loader_add(subjects, &s);
    if (!id) return false;
    FactNew *list;
    int n = demo_facts(d->scratch, &d->world, &rng, &firm, &list);
    for (int i = 0; i < n; i++) {
        list[i].subject = id;
        if (!fact_loader_add(facts, &list[i])) return false;
    }
    d->facts += n;
    return true;
}

static bool write_batch(Db *db, void *user) {
    Demo *d = user;
    Ctx *c = db_ctx(db);
    d->facts = 0;
    if (!indicators(db, &d->world)) return false;
    Str origin = str_printf(c->arena, "demo seed %lld: %lld-%lld", (long long)d->seed,
                            (long long)d->from, (long long)d->to - 1);
    int64_t batch = batch_new(db, &(BatchNew){.origin = origin});
    SubjectLoader *subjects = batch ? subject_loader_open(db) : NULL;
    FactLoader *facts = subjects ? fact_loader_open(db, batch) : NULL;
    bool ok = facts != NULL;
    for (int64_t i = d->from; ok && i < d->to; i++) ok = write_firm(d, subjects, facts, i);
    if (subjects) ok = subject_loader_close(subjects) && ok;
    if (facts) ok = fact_loader_close(facts) && ok;
    return ok && batch_publish(db, batch, d->act, NULL);
}

/* How many of 1 … n are there: they were written in order, so the first gap ends them. */
static int64_t written(Db *db, const Demo *d, int64_t n) {
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        Str code = code_of(db_ctx(db)->arena, d, middle);
        if (subject_by_code(db, S("uscc"), code))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* One batch on a connection and an arena of its own, so that memory does not grow with n. */
static bool run_batch(Ctx *c, Demo *d, int64_t n, DemoReport *out) {
    Ctx own = ctx_new(arena_child(c->arena, 0), c->now_ms);
    Db *db = db_borrow(&own, d->reg->store);
    bool ok = db != NULL;
    if (ok && out->batches == 0) out->before = written(db, d, n);
    d->from = out->before + out->subjects + 1;
    d->to = n + 1 < d->from + CHUNK ? n + 1 : d->from + CHUNK;
    if (ok && d->from < d->to) {
        ok = tx_run(db, DB_WRITE, write_batch, d);
        out->subjects += d->to - d->from;
        out->facts += d->facts;
    }
    out->batches++;
    if (db) db_return(db);
    ctx_adopt(c, &own);
    arena_close(own.arena);
    return ok && ctx_ok(c);
}

bool register_demo(Ctx *c, const Register *r, int64_t n, int64_t seed, const Act *act,
                   DemoReport *out) {
    *out = (DemoReport){0};
    Demo d = {.reg = r, .act = act, .seed = seed, .scratch = arena_child(c->arena, 0)};
    bool ok = n >= 1 && n <= DEMO_MAX && seed >= 0 && seed < DEMO_SEEDS;
    if (!ok)
        FAIL(c, ERR_INPUT, M_DEMO_RANGE, str_printf(c->arena, "%d", DEMO_MAX),
             str_printf(c->arena, "%d", DEMO_SEEDS - 1));
    ok = ok && read_mix(c, r->pack, &d.world) && read_classes(c, r->pack, &d.world) &&
         read_units(c, r->pack, &d.world);
    do ok = ok && run_batch(c, &d, n, out);
    while (ok && out->before + out->subjects < n);
    arena_close(d.scratch);
    return ok;
}

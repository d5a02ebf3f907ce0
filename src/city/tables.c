/* Loading the tables of a pack. See tables.h. */
#include "city/tables.h"

#include "base/date.h"
#include "base/hash.h"
#include "city/pack_parse.h"
#include "city/source.h"
#include "city/subject.h"
#include "codec/csv.h"
#include "decimal/dec.h"

enum { COLUMNS_MAX = 32, ZONE_OFFSET_MS = 8 * 3600 * 1000 }; /* known_on is a day in China */

typedef struct Table {
    Db *db;
    Ctx *c;
    const PackSet *pack;
    const PackFile *file;
    const Act *act;
    TablesReport *report;
    Csv csv;
    Str head[COLUMNS_MAX];
    int ncolumns;
    CsvRow row;
} Table;

static Str cell(const Table *t, Str name) {
    for (int i = 0; i < t->ncolumns && i < t->row.n; i++)
        if (str_eq(t->head[i], name)) return str_trim(t->row.cells[i]);
    return S("");
}

static bool bad(Table *t, Str column) {
    return FAIL_AT(t->c, ERR_INPUT, pack_place(t->c->arena, t->file, (uint32_t)t->row.line),
                   M_TABLE_CELL, column, cell(t, column));
}

/* Reads the head; true when the table begins with these three columns. */
static bool open_table(Table *t, Str third) {
    t->csv = csv_open(t->c->arena, t->file->bytes, ',');
    if (!csv_next(&t->csv, &t->row) || t->row.n < 3 || t->row.n > COLUMNS_MAX) return false;
    t->ncolumns = t->row.n;
    for (int i = 0; i < t->ncolumns; i++) t->head[i] = str_dup(t->c->arena, t->row.cells[i]);
    return str_eq(t->head[0], S("scheme")) && str_eq(t->head[1], S("code")) &&
           str_eq(t->head[2], third);
}

/* False at the end, and with a failure at a record that cannot be read. */
static bool next_row(Table *t) {
    while (csv_next(&t->csv, &t->row)) {
        if (t->row.problem != MSG_NONE)
            return FAIL_AT(t->c, ERR_INPUT, pack_place(t->c->arena, t->file, (uint32_t)t->row.line),
                           t->row.problem);
        if (t->row.n > 1) return true;
    }
    return false;
}

/* yyyymmdd of a day; 0 when the cell is empty. */
static bool day_cell(Table *t, Str column, int32_t *out) {
    int64_t day;
    *out = 0;
    if (cell(t, column).n == 0) return true;
    if (!date_parse(cell(t, column), &day)) return bad(t, column);
    *out = date_to_int(day);
    return true;
}

/* --- subjects ----------------------------------------------------------------------------------
 */

static bool load_subject(Table *t) {
    Arena *a = t->c->arena;
    Str scheme = str_dup(a, cell(t, S("scheme"))), code = str_dup(a, cell(t, S("code")));
    if (scheme.n == 0 || code.n == 0) return bad(t, S("code"));
    if (subject_by_code(t->db, scheme, code)) return ctx_ok(t->c);
    Str zone = str_dup(a, cell(t, S("zone"))), division = str_dup(a, cell(t, S("division")));
    SubjectNew s = {.kind = SUBJECT_ENTERPRISE,
                    .name = str_dup(a, cell(t, S("name"))),
                    .division = division,
                    .unit = zone.n ? zone : division};
    if (str_eq(scheme, S("uscc")))
        s.uscc = code;
    else if (str_eq(scheme, S("stock")))
        s.stock = code;
    int64_t id = subject_add(t->db, &s, t->act);
    Identifier other = {.scheme = scheme, .value = code};
    Identifier nick = {.scheme = S("short_name"), .value = str_dup(a, cell(t, S("short_name")))};
    if (id && s.uscc.n == 0 && s.stock.n == 0) subject_identify(t->db, id, &other, t->act);
    if (id && nick.value.n) subject_identify(t->db, id, &nick, t->act);
    t->report->subjects++;
    return id != 0 && ctx_ok(t->c);
}

static bool load_subjects(Table *t) {
    if (!open_table(t, S("name"))) return ctx_ok(t->c);
    while (next_row(t))
        if (!load_subject(t)) return false;
    return ctx_ok(t->c);
}

/* --- facts -------------------------------------------------------------------------------------
 */

static bool fact_cell(Table *t, const Indicator *i, FactNew *f) {
    Str text = cell(t, S("value"));
    int64_t day;
    Dec d;
    f->value = text;
    switch (i->type) {
    case IND_NUMBER:
    case IND_INTEGER:
        f->type = FACT_NUMBER;
        if (!dec_parse(text, &d)) return bad(t, S("value"));
        f->value = dec_text(t->c->arena, &d);
        return true;
    case IND_DATE: f->type = FACT_DATE; return date_parse(text, &day) || bad(t, S("value"));
    case IND_BOOLEAN:
        f->type = FACT_BOOLEAN;
        return str_eq(text, S("true")) || str_eq(text, S("false")) || bad(t, S("value"));
    case IND_LIST: f->type = text.n && text.p[0] == '{' ? FACT_CONTEXT : FACT_DATE; return true;
    default: f->type = FACT_TEXT; return text.n > 0 || bad(t, S("value"));
    }
}

static bool period_cell(Table *t, const Indicator *i, FactNew *f) {
    int64_t year;
    if (i->period == PERIOD_YEARLY) {
        if (!str_to_i64(cell(t, S("period")), &year) || year < 1900 || year > 2999)
            return bad(t, S("period"));
        f->period = (int32_t)year;
        return true;
    }
    if (i->period == PERIOD_EVENT) return day_cell(t, S("period"), &f->period);
    return day_cell(t, S("from"), &f->from);
}

static bool known_cell(Table *t, FactNew *f) {
    int64_t day;
    if (!date_parse(cell(t, S("known_on")), &day)) return bad(t, S("known_on"));
    f->known_ms = day * 86400000 - ZONE_OFFSET_MS;
    return true;
}

static bool load_fact(Table *t, FactLoader *l) {
    FactNew f = {0};
    Str bound = cell(t, S("bound")), source = cell(t, S("source"));
    const Indicator *i = pack_indicator(t->pack, cell(t, S("indicator")));
    bool suspect = str_eq(cell(t, S("quality")), S("suspect"));
    if (!i) return bad(t, S("indicator"));
    f.subject = subject_by_code(t->db, cell(t, S("scheme")), cell(t, S("code")));
    if (!f.subject) return bad(t, S("code"));
    if (!source_class(source)) return bad(t, S("source"));
    if (bound.n && !str_eq(bound, S("<=")) && !str_eq(bound, S(">="))) return bad(t, S("bound"));
    if (suspect) source = str_cat(t->c->arena, S("suspect/"), source);
    f.kind = str_eq(bound, S("<=")) ? FACT_UPPER : str_eq(bound, S(">=")) ? FACT_LOWER : FACT_VALUE;
    f.indicator = indicator_id(t->db, i->code, true);
    f.source = source_id(t->db, source, S(""), S(""), true);
    f.evidence = cell(t, S("note"));
    if (!fact_cell(t, i, &f) || !period_cell(t, i, &f) || !known_cell(t, &f)) return false;
    t->report->facts++;
    t->report->suspect += suspect;
    return fact_loader_add(l, &f);
}

static bool load_facts(Table *t) {
    if (!open_table(t, S("indicator"))) return ctx_ok(t->c);
    Str sha = hash_hex(t->c->arena, HASH_SHA256, t->file->bytes);
    if (batch_of_file(t->db, sha)) return ctx_ok(t->c);
    BatchNew b = {.origin = pack_place(t->c->arena, t->file, 0), .origin_sha256 = sha};
    int64_t batch = batch_new(t->db, &b);
    FactLoader *l = batch ? fact_loader_open(t->db, batch) : NULL;
    while (l && ctx_ok(t->c) && next_row(t) && load_fact(t, l)) continue;
    t->report->tables++;
    return fact_loader_close(l) && batch_publish(t->db, batch, t->act, NULL);
}

static bool is_table(const PackFile *f) {
    return str_starts(f->path, S("tables/")) && str_ends(f->path, S(".csv"));
}

bool tables_load(Db *db, const PackSet *p, const Act *act, TablesReport *out) {
    *out = (TablesReport){0};
    for (int pass = 0; pass < 2; pass++) /* facts speak of subjects */
        for (int i = 0; i < p->nfiles; i++) {
            Table t = {.db = db,
                       .c = db_ctx(db),
                       .pack = p,
                       .file = &p->files[i],
                       .act = act,
                       .report = out};
            if (!is_table(t.file)) continue;
            if (!(pass == 0 ? load_subjects(&t) : load_facts(&t))) return false;
        }
    return true;
}

/* Code lists of packs. See codelist.h. */
#include "city/codelist.h"

#include "codec/csv.h"

enum { COLUMNS_MAX = 4 };

/* A table read by the names of its columns. */
typedef struct Table {
    Ctx *c;
    Str path;
    Csv csv;
    int columns[COLUMNS_MAX];
    int n;
    Str cells[COLUMNS_MAX];
} Table;

/* The table of the last pack that has it: a city's own beats its province's. */
static bool open_table(Ctx *c, const PackSet *p, Str path, const Str *heads, int n, Table *t) {
    const PackFile *f = NULL;
    CsvRow row;
    for (int i = 0; i < p->npacks; i++) {
        const PackFile *own = pack_file(p, p->packs[i].id, path);
        if (own) f = own;
    }
    *t = (Table){.c = c, .path = path, .n = n};
    if (!f) return false;
    t->csv = csv_open(c->arena, f->bytes, ',');
    if (!csv_next(&t->csv, &row)) return false;
    for (int k = 0; k < n; k++) {
        t->columns[k] = -1;
        for (int i = 0; i < row.n; i++)
            if (str_eq(row.cells[i], heads[k])) t->columns[k] = i;
        if (t->columns[k] < 0) return FAIL_AT(c, ERR_INPUT, path, M_PACK_KEY, heads[k]);
    }
    return true;
}

static bool next_row(Table *t) {
    CsvRow row;
    while (csv_next(&t->csv, &row)) {
        if (row.problem != MSG_NONE)
            return FAIL_AT(t->c, ERR_INPUT,
                           str_printf(t->c->arena, "%.*s:%lld", STRF(t->path), (long long)row.line),
                           row.problem);
        if (row.n < 2) continue;
        for (int k = 0; k < t->n; k++)
            t->cells[k] =
                str_dup(t->c->arena, t->columns[k] < row.n ? row.cells[t->columns[k]] : S(""));
        return true;
    }
    return false;
}

static void read_industries(Ctx *c, const PackSet *p, CodeLists *l) {
    static const Str HEADS[] = {STR_INIT("code"), STR_INIT("name"), STR_INIT("level"),
                                STR_INIT("parent")};
    static const Str LEVELS[] = {STR_INIT("section"), STR_INIT("division"), STR_INIT("group"),
                                 STR_INIT("class")};
    Table t;
    int cap = 0;
    int64_t level;
    if (!open_table(c, p, S("tables/gbt4754-2017.csv"), HEADS, 4, &t)) return;
    while (next_row(&t)) {
        if (!str_to_i64(t.cells[2], &level) || level < 1 || level > 4) continue;
        GROW(c->arena, l->industries, l->nindustries, cap);
        l->industries[l->nindustries++] =
            (Industry){t.cells[0], t.cells[1], LEVELS[level - 1], t.cells[3]};
    }
    for (int i = 0; i < l->nindustries; i++)
        map_put(&l->industry, l->industries[i].code, &l->industries[i]);
}

/* GB/T 2260: the last two digits of a district are 01 to 20, of a county 21 to 80. */
static Str unit_kind(Str kind, Str code) {
    int64_t last;
    if (!str_eq(kind, S("区县")) || !str_to_i64(str_sub(code, 4, 6), &last))
        return S("functional_zone");
    return last <= 20 ? S("district") : S("county");
}

static void read_units(Ctx *c, const PackSet *p, CodeLists *l) {
    static const Str HEADS[] = {STR_INIT("unit"), STR_INIT("name"), STR_INIT("kind")};
    Table t;
    int cap = 0;
    if (!open_table(c, p, S("tables/units.csv"), HEADS, 3, &t)) return;
    while (next_row(&t)) {
        GROW(c->arena, l->divisions, l->ndivisions, cap);
        l->divisions[l->ndivisions++] =
            (Division){t.cells[0], t.cells[1], unit_kind(t.cells[2], t.cells[0])};
    }
    for (int i = 0; i < l->ndivisions; i++)
        map_put(&l->division, l->divisions[i].code, &l->divisions[i]);
}

static void read_places(Ctx *c, const PackSet *p, CodeLists *l) {
    static const Str HEADS[] = {STR_INIT("code"), STR_INIT("name")};
    Table t;
    if (!open_table(c, p, S("tables/gbt2260.csv"), HEADS, 2, &t)) return;
    while (next_row(&t)) {
        Str *name = NEW(c->arena, Str);
        *name = t.cells[1];
        map_put(&l->place, t.cells[0], name);
    }
}

bool codelists_read(Ctx *c, const PackSet *p, CodeLists *out) {
    *out = (CodeLists){
        .industry = map_new(c->arena), .division = map_new(c->arena), .place = map_new(c->arena)};
    read_industries(c, p, out);
    read_units(c, p, out);
    read_places(c, p, out);
    return ctx_ok(c);
}

const Industry *industry_find(const CodeLists *l, Str code) {
    const Industry *i = map_get(&l->industry, code);
    if (i || code.n < 3) return i;
    return map_get(&l->industry, str_sub(code, 1, code.n));
}

const Industry *industry_section(const CodeLists *l, Str code) {
    const Industry *i = industry_find(l, code);
    for (int depth = 0; i && i->parent.n && depth < 4; depth++)
        i = map_get(&l->industry, i->parent);
    return i;
}

Str division_name(const CodeLists *l, Str code) {
    const Division *d = map_get(&l->division, code);
    const Str *name = d ? &d->name : map_get(&l->place, code);
    return name ? *name : S("");
}

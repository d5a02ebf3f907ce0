/* Whom the rows of an import are about: identities are kept in maps, looked up in bulk once per
 * block, and created in bulk; no query is made per row.
 *
 * A row is known by its credit code, else its stock code, else another code, else its name. A name
 * alone never joins a firm that has another credit code on file. */
#include "codec/gram.h"
#include "job/import_plan.h"

static Entity *known_entity(const Import *im, const Row *row, Str name) {
    Entity *e = row->uscc.n ? map_get(&im->by_uscc, row->uscc) : NULL;
    if (!e && row->stock.n) e = map_get(&im->by_stock, row->stock);
    if (!e && row->id.n) e = map_get(&im->by_id, row->id);
    if (!e && name.n) {
        e = map_get(&im->by_name, name);
        if (e && row->uscc.n && e->made.uscc.n) e = NULL; /* another firm of the same name */
    }
    return e;
}

static Str kept(Import *im, Str s) {
    return s.n ? str_dup(im->keep, s) : (Str){"", 0};
}

static void remember(Map *m, Str key, Entity *e) {
    if (key.n && !map_has(m, key)) map_put(m, key, e);
}

static Entity *new_entity(Import *im, const Row *row) {
    Entity *e = NEW(im->keep, Entity);
    e->made = (SubjectNew){.kind = SUBJECT_ENTERPRISE,
                           .name = kept(im, row->name.n ? row->name : row->short_name),
                           .uscc = kept(im, row->uscc),
                           .stock = kept(im, row->stock),
                           .division = kept(im, row->division),
                           .unit = kept(im, row->unit)};
    e->scheme = kept(im, row->scheme);
    e->id = kept(im, row->id);
    e->former_name = kept(im, row->former_name);
    *im->fresh_tail = e;
    im->fresh_tail = &e->next;
    return e;
}

void import_entity(Import *im, Row *row) {
    Str name = row->name.n ? gram_fold(im->block, row->name) : (Str){0};
    Entity *e = known_entity(im, row, name);
    bool fresh = !e;
    if (fresh) e = new_entity(im, row);
    row->entity = e;
    if (!fresh && e->made.name.n && !row->name.n) return;
    if (!e->made.name.n) e->made.name = kept(im, row->name.n ? row->name : row->short_name);
    remember(&im->by_uscc, fresh ? e->made.uscc : kept(im, row->uscc), e);
    remember(&im->by_stock, fresh ? e->made.stock : kept(im, row->stock), e);
    remember(&im->by_id, fresh ? e->id : kept(im, row->id), e);
    if (name.n && !map_has(&im->by_name, name)) map_put(&im->by_name, kept(im, name), e);
}

/* --- the store ------------------------------------------------------------------------------- */

typedef Str (*KeyOf)(const Entity *e);
static Str uscc_of(const Entity *e) {
    return e->made.uscc;
}
static Str stock_of(const Entity *e) {
    return e->made.stock;
}
static Str id_of(const Entity *e) {
    return e->id;
}
static Str name_of(const Entity *e) {
    return e->made.name;
}

/* A name does not join a subject that holds another credit code. */
static bool drop_other_codes(Import *im, Entity **e, int n) {
    int64_t *ids = NEW_N(im->block, int64_t, n);
    Entity **found = NEW_N(im->block, Entity *, n);
    Subject *subjects = NEW_N(im->block, Subject, n);
    int k = 0;
    for (int i = 0; i < n; i++) {
        if (!e[i]->subject || !e[i]->made.uscc.n) continue;
        ids[k] = e[i]->subject;
        found[k++] = e[i];
    }
    if (k && !subject_get_many(im->db, ids, k, subjects)) return false;
    for (int i = 0; i < k; i++)
        if (str_starts(subjects[i].code, S("uscc:"))) found[i]->subject = 0;
    return true;
}

/* Looks up the entities not found yet by one kind of key. */
static bool look_up(Import *im, Str scheme, KeyOf key, bool by_name) {
    int n = 0, count = 0;
    for (Entity *e = im->fresh; e; e = e->next) count++;
    Entity **list = NEW_N(im->block, Entity *, count + 1);
    Str *values = NEW_N(im->block, Str, count + 1);
    int64_t *ids = NEW_N(im->block, int64_t, count + 1);
    for (Entity *e = im->fresh; e; e = e->next) {
        if (e->subject || !key(e).n) continue;
        values[n] = key(e);
        list[n++] = e;
    }
    if (n == 0) return true;
    if (!subject_by_codes(im->db, scheme, values, n, ids)) return false;
    for (int i = 0; i < n; i++) {
        list[i]->subject = ids[i];
        list[i]->joined = ids[i] != 0 && key != uscc_of;
    }
    return !by_name || drop_other_codes(im, list, n);
}

static void create(Import *im, Entity *e) {
    CreatePolicy policy = im->plan.create;
    bool code = e->made.uscc.n || e->made.stock.n || e->id.n;
    bool allowed = policy != CREATE_NONE && (code || (policy == CREATE_BY_NAME && e->made.name.n));
    if (!allowed) return;
    e->fresh = true;
    im->report->new_subjects++;
    if (!e->made.name.n) e->made.name = e->made.stock.n ? e->made.stock : e->made.uscc;
    if (!e->made.name.n) e->made.name = e->id;
    e->subject = im->subjects ? subject_loader_add(im->subjects, &e->made) : -1;
}

bool import_resolve(Import *im) {
    if (im->db) {
        Str scheme = im->fresh ? im->fresh->scheme : S("");
        if (!look_up(im, S("uscc"), uscc_of, false)) return false;
        if (!look_up(im, S("stock"), stock_of, false)) return false;
        if (scheme.n && !look_up(im, scheme, id_of, false)) return false;
        if (!look_up(im, S("name"), name_of, true)) return false;
    }
    for (Entity *e = im->fresh; e; e = e->next) {
        bool on_file = e->subject != 0;
        if (on_file) im->report->known_subjects++;
        if (!on_file) create(im, e);
        e->resolved = true;
        bool code = on_file && e->joined && (e->made.uscc.n || e->made.stock.n);
        if ((e->id.n || e->former_name.n || code) && e->subject) {
            e->next_learned = im->learned;
            im->learned = e;
        }
        if (!ctx_ok(im->c)) return false;
    }
    im->fresh = NULL;
    im->fresh_tail = &im->fresh;
    return true;
}

static bool learn(Import *im, int64_t subject, Str scheme, Str value) {
    if (!value.n || subject_by_code(im->db, scheme, value)) return ctx_ok(im->c);
    Identifier id = {.scheme = scheme, .value = value};
    return subject_identify(im->db, subject, &id, &im->o->act);
}

bool import_learn(Import *im) {
    for (Entity *e = im->learned; e; e = e->next_learned)
        if (!learn(im, e->subject, S("uscc"), e->made.uscc) ||
            !learn(im, e->subject, S("stock"), e->made.stock) ||
            !learn(im, e->subject, e->scheme, e->id) ||
            !learn(im, e->subject, S("former_name"), e->former_name))
            return false;
    return true;
}

/* --- comparing rows --------------------------------------------------------------------------- */

enum { COMPARED_MAX = 50000 };

static YearSeen *year_seen(Import *im, Entity *e, int year, bool make) {
    for (YearSeen *y = e->years; y; y = y->next)
        if (y->year == year) return y;
    if (!make) return NULL;
    YearSeen *y = NEW(im->keep, YearSeen);
    *y = (YearSeen){.next = e->years,
                    .year = year,
                    .hash = NEW_N(im->keep, uint32_t, im->plan.n),
                    .size = NEW_N(im->keep, double, im->plan.slots)};
    return e->years = y;
}

/* What the store holds of the yearly numbers of this import. */
static bool read_stored(Import *im, Entity *e) {
    e->known_compared = true;
    if (!im->db || e->fresh || im->plan.slots == 0 || im->compared++ >= COMPARED_MAX) return true;
    Arena *a = im->c->arena;
    ArenaMark mark = arena_mark(a);
    FactAt at = {0};
    FactView view;
    if (!fact_at(im->db, &at) || !fact_read(im->db, e->subject, &at, NULL, &view)) return false;
    for (int k = 0; k < im->plan.used; k++) {
        const Column *col = &im->plan.columns[k];
        int n = 0;
        const FactSlot *s = col->slot >= 0 ? fact_slots(&view, col->stored, &n) : NULL;
        for (int i = 0; i < n; i++) {
            Dec d;
            if (!s[i].value || !dec_parse(s[i].value->value, &d)) continue;
            year_seen(im, e, s[i].period, true)->size[col->slot] = dec_double(&d);
        }
    }
    arena_rewind(a, mark);
    return true;
}

/* The slips of units: 百, 千, 万, 亿, off by at most a twentieth (a year changes little beside it).
 */
static bool is_unit_slip(double ratio) {
    static const double SLIPS[] = {1e2, 1e3, 1e4, 1e8};
    for (size_t i = 0; i < sizeof SLIPS / sizeof *SLIPS; i++)
        if (ratio >= SLIPS[i] * 0.95 && ratio <= SLIPS[i] * 1.05) return true;
    return false;
}

/* More than ten times off the previous period. A difference that runs through zero (profit) does
 * that in ordinary years: there it counts when both are above a million yuan, below which no tier
 * or award has a line, or when the ratio is that of a unit. A ratio can only be off by percent. */
static bool is_jump(const Indicator *i, double size, double before) {
    enum { FLOOR_YUAN = 1000000 };
    size = size < 0 ? -size : size;
    before = before < 0 ? -before : before;
    double large = size > before ? size : before, small = size > before ? before : size;
    if (small == 0 || large / small <= 10) return false;
    if (is_unit_slip(large / small)) return true;
    return !str_eq(i->unit, S("比率")) && (!i->is_signed || small >= FLOOR_YUAN);
}

static void check_jump(Import *im, Row *row, const RowFact *f) {
    int slot = f->column->slot;
    for (int step = -1; step <= 1; step += 2) {
        const YearSeen *y = year_seen(im, row->entity, f->period + step, false);
        double before = y ? y->size[slot] : 0;
        if (!is_jump(f->column->indicator, f->size, before)) continue;
        Arena *a = im->c->arena;
        PROBLEM(im, row, 1, f->column, f->value, M_ROW_JUMP, str_printf(a, "%d", f->period + step),
                str_printf(a, "%.15g", before));
        return;
    }
}

static uint32_t hash_of(const RowFact *f) {
    uint32_t h = (uint32_t)str_hash(f->value) ^ (uint32_t)f->period * 2654435761u;
    return h ? h : 1;
}

/* The first value that contradicts an earlier row; NULL when there is none. *repeats: all agree. */
static const RowFact *contradiction(const Column *columns, const YearSeen *y, const Row *row,
                                    bool *repeats) {
    *repeats = row->n > 0;
    for (int i = 0; i < row->n; i++) {
        const RowFact *f = &row->facts[i];
        uint32_t before = y->hash[f->column - columns];
        if (before == 0) *repeats = false;
        if (before && f->column->indicator->period != PERIOD_EVENT && before != hash_of(f))
            return f;
    }
    return NULL;
}

bool import_compare(Import *im, Row *row) {
    Entity *e = row->entity;
    if (!e->known_compared && !read_stored(im, e)) return false;
    YearSeen *y = year_seen(im, e, row->year, true);
    bool repeats = false;
    if (y->row) {
        const RowFact *f = contradiction(im->plan.columns, y, row, &repeats);
        if (f) {
            Arena *a = im->c->arena;
            PROBLEM(im, row, 0, f->column, f->value, M_ROW_CONFLICT,
                    str_printf(a, "%lld", (long long)y->row));
            return true;
        }
        if (repeats && im->repeated++ == 0) im->repeated_first = row->row;
    } else {
        y->row = row->row;
    }
    for (int i = 0; i < row->n; i++) {
        const RowFact *f = &row->facts[i];
        y->hash[f->column - im->plan.columns] = hash_of(f);
        if (f->column->slot < 0 || f->type != FACT_NUMBER) continue;
        if (!repeats) check_jump(im, row, f);
        year_seen(im, e, f->period, true)->size[f->column->slot] = f->size;
    }
    return true;
}

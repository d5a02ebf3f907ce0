/* Diffs for auditing. See diff.h. Each point is made a list of paths with texts; two sorted lists
 * are compared, so every kind of thing is compared in one way. */
#include "city/bundle/diff.h"

#include <stdlib.h>

#include "base/date.h"
#include "city/flow/case.h"
#include "city/library/title.h"
#include "city/source.h"
#include "city/subject.h"

typedef struct Line {
    Str path, text;
    bool sensitive;
} Line;

typedef struct State {
    Db *db;
    const Register *reg;
    const Sight *sight;
    FactAt at;
    Line *items;
    int n, cap, hidden;
} State;

static Arena *arena(const State *s) {
    return db_ctx(s->db)->arena;
}

static void put(State *s, Str path, Str text, bool sensitive) {
    GROW(arena(s), s->items, s->n, s->cap);
    s->items[s->n++] = (Line){path, text, sensitive};
}

static void put_at(State *s, Str under, const char *name, Str text) {
    put(s, str_printf(arena(s), "%.*s%s", STRF(under), name), text, false);
}

static Str day_text(Arena *a, int64_t yyyymmdd) {
    int64_t day;
    return date_from_int(yyyymmdd, &day) ? date_text(a, day) : S("");
}

/* --- enterprises -------------------------------------------------------------------------------
 */

typedef struct Names {
    Str *codes;
    Source *sources;
    int ncodes, nsources;
} Names;

static void put_slot(State *s, const Names *names, const FactSlot *k, Grade grade) {
    Arena *a = arena(s);
    const Fact *f = k->value ? k->value : k->lower ? k->lower : k->upper;
    Str code = k->indicator <= names->ncodes ? names->codes[k->indicator - 1] : S("?");
    const Indicator *i = pack_indicator(s->reg->pack, code);
    if (!f) return;
    if (s->sight && (!i || !sight_shows(s->sight, grade, i))) {
        s->hidden++;
        return;
    }
    Str name = i ? i->name : code;
    Str source =
        f->source > 0 && f->source <= names->nsources ? names->sources[f->source - 1].code : S("");
    Str path = str_printf(a, "facts/%.*s/%d%s%.*s", STRF(name), k->period, k->key.n ? "/" : "",
                          STRF(k->key));
    const char *mark = k->value ? "" : k->lower ? ">= " : "<= ";
    put(s, path, str_printf(a, "%s%.*s (%.*s)", mark, STRF(f->value), STRF(source)),
        !i || i->grade > GRADE_INTERNAL);
}

static void put_title(State *s, const TitleStatus *k, Str under) {
    static const char *const STATES[] = {"not_yet", "held", "suspended", "ended", "void"};
    Arena *a = arena(s);
    const Title *t = k->title;
    put_at(s, under, "name", t->name.n ? t->name : t->tier);
    put_at(s, under, "tier", str_printf(a, "%.*s %.*s", STRF(t->tier), STRF(t->level)));
    put_at(s, under, "state", str_from(STATES[k->state]));
    put_at(s, under, "from", day_text(a, t->from));
    put_at(s, under, "to", day_text(a, k->to));
    put_at(s, under, "holder", str_printf(a, "%lld", (long long)k->holder));
    put_at(s, under, "document", t->document_number);
    put_at(s, under, "published", k->published ? S("true") : S("false"));
}

static bool read_enterprise(State *s, int64_t id) {
    Ctx *c = db_ctx(s->db);
    Arena *a = c->arena;
    Subject who;
    FactNames order;
    FactView view;
    Names names = {0};
    TitleBook book;
    if (!subject_get(s->db, id, &who)) return false;
    if (s->sight && !sight_knows(s->sight, who.id)) return FAIL(c, ERR_MISSING, M_AUDIT_OBJECT);
    Grade grade = s->sight ? sight_of(s->sight, who.id, who.division, who.unit) : GRADE_SECRET;
    if (!fact_names(s->db, s->reg->pack, &s->at, &order)) return false;
    FactRank rank = fact_names_rank(&order);
    if (!fact_read(s->db, who.id, &s->at, &rank, &view) ||
        !indicator_list(s->db, &names.codes, &names.ncodes) ||
        !source_list(s->db, &names.sources, &names.nsources) ||
        !title_book(s->db, who.id, &s->at, &book))
        return false;
    put_at(s, S(""), "division", subject_place_at(s->db, who.id, PLACE_REGISTERED, s->at.as_of));
    put_at(s, S(""), "unit", subject_place_at(s->db, who.id, PLACE_ASSESSED, s->at.as_of));
    for (int i = 0; i < view.n; i++) put_slot(s, &names, &view.slots[i], grade);
    for (int i = 0; i < book.n; i++)
        put_title(s, &book.status[i],
                  str_printf(a, "titles/%lld/", (long long)book.status[i].title->id));
    return ctx_ok(c);
}

static bool read_title(State *s, int64_t id) {
    Arena *a = arena(s);
    TitleBook book;
    if (!title_get(s->db, id, &s->at, &book)) {
        if (db_ctx(s->db)->err.code == ERR_MISSING) ctx_clear(db_ctx(s->db));
        return ctx_ok(db_ctx(s->db)); /* not known then */
    }
    for (int i = 0; i < book.n; i++)
        if (book.status[i].title->id == id) put_title(s, &book.status[i], S(""));
    for (int i = 0; i < book.nevents; i++) {
        const TitleEvent *e = &book.events[i];
        if (e->title == id)
            put(s, str_printf(a, "events/%lld", (long long)e->id),
                str_printf(a, "%d %.*s %.*s", e->kind, STRF(day_text(a, e->day)), STRF(e->reason)),
                false);
    }
    return true;
}

/* --- cases -------------------------------------------------------------------------------------
 */

static Str value_text(Arena *a, const Json *j) {
    if (j->kind == JSON_STRING) return json_str(j, S(""));
    Buf b = buf_new(a, 0);
    json_canonical(&b, j);
    return buf_str(&b);
}

/* The data as the events up to the point made it. */
static bool put_data(State *s, const CaseEvent *events, int n) {
    Arena *a = arena(s);
    Map data = map_new(a);
    for (int i = 0; i < n && events[i].at_ms <= s->at.as_known; i++) {
        Json *change = json_parse(db_ctx(s->db), events[i].data, S("event"));
        if (!change) return false;
        for (Json *m = change->first; m; m = m->next) map_put(&data, m->key, m);
    }
    for (int i = 0; i < data.n; i++) {
        const Json *v = data.entries[i].value;
        if (v->kind != JSON_NULL)
            put(s, str_cat(a, S("data/"), data.entries[i].key), value_text(a, v), true);
    }
    return true;
}

static bool read_case(State *s, int64_t id) {
    Arena *a = arena(s);
    CaseFile k;
    CaseEvent *events;
    int n;
    if (!case_get(s->db, s->reg, id, &k) || !case_events(s->db, id, &events, &n)) return false;
    for (int i = 0; i < n && events[i].at_ms <= s->at.as_known; i++) {
        const CaseEvent *e = &events[i];
        bool last = i + 1 == n || events[i + 1].at_ms > s->at.as_known;
        put(s, str_printf(a, "events/%lld", (long long)e->id),
            str_printf(a, "%.*s %.*s %.*s", STRF(instant_text(a, e->at_ms)), STRF(e->actor),
                       STRF(e->act)),
            false);
        if (last) put_at(s, S(""), "state", e->to);
    }
    if (!put_data(s, events, n)) return false;
    Rows *r = Q(s->db,
                "SELECT id, name, sm3 FROM case_document WHERE case_file = $1 AND at_ms <= $2 AND "
                "(withdrawn_ms IS NULL OR withdrawn_ms > $2) ORDER BY id",
                db_i(id), db_i(s->at.as_known));
    while (r && row_next(r))
        put(s, str_printf(a, "documents/%lld", (long long)row_i64(r, 0)),
            str_printf(a, "%.*s %.*s", STRF(row_str(r, 1)), STRF(row_str(r, 2))), false);
    if (r) rows_close(r);
    return ctx_ok(db_ctx(s->db));
}

/* --- rules -------------------------------------------------------------------------------------
 */

/* The version in force on the day, of those the store had by then. */
static bool read_rule(State *s, Str id) {
    Ctx *c = db_ctx(s->db);
    Arena *a = c->arena;
    int64_t day;
    const Rule *rule = pack_rule(c, s->reg->pack, id);
    if (!rule || !date_from_int(s->at.as_of, &day)) return false;
    const RuleVersion *v = rule_version_on(rule, day);
    if (!v) return true;
    int64_t loaded = Q_I64(s->db, 0,
                           "SELECT k.loaded_ms FROM rule_version v JOIN rule_set k ON k.id = "
                           "v.rule_set WHERE v.hash = $1",
                           db_s(v->hash));
    put_at(s, S(""), "version", v->id);
    put_at(s, S(""), "hash", v->hash);
    put_at(s, S(""), "from", date_text(a, v->from));
    put_at(s, S(""), "to", v->to == INT64_MAX ? S("") : date_text(a, v->to));
    put_at(s, S(""), "in_store", loaded <= s->at.as_known ? S("true") : S("false"));
    put_at(s, S(""), "validity", version_validity(v, day));
    put_at(s, S(""), "document", v->basis.document ? v->basis.document->title : S(""));
    put_at(s, S(""), "article", v->basis.article);
    for (int i = 0; i < v->nconditions; i++)
        put(s, str_cat(a, S("conditions/"), v->conditions[i].decision), v->conditions[i].text_zh,
            false);
    for (int i = 0; i < v->nparameters; i++)
        put(s, str_cat(a, S("parameters/"), v->parameters[i].name),
            str_printf(a, "%.*s %.*s", STRF(v->parameters[i].value),
                       STRF(status_text(v->parameters[i].status))),
            false);
    return ctx_ok(c);
}

/* --- comparing ---------------------------------------------------------------------------------
 */

static bool read_state(State *s, Str object) {
    int64_t id = 0;
    ptrdiff_t at = str_find(object, S(":"));
    Str kind = str_sub(object, 0, at < 0 ? 0 : at), rest = str_sub(object, at + 1, object.n);
    if (str_eq(kind, S("rule"))) return read_rule(s, rest);
    bool number = str_to_i64(rest, &id) && id > 0;
    if (number && str_eq(kind, S("enterprise"))) return read_enterprise(s, id);
    if (number && str_eq(kind, S("case"))) return read_case(s, id);
    if (number && str_eq(kind, S("title"))) return read_title(s, id);
    return FAIL(db_ctx(s->db), ERR_INPUT, M_AUDIT_OBJECT);
}

static int by_path(const void *x, const void *y) {
    return str_cmp(((const Line *)x)->path, ((const Line *)y)->path);
}

static void compare(const State *before, const State *after, AuditDiff *out) {
    Arena *a = arena(before);
    int i = 0, k = 0;
    out->lines = NEW_N(a, DiffLine, before->n + after->n + 1);
    while (i < before->n || k < after->n) {
        int order = i == before->n  ? 1
                    : k == after->n ? -1
                                    : str_cmp(before->items[i].path, after->items[k].path);
        const Line *had = order <= 0 ? &before->items[i++] : NULL;
        const Line *has = order >= 0 ? &after->items[k++] : NULL;
        if (had && has && str_eq(had->text, has->text)) {
            out->same++;
            continue;
        }
        out->sensitive |= had ? had->sensitive : has->sensitive;
        out->lines[out->n++] = (DiffLine){.path = had ? had->path : has->path,
                                          .before = had ? had->text : S(""),
                                          .after = has ? has->text : S(""),
                                          .had = had != NULL,
                                          .has = has != NULL};
    }
    out->hidden = before->hidden > after->hidden ? before->hidden : after->hidden;
}

bool audit_diff(Db *db, const Register *r, const Sight *sight, Str object, const FactAt *before,
                const FactAt *after, AuditDiff *out) {
    State a = {.db = db, .reg = r, .sight = sight, .at = *before};
    State b = {.db = db, .reg = r, .sight = sight, .at = *after};
    *out = (AuditDiff){0};
    if (!read_state(&a, object) || !read_state(&b, object)) return false;
    if (a.n) qsort(a.items, (size_t)a.n, sizeof *a.items, by_path);
    if (b.n) qsort(b.items, (size_t)b.n, sizeof *b.items, by_path);
    compare(&a, &b, out);
    return ctx_ok(db_ctx(db));
}

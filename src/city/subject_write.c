/* Writing subjects: one at a time with a journal entry, or in bulk. See subject.h. */
#include "base/buf.h"
#include "city/fits.h"
#include "city/subject.h"
#include "city/subject_row.h"
#include "codec/uscc.h"
#include "store/counter.h"
#include "store/search.h"

enum { BLOCK = 20000, FIELDS = 3, NAME_BYTES_MAX = 2000 };

/* The identifiers a new subject brings. */
typedef struct Given {
    Identifier items[FIELDS];
    int n;
} Given;

static Given given_of(Arena *a, const SubjectNew *s) {
    Given g = {0};
    Str name = str_trim(s->name), uscc = uscc_normalize(a, s->uscc);
    Str stock = str_trim(s->stock);
    bool marked = uscc.n && uscc_check(uscc, NULL) != USCC_OK;
    if (name.n) g.items[g.n++] = (Identifier){S("name"), name, s->since, 0, false};
    if (uscc.n) g.items[g.n++] = (Identifier){S("uscc"), uscc, s->since, 0, marked};
    if (stock.n) g.items[g.n++] = (Identifier){S("stock"), stock, s->since, 0, false};
    return g;
}

static bool lengths_fit(Ctx *c, const SubjectNew *s) {
    return length_fits(c, s->name, NAME_BYTES_MAX) && length_fits(c, s->uscc, NAME_BYTES_MAX) &&
           length_fits(c, s->stock, NAME_BYTES_MAX) &&
           length_fits(c, s->division, NAME_BYTES_MAX) && length_fits(c, s->unit, NAME_BYTES_MAX);
}

static Str code_of(Arena *a, const Given *g, int64_t id) {
    for (int i = 0; i < g->n; i++)
        if (!str_eq(g->items[i].scheme, S("name")))
            return str_printf(a, "%.*s:%.*s", STRF(g->items[i].scheme), STRF(g->items[i].value));
    return str_printf(a, "id:%lld", (long long)id);
}

static Str name_of(const Given *g, Str code) {
    return g->n && str_eq(g->items[0].scheme, S("name")) ? g->items[0].value : code;
}

/* A code belongs to one subject. */
static bool code_is_free(Db *db, const Identifier *id, int64_t subject) {
    Ctx *c = db_ctx(db);
    if (!str_eq(id->scheme, S("uscc")) && !str_eq(id->scheme, S("stock"))) return true;
    int64_t holder = subject_by_code(db, id->scheme, id->value);
    if (!holder || holder == subject || !ctx_ok(c)) return ctx_ok(c);
    Subject other = {0};
    subject_get(db, holder, &other);
    return FAIL(c, ERR_STATE, M_CITY_CODE_TAKEN, id->value, other.name);
}

static bool insert_identifier(Db *db, int64_t subject, const Identifier *id) {
    Ctx *c = db_ctx(db);
    Str key = subject_key(c->arena, id->value);
    bool named = str_eq(id->scheme, S("name")) || str_eq(id->scheme, S("former_name"));
    return EXEC(db,
                "INSERT INTO identifier(key, scheme, subject, from_day, to_day, value, marked, "
                "recorded_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8) "
                "ON CONFLICT(key, scheme, subject, from_day) DO UPDATE SET "
                "to_day = excluded.to_day, value = excluded.value, marked = excluded.marked, "
                "recorded_ms = excluded.recorded_ms",
                db_s(key), db_s(id->scheme), db_i(subject), db_i(id->from), db_i(id->to),
                db_s(id->value), db_i(id->marked), db_i(c->now_ms)) &&
           (!named || search_add(db, subject, subject_tokens(c->arena, id->value)));
}

static bool insert_place(Db *db, int64_t subject, PlaceKind kind, Str code, int32_t from) {
    return EXEC(db,
                "INSERT INTO placement(subject, kind, from_day, recorded_ms, code) "
                "VALUES($1, $2, $3, $4, $5) ON CONFLICT(subject, kind, from_day, recorded_ms) "
                "DO UPDATE SET code = excluded.code",
                db_i(subject), db_i(kind), db_i(from), db_i(db_ctx(db)->now_ms), db_s(code));
}

static bool journal(Db *db, const Act *act, Str action, int64_t subject, Str content) {
    Str object = str_printf(db_ctx(db)->arena, "subject:%lld", (long long)subject);
    return journal_add(db, act, action, object, content);
}

int64_t subject_add(Db *db, const SubjectNew *s, const Act *act) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    if (!lengths_fit(c, s)) return 0;
    Given g = given_of(a, s);
    for (int i = 0; i < g.n; i++)
        if (g.items[i].marked) NOTE(c, 1, S("uscc"), M_CITY_BAD_CODE, g.items[i].value);
    if (!g.n) {
        FAIL(c, ERR_INPUT, M_CITY_EMPTY_SUBJECT);
        return 0;
    }
    int64_t id = counter_take(db, S("subject"), 1);
    for (int i = 0; i < g.n && id; i++)
        if (!code_is_free(db, &g.items[i], id)) return 0;
    Str code = code_of(a, &g, id);
    bool ok = id && EXEC(db,
                         "INSERT INTO subject(id, kind, name, code, demo, division, unit, "
                         "created_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
                         db_i(id), db_i(s->kind), db_s(name_of(&g, code)), db_s(code),
                         db_i(s->demo), db_s(s->division), db_s(s->unit), db_i(c->now_ms));
    for (int i = 0; i < g.n; i++) ok = ok && insert_identifier(db, id, &g.items[i]);
    if (s->division.n) ok = ok && insert_place(db, id, PLACE_REGISTERED, s->division, s->since);
    if (s->unit.n) ok = ok && insert_place(db, id, PLACE_ASSESSED, s->unit, s->since);
    Str content = str_printf(a, "%d\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%d\n%d", (int)s->kind,
                             STRF(s->name), STRF(s->uscc), STRF(s->stock), STRF(s->division),
                             STRF(s->unit), s->since, s->demo);
    return ok && journal(db, act, S("subject.add"), id, content) ? id : 0;
}

static bool end_name(Db *db, int64_t subject, int32_t from) {
    /* A name that was taken up again on the same day as before needs no second line. */
    return EXEC(db,
                "DELETE FROM identifier WHERE subject = $1 AND scheme = 'former_name' AND EXISTS "
                "(SELECT 1 FROM identifier n WHERE n.subject = $1 AND n.scheme = 'name' "
                "AND n.key = identifier.key AND n.from_day = identifier.from_day)",
                db_i(subject)) &&
           EXEC(db,
                "UPDATE identifier SET scheme = 'former_name', to_day = $2 "
                "WHERE subject = $1 AND scheme = 'name'",
                db_i(subject), db_i(from));
}

bool subject_identify(Db *db, int64_t subject, const Identifier *given, const Act *act) {
    Ctx *c = db_ctx(db);
    Identifier id = *given;
    if (str_eq(id.scheme, S("uscc"))) {
        id.value = uscc_normalize(c->arena, id.value);
        id.marked = uscc_check(id.value, NULL) != USCC_OK;
        if (id.marked) NOTE(c, 1, S("uscc"), M_CITY_BAD_CODE, id.value);
    } else {
        id.value = str_trim(id.value);
    }
    if (!day_fits(c, id.from) || !day_fits(c, id.to)) return false;
    if (id.from && id.to && id.to <= id.from)
        return FAIL(c, ERR_INPUT, M_CITY_BAD_INTERVAL, str_printf(c->arena, "%d", id.from),
                    str_printf(c->arena, "%d", id.to));
    if (!length_fits(c, id.value, NAME_BYTES_MAX) || !length_fits(c, id.scheme, NAME_BYTES_MAX))
        return false;
    if (!id.value.n || !id.scheme.n) return FAIL(c, ERR_INPUT, M_CITY_EMPTY_SUBJECT);
    if (!subject_lock(db)) return false;
    int64_t root = subject_root(db, subject);
    if (!root)
        return FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT,
                    str_printf(c->arena, "id:%lld", (long long)subject));
    if (!code_is_free(db, &id, root)) return false;
    if (str_eq(id.scheme, S("name")) && !end_name(db, root, id.from)) return false;
    Str content =
        str_printf(c->arena, "%.*s\n%.*s\n%d\n%d", STRF(id.scheme), STRF(id.value), id.from, id.to);
    return insert_identifier(db, root, &id) && subject_refresh(db, root) &&
           journal(db, act, S("subject.identify"), root, content);
}

bool subject_place(Db *db, int64_t subject, PlaceKind kind, Str code, int32_t from,
                   const Act *act) {
    Ctx *c = db_ctx(db);
    if (!day_fits(c, from) || !subject_lock(db)) return false;
    int64_t root = subject_root(db, subject);
    if (!root)
        return FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT,
                    str_printf(c->arena, "id:%lld", (long long)subject));
    Str content = str_printf(c->arena, "%d\n%.*s\n%d", (int)kind, STRF(code), from);
    return insert_place(db, root, kind, code, from) && subject_refresh(db, root) &&
           journal(db, act, S("subject.place"), root, content);
}

/* --- bulk ------------------------------------------------------------------------------------- */

typedef struct Waiting {
    int64_t id;
    SubjectNew s;
    Given given;
} Waiting;

struct SubjectLoader {
    Db *db;
    Arena *arena, *block;
    Waiting *waiting;
    int n;
    int64_t next_id;
    SearchLoader *search;
};

SubjectLoader *subject_loader_open(Db *db) {
    Arena *a = arena_child(db_ctx(db)->arena, 0);
    SubjectLoader *l = NEW(a, SubjectLoader);
    *l = (SubjectLoader){.db = db, .arena = a, .block = arena_child(a, 0)};
    l->waiting = NEW_N(a, Waiting, BLOCK);
    l->search = search_loader_open(db);
    return l;
}

static bool load_subjects(SubjectLoader *l) {
    Load *load =
        db_load(l->db, "subject", "id, kind, name, code, demo, division, unit, created_ms");
    for (int i = 0; load && i < l->n; i++) {
        const Waiting *w = &l->waiting[i];
        Str code = code_of(l->block, &w->given, w->id);
        db_load_row(load, (DbVal[]){db_i(w->id), db_i(w->s.kind), db_s(name_of(&w->given, code)),
                                    db_s(code), db_i(w->s.demo), db_s(w->s.division),
                                    db_s(w->s.unit), db_i(db_ctx(l->db)->now_ms)});
    }
    return load && db_load_end(load);
}

static bool load_identifiers(SubjectLoader *l) {
    Load *load = db_load(l->db, "identifier",
                         "key, scheme, subject, from_day, to_day, value, marked, recorded_ms");
    for (int i = 0; load && i < l->n; i++) {
        const Waiting *w = &l->waiting[i];
        for (int k = 0; k < w->given.n; k++) {
            const Identifier *id = &w->given.items[k];
            db_load_row(load, (DbVal[]){db_s(subject_key(l->block, id->value)), db_s(id->scheme),
                                        db_i(w->id), db_i(id->from), db_i(0), db_s(id->value),
                                        db_i(id->marked), db_i(db_ctx(l->db)->now_ms)});
        }
    }
    return load && db_load_end(load);
}

static bool load_places(SubjectLoader *l) {
    Load *load = db_load(l->db, "placement", "subject, kind, from_day, recorded_ms, code");
    for (int i = 0; load && i < l->n; i++) {
        const Waiting *w = &l->waiting[i];
        int64_t now = db_ctx(l->db)->now_ms;
        if (w->s.division.n)
            db_load_row(load, (DbVal[]){db_i(w->id), db_i(PLACE_REGISTERED), db_i(w->s.since),
                                        db_i(now), db_s(w->s.division)});
        if (w->s.unit.n)
            db_load_row(load, (DbVal[]){db_i(w->id), db_i(PLACE_ASSESSED), db_i(w->s.since),
                                        db_i(now), db_s(w->s.unit)});
    }
    return load && db_load_end(load);
}

static bool flush(SubjectLoader *l) {
    if (l->n == 0) return true;
    bool ok = load_subjects(l) && load_identifiers(l) && load_places(l);
    for (int i = 0; ok && i < l->n; i++) {
        ArenaMark mark = arena_mark(l->block);
        Str name = l->waiting[i].s.name;
        ok = search_loader_add(l->search, l->waiting[i].id, subject_tokens(l->block, name));
        arena_rewind(l->block, mark);
    }
    l->n = 0;
    arena_reset(l->block);
    return ok;
}

int64_t subject_loader_add(SubjectLoader *l, const SubjectNew *s) {
    Ctx *c = db_ctx(l->db);
    if (!lengths_fit(c, s) || (l->n == BLOCK && !flush(l))) return 0;
    if (l->n == 0) l->next_id = counter_take(l->db, S("subject"), BLOCK);
    if (!l->next_id) return 0;
    Waiting *w = &l->waiting[l->n];
    *w = (Waiting){.id = l->next_id + l->n, .s = *s};
    w->s.name = str_dup(l->block, str_trim(s->name));
    w->s.uscc = str_dup(l->block, s->uscc);
    w->s.stock = str_dup(l->block, s->stock);
    w->s.division = str_dup(l->block, s->division);
    w->s.unit = str_dup(l->block, s->unit);
    w->given = given_of(l->block, &w->s);
    if (!w->given.n) {
        FAIL(c, ERR_INPUT, M_CITY_EMPTY_SUBJECT);
        return 0;
    }
    l->n++;
    return w->id;
}

bool subject_loader_close(SubjectLoader *l) {
    if (!l) return false;
    bool ok = ctx_ok(db_ctx(l->db)) && flush(l);
    ok = search_loader_close(l->search) && ok;
    arena_close(l->block);
    arena_close(l->arena);
    return ok;
}

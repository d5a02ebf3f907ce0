/* Reading subjects: rows, roots, codes. See subject.h. */
#include "city/subject.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/utf8.h"
#include "city/subject_row.h"
#include "codec/gram.h"
#include "codec/pinyin.h"

enum { CHUNK = 16, HOPS_MAX = 1000, DAY_MS = 86400000 };

Subject subject_row(Arena *a, Rows *r, int64_t *merged_into) {
    if (merged_into) *merged_into = row_i64(r, 7);
    return (Subject){.id = row_i64(r, 0),
                     .kind = (SubjectKind)row_i64(r, 1),
                     .name = str_dup(a, row_str(r, 2)),
                     .code = str_dup(a, row_str(r, 3)),
                     .demo = row_i64(r, 4) != 0,
                     .division = str_dup(a, row_str(r, 5)),
                     .unit = str_dup(a, row_str(r, 6))};
}

Str subject_key(Arena *a, Str value) {
    Str key = gram_fold(a, value);
    return key.n ? key : str_trim(value);
}

/* The distinct initials of a character over all its readings (a letter or digit: itself). */
static int initials_of(uint32_t cp, char out[PINYIN_READINGS_MAX]) {
    Str readings[PINYIN_READINGS_MAX];
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    int n = pinyin_readings(cp, readings), kept = 0;
    for (int i = 0; i < n; i++) {
        int k = 0;
        while (k < kept && out[k] != readings[i].p[0]) k++;
        out[k] = readings[i].p[0];
        if (k == kept) kept++;
    }
    return kept;
}

/* Bigrams of initials as pinyin_query asks for them; repeated ones do no harm. */
static void put_initials(Buf *b, Str folded) {
    char before[PINYIN_READINGS_MAX], here[PINYIN_READINGS_MAX];
    int n_before = 0;
    for (ptrdiff_t at = 0; at < folded.n;) {
        int n = initials_of(utf8_next(folded, &at), here);
        if (n == 0) continue; /* not a character that is read: pinyin leaves it out */
        for (int i = 0; i < n_before; i++)
            for (int k = 0; k < n; k++)
                buf_put(b, str_of((char[]){' ', 'i', before[i], here[k]}, 4));
        for (int k = 0; k < n; k++) before[k] = here[k];
        n_before = n;
    }
}

Str subject_tokens(Arena *a, Str name) {
    Str folded = gram_fold(a, name);
    Buf b = buf_new(a, 0);
    buf_put(&b, gram_text(a, folded));
    put_initials(&b, folded);
    return buf_str(&b);
}

bool subject_lock(Db *db) {
    return EXEC(db, "UPDATE counter SET next = next WHERE name = 'subject'");
}

int64_t subject_root(Db *db, int64_t id) {
    for (int hops = 0; hops < HOPS_MAX; hops++) {
        int64_t up =
            Q_I64(db, -1, "SELECT COALESCE(merged_into, 0) FROM subject WHERE id = $1", db_i(id));
        if (up <= 0) return up < 0 ? 0 : id;
        id = up;
    }
    return 0;
}

bool subject_members(Db *db, int64_t root, int64_t **ids, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *ids = NULL;
    *n = 0;
    GROW(c->arena, *ids, *n, cap);
    (*ids)[(*n)++] = root;
    for (int i = 0; i < *n; i++) { /* level by level: an index look-up each, no plan to go wrong */
        Rows *r =
            Q(db, "SELECT id FROM subject WHERE merged_into = $1 ORDER BY id", db_i((*ids)[i]));
        while (row_next(r)) {
            GROW(c->arena, *ids, *n, cap);
            (*ids)[(*n)++] = row_i64(r, 0);
        }
        rows_close(r);
    }
    return ctx_ok(c);
}

bool subject_get(Db *db, int64_t id, Subject *out) {
    Ctx *c = db_ctx(db);
    int64_t root = subject_root(db, id);
    Rows *r = Q(db, "SELECT " SUBJECT_COLUMNS " FROM subject s WHERE s.id = $1", db_i(root));
    bool there = row_next(r);
    if (there) *out = subject_row(c->arena, r, NULL);
    rows_close(r);
    if (!there && ctx_ok(c))
        FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, str_printf(c->arena, "id:%lld", (long long)id));
    return there;
}

/* One query for up to CHUNK ids; the rest of the places repeat the last. */
static Rows *query_ids(Db *db, const int64_t *ids, int n) {
    DbVal args[CHUNK];
    for (int i = 0; i < CHUNK; i++) args[i] = db_i(ids[i < n ? i : n - 1]);
    return db_query(db,
                    "SELECT " SUBJECT_COLUMNS " FROM subject s WHERE s.id IN ($1, $2, $3, $4, $5, "
                    "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
                    CHUNK, args);
}

bool subject_get_many(Db *db, const int64_t *ids, int n, Subject *out) {
    Ctx *c = db_ctx(db);
    for (int from = 0; from < n && ctx_ok(c); from += CHUNK) {
        int most = n - from < CHUNK ? n - from : CHUNK;
        for (int i = 0; i < most; i++) out[from + i] = (Subject){0};
        Rows *r = query_ids(db, ids + from, most);
        while (row_next(r)) {
            int64_t up, id = row_i64(r, 0);
            Subject s = subject_row(c->arena, r, &up);
            for (int i = 0; i < most; i++)
                if (ids[from + i] == id) {
                    out[from + i] = s;
                    if (up) out[from + i].id = -1; /* absorbed: taken again by its root */
                }
        }
        rows_close(r);
        for (int i = 0; i < most && ctx_ok(c); i++)
            if (out[from + i].id <= 0) subject_get(db, ids[from + i], &out[from + i]);
    }
    return ctx_ok(c);
}

static int32_t today(const Ctx *c) {
    return date_to_int(c->now_ms / DAY_MS - (c->now_ms % DAY_MS < 0));
}

Str subject_place_at(Db *db, int64_t subject, PlaceKind kind, int32_t day) {
    Str out = S("");
    Rows *r = Q(db,
                "SELECT code FROM placement WHERE subject = $1 AND kind = $2 AND from_day <= $3 "
                "ORDER BY from_day DESC, recorded_ms DESC LIMIT 1",
                db_i(subject), db_i(kind), db_i(day));
    if (row_next(r)) out = str_dup(db_ctx(db)->arena, row_str(r, 0));
    rows_close(r);
    return out;
}

bool subject_identifiers(Db *db, int64_t id, Identifier **out, int *n) {
    Ctx *c = db_ctx(db);
    int64_t *ids;
    int members, cap = 0;
    *out = NULL;
    *n = 0;
    if (!subject_members(db, subject_root(db, id), &ids, &members)) return false;
    for (int i = 0; i < members; i++) {
        Rows *r = Q(db,
                    "SELECT scheme, value, from_day, to_day, marked FROM identifier "
                    "WHERE subject = $1 ORDER BY scheme, from_day DESC, key",
                    db_i(ids[i]));
        while (row_next(r)) {
            GROW(c->arena, *out, *n, cap);
            (*out)[(*n)++] = (Identifier){.scheme = str_dup(c->arena, row_str(r, 0)),
                                          .value = str_dup(c->arena, row_str(r, 1)),
                                          .from = (int32_t)row_i64(r, 2),
                                          .to = (int32_t)row_i64(r, 3),
                                          .marked = row_i64(r, 4) != 0};
        }
        rows_close(r);
    }
    return ctx_ok(c);
}

/* The first identifier of a scheme that holds now, latest first; empty when there is none. */
static Str current(Db *db, int64_t id, Str scheme) {
    Str out = S("");
    Rows *r = Q(db,
                "SELECT value FROM identifier WHERE subject = $1 AND scheme = $2 "
                "ORDER BY CASE WHEN to_day = 0 THEN 0 ELSE 1 END, from_day DESC, recorded_ms DESC, "
                "key LIMIT 1",
                db_i(id), db_s(scheme));
    if (row_next(r)) out = str_dup(db_ctx(db)->arena, row_str(r, 0));
    rows_close(r);
    return out;
}

static Str code_of(Db *db, int64_t id) {
    Arena *a = db_ctx(db)->arena;
    Str uscc = current(db, id, S("uscc"));
    if (uscc.n) return str_cat(a, S("uscc:"), uscc);
    Str stock = current(db, id, S("stock"));
    if (stock.n) return str_cat(a, S("stock:"), stock);
    Str out = str_printf(a, "id:%lld", (long long)id);
    Rows *r = Q(db,
                "SELECT scheme, value FROM identifier WHERE subject = $1 "
                "AND scheme NOT IN ('name', 'former_name') ORDER BY scheme, from_day DESC, key "
                "LIMIT 1",
                db_i(id));
    if (row_next(r)) out = str_printf(a, "%.*s:%.*s", STRF(row_str(r, 0)), STRF(row_str(r, 1)));
    rows_close(r);
    return out;
}

bool subject_refresh(Db *db, int64_t id) {
    int32_t day = today(db_ctx(db));
    Str name = current(db, id, S("name")), code = code_of(db, id);
    Str division = subject_place_at(db, id, PLACE_REGISTERED, day);
    Str unit = subject_place_at(db, id, PLACE_ASSESSED, day);
    return EXEC(db,
                "UPDATE subject SET name = $2, code = $3, division = $4, unit = $5 WHERE id = $1",
                db_i(id), db_s(name.n ? name : code), db_s(code), db_s(division), db_s(unit));
}

/* --- by code ---------------------------------------------------------------------------------- */

int64_t subject_by_code(Db *db, Str scheme, Str value) {
    int64_t id = 0;
    return subject_by_codes(db, scheme, &value, 1, &id) ? id : 0;
}

enum { SEVERAL = -1 };

/* ids[i] = root of the subject, SEVERAL when another root had the value before. */
static void take(Db *db, Rows *r, const Str *keys, int n, int64_t *ids) {
    while (row_next(r)) {
        Str key = row_str(r, 0);
        int64_t id = row_i64(r, 1), root = row_null(r, 2) ? id : subject_root(db, id);
        for (int i = 0; i < n; i++)
            if (str_eq(keys[i], key)) ids[i] = ids[i] && ids[i] != root ? SEVERAL : root;
    }
    rows_close(r);
}

bool subject_by_codes(Db *db, Str scheme, const Str *values, int n, int64_t *ids) {
    Ctx *c = db_ctx(db);
    ArenaMark mark = arena_mark(c->arena);
    for (int from = 0; from < n && ctx_ok(c); from += CHUNK) {
        int most = n - from < CHUNK ? n - from : CHUNK;
        Str keys[CHUNK];
        DbVal args[CHUNK + 1] = {db_s(scheme)};
        for (int i = 0; i < CHUNK; i++) {
            if (i < most) {
                keys[i] = subject_key(c->arena, values[from + i]);
                ids[from + i] = 0;
            }
            args[i + 1] = db_s(keys[i < most ? i : most - 1]);
        }
        if (str_eq(scheme, S("id"))) {
            for (int i = 0; i < most; i++)
                if (str_to_i64(keys[i], &ids[from + i]))
                    ids[from + i] = subject_root(db, ids[from + i]);
            continue;
        }
        Rows *r = db_query(db,
                           "SELECT i.key, i.subject, s.merged_into FROM identifier i "
                           "JOIN subject s ON s.id = i.subject WHERE i.scheme = $1 AND i.key IN "
                           "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                           "$17)",
                           CHUNK + 1, args);
        take(db, r, keys, most, ids + from);
        for (int i = 0; i < most; i++)
            if (ids[from + i] == SEVERAL) ids[from + i] = 0;
    }
    if (ctx_ok(c)) arena_rewind(c->arena, mark);
    return ctx_ok(c);
}

/* --- pages ------------------------------------------------------------------------------------ */

bool subject_page(Db *db, SubjectKind kind, int64_t after, int limit, SubjectHits *out) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = (SubjectHits){.total = after ? -1 : subject_count(db, kind)};
    Rows *r = Q(db,
                "SELECT " SUBJECT_COLUMNS " FROM subject s WHERE s.id > $1 "
                "AND s.merged_into IS NULL AND ($2 = 0 OR s.kind = $2) ORDER BY s.id LIMIT $3",
                db_i(after), db_i(kind), db_i(limit));
    while (row_next(r)) {
        GROW(c->arena, out->items, out->n, cap);
        out->items[out->n++] = subject_row(c->arena, r, NULL);
    }
    rows_close(r);
    return ctx_ok(c);
}

int64_t subject_count(Db *db, SubjectKind kind) {
    return Q_I64(db, 0,
                 "SELECT count(*) FROM subject WHERE merged_into IS NULL "
                 "AND ($1 = 0 OR kind = $1)",
                 db_i(kind));
}

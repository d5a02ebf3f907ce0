/* Finding subjects: by what a person types, and by part of a name. See subject.h.
 *
 * Hits come in classes: equal, beginning (by key), inside and by initials (by id). The index
 * gives candidates (bigrams say nothing about order), each is rechecked against its name and former
 * names.
 */
#include "base/utf8.h"
#include "city/fits.h"
#include "city/subject.h"
#include "city/subject_row.h"
#include "codec/gram.h"
#include "codec/pinyin.h"
#include "store/search.h"

enum { PREFIX_MOST = 1000, CHECK_MOST = 20000, SUGGEST = 5, TEXT_BYTES_MAX = 2000 };

/* Roots in order of being found, each once. */
typedef struct Found {
    Db *db;
    int64_t *ids;
    int n, cap;
    int64_t *slots; /* open addressing, 0 free */
    uint32_t mask;
    bool more;
} Found;

static uint32_t slot_of(const Found *f, int64_t id) {
    uint32_t i = (uint32_t)((uint64_t)id * 0x9E3779B97F4A7C15u >> 32) & f->mask;
    while (f->slots[i] && f->slots[i] != id) i = (i + 1) & f->mask;
    return i;
}

static void found_grow(Found *f) {
    f->mask = f->mask ? f->mask * 2 + 1 : 255;
    f->slots = NEW_N(db_ctx(f->db)->arena, int64_t, (size_t)f->mask + 1);
    for (int i = 0; i < f->n; i++) f->slots[slot_of(f, f->ids[i])] = f->ids[i];
}

static void found_add(Found *f, int64_t id) {
    if (!f->slots || (uint32_t)f->n * 2 > f->mask) found_grow(f);
    uint32_t at = slot_of(f, id);
    if (!id || f->slots[at]) return;
    f->slots[at] = id;
    GROW(db_ctx(f->db)->arena, f->ids, f->n, f->cap);
    f->ids[f->n++] = id;
}

/* Adds the subjects of a query of (subject, merged_into). */
static void add_rows(Found *f, Rows *r) {
    while (row_next(r)) {
        int64_t id = row_i64(r, 0);
        found_add(f, row_null(r, 1) ? id : subject_root(f->db, id));
    }
    rows_close(r);
}

/* The first key behind all that begin with `prefix`: its last code point raised by one. */
static Str behind(Arena *a, Str prefix) {
    ptrdiff_t at = 0, last = 0;
    uint32_t cp = 0;
    while (at < prefix.n) {
        last = at;
        cp = utf8_next(prefix, &at);
    }
    cp = cp == 0xD7FF ? 0xE000 : cp < 0x10FFFF ? cp + 1 : cp;
    char out[4];
    int n = utf8_put(out, cp);
    return str_cat(a, str_sub(prefix, 0, last), str_of(out, (size_t)n));
}

static void find_by_key(Found *f, Str key) {
    add_rows(f, Q(f->db,
                  "SELECT DISTINCT i.subject, s.merged_into FROM identifier i "
                  "JOIN subject s ON s.id = i.subject WHERE i.key = $1 ORDER BY i.subject",
                  db_s(key)));
    int before = f->n;
    add_rows(f, Q(f->db,
                  "SELECT i.subject, s.merged_into FROM identifier i "
                  "JOIN subject s ON s.id = i.subject WHERE i.key > $1 AND i.key < $2 "
                  "ORDER BY i.key, i.scheme, i.subject LIMIT $3",
                  db_s(key), db_s(behind(db_ctx(f->db)->arena, key)), db_i(PREFIX_MOST)));
    f->more = f->more || f->n - before >= PREFIX_MOST;
}

static bool reads_like(Arena *a, Str name, Str text, bool initials) {
    if (initials) return pinyin_matches(name, text);
    Arena *tmp = arena_child(a, 0);
    bool yes = gram_contains(tmp, name, text);
    arena_close(tmp);
    return yes;
}

/* Whether the current name of the row, or a former one, has the text. */
static bool recheck(Db *db, int64_t id, Str name, Str text, bool initials) {
    Arena *a = db_ctx(db)->arena;
    if (reads_like(a, name, text, initials)) return true;
    bool yes = false;
    Rows *r = Q(db, "SELECT value FROM identifier WHERE subject = $1 AND scheme = 'former_name'",
                db_i(id));
    while (!yes && row_next(r)) yes = reads_like(a, row_str(r, 0), text, initials);
    rows_close(r);
    return yes;
}

static void find_by_tokens(Found *f, Str tokens, Str text, bool initials) {
    Ctx *c = db_ctx(f->db);
    int64_t *ids;
    int n;
    if (!tokens.n || !search_find(f->db, tokens, &ids, &n)) return;
    if (n > CHECK_MOST) {
        n = CHECK_MOST;
        f->more = true;
    }
    for (int from = 0; from < n && ctx_ok(c); from += 64) {
        int most = n - from < 64 ? n - from : 64;
        ArenaMark mark = arena_mark(c->arena);
        Subject some[64];
        bool yes[64];
        subject_get_many(f->db, ids + from, most, some);
        for (int i = 0; i < most && ctx_ok(c); i++)
            yes[i] = recheck(f->db, ids[from + i], some[i].name, text, initials);
        int64_t roots[64];
        for (int i = 0; i < most; i++) roots[i] = some[i].id;
        if (!ctx_ok(c)) return;
        arena_rewind(c->arena, mark);
        for (int i = 0; i < most; i++)
            if (yes[i]) found_add(f, roots[i]);
    }
}

/* One character has no bigram: the names are read through. */
static void find_by_character(Found *f, Str key) {
    Ctx *c = db_ctx(f->db);
    Str pattern = str_printf(c->arena, "%%%.*s%%", STRF(key));
    int before = f->n;
    add_rows(f, Q(f->db,
                  "SELECT s.id, s.merged_into FROM subject s WHERE s.name LIKE $1 ESCAPE '\\' "
                  "ORDER BY s.id LIMIT $2",
                  db_s(pattern), db_i(PREFIX_MOST)));
    f->more = f->more || f->n - before >= PREFIX_MOST;
}

static bool is_ascii(Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 128) return false;
    return true;
}

bool subject_search(Db *db, Str text, int limit, SubjectHits *out) {
    Ctx *c = db_ctx(db);
    Found f = {.db = db};
    *out = (SubjectHits){0};
    if (!length_fits(c, text, TEXT_BYTES_MAX)) return false;
    Str key = subject_key(c->arena, str_trim(text));
    if (!key.n) return ctx_ok(c);
    find_by_key(&f, key);
    Str grams = gram_text(c->arena, key);
    if (grams.n)
        find_by_tokens(&f, grams, key, false);
    else if (!is_ascii(key))
        find_by_character(&f, key);
    if (is_ascii(key)) find_by_tokens(&f, pinyin_query(c->arena, key, false), key, true);
    out->total = f.n;
    out->at_least = f.more;
    out->n = f.n < limit ? f.n : limit;
    out->items = NEW_N(c->arena, Subject, out->n + 1);
    return ctx_ok(c) && subject_get_many(db, f.ids, out->n, out->items);
}

/* --- one subject, as typed -------------------------------------------------------------------- */

static void suggest(Db *db, const Subject *items, int n) {
    Ctx *c = db_ctx(db);
    for (int i = 0; i < n && i < SUGGEST; i++)
        NOTE(c, 2, S(""), M_CITY_CANDIDATE, items[i].name, items[i].code);
}

static int64_t nobody(Db *db, Str text) {
    Ctx *c = db_ctx(db);
    SubjectHits hits;
    if (!subject_search(db, text, SUGGEST, &hits)) return 0;
    suggest(db, hits.items, hits.n);
    FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, text);
    return 0;
}

static int64_t several(Db *db, Str text, const Found *f) {
    Ctx *c = db_ctx(db);
    int n = f->n < SUGGEST ? f->n : SUGGEST;
    Subject items[SUGGEST];
    if (!subject_get_many(db, f->ids, n, items)) return 0;
    suggest(db, items, n);
    FAIL(c, ERR_INPUT, M_CITY_MANY_SUBJECTS, text, str_printf(c->arena, "%d", f->n));
    return 0;
}

/* Roots that hold the key; current identifiers alone, or former ones too. */
static Found holders(Db *db, Str key, bool former) {
    Found f = {.db = db};
    add_rows(&f, Q(db,
                   "SELECT DISTINCT i.subject, s.merged_into FROM identifier i "
                   "JOIN subject s ON s.id = i.subject WHERE i.key = $1 "
                   "AND (i.scheme <> 'former_name' OR $2 = 1) ORDER BY i.subject",
                   db_s(key), db_i(former)));
    return f;
}

/* A stock code without its market. */
static Found stock_holders(Db *db, Str key) {
    Found f = {.db = db};
    int64_t digits;
    if (key.n != 6 || !str_to_i64(key, &digits)) return f;
    add_rows(&f, Q(db,
                   "SELECT DISTINCT i.subject, s.merged_into FROM identifier i "
                   "JOIN subject s ON s.id = i.subject WHERE i.key > $1 AND i.key < $2 "
                   "AND i.scheme = 'stock' ORDER BY i.subject",
                   db_s(key), db_s(behind(db_ctx(db)->arena, key))));
    return f;
}

/* scheme:value, with a half or full width colon; false when the text has none. */
static bool split_code(Str text, Str *scheme, Str *value) {
    ptrdiff_t at = str_find(text, S(":")), wide = str_find(text, S("："));
    ptrdiff_t width = 1;
    if (at < 0 || (wide >= 0 && wide < at)) {
        at = wide;
        width = 3;
    }
    if (at <= 0) return false;
    *scheme = str_trim(str_sub(text, 0, at));
    *value = str_trim(str_sub(text, at + width, text.n));
    return true;
}

int64_t subject_find(Db *db, Str typed) {
    Ctx *c = db_ctx(db);
    Str text = str_trim(typed), scheme, value;
    if (!length_fits(c, text, TEXT_BYTES_MAX)) return 0;
    if (split_code(text, &scheme, &value)) {
        int64_t id = subject_by_code(db, scheme, value);
        if (id || !ctx_ok(c)) return id;
    }
    Str key = subject_key(c->arena, text);
    Found f = holders(db, key, false);
    if (f.n == 0) f = holders(db, key, true);
    if (f.n == 0) f = stock_holders(db, key);
    if (!ctx_ok(c)) return 0;
    if (f.n == 1) return f.ids[0];
    return f.n ? several(db, text, &f) : nobody(db, text);
}

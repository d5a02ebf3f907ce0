/* The rows of a bundle. See bundle.h; docs/bundle.md says what each kind of item holds.
 *
 * Invariants: an item is written once and never changed; places run from 1 without a gap; the
 * manifest's digest is over the items in order of place.
 */
#include "city/bundle/bundle_inner.h"

#define JSON_OF "CAST(bytes AS TEXT)"
#define VIEW(name, columns, kind)                                                                  \
    { "view", name, "CREATE VIEW " name " AS SELECT " columns " FROM item WHERE kind = '" kind "'" }
#define MEMBER(name) "json_extract(" JSON_OF ", '$." name "') AS \"" name "\""

const BundleSchema BUNDLE_SCHEMA[] = {
    {"table", "manifest",
     "CREATE TABLE manifest(name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT "
     "ROWID"},
    {"table", "item",
     "CREATE TABLE item(place INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, grade "
     "TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, sm3 TEXT NOT NULL, bytes BLOB NOT "
     "NULL) STRICT"},
    VIEW("decision",
         "key AS id, " MEMBER("subject") ", " MEMBER("rule") ", " MEMBER("version") ", " MEMBER(
             "as_of") ", " MEMBER("as_known") ", " MEMBER("outcome") ", " MEMBER("result"),
         "decision"),
    {"view", "fact",
     "CREATE VIEW fact AS SELECT item.key AS decision, json_extract(f.value, '$.name') AS name, "
     "json_extract(f.value, '$.year') AS year, json_extract(f.value, '$.value') AS value, "
     "json_extract(f.value, '$.source') AS source, json_extract(f.value, '$.known') AS known "
     "FROM item, json_each(" JSON_OF ", '$.facts') AS f WHERE kind = 'decision'"},
    VIEW("case_file",
         "key AS id, " MEMBER("flow") ", " MEMBER("state") ", " MEMBER("number") ", " MEMBER(
             "title") ", " MEMBER("parent"),
         "case"),
    VIEW("case_event",
         "key AS id, " MEMBER("case") ", " MEMBER("at") ", " MEMBER("actor") ", " MEMBER(
             "act") ", " MEMBER("from") ", " MEMBER("to") ", " MEMBER("reason"),
         "event"),
    VIEW("journal",
         MEMBER("number") ", " MEMBER("at") ", " MEMBER("actor") ", " MEMBER("action") ", " MEMBER(
             "object") ", " MEMBER("reason"),
         "journal"),
    VIEW("document", "key AS sm3, name, type, grade, length(bytes) AS size", "document"),
};
const int BUNDLE_SCHEMA_COUNT = sizeof BUNDLE_SCHEMA / sizeof *BUNDLE_SCHEMA;

struct BundleWriter {
    Ctx *c;
    Store *store;
    Db *db;
    Map seen; /* kind + key */
    Arena *kept;
    Hash *all;
    int64_t items;
    Grade grade;
};

static const char *const DDL_INSERT =
    "INSERT INTO item(place, kind, key, grade, name, type, sm3, bytes) "
    "VALUES($1, $2, $3, $4, $5, $6, $7, $8)";

BundleWriter *bundle_writer_open(Ctx *c, Str path) {
    BundleWriter *w = NEW(c->arena, BundleWriter);
    *w = (BundleWriter){.c = c, .kept = arena_child(c->arena, 0)};
    w->seen = map_new(w->kept);
    w->store = store_open(c, str_cat(c->arena, S("single:"), path), true, 1);
    w->db = w->store ? db_borrow(c, w->store) : NULL;
    bool ok = w->db && tx_begin(w->db, DB_WRITE);
    for (int i = 0; ok && i < BUNDLE_SCHEMA_COUNT; i++)
        ok = db_exec(w->db, BUNDLE_SCHEMA[i].sql, NULL, 0, NULL);
    w->all = hash_open(HASH_SM3);
    if (ok) return w;
    bundle_writer_close(w, false);
    return NULL;
}

static Str seen_key(Arena *a, const char *kind, Str key) {
    return str_printf(a, "%s\n%.*s", kind, STRF(key));
}

bool bundle_has(const BundleWriter *w, const char *kind, Str key) {
    return map_has(&w->seen, seen_key(w->c->arena, kind, key));
}

/* A text behind its length, so that no two lists of texts are hashed alike. */
static void hash_text(Hash *h, Str s) {
    unsigned char number[8];
    for (int i = 0; i < 8; i++) number[i] = (unsigned char)((uint64_t)s.n >> (8 * i));
    hash_add(h, str_of(number, sizeof number));
    hash_add(h, s);
}

void bundle_hash_item(Hash *h, int64_t place, Str kind, Str key, Str grade, Str name, Str type,
                      Str sm3) {
    unsigned char number[8];
    for (int i = 0; i < 8; i++) number[i] = (unsigned char)((uint64_t)place >> (8 * i));
    hash_add(h, str_of(number, sizeof number));
    const Str parts[] = {kind, key, grade, name, type, sm3};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) hash_text(h, parts[k]);
}

void bundle_hash_note(Hash *h, Str name, Str value) {
    hash_text(h, name);
    hash_text(h, value);
}

bool bundle_add(BundleWriter *w, const char *kind, Str key, Str name, Str type, Grade grade,
                Str bytes) {
    if (!ctx_ok(w->c) || bundle_has(w, kind, key)) return ctx_ok(w->c);
    map_put(&w->seen, seen_key(w->kept, kind, key), w);
    Str sm3 = hash_hex(w->c->arena, HASH_SM3, bytes), k = str_from(kind), g = grade_text(grade);
    if (grade > w->grade) w->grade = grade;
    w->items++;
    bundle_hash_item(w->all, w->items, k, key, g, name, type, sm3);
    return EXEC(w->db, DDL_INSERT, db_i(w->items), db_s(k), db_s(key), db_s(g), db_s(name),
                db_s(type), db_s(sm3), db_b(bytes));
}

bool bundle_add_json(BundleWriter *w, const char *kind, Str key, Str name, Grade grade,
                     const Json *j) {
    Buf b = buf_new(w->c->arena, 0);
    json_canonical(&b, j);
    return bundle_add(w, kind, key, name, S("application/json"), grade, buf_str(&b));
}

bool bundle_note(BundleWriter *w, const char *name, Str value) {
    return EXEC(w->db, "INSERT INTO manifest(name, value) VALUES($1, $2)", db_s(str_from(name)),
                db_s(value));
}

Grade bundle_grade(const BundleWriter *w) {
    return w->grade;
}

int64_t bundle_items(const BundleWriter *w) {
    return w->items;
}

/* The digest of all lines before it, in order of name. */
static bool close_manifest(BundleWriter *w) {
    unsigned char digest[HASH_BYTES];
    Hash *h = hash_open(HASH_SM3);
    Rows *r = Q(w->db, "SELECT name, value FROM manifest ORDER BY name");
    while (r && row_next(r)) bundle_hash_note(h, row_str(r, 0), row_str(r, 1));
    if (r) rows_close(r);
    hash_close(h, digest);
    return bundle_note(w, "manifest_sm3", hex_text(w->c->arena, digest, HASH_BYTES));
}

bool bundle_writer_close(BundleWriter *w, bool keep) {
    Arena *a = w->c->arena;
    unsigned char digest[HASH_BYTES] = {0};
    if (w->all) hash_close(w->all, digest);
    bool ok = keep && w->db && bundle_note(w, "format", str_printf(a, "%d", BUNDLE_FORMAT)) &&
              bundle_note(w, "engine", str_printf(a, "%d", ENGINE_VERSION)) &&
              bundle_note(w, "items", str_printf(a, "%lld", (long long)w->items)) &&
              bundle_note(w, "grade", grade_text(w->grade)) &&
              bundle_note(w, "content_sm3", hex_text(a, digest, HASH_BYTES)) && close_manifest(w) &&
              tx_commit(w->db);
    if (w->db) db_return(w->db);
    if (w->store) store_close(w->store);
    return ok;
}

/* Sealed bundles: whole when untouched, and one changed bit found wherever it stands; keys. */
#include <string.h>
#include <sys/stat.h>

#include "base/date.h"
#include "base/file.h"
#include "city/bundle/bundle.h"
#include "city/bundle/bundle_inner.h"
#include "city/bundle/keep.h"
#include "city/source.h"
#include "tests/test.h"

enum { FIRMS = 8, STEP = 1000 };
static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
static const int64_t NOW_MS = 1782864000000; /* 2026-07-01 */

typedef struct Fixture {
    Arena *arena;
    Ctx c;
    Str url, folder, key_path, path;
    Register *reg;
    SignKey *key;
    BundleReport made;
} Fixture;

static void fill(Fixture *f, Db *db) {
    CHECK(tx_begin(db, DB_WRITE));
    int64_t batch = batch_new(db, &(BatchNew){.origin = S("test")});
    FactLoader *l = fact_loader_open(db, batch);
    for (int i = 0; i < FIRMS; i++) {
        SubjectNew s = {.kind = SUBJECT_ENTERPRISE,
                        .name = str_printf(f->arena, "第%d号企业", i),
                        .stock = str_printf(f->arena, "%06d.SZ", 100000 + i)};
        int64_t id = subject_add(db, &s, &ACT);
        for (int y = 2019; y < 2022; y++) {
            FactNew fact = {.subject = id,
                            .indicator = indicator_id(db, S("revenue"), true),
                            .period = y,
                            .type = FACT_NUMBER,
                            .value = str_printf(f->arena, "%d", 5000000 + i * 4000000 + y),
                            .source = source_id(db, S("annual_report"), S(""), S(""), true)};
            CHECK(fact_loader_add(l, &fact));
        }
    }
    CHECK(fact_loader_close(l) && batch_publish(db, batch, &ACT, NULL) && tx_commit(db));
}

static void open_fixture(Fixture *f) {
    InitReport report;
    EvaluateReport counts;
    int64_t kept = 0;
    *f = (Fixture){.arena = arena_open(0)};
    f->c = ctx_new(f->arena, NOW_MS);
    f->url = test_db_url(f->arena);
    f->folder = str_from(test_folder());
    f->key_path = path_join(f->arena, f->folder, S("key.pem"));
    f->path = path_join(f->arena, f->folder, S("F.zbb"));
    CHECK(register_init(&f->c, f->url, S("tests/data/pack-mini"), &ACT, &report));
    f->reg = register_open(&f->c, f->url, 4);
    Db *db = db_borrow(&f->c, f->reg->store);
    fill(f, db);
    db_return(db);
    EvaluateOptions o = {.rules = (const Rule *const *)f->reg->pack->rules,
                         .nrules = f->reg->pack->nrules};
    date_parse(S("2022-06-30"), &o.as_of);
    CHECK(register_evaluate_keep(&f->c, f->reg, o, &ACT, &counts, &kept) && kept > FIRMS);
    CHECK(sign_new(&f->c, f->key_path));
    f->key = sign_open(&f->c, f->key_path);
    CHECK(f->key != NULL);
    BundleWish w = {.rule = S("mini/growth"), .act = ACT};
    CHECK(bundle_make(&f->c, f->reg, &w, f->key, f->path, &f->made));
}

static void close_fixture(Fixture *f) {
    if (!ctx_ok(&f->c)) {
        Str text = note_text(f->arena, &f->c.err.note, LANG_EN);
        test_failed(__FILE__, __LINE__, str_z(f->arena, text));
    }
    sign_close(f->key);
    register_close(f->reg);
    arena_close(f->arena);
}

static bool found(const BundleCheck *k, const char *what, Str name) {
    for (int i = 0; i < k->n; i++)
        if (strcmp(k->findings[i].what, what) == 0 &&
            (!name.n || str_eq(k->findings[i].name, name)))
            return true;
    return false;
}

TEST(bundle_is_whole) {
    Fixture f;
    BundleCheck k;
    open_fixture(&f);
    CHECK(f.made.decisions >= FIRMS && f.made.entries > f.made.decisions);
    CHECK(bundle_verify(&f.c, f.path, &k));
    CHECK_INT(k.n, 0);
    CHECK(k.decisions == f.made.decisions && k.replayed == k.decisions);
    CHECK(k.items == f.made.items && k.entries == f.made.entries && k.links > 0);
    CHECK_STR(k.object, S("rule:mini/growth"));
    CHECK_STR(k.grade, grade_text(f.made.grade));
    Str der;
    CHECK(sign_read_public(&f.c, f.key_path, &der));
    CHECK_STR(k.signer, hash_hex(f.arena, HASH_SM3, der));
    /* The whole journal: no links, and the chain is computed from end to end. */
    BundleWish w = {.rule = S("mini/growth"), .act = ACT, .whole_journal = true};
    BundleReport all;
    CHECK(bundle_make(&f.c, f.reg, &w, f.key, f.path, &all) && bundle_verify(&f.c, f.path, &k));
    CHECK(k.n == 0 && k.links == 0 && k.entries > f.made.entries);
    /* A subject that nothing was decided about. */
    w = (BundleWish){.subject = 999999, .act = ACT};
    CHECK(!bundle_make(&f.c, f.reg, &w, f.key, f.path, &all));
    CHECK_INT(f.c.err.code, ERR_MISSING);
    ctx_clear(&f.c);
    close_fixture(&f);
}

/* Verifies the file with one bit turned; the findings are in the ctx arena. */
static BundleCheck flipped(Fixture *f, char *bytes, ptrdiff_t n, ptrdiff_t at, int bit) {
    BundleCheck k = {0};
    bytes[at] = (char)(bytes[at] ^ (1 << bit));
    CHECK(file_write(&f->c, f->path, str_of(bytes, (size_t)n)));
    CHECK(bundle_verify(&f->c, f->path, &k));
    bytes[at] = (char)(bytes[at] ^ (1 << bit));
    return k;
}

TEST(bundle_one_bit_is_found_and_named) {
    Fixture f;
    Str file;
    open_fixture(&f);
    CHECK(file_read(&f.c, f.path, BUNDLE_MAX, &file));
    char *bytes = arena_copy(f.arena, file.p, (size_t)file.n);
    ptrdiff_t pages = (file.n - BUNDLE_PAGE) / (BUNDLE_PAGE + HASH_BYTES);
    int tested = 0;
    for (ptrdiff_t at = 0; at < file.n; at += STEP, tested++) {
        ArenaMark m = arena_mark(f.arena);
        BundleCheck k = flipped(&f, bytes, file.n, at, tested % 8);
        Str page = str_printf(f.arena, "%td", at / BUNDLE_PAGE + 1);
        bool named = at < pages * BUNDLE_PAGE                  ? found(&k, "page", page)
                     : at < pages * (BUNDLE_PAGE + HASH_BYTES) ? found(&k, "seal", S("digests"))
                                                               : found(&k, "seal", S("text"));
        if (!named) test_failed(__FILE__, __LINE__, str_z(f.arena, page));
        arena_rewind(f.arena, m);
    }
    CHECK(tested > 50);
    close_fixture(&f);
}

static void check_text_flip(Fixture *f, char *bytes, Str file, const char *text, const char *what) {
    ptrdiff_t at = str_find(file, str_from(text));
    CHECK(at > 0);
    if (at <= 0) return;
    BundleCheck k = flipped(f, bytes, file.n, at + (ptrdiff_t)strlen(text) - 1, 0);
    CHECK(found(&k, "page", S("")));
    if (!found(&k, what, S(""))) test_failed(__FILE__, __LINE__, text);
}

TEST(bundle_names_the_item_too) {
    Fixture f;
    Str file;
    open_fixture(&f);
    CHECK(file_read(&f.c, f.path, BUNDLE_MAX, &file));
    char *bytes = arena_copy(f.arena, file.p, (size_t)file.n);
    check_text_flip(&f, bytes, file, "\"outcome\":\"m", "packet");
    check_text_flip(&f, bytes, file, "\"action\":\"decision.keep\",\"actor\":\"te", "journal");
    check_text_flip(&f, bytes, file, "\"action\":\"rules.lo", "journal");
    check_text_flip(&f, bytes, file, "<definitio", "item");
    check_text_flip(&f, bytes, file, "objectrule:mini/growt", "manifest");
    check_text_flip(&f, bytes, file, "CREATE TABLE manifes", "schema");
    check_text_flip(&f, bytes, file, "made_bytest", "manifest");
    /* Cut off, longer, empty. */
    BundleCheck k;
    CHECK(file_write(&f.c, f.path, str_sub(file, 0, file.n - BUNDLE_PAGE)));
    CHECK(bundle_verify(&f.c, f.path, &k) && k.n > 0);
    CHECK(file_write(&f.c, f.path, str_cat(f.arena, file, S("x"))));
    CHECK(bundle_verify(&f.c, f.path, &k) && found(&k, "seal", S("size")));
    CHECK(file_write(&f.c, f.path, S("SQLite format 3")));
    CHECK(!bundle_verify(&f.c, f.path, &k));
    ctx_clear(&f.c);
    close_fixture(&f);
}

/* Changes rows of a bundle and seals it again, as somebody with a key of their own could. */
static BundleCheck resealed(Fixture *f, const char *sql) {
    BundleCheck k = {0};
    Str file, sealed;
    CHECK(file_read(&f->c, f->path, BUNDLE_MAX, &file));
    ptrdiff_t pages = (file.n - BUNDLE_PAGE) / (BUNDLE_PAGE + HASH_BYTES);
    Str work = str_cat(f->arena, f->path, S(".work"));
    CHECK(file_write(&f->c, work, str_sub(file, 0, pages * BUNDLE_PAGE)));
    Store *s = store_open(&f->c, str_cat(f->arena, S("single:"), work), true, 1);
    Db *db = db_borrow(&f->c, s);
    CHECK(db_exec(db, sql, NULL, 0, NULL));
    db_return(db);
    store_close(s);
    CHECK(file_read(&f->c, work, BUNDLE_MAX, &file) && bundle_seal(&f->c, file, f->key, &sealed));
    CHECK(file_write(&f->c, work, sealed) && bundle_verify(&f->c, work, &k));
    CHECK(!found(&k, "page", S("")) && !found(&k, "seal", S("")) && !found(&k, "signature", S("")));
    return k;
}

TEST(bundle_content_stands_without_the_seal) {
    Fixture f;
    open_fixture(&f);
    BundleCheck k = resealed(&f, "UPDATE item SET bytes = CAST(replace(CAST(bytes AS TEXT), "
                                 "'\"outcome\":\"met\"', '\"outcome\":\"not_met\"') AS BLOB) "
                                 "WHERE kind = 'decision'");
    CHECK(found(&k, "item", S("")) && found(&k, "packet", S("")));
    k = resealed(&f, "DELETE FROM item WHERE kind = 'decision' AND place = "
                     "(SELECT min(place) FROM item WHERE kind = 'decision')");
    CHECK(found(&k, "manifest", S("items")) && found(&k, "manifest", S("decisions")));
    k = resealed(&f, "UPDATE item SET grade = '公开'");
    CHECK(found(&k, "manifest", S("content_sm3")));
    k = resealed(&f, "DELETE FROM item WHERE kind = 'links'");
    CHECK(found(&k, "journal", S("")));
    k = resealed(&f, "UPDATE manifest SET value = '9' WHERE name = 'journal_to'");
    CHECK(found(&k, "manifest", S("journal_to")) && found(&k, "manifest", S("manifest_sm3")));
    k = resealed(&f, "CREATE TABLE more(x TEXT)");
    CHECK(found(&k, "schema", S("more")));
    CHECK_INT(resealed(&f, "UPDATE manifest SET value = value WHERE name = 'x'").n, 0);
    close_fixture(&f);
}

TEST(bundle_reader_holds_the_content) {
    Fixture f;
    Str html;
    open_fixture(&f);
    CHECK(bundle_reader(&f.c, f.path, &html));
    CHECK(str_find(html, S("@BUNDLE@")) < 0 && str_find(html, S("@HASH@")) < 0);
    CHECK(str_find(html, S("default-src 'none'")) > 0 && str_find(html, S("'sha256-")) > 0);
    CHECK(str_find(html, S("mini/growth")) > 0 && str_find(html, S("src=")) < 0);
    Str data = str_sub(html, str_find(html, S("id=\"bundle\">")) + 12, html.n);
    data = str_sub(data, 0, str_find(data, S("</script>")));
    Json *j = json_parse(&f.c, data, S("data"));
    CHECK(j && json_get_bool(json_get(j, S("check")), S("whole"), false));
    CHECK(json_get(j, S("items"))->count > FIRMS);
    close_fixture(&f);
}

TEST(sign_keys_and_signatures) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, NOW_MS);
    Str path = path_join(a, str_from(test_folder()), S("k.pem")), der;
    struct stat st;
    CHECK(sign_new(&c, path));
    CHECK(stat(str_z(a, path), &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(!sign_new(&c, path) && c.err.code == ERR_STATE); /* never overwritten */
    ctx_clear(&c);
    SignKey *k = sign_open(&c, path);
    CHECK(k && sign_read_public(&c, path, &der));
    Str sig = sign_bytes(&c, k, S("content"));
    CHECK(sig.n > 60 && sign_verify(der, S("content"), sig));
    CHECK(!sign_verify(der, S("contenu"), sig) && !sign_verify(der, S("content"), S("")));
    CHECK(!sign_verify(S("no key"), S("content"), sig));
    Str pem = path_join(a, str_from(test_folder()), S("public.pem")), again;
    CHECK(file_write(&c, pem, sign_public_pem(a, der)) && sign_read_public(&c, pem, &again));
    CHECK_STR(hash_hex(a, HASH_SM3, again), hash_hex(a, HASH_SM3, der));
    CHECK(!sign_open(&c, pem)); /* others may read it, and it is no private key */
    ctx_clear(&c);
    CHECK(chmod(str_z(a, path), 0640) == 0 && !sign_open(&c, path) && c.err.code == ERR_DENIED);
    ctx_clear(&c);
    CHECK(!sign_open(&c, S("/nonexistent/key")) && c.err.code == ERR_MISSING);
    sign_close(k);
    arena_close(a);
}

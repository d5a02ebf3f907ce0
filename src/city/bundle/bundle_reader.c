/* The reader of a bundle: the page of bundle_reader.html with the content put in as JSON. The page
 * has no network (its own policy forbids it) and writes content only as text. */
#include "base/file.h"
#include "bundle_reader_html.h"
#include "city/bundle/bundle_inner.h"

/* JSON inside a script element: "<" never stands in it. */
static void put_inside(Buf *b, const Json *j) {
    Buf text = buf_new(b->arena, BUNDLE_MAX);
    json_print(&text, j, 0);
    Str s = buf_str(&text);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<')
            buf_lit(b, "\\u003c");
        else
            buf_char(b, s.p[i]);
    }
}

static void out_text(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, json_string(a, str_dup(a, value)));
}

static Json *check_json(Arena *a, const BundleCheck *k) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("whole"), json_bool(a, k->n == 0));
    json_set(o, S("items"), json_int(a, k->items));
    json_set(o, S("decisions"), json_int(a, k->decisions));
    json_set(o, S("replayed"), json_int(a, k->replayed));
    json_set(o, S("entries"), json_int(a, k->entries));
    out_text(a, o, S("signer"), k->signer);
    Json *list = json_set(o, S("findings"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < k->n; i++) {
        Json *f = json_push(list, json_new(a, JSON_OBJECT));
        out_text(a, f, S("what"), str_from(k->findings[i].what));
        out_text(a, f, S("name"), k->findings[i].name);
        out_text(a, f, S("text"), k->findings[i].text);
    }
    json_set(o, S("more"), json_int(a, k->more));
    return o;
}

/* Items that are JSON with their content, the others with name, size and digest. */
static Json *items_json(Ctx *c, Db *db) {
    Arena *a = c->arena;
    Json *list = json_new(a, JSON_ARRAY);
    Rows *r = Q(db, "SELECT kind, key, grade, name, type, sm3, bytes FROM item "
                    "WHERE kind <> 'links' AND kind <> 'rule_set' ORDER BY place");
    while (r && row_next(r)) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        out_text(a, o, S("kind"), row_str(r, 0));
        out_text(a, o, S("key"), row_str(r, 1));
        out_text(a, o, S("grade"), row_str(r, 2));
        out_text(a, o, S("name"), row_str(r, 3));
        out_text(a, o, S("sm3"), row_str(r, 5));
        json_set(o, S("size"), json_int(a, row_str(r, 6).n));
        if (!str_eq(row_str(r, 4), S("application/json"))) continue;
        Json *content = json_parse(c, str_dup(a, row_str(r, 6)), S("item"));
        ctx_clear(c);
        if (content) json_set(o, S("content"), content);
    }
    if (r) rows_close(r);
    return list;
}

static Json *manifest_json(Arena *a, Db *db) {
    Json *o = json_new(a, JSON_OBJECT);
    Rows *r = Q(db, "SELECT name, value FROM manifest ORDER BY name");
    while (r && row_next(r)) out_text(a, o, str_dup(a, row_str(r, 0)), row_str(r, 1));
    if (r) rows_close(r);
    return o;
}

/* The page with its marks filled in: @HASH@ lets its own script run and no other, @BUNDLE@ is the
 * content. */
static void put_page(Buf *b, Str page, const Json *o) {
    Str begin = S("<script>"), hash = S("@HASH@"), mark = S("@BUNDLE@");
    ptrdiff_t from = str_find(page, begin) + begin.n;
    Str script = str_sub(page, from, from + str_find(str_sub(page, from, page.n), S("</script>")));
    unsigned char digest[HASH_BYTES];
    Hash *h = hash_open(HASH_SHA256);
    hash_add(h, script);
    hash_close(h, digest);
    ptrdiff_t at = str_find(page, hash), data = str_find(page, mark);
    buf_put(b, str_sub(page, 0, at));
    buf_lit(b, "sha256-");
    buf_put(b, bundle_base64(b->arena, str_of(digest, HASH_BYTES)));
    buf_put(b, str_sub(page, at + hash.n, data));
    put_inside(b, o);
    buf_put(b, str_sub(page, data + mark.n, page.n));
}

bool bundle_reader(Ctx *c, Str path, Str *html) {
    BundleCheck check;
    if (!bundle_verify(c, path, &check)) return false;
    Store *s = store_open(c, str_cat(c->arena, S("single:"), path), false, 1);
    Db *db = s ? db_borrow(c, s) : NULL;
    Buf b = buf_new(c->arena, BUNDLE_MAX);
    if (db) {
        Json *o = json_new(c->arena, JSON_OBJECT);
        json_set(o, S("manifest"), manifest_json(c->arena, db));
        json_set(o, S("check"), check_json(c->arena, &check));
        json_set(o, S("items"), items_json(c, db));
        put_page(&b, str_of(BUNDLE_READER[0].data, BUNDLE_READER[0].size), o);
        db_return(db);
    }
    if (s) store_close(s);
    *html = buf_str(&b);
    return ctx_ok(c) && (!b.over || FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY));
}

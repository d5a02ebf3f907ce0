/* The web app, embedded at build time: each file as it is and gzipped. Hashed names under /assets/
 * never change; every path that is no file is the app itself (its routes live in the browser). */
#include "base/hash.h"
#include "http/http.h"
#include "web_assets.h"

static const int FILES = sizeof WEB_ASSETS / sizeof *WEB_ASSETS - 1;

static int find(const char *suffix, Str path) {
    Str tail = str_from(suffix);
    for (int i = 0; i < FILES; i++) {
        Str name = str_from(WEB_ASSETS[i].name);
        if (name.n == path.n + tail.n && str_starts(name, path) && str_ends(name, tail)) return i;
    }
    return -1;
}

static Str mime_of(Str path) {
    static const struct {
        Str ending, type;
    } TYPES[] = {
        {STR_INIT(".html"), STR_INIT("text/html; charset=utf-8")},
        {STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8")},
        {STR_INIT(".css"), STR_INIT("text/css; charset=utf-8")},
        {STR_INIT(".svg"), STR_INIT("image/svg+xml")},
        {STR_INIT(".png"), STR_INIT("image/png")},
        {STR_INIT(".ico"), STR_INIT("image/x-icon")},
        {STR_INIT(".json"), STR_INIT("application/json")},
        {STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8")},
    };
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (str_ends(path, TYPES[i].ending)) return TYPES[i].type;
    return S("application/octet-stream");
}

bool http_asset(const Request *r, Response *out) {
    Str path = r->path;
    int plain = find("", path);
    if (plain < 0) {
        if (str_starts(path, S("/assets/"))) return false;
        path = S("/index.html");
        plain = find("", path);
    }
    if (plain < 0) return false;
    int packed = find(".gz", path);
    bool gzip = packed >= 0 && str_find(http_header(r, S("accept-encoding")), S("gzip")) >= 0;
    int at = gzip ? packed : plain;
    out->status = 200;
    out->body = str_of(WEB_ASSETS[at].data, WEB_ASSETS[at].size);
    out->type = mime_of(path);
    out->encoding = gzip ? S("gzip") : S("");
    bool hashed = str_starts(path, S("/assets/"));
    out->inline_styles =
        str_eq(path, S("/dmn.html")); /* what dmn-js writes into its own elements */
    out->cache = hashed ? S("public, max-age=31536000, immutable") : S("no-cache");
    if (hashed) return true;
    out->etag = str_sub(hash_hex(r->c->arena, HASH_SHA256, out->body), 0, 16);
    Str seen = http_header(r, S("if-none-match"));
    if (str_find(seen, out->etag) < 0) return true;
    out->status = 304;
    out->body = S("");
    return true;
}

/* Pack sets: folders, files, look-ups. The parts of a pack are parsed in pack_dictionary.c
 * (indicators, documents) and pack_rule.c (rules). */
#include "city/pack.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/hash.h"
#include "city/flow/calendar.h"
#include "city/flow/flow.h"
#include "city/library/library.h"
#include "city/pack_names.h"
#include "city/pack_parse.h"
#include "codec/yaml.h"

enum { FILE_MAX = 32 << 20, DEPTH_MAX = 4 };

typedef struct FileList {
    PackFile *files;
    int n, cap;
} FileList;

static bool folder_has(Ctx *c, Str path) {
    return file_exists(c->arena, path_join(c->arena, path, S(".")));
}

static bool read_folder(Ctx *c, Str root, Str pack, Str below, int depth, FileList *out) {
    Str *names;
    int n;
    Str folder = below.n ? path_join(c->arena, root, below) : root;
    if (!file_list(c, folder, &names, &n)) return false;
    for (int i = 0; i < n; i++) {
        Str path = below.n ? path_join(c->arena, below, names[i]) : names[i];
        Str full = path_join(c->arena, root, path);
        if (folder_has(c, full)) {
            if (depth < DEPTH_MAX && !read_folder(c, root, pack, path, depth + 1, out))
                return false;
            continue;
        }
        GROW(c->arena, out->files, out->n, out->cap);
        PackFile *f = &out->files[out->n++];
        *f = (PackFile){.pack = pack, .path = path};
        if (!file_read(c, full, FILE_MAX, &f->bytes)) return false;
    }
    return true;
}

/* Depth-first over `depends`, so that dependencies come first; a pack is read once. */
static bool read_pack(Ctx *c, Str folder, int depth, FileList *out) {
    Str bytes;
    Str path = path_join(c->arena, folder, S("pack.yaml"));
    if (!file_read(c, path, FILE_MAX, &bytes)) return false;
    Json *j = yaml_parse(c, bytes, path);
    if (!j) return false;
    Str id = json_get_str(j, S("id"));
    if (id.n == 0) return FAIL_AT(c, ERR_INPUT, path, M_PACK_KEY, S("id"));
    for (int i = 0; i < out->n; i++)
        if (str_eq(out->files[i].pack, id)) return true;
    if (depth > DEPTH_MAX) return FAIL_AT(c, ERR_INPUT, path, M_PACK_DEPTH);
    Json *depends = json_get(j, S("depends"));
    for (Json *d = depends ? depends->first : NULL; d; d = d->next) {
        Str sibling = path_join(c->arena, path_join(c->arena, folder, S("..")), json_str(d, S("")));
        if (!read_pack(c, sibling, depth + 1, out)) return false;
    }
    return read_folder(c, folder, id, S(""), 0, out);
}

bool pack_read(Ctx *c, Str folder, PackFile **files, int *n) {
    FileList list = {0};
    if (!read_pack(c, folder, 0, &list)) return false;
    *files = list.files;
    *n = list.n;
    return true;
}

static bool parse_info(Ctx *c, PackSet *p, const PackFile *f) {
    Json *j = yaml_parse(c, f->bytes, pack_place(c->arena, f, 0));
    if (!j) return false;
    Json *title = json_get(j, S("title"));
    p->packs[p->npacks++] = (PackInfo){
        .id = f->pack,
        .version = json_get_str(j, S("version")),
        .title_zh = json_get_str(title, S("zh")),
        .title_en = json_get_str(title, S("en")),
        .division = json_get_str(j, S("administrative_code")),
        .currency = json_get_str(j, S("currency")),
        .zone = json_get_str(j, S("time_zone")),
    };
    return true;
}

static Str files_hash(Arena *a, const PackSet *p) {
    Hash *h = hash_open(HASH_SM3);
    for (int i = 0; i < p->nfiles; i++) {
        const PackFile *f = &p->files[i];
        hash_add(h, str_printf(a, "%.*s/%.*s %td\n", STRF(f->pack), STRF(f->path), f->bytes.n));
        hash_add(h, f->bytes);
    }
    unsigned char out[HASH_BYTES];
    hash_close(h, out);
    return hex_text(a, out, HASH_BYTES);
}

static bool is_rule(const PackFile *f) {
    return str_starts(f->path, S("rules/")) && str_ends(f->path, S("/rule.yaml"));
}

/* Dictionaries and documents of all packs first: rules refer to them. */
static bool parse_files(Ctx *c, PackSet *p) {
    for (int i = 0; i < p->nfiles; i++) {
        const PackFile *f = &p->files[i];
        bool ok = true;
        if (str_eq(f->path, S("pack.yaml")))
            ok = parse_info(c, p, f);
        else if (str_eq(f->path, S("documents.csv")))
            ok = pack_parse_documents(c, p, f);
        else if (str_eq(f->path, S("indicators.yaml")))
            ok = pack_parse_indicators(c, p, f);
        if (!ok) return false;
    }
    if (!pack_link_indicators(c, p) || !pack_read_sources(c, p)) return false;
    for (int i = 0; i < p->nfiles; i++)
        if (is_rule(&p->files[i]) && !pack_parse_rule(c, p, &p->files[i])) return false;
    return library_parse(c, p) && calendar_parse(c, p) && pack_parse_flows(c, p);
}

/* The arena is the set's, or closed again. */
static PackSet *parse_in(Ctx *c, Arena *a, const PackFile *files, int n) {
    PackSet *p = NEW(a, PackSet);
    *p = (PackSet){.arena = a,
                   .nfiles = n,
                   .by_name = map_new(a),
                   .by_code = map_new(a),
                   .by_document = map_new(a),
                   .by_rule = map_new(a),
                   .by_source = map_new(a),
                   .by_flow = map_new(a)};
    p->files = arena_copy(a, files, (size_t)n * sizeof *files);
    p->packs = NEW_N(a, PackInfo, n ? n : 1);
    p->hash = files_hash(a, p);
    Ctx inner = ctx_new(a, c->now_ms); /* everything parsed must live as long as the set */
    inner.lang = c->lang;
    if (parse_files(&inner, p)) return p;
    ctx_adopt(c, &inner);
    arena_close(a);
    return NULL;
}

PackSet *pack_parse(Ctx *c, const PackFile *files, int n) {
    return parse_in(c, arena_open(0), files, n);
}

PackSet *pack_parse_within(Ctx *c, const PackFile *files, int n) {
    return parse_in(c, arena_child(c->arena, 0), files, n);
}

void pack_close(PackSet *p) {
    if (p) arena_close(p->arena);
}

bool pack_default_folder(Ctx *c, Str *folder) {
    static const char *const BELOW[] = {"/../packs/zibo", "/../../packs/zibo",
                                        "/../share/jixia/packs/zibo"};
    const char *set = getenv("JIXIA_PACK");
    if (set && *set) {
        *folder = str_dup(c->arena, str_from(set));
        return true;
    }
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    while (n > 0 && exe[n - 1] != '/') n--;
    if (n > 0) n--;
    for (size_t i = 0; n > 0 && i < sizeof BELOW / sizeof *BELOW; i++) {
        *folder = str_cat(c->arena, str_of(exe, (size_t)n), str_from(BELOW[i]));
        if (file_exists(c->arena, path_join(c->arena, *folder, S("pack.yaml")))) return true;
    }
    *folder = S("packs/zibo");
    if (file_exists(c->arena, S("packs/zibo/pack.yaml"))) return true;
    return FAIL(c, ERR_INPUT, M_PACK_NONE);
}

const PackFile *pack_file(const PackSet *p, Str pack, Str path) {
    for (int i = 0; i < p->nfiles; i++)
        if (str_eq(p->files[i].pack, pack) && str_eq(p->files[i].path, path)) return &p->files[i];
    return NULL;
}

const Indicator *pack_indicator(const PackSet *p, Str name) {
    const Indicator *i = map_get(&p->by_name, name);
    return i ? i : map_get(&p->by_code, name);
}

const Document *pack_document(const PackSet *p, Str key) {
    return map_get(&p->by_document, key);
}

static Rule *rule_by_bare_id(const PackSet *p, Str id, int *found) {
    Rule *r = NULL;
    *found = 0;
    for (int i = 0; i < p->nrules; i++) {
        Str full = p->rules[i]->id;
        Str bare = str_sub(full, p->rules[i]->pack.n + 1, full.n);
        if (!str_eq(bare, id)) continue;
        r = p->rules[i];
        (*found)++;
    }
    return r;
}

Rule *pack_rule(Ctx *c, const PackSet *p, Str id) {
    int found;
    Rule *r = map_get(&p->by_rule, id);
    if (r) return r;
    r = rule_by_bare_id(p, id, &found);
    if (found == 1) return r;
    int best = 1 + (int)id.n / 2;
    Str nearest = {0};
    for (int i = 0; i < p->nrules; i++) {
        Str full = p->rules[i]->id, bare = str_sub(full, p->rules[i]->pack.n + 1, full.n);
        bool whole = str_find(id, S("/")) >= 0;
        int d = str_distance(id, whole ? full : bare, best);
        if (d < best) {
            best = d;
            nearest = p->rules[i]->id;
        }
    }
    FAIL(c, ERR_MISSING, M_RULE_UNKNOWN, id);
    fail_near(c, nearest);
    return NULL;
}

const RuleVersion *rule_version_on(const Rule *r, int64_t day) {
    for (int i = 0; i < r->nversions; i++)
        if (day >= r->versions[i].from && day < r->versions[i].to) return &r->versions[i];
    return NULL;
}

const RuleVersion *rule_version_near(const Rule *r, int64_t day) {
    const RuleVersion *near = &r->versions[0];
    for (int i = 1; i < r->nversions; i++)
        if (r->versions[i].from <= day) near = &r->versions[i];
    return near;
}

Str version_validity(const RuleVersion *v, int64_t day) {
    if (day < v->from) return S("not_yet");
    if (day >= v->to) return S("ended");
    if (day >= v->closed_from) return S("closed");
    return day > v->last_seen ? S("unchecked") : S("in_force");
}

Str status_text(Status s) {
    static const Str TEXTS[] = {STR_INIT(""), STR_INIT("V"), STR_INIT("V*"), STR_INIT("I"),
                                STR_INIT("DEMO")};
    return TEXTS[s];
}

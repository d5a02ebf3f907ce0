/* A revision made part of a rule set. See revision.h.
 *
 * rule.yaml is read, changed as a tree and written as JSON, which is YAML too: entries that are not
 * concerned keep their canonical form and so their version hash. The version in force on the day
 * ends there; the new one lasts until that one would have ended, or the next begins.
 */
#include "base/date.h"
#include "city/pack_parse.h"
#include "city/revision.h"
#include "codec/csv.h"
#include "codec/yaml.h"
#include "dmn/diff.h"
#include "feel/lex.h"

typedef struct Apply {
    Ctx *c;
    PackFile *files;
    int n;
    const Revision *r;
    int64_t from, to, seen; /* days */
    Str pack, folder;       /* "rules/ID/" */
    const DmnDefs *old, *now;
    DmnChange *changes;
    int nchanges;
} Apply;

static PackFile *file_at(Apply *w, Str path) {
    for (int i = 0; i < w->n; i++)
        if (str_eq(w->files[i].pack, w->pack) && str_eq(w->files[i].path, path))
            return &w->files[i];
    return NULL;
}

static PackFile *file_in(Apply *w, Str name) {
    return file_at(w, str_cat(w->c->arena, w->folder, name));
}

/* Behind the files of its pack, which must stay together. */
static void add_file(Apply *w, Str name, Str bytes) {
    Arena *a = w->c->arena;
    PackFile *files = NEW_N(a, PackFile, w->n + 1);
    int last = w->n - 1;
    while (last >= 0 && !str_eq(w->files[last].pack, w->pack)) last--;
    for (int i = 0; i <= last; i++) files[i] = w->files[i];
    files[last + 1] = (PackFile){w->pack, str_cat(a, w->folder, name), bytes};
    for (int i = last + 1; i < w->n; i++) files[i + 1] = w->files[i];
    w->files = files;
    w->n++;
}

static Str printed(Arena *a, const Json *j) {
    Buf b = buf_new(a, 0);
    json_print(&b, j, 2);
    buf_char(&b, '\n');
    return buf_str(&b);
}

/* --- trees --------------------------------------------------------------------------------------
 */

static Json *copy(Arena *a, const Json *j) {
    Json *k = NEW(a, Json);
    *k = *j;
    k->first = k->last = k->next = NULL;
    k->count = 0;
    for (const Json *e = j->first; e; e = e->next) {
        Json *own = copy(a, e);
        if (j->kind == JSON_OBJECT)
            json_set(k, e->key, own);
        else
            json_push(k, own);
    }
    return k;
}

/* Sets a member in place, or behind the others. */
static void put(Json *o, Str key, Json *value) {
    value->key = key;
    Json *before = NULL;
    for (Json *e = o->first; e; before = e, e = e->next) {
        if (!str_eq(e->key, key)) continue;
        value->next = e->next;
        if (before)
            before->next = value;
        else
            o->first = value;
        if (o->last == e) o->last = value;
        return;
    }
    json_set(o, key, value);
}

static void drop(Json *o, Str key) {
    Json *before = NULL;
    for (Json *e = o->first; e; before = e, e = e->next) {
        if (!str_eq(e->key, key)) continue;
        if (before)
            before->next = e->next;
        else
            o->first = e->next;
        if (o->last == e) o->last = before;
        o->count--;
        return;
    }
}

static Json *text(Apply *w, Str s) {
    return json_string(w->c->arena, s);
}

/* --- parameters and conditions ------------------------------------------------------------------
 */

static Str table_text(const DmnTable *t, Str id) {
    for (int i = 0; i < t->nrules; i++) {
        for (int k = 0; k < t->ninputs; k++)
            if (str_eq(t->rules[i].in[k].id, id)) return t->rules[i].in[k].text;
        for (int k = 0; k < t->noutputs; k++)
            if (str_eq(t->rules[i].out[k].id, id)) return t->rules[i].out[k].text;
    }
    for (int k = 0; k < t->ninputs; k++)
        if (str_eq(t->inputs[k].expr.id, id)) return t->inputs[k].expr.text;
    return (Str){0};
}

static Str expr_text(const DmnExpr *e, Str id, int depth) {
    enum { DEPTH_MAX = 50 };
    Str out = {0};
    if (!e || depth > DEPTH_MAX) return out;
    if (e->kind == EXPR_LITERAL && str_eq(e->id, id)) return str_trim(e->text);
    if (e->kind == EXPR_TABLE) return table_text(e->table, id);
    const DmnExpr *parts[] = {e->a, e->b, e->c};
    for (int i = 0; !out.p && i < 3; i++) out = expr_text(parts[i], id, depth + 1);
    for (int i = 0; !out.p && i < e->nentries; i++)
        out = expr_text(e->entries[i].expr, id, depth + 1);
    for (int i = 0; !out.p && e->cells && i < e->nrows * e->nentries; i++)
        out = expr_text(e->cells[i], id, depth + 1);
    return out;
}

/* The text of a cell or a literal expression; empty when the element is another. */
static Str element_text(const DmnDefs *d, Str id) {
    Str out = {0};
    for (int i = 0; id.n && !out.p && i < d->nnodes; i++) out = expr_text(d->nodes[i]->expr, id, 0);
    return out;
}

/* Which literal of a text a value is: -1 none, else its number among the literals. */
static int literal_at(Str s, Str value, Str *found, int wanted) {
    int n = 0;
    for (ptrdiff_t at = 0; at < s.n;) {
        Tok t = lex_token(s, at);
        if (t.kind == TOK_END) break;
        at = t.to > at ? t.to : at + 1;
        if (t.kind != TOK_NUMBER && t.kind != TOK_STRING) continue;
        Str token = str_sub(s, t.from, t.to);
        if (wanted == n) *found = token;
        if (value.n && str_eq(token, value)) return n;
        n++;
    }
    return -1;
}

/* The figure of a parameter in the new text: the literal at the place of the old one, else all. */
static Str new_value(Str value, Str was, Str is) {
    Str found = {0};
    int at = literal_at(was, value, &found, -1);
    if (at < 0) return is;
    literal_at(is, (Str){0}, &found, at);
    return found.n ? found : is;
}

static void prove(Apply *w, Json *p) {
    put(p, S("status"), text(w, w->r->status));
    put(p, S("source"), text(w, w->r->document));
}

/* Parameters at elements that are gone are gone; those whose element changed carry the new figure
 * with the revision's basis. */
static void revise_parameters(Apply *w, Json *entry) {
    const Json *list = json_get(entry, S("parameters"));
    Json *out = json_new(w->c->arena, JSON_ARRAY);
    for (const Json *e = list ? list->first : NULL; e; e = e->next) {
        Str at = json_get_str(e, S("at"));
        if (at.n && !map_has(&w->now->all_ids, at)) continue;
        Json *p = json_push(out, copy(w->c->arena, e));
        Str was = element_text(w->old, at), is = element_text(w->now, at);
        if (!at.n || str_eq(was, is)) continue;
        put(p, S("value"), text(w, new_value(json_get_str(e, S("value")), was, is)));
        prove(w, p);
    }
    put(entry, S("parameters"), out);
}

static bool has_parameter(const Json *entry, Str at) {
    const Json *list = json_get(entry, S("parameters"));
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(json_get_str(e, S("at")), at)) return true;
    return false;
}

/* Changed cells and expressions that no parameter stands for yet get one. */
static void add_parameters(Apply *w, Json *entry) {
    Json *list = json_get(entry, S("parameters"));
    for (int i = 0; i < w->nchanges; i++) {
        const DmnChange *k = &w->changes[i];
        bool figure = str_eq(k->what, S("cell")) || str_eq(k->what, S("expression"));
        if (!figure || k->kind != CHANGE_CHANGED || has_parameter(entry, k->element)) continue;
        if (!map_has(&w->now->all_ids, k->element)) continue;
        Json *p = json_push(list, json_new(w->c->arena, JSON_OBJECT));
        json_set(p, S("at"), text(w, k->element));
        json_set(p, S("name"),
                 text(w, k->row ? str_printf(w->c->arena, "%.*s第%d条", STRF(k->owner), k->row)
                                : k->owner));
        json_set(p, S("value"), text(w, k->to));
        prove(w, p);
    }
}

static bool was_changed(const Apply *w, Str decision) {
    for (int i = 0; i < w->nchanges; i++)
        if (str_eq(w->changes[i].owner, decision)) return true;
    return false;
}

/* A condition without a document of its own stood on the old version's; a changed one stands on the
 * revision's. */
static void revise_conditions(Apply *w, Json *entry, Str old_document) {
    Json *list = json_get(entry, S("conditions"));
    for (Json *e = list ? list->first : NULL; e; e = e->next) {
        Json *basis = json_get(e, S("basis"));
        if (!basis) {
            put(e, S("basis"), json_new(w->c->arena, JSON_OBJECT));
            basis = json_get(e, S("basis"));
        }
        if (was_changed(w, json_get_str(e, S("decision")))) {
            put(basis, S("document"), text(w, w->r->document));
            put(basis, S("article"), text(w, w->r->article));
            put(e, S("status"), text(w, w->r->status));
        } else if (!json_get_str(basis, S("document")).n && old_document.n) {
            put(basis, S("document"), text(w, old_document));
        }
    }
}

/* --- rule.yaml ----------------------------------------------------------------------------------
 */

static int64_t day_of(const Json *entry, Str key, int64_t fallback) {
    int64_t day;
    return date_parse(json_get_str(entry, key), &day) ? day : fallback;
}

static Json *entry_named(const Json *versions, Str id) {
    for (Json *e = versions->first; e; e = e->next)
        if (str_eq(json_get_str(e, S("id")), id)) return e;
    return NULL;
}

/* Ends the version in force on the day; *to gets when the new one ends at the latest. */
static bool make_room(Apply *w, Json *versions, int64_t *to) {
    *to = INT64_MAX;
    for (Json *e = versions->first; e; e = e->next) {
        int64_t from = day_of(e, S("from"), INT64_MIN), end = day_of(e, S("to"), INT64_MAX);
        if (from >= w->from && from < *to) *to = from;
        if (from == w->from)
            return FAIL_AT(w->c, ERR_RULE, S("/effective_from"), M_REVISION_SAME_DAY,
                           json_get_str(e, S("id")), w->r->effective_from);
        if (from > w->from || end <= w->from) continue;
        if (end < *to) *to = end;
        put(e, S("to"), text(w, w->r->effective_from));
        drop(e, S("last_seen_in_force"));
    }
    if (w->to != INT64_MAX && w->to > *to)
        return FAIL_AT(w->c, ERR_RULE, S("/effective_to"), M_REVISION_OVERLAP,
                       date_text(w->c->arena, *to));
    if (w->to != INT64_MAX) *to = w->to;
    return true;
}

static Json *new_entry(Apply *w, const Json *base, Str file, int64_t to) {
    Arena *a = w->c->arena;
    Json *e = copy(a, base), *basis = json_new(a, JSON_OBJECT), *notes;
    Str old_document = json_get_str(json_get(base, S("basis")), S("document"));
    put(e, S("id"), text(w, w->r->new_version));
    put(e, S("file"), text(w, file));
    put(e, S("from"), text(w, w->r->effective_from));
    put(e, S("to"), to == INT64_MAX ? json_new(a, JSON_NULL) : text(w, date_text(a, to)));
    drop(e, S("last_seen_in_force"));
    if (to == INT64_MAX)
        put(e, S("last_seen_in_force"),
            text(w, date_text(a, w->seen > w->from ? w->seen : w->from)));
    json_set(basis, S("document"), text(w, w->r->document));
    json_set(basis, S("article"), text(w, w->r->article));
    put(e, S("basis"), basis);
    drop(e, S("closed"));
    revise_parameters(w, e);
    add_parameters(w, e);
    revise_conditions(w, e, old_document);
    notes = json_new(a, JSON_ARRAY);
    const Json *before = json_get(base, S("notes"));
    for (const Json *k = before ? before->first : NULL; k; k = k->next)
        json_push(notes, copy(a, k));
    json_push(notes, text(w, w->r->reason));
    put(e, S("notes"), notes);
    return e;
}

static bool compare(Apply *w, const Json *base) {
    PackFile *f = file_in(w, json_get_str(base, S("file")));
    if (!f) return FAIL(w->c, ERR_STATE, M_REVISION_BASE, w->r->base_version, w->r->rule);
    w->old = dmn_read(w->c, f->bytes, f->path);
    w->now = w->old ? dmn_read(w->c, w->r->dmn, S("revision.dmn")) : NULL;
    if (!w->now) return false;
    w->nchanges = dmn_diff(w->c, w->old, w->now, &w->changes);
    return true;
}

static bool apply_rule(Apply *w) {
    Arena *a = w->c->arena;
    PackFile *f = file_in(w, S("rule.yaml"));
    if (!f) return FAIL(w->c, ERR_STATE, M_RULE_UNKNOWN, w->r->rule);
    Json *tree = yaml_parse(w->c, f->bytes, pack_place(a, f, 0));
    Json *versions = tree ? json_get(tree, S("versions")) : NULL;
    const Json *base = versions ? entry_named(versions, w->r->base_version) : NULL;
    if (!base) return FAIL(w->c, ERR_STATE, M_REVISION_BASE, w->r->base_version, w->r->rule);
    if (entry_named(versions, w->r->new_version))
        return FAIL_AT(w->c, ERR_RULE, S("/new_version"), M_REVISION_VERSION_TAKEN,
                       w->r->new_version);
    Str name = str_printf(a, "revision-%lld.dmn", (long long)w->r->id);
    int64_t to;
    if (!compare(w, base)) return false;
    base = copy(a, base); /* as it was before it was ended */
    if (!make_room(w, versions, &to)) return false;
    json_push(versions, new_entry(w, base, name, to));
    f->bytes = printed(a, tree);
    add_file(w, name, w->r->dmn);
    return true;
}

/* --- cases and document -------------------------------------------------------------------------
 */

/* The revision's cases behind the rule's; one of the same name takes the place of the old. */
static bool apply_cases(Apply *w) {
    PackFile *f = file_in(w, S("cases.yaml"));
    Json *own = json_parse(w->c, w->r->cases, S("/cases"));
    Json *list = json_new(w->c->arena, JSON_ARRAY), *before = NULL;
    if (!own) return false;
    if (own->count == 0) return true;
    if (f && !(before = yaml_parse(w->c, f->bytes, pack_place(w->c->arena, f, 0)))) return false;
    for (const Json *e = before ? before->first : NULL; e; e = e->next) {
        bool replaced = false;
        for (const Json *k = own->first; k; k = k->next)
            replaced |= str_eq(json_get_str(k, S("name")), json_get_str(e, S("name")));
        if (!replaced) json_push(list, copy(w->c->arena, e));
    }
    for (const Json *k = own->first; k; k = k->next) json_push(list, copy(w->c->arena, k));
    if (f)
        f->bytes = printed(w->c->arena, list);
    else
        add_file(w, S("cases.yaml"), printed(w->c->arena, list));
    return true;
}

/* A line of documents.csv for a document no pack has yet. */
static bool apply_document(Apply *w) {
    static const char *const KEYS[] = {"key", "title", "number", "issuer", "issued"};
    if (!w->r->new_document.n) return true;
    const Json *d = json_parse(w->c, w->r->new_document, S("/new_document"));
    PackFile *f = file_at(w, S("documents.csv"));
    if (!d || !f) return d && FAIL(w->c, ERR_STATE, M_PACK_FILE, S("documents.csv"));
    if (!str_eq(json_get_str(d, S("key")), w->r->document)) return true;
    Buf b = buf_new(w->c->arena, 0);
    buf_put(&b, f->bytes);
    if (!str_ends(f->bytes, S("\n"))) buf_char(&b, '\n');
    for (int i = 0; i < 5; i++) csv_text(&b, json_get_str(d, str_from(KEYS[i])), i == 0);
    csv_text(&b, w->r->effective_from, false);
    csv_text(&b, w->r->effective_to, false);
    csv_text(&b, S("有效"), false);
    Str seen = date_text(w->c->arena, w->seen);
    csv_text(&b, seen, false);
    csv_text(&b, seen, false);
    bool official = str_eq(w->r->status, S("V"));
    csv_text(&b, official ? S("O") : S("C"), false);
    csv_text(&b, official ? json_get_str(d, S("url")) : S(""), false);
    csv_end_row(&b);
    f->bytes = buf_str(&b);
    return true;
}

bool revision_apply(Ctx *c, const PackFile *files, int n, const Revision *r, int64_t day,
                    PackFile **out, int *nout) {
    ptrdiff_t slash = str_find(r->rule, S("/"));
    Apply w = {.c = c,
               .files = arena_copy(c->arena, files, (size_t)n * sizeof *files),
               .n = n,
               .r = r,
               .seen = day,
               .to = INT64_MAX,
               .pack = str_sub(r->rule, 0, slash),
               .folder = str_printf(c->arena, "rules/%.*s/",
                                    STRF(str_sub(r->rule, slash + 1, r->rule.n)))};
    if (!date_parse(r->effective_from, &w.from))
        return FAIL_AT(c, ERR_RULE, S("/effective_from"), M_REVISION_NEEDS_DAY);
    if (r->effective_to.n) date_parse(r->effective_to, &w.to);
    if (!apply_document(&w) || !apply_rule(&w) || !apply_cases(&w)) return false;
    *out = w.files;
    *nout = w.n;
    return true;
}

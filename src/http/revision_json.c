/* Revisions as data. See revision_json.h. */
#include "http/revision_json.h"

#include "base/date.h"
#include "http/json_out.h"
#include "http/rule_json.h"

Str revision_etag(const Request *r, const Revision *v) {
    return str_printf(r->c->arena, "revision-%lld-%lld", (long long)v->id, (long long)v->version);
}

static bool has_right(const Request *r, Str name) {
    const Right *right = right_find(name);
    return right && rights_scope(right, r->user->roles) != SCOPE_NONE;
}

/* What the user may do with it now: buttons of the page. The acts check again. */
static void out_may(Request *r, Json *o, const Revision *v) {
    Arena *a = r->c->arena;
    bool open = v->state == REVISION_DRAFT || v->state == REVISION_RETURNED;
    bool waiting = v->state == REVISION_SUBMITTED;
    bool write = has_right(r, S("revision:write")), release = has_right(r, S("revision:release"));
    Json *may = out_object(a, o, S("may"));
    out_bool(a, may, S("change"), open && write);
    out_bool(a, may, S("submit"), open && write);
    out_bool(a, may, S("withdraw"), (open || waiting) && write);
    out_bool(a, may, S("return"), waiting && release);
    out_bool(a, may, S("release"),
             waiting && release && !revision_is_author(r->db, v->id, r->user->name));
}

static void out_head(Request *r, Json *o, const Revision *v) {
    Arena *a = r->c->arena;
    const Rule *rule = map_get(&r->reg->pack->by_rule, v->rule);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)v->id));
    out_str(a, o, S("state"), revision_state_text(v->state));
    out_str(a, o, S("rule"), v->rule);
    out_text(a, o, S("rule_title"), rule ? rule->title_zh : v->rule,
             rule ? rule->title_en : v->rule);
    out_str(a, o, S("base_version"), v->base_version);
    out_str(a, o, S("new_version"), v->new_version);
    out_str(a, o, S("title"), v->title);
    out_opt(a, o, S("effective_from"), v->effective_from);
    out_opt(a, o, S("effective_to"), v->effective_to);
    out_str(a, o, S("created_by"), v->owner);
    out_instant(a, o, S("created_at"), v->created_ms);
    out_instant(a, o, S("changed_at"), v->changed_ms);
    out_bool(a, o, S("basis_missing"), v->document.n == 0);
}

Json *revision_row_json(Request *r, const Revision *v) {
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_head(r, o, v);
    return o;
}

static void out_basis_of(Request *r, Json *o, const Revision *v) {
    Arena *a = r->c->arena;
    const Document *d = pack_document(r->reg->pack, v->document);
    Ctx own = ctx_new(a, r->c->now_ms);
    Json *made = v->new_document.n ? json_parse(&own, v->new_document, S("new_document")) : NULL;
    out_opt(a, o, S("document"), v->document);
    out_opt(a, o, S("document_title"), d ? d->title : json_get_str(made, S("title")));
    out_opt(a, o, S("document_number"), d ? d->number : json_get_str(made, S("number")));
    out_opt(a, o, S("article"), v->article);
    out_opt(a, o, S("status"), v->status);
    json_set(o, S("new_document"), made ? made : json_new(a, JSON_NULL));
}

/* The tables of the model, when it loads; what is wrong with it is for the check. */
static void out_tables(Request *r, Json *o, const Revision *v) {
    Arena *a = r->c->arena;
    Ctx own = ctx_new(a, r->c->now_ms);
    DmnSource file = {.file = S("revision.dmn"), .bytes = v->dmn};
    DmnModel *m = dmn_load(&own, &file, 1);
    Json *list = out_list(a, o, S("tables"));
    RuleVersion version = {.id = v->new_version};
    CompiledVersion cv = {.version = &version, .model = m};
    if (m) rule_tables_json(a, r->reg->pack, &cv, list);
    out_bool(a, o, S("model_loads"), m && m->errors == 0);
}

Json *revision_json(Request *r, const Revision *v) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_head(r, o, v);
    out_str(a, o, S("reason"), v->reason);
    out_basis_of(r, o, v);
    Ctx own = ctx_new(a, r->c->now_ms);
    Json *cases = json_parse(&own, v->cases, S("cases"));
    json_set(o, S("cases"), cases ? cases : json_new(a, JSON_ARRAY));
    out_str(a, o, S("model_hash"), str_cat(a, S("sm3:"), v->dmn_sm3));
    out_opt(a, o, S("submitted_by"), v->submitted_by);
    out_instant(a, o, S("submitted_at"), v->submitted_ms);
    out_opt(a, o, S("decided_by"), v->decided_by);
    out_instant(a, o, S("decided_at"), v->decided_ms);
    out_opt(a, o, S("decided_reason"), v->decided_reason);
    out_may(r, o, v);
    out_tables(r, o, v);
    return o;
}

/* --- check --------------------------------------------------------------------------------------
 */

Json *revision_check_json(Request *r, const RevisionCheck *k) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_int(a, o, S("errors"), k->errors);
    out_int(a, o, S("warnings"), k->warnings);
    Json *findings = out_list(a, o, S("findings"));
    for (const DmnFinding *f = k->findings; f; f = f->next)
        json_push(findings, dmn_finding_json(a, f, r->c->lang));
    Json *cases = out_list(a, o, S("cases"));
    for (int i = 0; i < k->ncases; i++) {
        const RevisionCase *e = &k->cases[i];
        Json *j = out_item(a, cases);
        out_str(a, j, S("name"), e->name);
        out_opt(a, j, S("source"), e->source);
        out_day(a, j, S("as_of"), e->as_of);
        out_opt(a, j, S("version"), e->version);
        out_str(a, j, S("expected"), e->expected);
        out_bool(a, j, S("passed"), e->why.n == 0);
        out_opt(a, j, S("why"), e->why);
        out_bool(a, j, S("attached"), e->attached);
    }
    out_int(a, o, S("passed"), k->ncases - k->failed);
    out_int(a, o, S("failed"), k->failed);
    out_int(a, o, S("by_new"), k->by_new);
    out_bool(a, o, S("releasable"), k->errors == 0 && k->failed == 0 && k->by_new > 0);
    return o;
}

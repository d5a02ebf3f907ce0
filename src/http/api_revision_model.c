/* Models of rule versions and revisions: download and upload as DMN and as workbooks, differences.
 */
#include "dmn/diff.h"
#include "http/api_revision.h"
#include "http/json_out.h"
#include "http/multipart.h"
#include "http/table_out.h"
#include "job/table_sheet.h"

/* --- downloads ----------------------------------------------------------------------------------
 */

static bool reply_model(Request *r, Response *out, Str bytes, Str name) {
    out->status = 200;
    out->type = S("application/xml; charset=utf-8");
    out->body = bytes;
    out->filename = str_cat(r->c->arena, url_part(r->c->arena, name), S(".dmn"));
    return true;
}

/* The table of ?table=, which may be left out when the model has one. */
static bool reply_table(Request *r, Response *out, Str bytes, Str name, Str mark) {
    Arena *a = r->c->arena;
    Str key = http_query(r, S("table"));
    DmnGrid *grids;
    DmnDefs *d = dmn_read(r->c, bytes, S("model.dmn"));
    int n = d ? dmn_grids(r->c, d, &grids) : 0;
    if (!d) return false;
    const DmnGrid *g = n == 1 && !key.n ? grids : dmn_grid_find(r->c, grids, n, key);
    if (!g || !table_sheet_bytes(r->c, g, mark, &out->body)) return false;
    out->status = 200;
    out->type = S(XLSX_TYPE);
    Str file = str_printf(a, "%.*s-%.*s", STRF(name), STRF(g->decision));
    out->filename = str_cat(a, url_part(a, file), S(".xlsx"));
    return true;
}

static const RuleVersion *version_named(Request *r, const Rule *rule, Str id, Str pointer) {
    for (int i = 0; rule && i < rule->nversions; i++)
        if (str_eq(rule->versions[i].id, id)) return &rule->versions[i];
    if (rule && pointer.n)
        HTTP_INVALID(r, pointer, M_REVISION_BASE, id, rule->id);
    else if (rule)
        FAIL(r->c, ERR_MISSING, M_REVISION_BASE, id, rule->id);
    return NULL;
}

static const Rule *rule_of_path(Request *r) {
    Str id = str_printf(r->c->arena, "%.*s/%.*s", STRF(r->params[0]), STRF(r->params[1]));
    return pack_rule(r->c, r->reg->pack, id);
}

static Str version_name(Request *r, const RuleVersion *v) {
    return str_printf(r->c->arena, "%.*s-%.*s", STRF(v->rule->title_zh), STRF(v->id));
}

bool api_rule_model(Request *r, Response *out) {
    const RuleVersion *v = version_named(r, rule_of_path(r), r->params[2], (Str){0});
    return v && reply_model(r, out, v->file->bytes, version_name(r, v));
}

bool api_rule_table(Request *r, Response *out) {
    const RuleVersion *v = version_named(r, rule_of_path(r), r->params[2], (Str){0});
    return v && reply_table(r, out, v->file->bytes, version_name(r, v), S(""));
}

static Str revision_name(Request *r, const Revision *v) {
    return str_printf(r->c->arena, "拟修订%lld-%.*s", (long long)v->id, STRF(v->new_version));
}

bool api_revision_model(Request *r, Response *out) {
    Revision v;
    if (!revision_of_path(r, &v)) return false;
    out->etag = revision_etag(r, &v);
    return reply_model(r, out, v.dmn, revision_name(r, &v));
}

bool api_revision_table(Request *r, Response *out) {
    Revision v;
    return revision_of_path(r, &v) &&
           reply_table(r, out, v.dmn, revision_name(r, &v), table_mark(r));
}

/* --- differences --------------------------------------------------------------------------------
 */

static bool reply_diff(Request *r, Response *out, Str from, Str from_bytes, Str to, Str to_bytes) {
    Arena *a = r->c->arena;
    DmnChange *changes;
    DmnDefs *x = dmn_read(r->c, from_bytes, S("from.dmn"));
    DmnDefs *y = x ? dmn_read(r->c, to_bytes, S("to.dmn")) : NULL;
    if (!y) return false;
    int n = dmn_diff(r->c, x, y, &changes);
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("from"), from);
    out_str(a, o, S("to"), to);
    out_int(a, o, S("total"), n);
    json_set(o, S("changes"), dmn_changes_json(a, changes, n));
    http_reply(out, r, 200, o);
    return true;
}

bool api_rule_diff(Request *r, Response *out) {
    const Rule *rule = rule_of_path(r);
    const RuleVersion *x = version_named(r, rule, http_query(r, S("from")), S("?from"));
    const RuleVersion *y = x ? version_named(r, rule, http_query(r, S("to")), S("?to")) : NULL;
    return y && reply_diff(r, out, x->id, x->file->bytes, y->id, y->file->bytes);
}

/* The model of the version a revision was made from, also when that is no longer in force. */
static bool base_model(Request *r, const Revision *v, Str *bytes) {
    PackFile *files;
    int n;
    const Rule *rule = map_get(&r->reg->pack->by_rule, v->rule);
    for (int i = 0; rule && i < rule->nversions; i++)
        if (str_eq(rule->versions[i].hash, v->base_hash)) {
            *bytes = rule->versions[i].file->bytes;
            return true;
        }
    if (!rules_load(r->db, v->base_hash, &files, &n)) return false;
    PackSet *p = n ? pack_parse_within(r->c, files, n) : NULL;
    rule = p ? map_get(&p->by_rule, v->rule) : NULL;
    bool found = false;
    for (int i = 0; rule && i < rule->nversions && !found; i++) {
        found = str_eq(rule->versions[i].hash, v->base_hash);
        *bytes = rule->versions[i].file->bytes; /* in the request's arena, not in the set's */
    }
    pack_close(p);
    return found ||
           (ctx_ok(r->c) && FAIL(r->c, ERR_STATE, M_REVISION_BASE_CHANGED, v->base_version));
}

bool api_revision_diff(Request *r, Response *out) {
    Revision v;
    Str base;
    if (!revision_of_path(r, &v) || !base_model(r, &v, &base)) return false;
    out->etag = revision_etag(r, &v);
    return reply_diff(r, out, v.base_version, base, v.new_version, v.dmn);
}

/* --- uploads ------------------------------------------------------------------------------------
 */

/* A file as the body, or as part `file` of a form. */
static bool read_file(Request *r, Str *bytes, Str *name) {
    *name = S("file");
    *bytes = r->body;
    if (str_eq_nocase(r->type, S("multipart/form-data"))) {
        Multipart *m = NEW(r->c->arena, Multipart);
        if (!multipart_read(r->c, http_header(r, S("content-type")), r->body, m)) return false;
        const Part *file = multipart_find(m, S("file"));
        if (!file) return HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
        *bytes = file->bytes;
        if (file->filename.n) *name = file->filename;
    }
    return bytes->n > 0 || HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
}

bool api_revision_upload_model(Request *r, Response *out) {
    Revision v;
    Str bytes, name;
    Act act = http_act(r, S("上传模型"));
    if (!revision_to_change(r, &v) || !read_file(r, &bytes, &name)) return false;
    if (!dmn_read(r->c, bytes, name)) return false;
    v.dmn = bytes;
    return revision_change(r->db, &v, &act) && revision_reply(r, out, 200, &v);
}

bool api_revision_upload_table(Request *r, Response *out) {
    Revision v;
    Str bytes, name, decision, key;
    DmnGrid *grids, want;
    Act act = http_act(r, S("上传决策表"));
    if (!revision_to_change(r, &v) || !read_file(r, &bytes, &name)) return false;
    DmnDefs *d = dmn_read(r->c, v.dmn, S("revision.dmn"));
    int n = d ? dmn_grids(r->c, d, &grids) : 0;
    if (!d || !table_sheet_names(r->c, bytes, name, &decision, &key)) return false;
    const DmnGrid *g = dmn_grid_find(r->c, grids, n, key);
    return g && table_sheet_read(r->c, bytes, name, g, &want) &&
           dmn_grid_write(r->c, v.dmn, d, g, &want, &v.dmn) && revision_change(r->db, &v, &act) &&
           revision_reply(r, out, 200, &v);
}

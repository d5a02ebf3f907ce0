/* What the static check finds in the model of a rule's version, cell by cell. */
#include "dmn/check.h"
#include "http/api.h"
#include "http/json_out.h"

/* A request waits for it: about a tenth of a second at most. */
enum { FINDINGS_BUDGET = 50 * 1000 * 1000 };

/* The version of ?version=, or the one nearest to as_of. */
static const RuleVersion *version_asked(Request *r) {
    Str id = str_printf(r->c->arena, "%.*s/%.*s", STRF(r->params[0]), STRF(r->params[1]));
    Str want = http_query(r, S("version"));
    const Rule *rule = pack_rule(r->c, r->reg->pack, id);
    if (!rule || want.n == 0) return rule ? rule_version_near(rule, r->as_of) : NULL;
    for (int i = 0; i < rule->nversions; i++)
        if (str_eq(rule->versions[i].id, want)) return &rule->versions[i];
    HTTP_INVALID(r, S("?version"), M_REVISION_BASE, want, rule->id);
    return NULL;
}

static void out_findings(Request *r, Json *o, const DmnFinding *f) {
    static const Str NAMES[] = {STR_INIT("errors"), STR_INIT("warnings"), STR_INIT("remarks")};
    Arena *a = r->c->arena;
    int counts[3] = {0};
    for (const DmnFinding *k = f; k; k = k->next) counts[k->note->severity]++;
    for (int i = 0; i < 3; i++) out_int(a, o, NAMES[i], counts[i]);
    Json *list = out_list(a, o, S("findings"));
    for (; f; f = f->next) json_push(list, dmn_finding_json(a, f, r->c->lang));
}

bool api_rule_findings(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const RuleVersion *v = version_asked(r);
    if (!v) return false;
    /* The compiled model has no findings of loading any more. */
    Ctx own = ctx_new(a, r->c->now_ms);
    own.lang = r->c->lang;
    DmnSource file = {.file = v->file->path, .bytes = v->file->bytes};
    DmnModel *m = dmn_load(&own, &file, 1);
    if (!m) {
        ctx_adopt(r->c, &own);
        return false;
    }
    DmnCheckOptions o = {.budget = FINDINGS_BUDGET};
    Json *j = json_new(a, JSON_OBJECT);
    out_str(a, j, S("rule"), v->rule->id);
    out_str(a, j, S("version"), v->id);
    out_findings(r, j, dmn_check(&own, m, &o));
    http_reply(out, r, 200, j);
    out->etag = str_printf(a, "%.*s-%s", STRF(v->hash), r->c->lang == LANG_EN ? "en" : "zh");
    return true;
}

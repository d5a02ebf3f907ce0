/* A firm is asked once: its consent to a recommendation for the library only counts in the case by
 * which it comes in. Which flow, act and age of the consent, the packs say (recommendation.join).
 */
#include "city/library/recommend_join.h"

#include "base/date.h"
#include "city/flow/calendar.h"
#include "city/flow/effect_value.h"
#include "city/flow/effects.h"
#include "city/library/library.h"

const char *const RECOMMENDATION_JOIN_KEYS[] = {"tier", "act", NULL};

bool recommend_belongs(Db *db, int64_t id, int64_t case_file) {
    return EXEC(db, "UPDATE recommendation SET case_file = $2 WHERE id = $1", db_i(id),
                db_i(case_file));
}

/* Whether a rule decides a tier or a title of it. */
static bool rule_of_tier(const Library *l, Str rule, Str tier) {
    const LibraryTier *t = library_tier(l, tier);
    for (int i = 0; t && i < t->nrules; i++)
        if (str_eq(t->rules[i]->id, rule)) return true;
    for (int i = 0; t && i < l->ntitles; i++)
        if (l->titles[i]->tier == t && l->titles[i]->rule && str_eq(l->titles[i]->rule->id, rule))
            return true;
    return false;
}

/* --- the case comes second ----------------------------------------------------------------------
 */

/* When the case was opened that a recommendation belonged to before; 0: to none. */
static int64_t belonged_since(Db *db, const Recommendation *o, const CaseFile *file) {
    if (!o->case_file || o->case_file == file->id) return 0;
    return Q_I64(db, 0, "SELECT opened_ms FROM case_file WHERE id = $1", db_i(o->case_file));
}

/* The candidate of the tier on which the firm spoke last; id 0: it has not. All of the tier belong
 * to the case. *used: when the last case was opened that one of them belonged to before. */
static bool join_all(Db *db, const CaseStep *s, Str tier, Candidate *spoken, int64_t *used) {
    const Library *l = library_of(s->reg->pack);
    RecommendFilter f = {.subject = s->file->subject, .open_only = true};
    Recommendation *items;
    Candidate *all;
    int n, count;
    int64_t total;
    *spoken = (Candidate){0};
    *used = 0;
    if (!recommend_list(db, &f, &items, &n, &total) ||
        !candidate_list(db, &f, &all, &count, &total))
        return false;
    for (int i = 0; i < n; i++) {
        if (!rule_of_tier(l, items[i].rule, tier)) continue;
        int64_t since = belonged_since(db, &items[i], s->file);
        if (since > *used) *used = since;
        if (!recommend_belongs(db, items[i].id, s->file->id)) return false;
    }
    for (int i = 0; i < count; i++)
        if (all[i].consent_ms > spoken->consent_ms && rule_of_tier(l, all[i].rule, tier))
            *spoken = all[i];
    return true;
}

/* Who consented, when, to what: kept as the reason of the act. */
static Str carried(Arena *a, const Register *reg, const Candidate *k) {
    const Rule *rule = map_get(&reg->pack->by_rule, k->rule);
    const Str args[] = {date_text(a, china_day(k->consent_ms)),
                        str_printf(a, "%lld", (long long)k->id), rule ? rule->title_zh : k->rule,
                        k->consent_by, k->consent_document.n ? k->consent_document : S("—")};
    return msg_text(a, M_RECOMMEND_CARRIED, LANG_ZH, 5, args);
}

bool effect_recommendation_join(Db *db, const CaseStep *s, const Json *args) {
    Candidate k;
    int64_t used;
    Str tier = effect_text(db, s, json_get(args, S("tier")));
    if (!s->file->subject || !ctx_ok(db_ctx(db))) return ctx_ok(db_ctx(db));
    if (!join_all(db, s, tier, &k, &used)) return false;
    /* a consent serves one case: one its recommendation belonged to since has used it */
    if (!k.id || k.consent != CONSENT_GIVEN || k.consent_ms <= used) return true;
    CaseMove m = {.act = json_get_str(args, S("act")),
                  .reason = carried(db_ctx(db)->arena, s->reg, &k),
                  .done = S("recommendation.answer")}; /* it said so before; its day stays */
    return case_step_act(db, s, &m);
}

/* --- the recommendation comes second ------------------------------------------------------------
 */

/* What an opening act of a flow joins; NULL: nothing. */
static const Json *joining(const Flow *f) {
    const FlowAct *a = flow_act_doing(f, S("recommendation.join"), true, S(""), false);
    for (int i = 0; a && i < a->neffects; i++)
        if (str_eq(a->effects[i].effect->name, S("recommendation.join"))) return a->effects[i].args;
    return NULL;
}

static bool waits_for(Db *db, const Register *reg, CaseFile *k, Str rule) {
    const Json *args = joining(k->flow);
    const FlowAct *yes =
        flow_act_doing(k->flow, S("recommendation.answer"), false, S("given"), true);
    CaseStep s = {.reg = reg, .file = k};
    if (!args || !yes || !flow_act_from(yes, k->state)) return false;
    Str tier = effect_text(db, &s, json_get(args, S("tier")));
    return rule_of_tier(library_of(reg->pack), rule, tier);
}

bool recommend_join_waiting(Db *db, const Register *reg, const Recommendation *o) {
    CaseFilter f = {.subject = o->subject, .open_only = true};
    CaseFile *all;
    int n;
    int64_t total;
    if (!case_list(db, reg, &f, NULL, &all, &n, &total)) return false;
    for (int i = 0; i < n; i++)
        if (waits_for(db, reg, &all[i], o->rule)) return recommend_belongs(db, o->id, all[i].id);
    return ctx_ok(db_ctx(db));
}

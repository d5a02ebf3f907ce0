/* Settings of a round: read and checked whole, so that what was frozen can always be read again. */
#include "base/date.h"
#include "city/review/round.h"

enum { PANEL_MOST = 50, SAMPLE_MOST = 100000, DAYS_MOST = 365 };

static bool wrong(Ctx *c, const char *pointer, Str why) {
    Str at = str_from(pointer);
    return FAIL_AT(c, ERR_RULE, at, M_ROUND_FIELD, str_sub(at, 1, at.n), why);
}

static bool read_day(Ctx *c, const Json *j, const char *pointer, bool must, int64_t *out) {
    Str text = json_get_str(j, str_from(pointer + 1));
    if (!text.n && !must) return true;
    return date_parse(text, out) || wrong(c, pointer, text.n ? text : S("YYYY-MM-DD"));
}

static bool read_int(Ctx *c, const Json *j, const char *pointer, int64_t lo, int64_t hi, int *out) {
    const Json *v = json_get(j, str_from(pointer + 1));
    int64_t n = 0;
    if (!v || v->kind == JSON_NULL) return true;
    if (!str_to_i64(json_str(v, S("")), &n) || n < lo || n > hi)
        return wrong(c, pointer, str_printf(c->arena, "%lld … %lld", (long long)lo, (long long)hi));
    *out = (int)n;
    return true;
}

static bool read_criterion(Ctx *c, const Json *j, RoundCriterion *k, Dec *weight, int *top) {
    k->id = json_get_str(j, S("id"));
    k->title = json_get_str(j, S("title"));
    k->status = json_get_str(j, S("status"));
    k->anchors = json_get(j, S("anchors"));
    if (!k->id.n || !k->title.n || !dec_parse(json_get_str(j, S("weight")), &k->weight))
        return wrong(c, "/criteria", S("id, title, weight"));
    k->top = (int)json_get_i64(j, S("top"), 0);
    *weight = k->weight;
    *top = k->top;
    return true;
}

static bool read_criteria(Ctx *c, const Json *j, RoundSetting *s) {
    const Json *list = json_get(j, S("criteria"));
    int n = list && list->kind == JSON_ARRAY ? list->count : 0;
    if (n > SCORE_CRITERIA_MAX) return wrong(c, "/criteria", S("≤ 40"));
    Dec *weight = NEW_N(c->arena, Dec, n + 1);
    int *top = NEW_N(c->arena, int, n + 1), i = 0;
    s->criteria = NEW_N(c->arena, RoundCriterion, n + 1);
    for (const Json *e = n ? list->first : NULL; e; e = e->next, i++) {
        if (!read_criterion(c, e, &s->criteria[i], &weight[i], &top[i])) return false;
        for (int k = 0; k < i; k++)
            if (str_eq(s->criteria[k].id, s->criteria[i].id))
                return wrong(c, "/criteria", s->criteria[i].id);
    }
    s->score.criteria = n;
    s->score.weight = weight;
    s->score.top = top;
    return true;
}

static bool read_score(Ctx *c, const Json *j, RoundSetting *s) {
    static const struct {
        ScoreFault fault;
        const char *pointer, *why;
    } FAULTS[] = {{SCORE_NO_CRITERIA, "/criteria", "1 … 40"},
                  {SCORE_BAD_WEIGHT, "/criteria", "weights > 0, sum 100"},
                  {SCORE_BAD_TOP, "/criteria", "top 1 … 100"},
                  {SCORE_BAD_SHEETS, "/per_file", "trimmed: ≥ 3"},
                  {SCORE_BAD_VOTES, "/votes", "1 … per_file"},
                  {SCORE_BAD_SIGNATURES, "/consensus_signatures", "1 … per_file"},
                  {SCORE_BAD_DECIMALS, "/decimals", "0 … 6"}};
    int method = score_method_find(json_get_str(j, S("method")));
    Str rounding = json_get_str(j, S("rounding"));
    if (method < 0) return wrong(c, "/method", S("average, trimmed, vote, consensus"));
    s->score.method = (ScoreMethod)method;
    s->score.rounding = DEC_HALF_UP;
    if (str_eq(rounding, S("half_even")))
        s->score.rounding = DEC_HALF_EVEN;
    else if (rounding.n && !str_eq(rounding, S("half_up")))
        return wrong(c, "/rounding", S("half_up, half_even"));
    s->score.decimals = 2;
    if (!read_int(c, j, "/per_file", 1, PANEL_MOST, &s->score.sheets) ||
        !read_int(c, j, "/decimals", 0, SCORE_DECIMALS_MAX, &s->score.decimals) ||
        !read_int(c, j, "/votes", 1, PANEL_MOST, &s->score.votes) ||
        !read_int(c, j, "/consensus_signatures", 1, PANEL_MOST, &s->score.signatures))
        return false;
    ScoreFault fault = score_rule_fault(&s->score);
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
        if (FAULTS[i].fault == fault) return wrong(c, FAULTS[i].pointer, str_from(FAULTS[i].why));
    return true;
}

static bool read_minimum(Ctx *c, const Json *j, RoundSetting *s) {
    Str text = json_get_str(j, S("minimum"));
    Dec most = dec_int(100);
    if (!text.n) return true;
    s->has_minimum = true;
    return (dec_parse(text, &s->minimum) && dec_sign(&s->minimum) >= 0 &&
            dec_cmp(&s->minimum, &most) <= 0) ||
           wrong(c, "/minimum", S("0 … 100"));
}

bool round_setting_read(Ctx *c, const PackSet *p, const Json *j, RoundSetting *s) {
    *s = (RoundSetting){.json = j, .score_by = INT64_MAX, .signatures = 1};
    s->title = str_trim(json_get_str(j, S("title")));
    s->demo = json_get_bool(j, S("demo"), false);
    if (!j || j->kind != JSON_OBJECT || !s->title.n) return wrong(c, "/title", S("…"));
    const Rule *rule = pack_rule(c, p, json_get_str(j, S("rule")));
    if (!rule) return false;
    s->rule = rule->id;
    Str order = json_get_str(j, S("order"));
    s->order = str_eq(order, S("load_first")) ? ASSIGN_LOAD_FIRST : ASSIGN_FIELD_FIRST;
    if (order.n && s->order == ASSIGN_FIELD_FIRST && !str_eq(order, S("field_first")))
        return wrong(c, "/order", S("field_first, load_first"));
    if (!read_day(c, j, "/from", true, &s->from) || !read_day(c, j, "/to", true, &s->to) ||
        !read_day(c, j, "/as_of", true, &s->as_of) ||
        !read_day(c, j, "/score_by", false, &s->score_by))
        return false;
    if (s->to < s->from) return wrong(c, "/to", S("≥ from"));
    return read_criteria(c, j, s) && read_score(c, j, s) && read_minimum(c, j, s) &&
           read_int(c, j, "/year", 1900, 2999, &s->year) &&
           read_int(c, j, "/sample", 1, SAMPLE_MOST, &s->sample) &&
           read_int(c, j, "/inspectors", 1, PANEL_MOST, &s->inspectors) &&
           read_int(c, j, "/signatures", 1, PANEL_MOST, &s->signatures) &&
           read_int(c, j, "/notice_days", 1, DAYS_MOST, &s->notice_days);
}

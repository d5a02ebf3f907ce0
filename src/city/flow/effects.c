/* The one table of effects, and those of the cases themselves that need no other file. */
#include "city/flow/effects.h"

#include "base/date.h"
#include "city/bundle/notify.h"
#include "city/flow/case_inner.h"
#include "city/library/question.h"
#include "city/library/recommend_case.h"
#include "city/library/title_flow.h"
#include "city/notice/certificate.h"
#include "city/notice/notice_effect.h"
#include "city/review/round_case.h"
#include "city/review/visit.h"

static bool effect_notify(Db *db, const CaseStep *s, const Json *args);

static const char *const OPEN_KEYS[] = {"flow", "data", NULL};
static const char *const ACT_KEYS[] = {"flow", "act", "where", NULL};
static const char *const SET_KEYS[] = {"field", "value", NULL};
static const char *const NOTIFY_KEYS[] = {"to", "in", "zh", "en", "formal", NULL};

static const char *const NO_KEYS[] = {NULL};
static const char *const DRAW_KEYS[] = {"inspectors", NULL};
static const char *const PANEL_CLOSE_KEYS[] = {"lacking", NULL};
static const char *const ANSWER_KEYS[] = {"given", NULL};

/* A mechanism adds its rows below its line. */
static const Effect EFFECTS[] = {
    {STR_INIT("case.open"), effect_case_open, OPEN_KEYS},
    {STR_INIT("case.act"), effect_case_act, ACT_KEYS},
    {STR_INIT("case.district"), effect_case_district, NO_KEYS},
    {STR_INIT("data.set"), effect_data_set, SET_KEYS},
    {STR_INIT("notify"), effect_notify, NOTIFY_KEYS},
    /* --- titles, recommendations, discovery --- */
    {STR_INIT("title.grant"), effect_title_grant, TITLE_GRANT_KEYS},
    {STR_INIT("title.renew"), effect_title_renew, TITLE_EVENT_KEYS},
    {STR_INIT("title.suspend"), effect_title_suspend, TITLE_EVENT_KEYS},
    {STR_INIT("title.resume"), effect_title_resume, TITLE_EVENT_KEYS},
    {STR_INIT("title.end"), effect_title_end, TITLE_EVENT_KEYS},
    {STR_INIT("fact.record"), effect_fact_record, QUESTION_KEYS},
    {STR_INIT("recommendation.answer"), effect_recommendation_answer, ANSWER_KEYS},
    {STR_INIT("recommendation.join"), effect_recommendation_join, RECOMMENDATION_JOIN_KEYS},
    /* --- rounds and reviews --- */
    {STR_INIT("round.draft"), effect_round_draft, NO_KEYS},
    {STR_INIT("round.freeze"), effect_round_freeze, NO_KEYS},
    {STR_INIT("round.enter"), effect_round_enter, NO_KEYS},
    {STR_INIT("round.close"), effect_round_close, NO_KEYS},
    {STR_INIT("panel.assign"), effect_panel_assign, NO_KEYS},
    {STR_INIT("panel.close"), effect_panel_close, PANEL_CLOSE_KEYS},
    {STR_INIT("sample.draw"), effect_sample_draw, DRAW_KEYS},
    {STR_INIT("sample.visit"), effect_sample_visit, SAMPLE_VISIT_KEYS},
    {STR_INIT("visit.cap"), effect_visit_cap, VISIT_CAP_KEYS},
    /* --- notices, letters, certificates --- */
    {STR_INIT("notice.draft"), effect_notice_draft, NOTICE_DRAFT_KEYS},
    {STR_INIT("notice.publish"), effect_notice_publish, NOTICE_PUBLISH_KEYS},
    {STR_INIT("notice.conclude"), effect_notice_conclude, NO_KEYS},
    {STR_INIT("objection.link"), effect_objection_link, OBJECTION_LINK_KEYS},
    {STR_INIT("objection.close"), effect_objection_close, OBJECTION_CLOSE_KEYS},
    {STR_INIT("letter.draft"), effect_letter_draft, LETTER_KEYS},
    {STR_INIT("letter.send"), effect_letter_send, LETTER_KEYS},
    {STR_INIT("certificate.issue"), effect_certificate_issue, NO_KEYS},
};
enum { EFFECT_COUNT = sizeof EFFECTS / sizeof *EFFECTS, NEAR = 3 };

const Effect *effect_find(Str name) {
    for (int i = 0; i < EFFECT_COUNT; i++)
        if (str_eq(EFFECTS[i].name, name)) return &EFFECTS[i];
    return NULL;
}

Str effect_nearest(Str name) {
    int best = NEAR + 1;
    Str nearest = {0};
    for (int i = 0; i < EFFECT_COUNT; i++) {
        int d = str_distance(name, EFFECTS[i].name, NEAR);
        if (d >= best) continue;
        best = d;
        nearest = EFFECTS[i].name;
    }
    return nearest;
}

bool effect_data_set(Db *db, const CaseStep *s, const Json *args) {
    Arena *a = db_ctx(db)->arena;
    const Json *value = json_get(args, S("value"));
    Str word = json_str(value, S(""));
    CaseStep *own = (CaseStep *)(uintptr_t)s;
    if (str_eq(word, S("today"))) value = json_string(a, date_text(a, s->day));
    if (str_eq(word, S("actor"))) value = json_string(a, s->actor->name);
    if (!value) value = json_new(a, JSON_NULL);
    return case_step_data(db, own, json_get_str(args, S("field")), value);
}

/* notify {to: ROLE | opener | firm | organisation, in, zh, en, formal}: one line in the bell of
 * those meant; in: only while the case stands in one of these states; formal: a legal notice,
 * mailed too, with its proof. A role of a district is told of its own district's cases. */
static bool effect_notify(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    const CaseFile *k = s->file;
    Str to = json_get_str(args, S("to")), zh = json_get_str(args, S("zh"));
    Str en = json_get_str(args, S("en"));
    Notify n = {.why = NOTIFY_WAITS,
                .what = M_NOTIFY_SAID,
                .args = {str_printf(c->arena, "%.*s（%.*s）", STRF(zh), STRF(k->title)),
                         str_printf(c->arena, "%.*s (%.*s)", STRF(en.n ? en : zh), STRF(k->title))},
                .nargs = 2,
                .object = case_object(c->arena, k->id),
                .link = str_printf(c->arena, "/cases/%lld", (long long)k->id),
                .actor = s->actor->name,
                .formal = json_get_bool(args, S("formal"), false)};
    int role = role_find(to);
    if (!case_in_list(json_get(args, S("in")), k->state->id)) return true;
    if (role >= 0) {
        n.to.roles = (uint32_t)1 << role;
        if (right_scope(right_find(S("case:read")), (Role)role) == SCOPE_DISTRICT)
            n.to.district = k->division;
        if (right_scope(right_find(S("case:read")), (Role)role) == SCOPE_DISTRICT && !k->division.n)
            return true;
    } else if (str_eq(to, S("opener"))) {
        User u;
        n.to.user_name = k->opened_by;
        if (user_by_name(db, k->opened_by, &u)) {
            CaseActor opener = case_actor(&u);
            if (!case_visible(k, &opener)) return true; /* theirs no more */
        }
        if (!ctx_ok(c)) return false;
    } else if (str_eq(to, S("firm"))) {
        if (!k->subject) return true;
        n.to.subject = k->subject;
    } else if (str_eq(to, S("organisation"))) {
        if (!k->organisation) return true;
        n.to.organisation = k->organisation;
    } else {
        return FAIL(c, ERR_RULE, M_FLOW_ROLE, to);
    }
    return notify(db, &n);
}

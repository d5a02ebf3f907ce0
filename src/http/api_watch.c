/* Watches over HTTP: one's own, and what they saw. */
#include "city/library/watch.h"
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/api_recommend.h"

enum { EVENTS_DEFAULT = 100, EVENTS_MOST = 1000 };

static void out_event(Request *r, Json *list, const WatchEvent *e) {
    Arena *a = r->c->arena;
    const Rule *rule = map_get(&r->reg->pack->by_rule, e->rule);
    const RuleVersion *v = rule ? rule_version_near(rule, r->as_of) : NULL;
    const RuleCondition *k = NULL;
    for (int i = 0; v && i < v->nconditions; i++)
        if (str_eq(v->conditions[i].decision, e->condition)) k = &v->conditions[i];
    Json *o = out_item(a, list);
    out_str(a, o, S("id"), id_text(a, e->id));
    out_firm(r, o, e->subject);
    out_rule_name(r, o, e->rule);
    if (e->condition.n)
        out_text(a, o, S("condition"), k ? k->text_zh : e->condition, k ? k->text_en : S(""));
    else
        out_null(a, o, S("condition"));
    out_str(a, o, S("was"), e->was);
    out_str(a, o, S("now"), e->now);
    out_instant(a, o, S("at"), e->at_ms);
}

bool api_watches(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Watch *items;
    WatchEvent *events;
    int n, nevents;
    int64_t most;
    if (!http_query_int(r, S("events"), EVENTS_DEFAULT, 0, EVENTS_MOST, &most) ||
        !watch_list(r->db, r->user->id, &items, &n) ||
        !watch_events(r->db, r->user->id, (int)most, &events, &nevents))
        return false;
    Json *o = json_new(a, JSON_OBJECT), *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), id_text(a, items[i].id));
        if (!out_firm(r, j, items[i].subject)) return false;
        out_rule_name(r, j, items[i].rule);
        out_opt(a, j, S("note"), items[i].note);
        out_opt(a, j, S("outcome"), items[i].outcome);
        out_instant(a, j, S("since"), items[i].since_ms);
        out_instant(a, j, S("seen_at"), items[i].seen_ms);
    }
    out_int(a, o, S("total"), n);
    list = out_list(a, o, S("events"));
    for (int i = 0; i < nevents; i++) out_event(r, list, &events[i]);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return ctx_ok(r->c);
}

typedef struct Change {
    const Register *reg;
    int64_t user, id;
    const Json *enterprises;
    Str rule, note;
    Act act;
} Change;

static bool add_in_tx(Db *db, void *user) {
    Change *k = user;
    for (const Json *e = k->enterprises->first; e; e = e->next) {
        int64_t subject = 0;
        if (!str_to_i64(json_str(e, S("")), &subject) || subject < 1)
            return FAIL_AT(db_ctx(db), ERR_RULE, S("/enterprises"), M_HTTP_QUERY, S("enterprises"),
                           json_str(e, S("")));
        if (!watch_add(db, k->reg, k->user, subject, k->rule, k->note, &k->act)) return false;
    }
    return true;
}

bool api_watch_add(Request *r, Response *out) {
    Json *j = http_json(r);
    if (!j) return false;
    Change k = {.reg = r->reg,
                .user = r->user->id,
                .enterprises = json_get(j, S("enterprises")),
                .rule = json_get_str(j, S("rule")),
                .note = json_get_str(j, S("note")),
                .act = http_act(r, S("关注企业"))};
    if (!k.enterprises || k.enterprises->kind != JSON_ARRAY || !k.enterprises->count)
        return HTTP_INVALID(r, S("/enterprises"), M_HTTP_REQUIRED, S("enterprises"));
    if (!k.rule.n) return HTTP_INVALID(r, S("/rule"), M_HTTP_REQUIRED, S("rule"));
    if (!tx_run(r->db, DB_WRITE, add_in_tx, &k) || !api_watches(r, out)) return false;
    out->status = 201;
    out->etag = S("");
    return true;
}

static bool end_in_tx(Db *db, void *user) {
    Change *k = user;
    return watch_end(db, k->user, k->id, &k->act);
}

bool api_watch_end(Request *r, Response *out) {
    Change k = {.user = r->user->id, .act = http_act(r, S("取消关注"))};
    if (!http_id(r, 0, &k.id) || !tx_run(r->db, DB_WRITE, end_in_tx, &k)) return false;
    out->status = 204;
    return true;
}

bool api_watch_run(Request *r, Response *out) {
    WatchRun run;
    if (!watch_run(r->db, r->reg, recommend_today(r), &run)) return false;
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_int(r->c->arena, o, S("looked"), run.looked);
    out_int(r->c->arena, o, S("events"), run.events);
    http_reply(out, r, 200, o);
    return true;
}

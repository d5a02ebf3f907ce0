/* Cases: list, open, show, change data, act, act on many. The engine is city/flow/case.h. */
#include "http/api_case.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "city/pack_parse.h"
#include "city/subject.h"
#include "http/api.h"
#include "http/json_out.h"

enum { BATCH_MAX = 5000, GROUP_US = 40000 };

static bool reply(Request *r, Response *out, int status, const CaseFile *k) {
    Json *o = case_json_full(r, k);
    if (!o) return false;
    http_reply(out, r, status, o);
    out->etag = case_etag(r, k);
    out->cache = S("no-store"); /* what one may do is another's not, at the same browser */
    return true;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static bool id_query(Request *r, Str name, int64_t *out) {
    return http_query_int(r, name, 0, 1, INT64_MAX, out);
}

static bool read_filter(Request *r, CaseFilter *f) {
    *f = (CaseFilter){.flow = http_query(r, S("flow")),
                      .state = http_query(r, S("state")),
                      .stage = http_query(r, S("stage")),
                      .division = http_query(r, S("division")),
                      .q = str_sub(str_trim(http_query(r, S("q"))), 0, 200)};
    return id_query(r, S("parent"), &f->parent) && id_query(r, S("subject"), &f->subject) &&
           id_query(r, S("organisation"), &f->organisation) &&
           http_query_bool(r, S("open"), false, &f->open_only) &&
           http_query_int(r, S("offset"), 0, 0, INT32_MAX, &f->offset) &&
           http_query_int(r, S("limit"), 100, 1, 500, &f->limit);
}

bool api_cases(Request *r, Response *out) {
    Arena *a = r->c->arena;
    CaseActor actor = case_actor(r->user);
    CaseFilter f;
    CaseFile *list;
    int n;
    int64_t total;
    if (!read_filter(r, &f) || !case_list(r->db, r->reg, &f, &actor, &list, &n, &total))
        return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    const CaseFile **shown = NEW_N(a, const CaseFile *, n + 1);
    for (int i = 0; i < n; i++) shown[i] = &list[i];
    Json **rows = case_rows_json(r, shown, n);
    if (!rows) return false;
    for (int i = 0; i < n; i++) json_push(items, rows[i]);
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_reply(out, r, 200, o);
    return ctx_ok(r->c);
}

bool api_case(Request *r, Response *out) {
    CaseFile k;
    return case_of_path(r, &k) && reply(r, out, 200, &k);
}

/* --- opening -----------------------------------------------------------------------------------
 */

typedef struct CaseCall {
    Request *r;
    CaseActor actor;
    CaseNew open;
    CaseMove move;
    int64_t id;
    CaseFile out;
} CaseCall;

static bool open_tx(Db *db, void *user) {
    CaseCall *k = user;
    return case_open(db, k->r->reg, &k->open, &k->actor, &k->out);
}

static bool id_member(Request *r, const Json *j, Str key, int64_t *out) {
    Str text = json_get_str(j, key);
    *out = 0;
    if (!text.n || (str_to_i64(text, out) && *out > 0)) return true;
    return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, text);
}

/* An id, or a code or name as people type it; an enterprise's account means its own. */
static bool read_subject(Request *r, const Json *j, int64_t *out) {
    Str text = str_trim(json_get_str(j, S("subject")));
    const Flow *f = flow_find(r->reg->pack, json_get_str(j, S("flow")));
    *out = 0;
    if (!text.n) {
        if (f && f->subject_enterprise) *out = r->user->subject;
        return true;
    }
    if (str_to_i64(text, out) && text.n < 12 && *out > 0) return true;
    return (*out = subject_find(r->db, text)) != 0;
}

bool api_case_open(Request *r, Response *out) {
    Json *j = http_json(r);
    CaseCall k = {.r = r};
    if (!j) return false;
    k.actor = case_actor(r->user);
    k.open = (CaseNew){.flow = json_get_str(j, S("flow")),
                       .act = json_get_str(j, S("act")),
                       .title = json_get_str(j, S("title")),
                       .code = json_get_str(j, S("code")),
                       .reason = str_trim(json_get_str(j, S("reason"))),
                       .data = json_get(j, S("data"))};
    if (!k.open.flow.n) return HTTP_INVALID(r, S("/flow"), M_HTTP_REQUIRED, S("flow"));
    if (utf8_length(k.open.title) > 200)
        return HTTP_INVALID(r, S("/title"), M_HTTP_QUERY, S("title"), S("…"));
    if (!read_subject(r, j, &k.open.subject) || !id_member(r, j, S("parent"), &k.open.parent) ||
        !id_member(r, j, S("organisation"), &k.open.organisation))
        return false;
    if (!tx_run(r->db, DB_WRITE, open_tx, &k) || !reply(r, out, 201, &k.out)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/cases/%lld", (long long)k.out.id);
    return true;
}

/* --- changing and acting -----------------------------------------------------------------------
 */

/* Of two who act on one case the second gets 412 with the case as it is now. */
static bool to_change(Request *r, CaseFile *k) {
    if (!case_of_path(r, k)) return false;
    if (http_if_match(r, case_etag(r, k))) return true;
    if (http_header(r, S("if-match")).n) r->current = case_row_json(r, k);
    return false;
}

static bool edit_tx(Db *db, void *user) {
    CaseCall *k = user;
    return case_edit(db, k->r->reg, k->id, &k->move, &k->actor, &k->out);
}

static bool act_tx(Db *db, void *user) {
    CaseCall *k = user;
    return case_act(db, k->r->reg, k->id, &k->move, &k->actor, &k->out);
}

static bool run(Request *r, Response *out, bool (*fn)(Db *, void *), const Json *j) {
    CaseFile now;
    CaseCall k = {.r = r, .actor = case_actor(r->user)};
    if (!to_change(r, &now)) return false;
    k.id = now.id;
    k.move = (CaseMove){.act = json_get_str(j, S("act")),
                        .code = json_get_str(j, S("code")),
                        .reason = str_trim(json_get_str(j, S("reason"))),
                        .data = json_get(j, S("data")),
                        .version = now.version};
    if (fn == act_tx && !k.move.act.n) return HTTP_INVALID(r, S("/act"), M_HTTP_REQUIRED, S("act"));
    return tx_run(r->db, DB_WRITE, fn, &k) && reply(r, out, 200, &k.out);
}

bool api_case_change(Request *r, Response *out) {
    const Json *j = http_json(r);
    return j && run(r, out, edit_tx, j);
}

bool api_case_act(Request *r, Response *out) {
    const Json *j = http_json(r);
    return j && run(r, out, act_tx, j);
}

/* --- many at once ------------------------------------------------------------------------------
 */

/* Each once: a case named twice is one case. */
static bool listed_ids(Request *r, const Json *list, int64_t *ids, int *n) {
    Map seen = map_new(r->c->arena);
    for (const Json *e = list->first; e; e = e->next) {
        Str text = json_str(e, S(""));
        if (!str_to_i64(text, &ids[*n]))
            return HTTP_INVALID(r, S("/ids"), M_HTTP_QUERY, S("ids"), text);
        if (!map_put(&seen, text, ids)) (*n)++;
    }
    return true;
}

static bool batch_filter(Request *r, const Json *filter, CaseFilter *f) {
    static const char *const KEYS[] = {"flow", "state", "stage", "q", "parent", NULL};
    for (const Json *j = filter->first; j; j = j->next)
        if (pack_word(j->key, KEYS, -1) < 0) /* passed over, it would act on more than is meant */
            return HTTP_INVALID(r, str_cat(r->c->arena, S("/filter/"), j->key), M_HTTP_QUERY,
                                j->key, json_str(j, S("")));
    *f = (CaseFilter){.flow = json_get_str(filter, S("flow")),
                      .state = json_get_str(filter, S("state")),
                      .stage = json_get_str(filter, S("stage")),
                      .q = json_get_str(filter, S("q")),
                      .parent = json_get_i64(filter, S("parent"), 0),
                      .open_only = true,
                      .limit = BATCH_MAX};
    return true;
}

static bool batch_ids(Request *r, const Json *j, const CaseActor *actor, int64_t **ids, int *n) {
    const Json *list = json_get(j, S("ids")), *filter = json_get(j, S("filter"));
    CaseFile *cases;
    CaseFilter f;
    int64_t total;
    *n = 0;
    if (list && list->kind == JSON_ARRAY && list->count <= BATCH_MAX) {
        *ids = NEW_N(r->c->arena, int64_t, list->count + 1);
        return listed_ids(r, list, *ids, n);
    }
    if (list || !filter || filter->kind != JSON_OBJECT)
        return HTTP_INVALID(r, S("/ids"), M_HTTP_REQUIRED, S("ids"));
    if (!batch_filter(r, filter, &f) || !case_list(r->db, r->reg, &f, actor, &cases, n, &total))
        return false;
    if (total > BATCH_MAX)
        return FAIL_AT(r->c, ERR_LIMIT, S("/filter"), M_CASE_BATCH_LARGE,
                       str_printf(r->c->arena, "%lld", (long long)total),
                       str_printf(r->c->arena, "%d", BATCH_MAX));
    *ids = NEW_N(r->c->arena, int64_t, *n + 1);
    for (int i = 0; i < *n; i++) (*ids)[i] = cases[i].id;
    return true;
}

typedef struct CaseBatch {
    Request *r;
    CaseCall call;
    Str request;
    int64_t *ids;
    int n, from, at; /* from: where the group begins; at: behind what it has done */
    IdempotencyPart *before;
    int nbefore, done;
    Arena *results; /* what is kept of each; the rest of its memory goes with it */
    Json *group, *list;
} CaseBatch;

/* What an earlier run of the request did to a case before its server died; NULL: nothing. */
static const IdempotencyPart *done_before(const CaseBatch *b, int64_t id) {
    for (int lo = 0, hi = b->nbefore; lo < hi;) {
        int mid = (lo + hi) / 2;
        if (b->before[mid].item == id) return &b->before[mid];
        if (b->before[mid].item < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static void out_result(CaseBatch *b, Json *list, int64_t id, Str state, Str why) {
    Arena *a = b->results;
    Json *o = out_item(a, list);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)id));
    out_bool(a, o, S("done"), state.n > 0);
    out_opt(a, o, S("state"), str_dup(a, state));
    out_opt(a, o, S("why"), why);
}

static bool batch_act(Db *db, void *user) {
    CaseBatch *b = user;
    return case_act(db, b->r->reg, b->call.id, &b->call.move, &b->call.actor, &b->call.out) &&
           idempotency_part_done(db, b->r, b->request, b->call.id, b->call.out.state->id);
}

/* A part of the transaction each: what one refuses the others do not feel. */
static bool one_of_batch(Db *db, CaseBatch *b) {
    Ctx *c = b->r->c;
    CtxMark mark = ctx_mark(c);
    b->call.id = b->ids[b->at];
    bool ok = tx_part(db, batch_act, b);
    if (ctx_grave(c)) return false;
    out_result(b, b->group, b->call.id, ok ? b->call.out.state->id : S(""),
               ok ? S("") : note_text(b->results, &c->err.note, c->lang));
    ctx_clear(c);
    ctx_rewind(c, mark);
    return true;
}

/* As many as fit into a short time: others write in between, the disk is waited for once. */
static bool group_tx(Db *db, void *user) {
    CaseBatch *b = user;
    int64_t end = clock_mono_us() + GROUP_US;
    b->group = json_new(b->results, JSON_ARRAY);
    for (b->at = b->from; b->at < b->n && clock_mono_us() < end; b->at++)
        if (!done_before(b, b->ids[b->at]) && !one_of_batch(db, b)) return false;
    return true;
}

static bool run_batch(CaseBatch *b) {
    for (int i = 0; i < b->nbefore; i++, b->done++)
        out_result(b, b->list, b->before[i].item, b->before[i].result, S(""));
    for (b->from = 0; b->from < b->n; b->from = b->at) {
        if (!tx_run(b->r->db, DB_WRITE, group_tx, b)) return false;
        for (Json *e = b->group->first, *next; e; e = next) {
            next = e->next;
            b->done += json_get_bool(e, S("done"), false);
            json_push(b->list, e);
        }
    }
    return true;
}

bool api_case_batch(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const Json *j = http_json(r);
    CaseBatch b = {.r = r, .call = {.r = r}, .request = idempotency_request(r)};
    if (!j) return false;
    b.call.actor = case_actor(r->user);
    b.call.move = (CaseMove){.act = json_get_str(j, S("act")),
                             .code = json_get_str(j, S("code")),
                             .reason = str_trim(json_get_str(j, S("reason"))),
                             .data = json_get(j, S("data"))};
    if (!b.call.move.act.n) return HTTP_INVALID(r, S("/act"), M_HTTP_REQUIRED, S("act"));
    if (!idempotency_parts(r, &b.before, &b.nbefore) ||
        !batch_ids(r, j, &b.call.actor, &b.ids, &b.n))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    b.results = arena_child(a, 0);
    b.list = out_list(a, o, S("items"));
    if (!run_batch(&b)) return false;
    out_int(a, o, S("done"), b.done);
    out_int(a, o, S("refused"), b.list->count - b.done);
    http_reply(out, r, 200, o);
    return true;
}

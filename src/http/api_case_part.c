/* What stands beside a case: events, thread, papers, documents, signatures. */
#include "base/date.h"
#include "http/api.h"
#include "http/api_case.h"
#include "http/json_out.h"
#include "http/multipart.h"

static Json *items_of(Request *r, Json **o) {
    *o = json_new(r->c->arena, JSON_OBJECT);
    return out_list(r->c->arena, *o, S("items"));
}

static bool send(Request *r, Response *out, int status, const Json *o) {
    http_reply(out, r, status, o);
    out->cache = S("no-store");
    return ctx_ok(r->c);
}

/* --- reading -----------------------------------------------------------------------------------
 */

bool api_case_events(Request *r, Response *out) {
    Arena *a = r->c->arena;
    CaseFile k;
    CaseEvent *e;
    int n;
    Json *o, *list;
    if (!case_of_path(r, &k) || !case_events(r->db, k.id, &e, &n)) return false;
    list = items_of(r, &o);
    for (int i = 0; i < n; i++) {
        const FlowAct *act = flow_act(k.flow, e[i].act);
        const FlowState *to = flow_state(k.flow, e[i].to);
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), str_printf(a, "%lld", (long long)e[i].id));
        out_instant(a, j, S("at"), e[i].at_ms);
        out_str(a, j, S("actor"), e[i].actor);
        out_opt(a, j, S("role"), e[i].role);
        out_str(a, j, S("act"), e[i].act);
        out_text(a, j, S("act_title"), act ? act->zh : e[i].act, act ? act->en : S(""));
        out_opt(a, j, S("from"), e[i].from);
        out_str(a, j, S("to"), e[i].to);
        out_text(a, j, S("to_title"), to ? to->zh : e[i].to, to ? to->en : S(""));
        out_opt(a, j, S("code"), e[i].code);
        out_opt(a, j, S("reason"), e[i].reason);
        Json *data = json_parse(r->c, e[i].data, S("event"));
        json_set(j, S("data"), case_data_json(r, k.flow, data));
        out_opt(a, j, S("decision"),
                e[i].decision ? str_printf(a, "%lld", (long long)e[i].decision) : S(""));
    }
    return send(r, out, 200, o);
}

static bool reply_messages(Request *r, Response *out, int status, int64_t id) {
    Arena *a = r->c->arena;
    CaseMessage *m;
    int n;
    Json *o, *list;
    if (!case_messages(r->db, id, &m, &n)) return false;
    list = items_of(r, &o);
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), str_printf(a, "%lld", (long long)m[i].id));
        out_instant(a, j, S("at"), m[i].at_ms);
        out_str(a, j, S("actor"), m[i].actor);
        out_opt(a, j, S("role"), m[i].role);
        out_str(a, j, S("text"), m[i].text);
        out_opt(a, j, S("field"), m[i].field);
        out_bool(a, j, S("asks"), m[i].asks);
        out_bool(a, j, S("answered"), m[i].answered);
        out_opt(a, j, S("answers"),
                m[i].answers ? str_printf(a, "%lld", (long long)m[i].answers) : S(""));
    }
    return send(r, out, status, o);
}

bool api_case_messages(Request *r, Response *out) {
    CaseFile k;
    return case_of_path(r, &k) && reply_messages(r, out, 200, k.id);
}

static void out_paper_day(Arena *a, Json *o, Str key, int64_t day) {
    out_opt(a, o, key, day == INT64_MIN ? S("") : date_text(a, day));
}

static bool reply_papers(Request *r, Response *out, int status, int64_t id) {
    Arena *a = r->c->arena;
    CasePaper *p;
    int n;
    Json *o, *list;
    if (!case_papers(r->db, id, &p, &n)) return false;
    list = items_of(r, &o);
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), str_printf(a, "%lld", (long long)p[i].id));
        out_str(a, j, S("kind"), p[i].kind);
        out_opt(a, j, S("addressee"), p[i].addressee);
        out_paper_day(a, j, S("sent"), p[i].sent_day);
        out_paper_day(a, j, S("due"), p[i].due_day);
        out_paper_day(a, j, S("answered"), p[i].answered_day);
        out_opt(a, j, S("answer"), p[i].answer);
        out_opt(a, j, S("number"), p[i].number);
        out_opt(a, j, S("file"), p[i].file);
        out_str(a, j, S("by"), p[i].actor);
        out_instant(a, j, S("at"), p[i].at_ms);
    }
    return send(r, out, status, o);
}

bool api_case_papers(Request *r, Response *out) {
    CaseFile k;
    return case_of_path(r, &k) && reply_papers(r, out, 200, k.id);
}

static bool reply_documents(Request *r, Response *out, int status, const CaseFile *k) {
    CaseDocument *d;
    CaseActor actor = case_actor(r->user);
    int n;
    Json *o, *list;
    if (!case_documents(r->db, k->id, true, &d, &n)) return false;
    list = items_of(r, &o);
    for (int i = 0; i < n; i++)
        if (d[i].grade <= evidence_grade_of(&actor))
            json_push(list, case_document_json(r, k, &d[i]));
    return send(r, out, status, o);
}

bool api_case_documents(Request *r, Response *out) {
    CaseFile k;
    return case_of_path(r, &k) && reply_documents(r, out, 200, &k);
}

/* --- writing -----------------------------------------------------------------------------------
 */

typedef struct PartCall {
    Request *r;
    CaseActor actor;
    int64_t id, document;
    Str text, kind, name, bytes;
    CasePaper paper;
    CaseSay say;
    CaseMove move;
    CaseDocument added;
} PartCall;

static bool begin(Request *r, PartCall *p, CaseFile *k) {
    *p = (PartCall){.r = r, .actor = case_actor(r->user)};
    if (!case_of_path(r, k)) return false;
    p->id = k->id;
    return true;
}

static bool say_tx(Db *db, void *user) {
    PartCall *p = user;
    return case_say(db, p->r->reg, p->id, &p->say, &p->actor);
}

bool api_case_say(Request *r, Response *out) {
    PartCall p;
    CaseFile k;
    const Json *j = http_json(r);
    if (!j || !begin(r, &p, &k)) return false;
    Str answers = json_get_str(j, S("answers"));
    p.say = (CaseSay){.text = json_get_str(j, S("text")),
                      .field = json_get_str(j, S("field")),
                      .asks = json_get_bool(j, S("asks"), false)};
    if (answers.n && !str_to_i64(answers, &p.say.answers))
        return HTTP_INVALID(r, S("/answers"), M_HTTP_QUERY, S("answers"), answers);
    return tx_run(r->db, DB_WRITE, say_tx, &p) && reply_messages(r, out, 201, k.id);
}

static bool paper_tx(Db *db, void *user) {
    PartCall *p = user;
    return case_paper(db, p->r->reg, p->id, &p->paper, &p->actor);
}

static bool read_day(Request *r, const Json *j, Str key, int64_t *out) {
    Str text = json_get_str(j, key);
    *out = INT64_MIN;
    return !text.n || date_parse(text, out) ||
           HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, text);
}

bool api_case_paper(Request *r, Response *out) {
    PartCall p;
    CaseFile k;
    const Json *j = http_json(r);
    if (!j || !begin(r, &p, &k)) return false;
    p.paper = (CasePaper){.kind = str_trim(json_get_str(j, S("kind"))),
                          .addressee = str_trim(json_get_str(j, S("addressee"))),
                          .answer = str_trim(json_get_str(j, S("answer"))),
                          .number = str_trim(json_get_str(j, S("number"))),
                          .file = str_trim(json_get_str(j, S("file")))};
    Str id = json_get_str(j, S("id"));
    if (id.n && !str_to_i64(id, &p.paper.id))
        return HTTP_INVALID(r, S("/id"), M_HTTP_QUERY, S("id"), id);
    return read_day(r, j, S("sent"), &p.paper.sent_day) &&
           read_day(r, j, S("due"), &p.paper.due_day) &&
           read_day(r, j, S("answered"), &p.paper.answered_day) &&
           tx_run(r->db, DB_WRITE, paper_tx, &p) && reply_papers(r, out, 201, k.id);
}

static bool sign_tx(Db *db, void *user) {
    PartCall *p = user;
    return case_sign(db, p->r->reg, p->id, &p->move, &p->actor);
}

bool api_case_sign(Request *r, Response *out) {
    PartCall p;
    CaseFile k;
    const Json *j = http_json(r);
    if (!j || !begin(r, &p, &k)) return false;
    p.move = (CaseMove){.act = json_get_str(j, S("act")),
                        .code = json_get_str(j, S("code")),
                        .reason = json_get_str(j, S("reason"))};
    if (!p.move.act.n) return HTTP_INVALID(r, S("/act"), M_HTTP_REQUIRED, S("act"));
    if (!tx_run(r->db, DB_WRITE, sign_tx, &p) || !case_of_path(r, &k)) return false;
    Json *o = case_json_full(r, &k);
    return o && send(r, out, 201, o);
}

static bool file_tx(Db *db, void *user) {
    PartCall *p = user;
    return case_document_add(db, p->r->reg, p->id, p->kind, p->name, p->bytes, &p->actor,
                             &p->added);
}

bool api_case_upload(Request *r, Response *out) {
    PartCall p;
    CaseFile k;
    Multipart *m = NEW(r->c->arena, Multipart);
    if (!multipart_read(r->c, http_header(r, S("content-type")), r->body, m)) return false;
    if (!begin(r, &p, &k)) return false;
    const Part *file = multipart_find(m, S("file")), *kind = multipart_find(m, S("kind"));
    if (!file || !file->file) return HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
    if (!kind || kind->file) return HTTP_INVALID(r, S("/kind"), M_HTTP_REQUIRED, S("kind"));
    p.kind = str_trim(kind->bytes);
    p.name = file->filename;
    p.bytes = file->bytes;
    return tx_run(r->db, DB_WRITE, file_tx, &p) && reply_documents(r, out, 201, &k);
}

static bool withdraw_tx(Db *db, void *user) {
    PartCall *p = user;
    return case_document_withdraw(db, p->r->reg, p->id, p->document, p->text, &p->actor);
}

bool api_case_withdraw(Request *r, Response *out) {
    PartCall p;
    CaseFile k;
    const Json *j = http_json(r);
    if (!j || !begin(r, &p, &k)) return false;
    p.text = json_get_str(j, S("reason"));
    if (!str_to_i64(json_get_str(j, S("document")), &p.document))
        return HTTP_INVALID(r, S("/document"), M_HTTP_REQUIRED, S("document"));
    return tx_run(r->db, DB_WRITE, withdraw_tx, &p) && reply_documents(r, out, 200, &k);
}

/* --- files -------------------------------------------------------------------------------------
 */

typedef struct Opening {
    Request *r;
    CaseActor actor;
    EvidenceFile file;
    CaseDocument document;
} Opening;

static bool open_file(Db *db, void *user) {
    Opening *o = user;
    return evidence_open(db, o->r->reg, o->r->params[0], &o->actor, &o->file, &o->document);
}

bool api_file(Request *r, Response *out) {
    Opening o = {.r = r, .actor = case_actor(r->user)};
    if (!tx_run(r->db, DB_WRITE, open_file, &o)) return false;
    *out = (Response){.type = evidence_media_type(o.file.type),
                      .body = o.file.bytes,
                      .filename = o.document.name,
                      .cache = S("no-store")};
    return true;
}

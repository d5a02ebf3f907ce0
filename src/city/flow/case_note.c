/* What stands beside a case: events, signatures, the thread, steps on paper. */
#include "base/date.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "city/flow/case_inner.h"

/* --- events ------------------------------------------------------------------------------------
 */

static Str event_content(Arena *a, const CaseFile *k, const CaseEventNew *e) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("case"), json_int(a, k->id));
    json_set(o, S("version"), json_int(a, k->version));
    json_set(o, S("at_ms"), json_int(a, e->at_ms));
    json_set(o, S("role"), json_string(a, e->role));
    json_set(o, S("act"), json_string(a, e->act));
    json_set(o, S("from"), json_string(a, e->from));
    json_set(o, S("to"), json_string(a, e->to));
    json_set(o, S("code"), json_string(a, e->code));
    json_set(o, S("data"), json_string(a, e->data));
    json_set(o, S("decision"), json_int(a, e->decision));
    return case_json(a, o);
}

int64_t case_event_add(Db *db, CaseFile *k, const CaseEventNew *e, Str action) {
    Ctx *c = db_ctx(db);
    if (utf8_length(e->reason) > CASE_TEXT_MAX) {
        FAIL_AT(c, ERR_RULE, S("/reason"), M_CASE_LARGE);
        return 0;
    }
    k->version++;
    k->changed_ms = e->at_ms;
    int64_t id =
        Q_I64(db, 0,
              "INSERT INTO case_event(case_file, at_ms, actor, role, act, from_state, to_state, "
              "code, reason, data, decision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
              "RETURNING id",
              db_i(k->id), db_i(e->at_ms), db_s(e->actor), db_s(e->role), db_s(e->act),
              db_s(e->from), db_s(e->to), db_s(e->code), db_s(e->reason), db_s(e->data),
              e->decision ? db_i(e->decision) : db_n());
    Act act = {.actor = e->actor, .reason = str_trim(e->reason).n ? e->reason : e->act};
    bool ok =
        id &&
        EXEC(db, "UPDATE case_file SET version = $2, changed_ms = $3 WHERE id = $1", db_i(k->id),
             db_i(k->version), db_i(k->changed_ms)) &&
        journal_add(db, &act, action, case_object(c->arena, k->id), event_content(c->arena, k, e));
    return ok ? id : 0;
}

bool case_events(Db *db, int64_t id, CaseEvent **out, int *n) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT id, at_ms, decision, actor, role, act, from_state, to_state, code, reason, "
                "data FROM case_event WHERE case_file = $1 ORDER BY id",
                db_i(id));
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (CaseEvent){.id = row_i64(r, 0),
                                     .at_ms = row_i64(r, 1),
                                     .decision = row_i64(r, 2),
                                     .actor = str_dup(a, row_str(r, 3)),
                                     .role = str_dup(a, row_str(r, 4)),
                                     .act = str_dup(a, row_str(r, 5)),
                                     .from = str_dup(a, row_str(r, 6)),
                                     .to = str_dup(a, row_str(r, 7)),
                                     .code = str_dup(a, row_str(r, 8)),
                                     .reason = str_dup(a, row_str(r, 9)),
                                     .data = str_dup(a, row_str(r, 10))};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* Locks a case for a person who works on it beside its acts. */
static bool begin(Db *db, const Register *reg, int64_t id, const CaseActor *actor, CaseFile *k,
                  CaseEventNew *e) {
    Ctx *c = db_ctx(db);
    int role = -1;
    *e = (CaseEventNew){.actor = actor->name, .data = S("{}")};
    if (!case_lock(db, reg, id, k)) return false;
    if (!case_visible(k, actor) && actor->user)
        return FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    case_reach("case:act", k, actor, UINT32_MAX, &role);
    e->role = case_role_text(role);
    e->from = e->to = k->state->id;
    return case_now(db, k, &e->at_ms);
}

/* --- signatures --------------------------------------------------------------------------------
 */

Str case_content_sm3(Db *db, const CaseFile *k) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    Json *o = json_new(a, JSON_OBJECT), *list = json_new(a, JSON_ARRAY), *data = NEW(a, Json);
    Rows *r = Q(db,
                "SELECT kind, sm3 FROM case_document WHERE case_file = $1 AND withdrawn_ms IS NULL "
                "ORDER BY kind, sm3, id",
                db_i(k->id));
    while (r && row_next(r))
        json_push(list, json_string(a, str_printf(a, "%.*s %.*s", STRF(row_str(r, 0)),
                                                  STRF(row_str(r, 1)))));
    if (r) rows_close(r);
    *data = *k->data;
    data->next = NULL;
    json_set(o, S("id"), json_int(a, k->id));
    json_set(o, S("state"), json_string(a, k->state->id));
    json_set(o, S("subject"), json_int(a, k->subject));
    json_set(o, S("data"), data);
    json_set(o, S("documents"), list);
    return hash_hex(a, HASH_SM3, case_json(a, o));
}

/* What is signed: the content and what is going to be done with it. */
static Str digest(Arena *a, Str content, Str act, Str code, Str reason) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("content"), json_string(a, content));
    json_set(o, S("act"), json_string(a, act));
    json_set(o, S("code"), json_string(a, code));
    json_set(o, S("reason"), json_string(a, str_trim(reason)));
    return hash_hex(a, HASH_SM3, case_json(a, o));
}

bool case_signature_list(Db *db, const CaseFile *k, CaseSignature **out, int *n) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT act, actor, code, reason, content_sm3, at_ms FROM case_signature "
                "WHERE case_file = $1 ORDER BY at_ms, act, actor, content_sm3",
                db_i(k->id));
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (CaseSignature){.act = str_dup(a, row_str(r, 0)),
                                         .actor = str_dup(a, row_str(r, 1)),
                                         .code = str_dup(a, row_str(r, 2)),
                                         .reason = str_dup(a, row_str(r, 3)),
                                         .sm3 = str_dup(a, row_str(r, 4)),
                                         .at_ms = row_i64(r, 5)};
    }
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    Str content = *n ? case_content_sm3(db, k) : S("");
    for (int i = 0; i < *n; i++) {
        CaseSignature *s = &(*out)[i];
        s->holds = str_eq(s->sm3, digest(a, content, s->act, s->code, s->reason));
    }
    return ctx_ok(c);
}

bool case_signatures(Db *db, const CaseFile *k, Str act, CaseSigned *out) {
    CaseSignature *all;
    int n;
    *out = (CaseSigned){0};
    if (!case_signature_list(db, k, &all, &n)) return false;
    for (int i = 0; i < n; i++) {
        int same = 0; /* a person signs one content once */
        if (!all[i].holds || !str_eq(all[i].act, act)) continue;
        for (int j = 0; j < n; j++) same += all[j].holds && str_eq(all[j].sm3, all[i].sm3);
        if (same >= out->n)
            *out = (CaseSigned){.n = same, .code = all[i].code, .reason = all[i].reason};
    }
    return true;
}

bool case_signed_for(Db *db, const CaseFile *k, const CaseMove *m, int *n) {
    Ctx *c = db_ctx(db);
    Str content = case_content_sm3(db, k);
    *n = (int)Q_I64(db, 0,
                    "SELECT count(*) FROM case_signature WHERE case_file = $1 AND act = $2 AND "
                    "content_sm3 = $3",
                    db_i(k->id), db_s(m->act),
                    db_s(digest(c->arena, content, m->act, m->code, m->reason)));
    return ctx_ok(c);
}

bool case_sign(Db *db, const Register *reg, int64_t id, const CaseMove *m, const CaseActor *actor) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    CaseEventNew e;
    int64_t changed;
    if (!begin(db, reg, id, actor, &k, &e)) return false;
    const FlowAct *a = flow_act(k.flow, m->act);
    if (!a || !a->signatures || !flow_act_from(a, k.state))
        return FAIL(c, ERR_STATE, M_CASE_NO_SIGNATURE, m->act);
    int role;
    if (!actor->user || !case_reach("case:act", &k, actor, a->signers, &role))
        return FAIL(c, ERR_DENIED, M_CASE_NOT_YOURS, flow_title(a->zh, a->en, c->lang));
    if (!case_gate_said(c, a, m)) return false;
    Str reason = str_trim(m->reason);
    Str sm3 = digest(c->arena, case_content_sm3(db, &k), a->id, m->code, reason);
    DbVal v[] = {db_i(id),      db_s(a->id),   db_s(actor->name), db_s(sm3),
                 db_i(e.at_ms), db_s(m->code), db_s(reason)};
    if (!ctx_ok(c) ||
        !db_exec(db,
                 "INSERT INTO case_signature(case_file, act, actor, content_sm3, at_ms, code, "
                 "reason) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                 &changed, 7, v))
        return false;
    if (!changed) return true;
    e.act = str_cat(c->arena, S("sign:"), a->id);
    e.role = case_role_text(role);
    e.code = m->code;
    e.reason = reason;
    e.data = str_printf(c->arena, "{\"content_sm3\":\"%.*s\"}", STRF(sm3));
    return case_event_add(db, &k, &e, S("case.sign")) != 0;
}

/* --- the thread --------------------------------------------------------------------------------
 */

/* The message of that id among those before n (they stand by id), or NULL. */
static CaseMessage *message_of(CaseMessage *all, int n, int64_t id) {
    int lo = 0, hi = n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (all[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && all[lo].id == id ? &all[lo] : NULL;
}

bool case_messages(Db *db, int64_t id, CaseMessage **out, int *n) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT id, at_ms, actor, role, text, field, asks, answers FROM case_message "
                "WHERE case_file = $1 ORDER BY id",
                db_i(id));
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (CaseMessage){.id = row_i64(r, 0),
                                       .at_ms = row_i64(r, 1),
                                       .actor = str_dup(a, row_str(r, 2)),
                                       .role = str_dup(a, row_str(r, 3)),
                                       .text = str_dup(a, row_str(r, 4)),
                                       .field = str_dup(a, row_str(r, 5)),
                                       .asks = row_i64(r, 6) != 0,
                                       .answers = row_null(r, 7) ? 0 : row_i64(r, 7)};
    }
    if (r) rows_close(r);
    /* the last word counts: who asked may say that it is not enough */
    for (int i = 0; i < *n; i++) {
        CaseMessage *m = &(*out)[i], *point = m->answers ? message_of(*out, i, m->answers) : NULL;
        if (!point) continue;
        point->answered = !str_eq(m->actor, point->actor);
        point->answer = m->text;
    }
    return ctx_ok(c);
}

/* Asking is for offices: who acts for themselves is asked. An answer names a message that asks. */
static bool check_point(Db *db, const CaseFile *k, const CaseSay *m, const CaseActor *actor) {
    Ctx *c = db_ctx(db);
    bool office = rights_scope(right_find(S("case:act")), actor->roles) > SCOPE_OWN;
    if (m->asks && !office) return FAIL(c, ERR_DENIED, M_CASE_NOT_YOURS, k->number);
    if (!m->answers) return true;
    int64_t there = Q_I64(
        db, 0, "SELECT count(*) FROM case_message WHERE id = $1 AND case_file = $2 AND asks = 1",
        db_i(m->answers), db_i(k->id));
    if (!ctx_ok(c)) return false;
    return (there && !m->asks) || FAIL_AT(c, ERR_RULE, S("/answers"), M_CASE_POINT,
                                          str_printf(c->arena, "%lld", (long long)m->answers));
}

bool case_say(Db *db, const Register *reg, int64_t id, const CaseSay *m, const CaseActor *actor) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    CaseEventNew e;
    Str text = str_trim(m->text);
    if (!text.n || utf8_length(text) > CASE_TEXT_MAX)
        return FAIL_AT(c, ERR_RULE, S("/text"), M_CASE_TEXT);
    if (!begin(db, reg, id, actor, &k, &e)) return false;
    if (m->field.n && !flow_field(k.flow, m->field))
        return FAIL(c, ERR_RULE, M_CASE_FIELD, m->field);
    if (!check_point(db, &k, m, actor) ||
        !EXEC(db,
              "INSERT INTO case_message(case_file, at_ms, actor, role, text, field, asks, answers) "
              "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
              db_i(id), db_i(e.at_ms), db_s(actor->name), db_s(e.role), db_s(text), db_s(m->field),
              db_i(m->asks), m->answers ? db_i(m->answers) : db_n()))
        return false;
    e.act = S("message");
    e.reason = text;
    return case_event_add(db, &k, &e, S("case.message")) != 0;
}

/* --- paper -------------------------------------------------------------------------------------
 */

static DbVal day_or_null(int64_t day) {
    return day == INT64_MIN ? db_n() : db_i(day);
}

static int64_t day_of(Rows *r, int col) {
    return row_null(r, col) ? INT64_MIN : row_i64(r, col);
}

bool case_papers(Db *db, int64_t id, CasePaper **out, int *n) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT id, kind, addressee, sent_day, due_day, answered_day, answer, number, "
                "file, actor, at_ms FROM case_paper WHERE case_file = $1 ORDER BY id",
                db_i(id));
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (CasePaper){.id = row_i64(r, 0),
                                     .kind = str_dup(a, row_str(r, 1)),
                                     .addressee = str_dup(a, row_str(r, 2)),
                                     .sent_day = day_of(r, 3),
                                     .due_day = day_of(r, 4),
                                     .answered_day = day_of(r, 5),
                                     .answer = str_dup(a, row_str(r, 6)),
                                     .number = str_dup(a, row_str(r, 7)),
                                     .file = str_dup(a, row_str(r, 8)),
                                     .actor = str_dup(a, row_str(r, 9)),
                                     .at_ms = row_i64(r, 10)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

static bool fill_text(Ctx *c, Str *old, Str new) {
    if (!new.n || str_eq(*old, new)) return true;
    if (old->n) return FAIL(c, ERR_STATE, M_CASE_PAPER_SET, *old);
    *old = new;
    return true;
}

static bool fill_day(Ctx *c, int64_t *old, int64_t new) {
    if (new == INT64_MIN || *old == new) return true;
    if (*old != INT64_MIN) return FAIL(c, ERR_STATE, M_CASE_PAPER_SET, date_text(c->arena, *old));
    *old = new;
    return true;
}

static bool merge_paper(Db *db, int64_t id, CasePaper *p) {
    Ctx *c = db_ctx(db);
    CasePaper *all;
    int n;
    if (!case_papers(db, id, &all, &n)) return false;
    for (int i = 0; i < n; i++) {
        CasePaper *old = &all[i];
        if (old->id != p->id) continue;
        if (!fill_text(c, &old->kind, p->kind) || !fill_text(c, &old->addressee, p->addressee) ||
            !fill_text(c, &old->answer, p->answer) || !fill_text(c, &old->number, p->number) ||
            !fill_text(c, &old->file, p->file) || !fill_day(c, &old->sent_day, p->sent_day) ||
            !fill_day(c, &old->due_day, p->due_day) ||
            !fill_day(c, &old->answered_day, p->answered_day))
            return false;
        *p = *old;
        return true;
    }
    return FAIL(c, ERR_MISSING, M_CASE_PAPER, str_printf(c->arena, "%lld", (long long)p->id));
}

static bool write_paper(Db *db, int64_t id, CasePaper *p, const CaseEventNew *e) {
    if (p->id)
        return EXEC(db,
                    "UPDATE case_paper SET kind = $2, addressee = $3, sent_day = $4, due_day = $5, "
                    "answered_day = $6, answer = $7, number = $8, file = $9 WHERE id = $1",
                    db_i(p->id), db_s(p->kind), db_s(p->addressee), day_or_null(p->sent_day),
                    day_or_null(p->due_day), day_or_null(p->answered_day), db_s(p->answer),
                    db_s(p->number), db_s(p->file));
    p->id = Q_I64(db, 0,
                  "INSERT INTO case_paper(case_file, kind, addressee, sent_day, due_day, "
                  "answered_day, answer, number, file, actor, at_ms) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                  db_i(id), db_s(p->kind), db_s(p->addressee), day_or_null(p->sent_day),
                  day_or_null(p->due_day), day_or_null(p->answered_day), db_s(p->answer),
                  db_s(p->number), db_s(p->file), db_s(e->actor), db_i(e->at_ms));
    return p->id != 0;
}

bool case_paper(Db *db, const Register *reg, int64_t id, CasePaper *p, const CaseActor *actor) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    CaseEventNew e;
    int role = -1;
    if (!begin(db, reg, id, actor, &k, &e)) return false;
    if (!case_reach("case:paper", &k, actor, UINT32_MAX, &role))
        return FAIL(c, ERR_DENIED, M_CASE_NOT_YOURS, k.number);
    if (!p->id && (!p->kind.n || utf8_length(p->kind) > 100))
        return FAIL_AT(c, ERR_RULE, S("/kind"), M_CASE_TEXT);
    if (utf8_length(p->answer) > CASE_TEXT_MAX || utf8_length(p->addressee) > CASE_TEXT_MAX ||
        utf8_length(p->number) > CASE_TEXT_MAX || utf8_length(p->file) > CASE_TEXT_MAX)
        return FAIL_AT(c, ERR_RULE, S("/answer"), M_CASE_TEXT);
    if (p->id && !merge_paper(db, id, p)) return false;
    bool answered = p->answered_day != INT64_MIN && p->sent_day != INT64_MIN;
    if (answered && p->answered_day < p->sent_day)
        return FAIL_AT(c, ERR_RULE, S("/answered"), M_CASE_PAPER_ORDER);
    p->actor = e.actor;
    p->at_ms = e.at_ms;
    if (!write_paper(db, id, p, &e)) return false;
    e.act = str_cat(c->arena, S("paper:"), p->kind);
    e.reason = p->addressee.n ? p->addressee : p->kind;
    return case_event_add(db, &k, &e, S("case.paper")) != 0;
}

/* What guards can name, and how a guard is evaluated. See context.h. */
#include "city/flow/context.h"

#include "base/date.h"
#include "city/flow/case_inner.h"
#include "city/library/recommend_case.h"
#include "city/library/title_flow.h"
#include "city/notice/notice_flow.h"
#include "city/review/round_case.h"

/* A mechanism adds a row: its name, the members it has, the function that gives the value. */
static const char *const REVIEW_MEMBERS[] = {"规则结果", "得分", "决定", "候选数",
                                             "应交",     "已交", NULL};
const ContextProvider CONTEXT_PROVIDERS[] = {
    /* --- titles, recommendations, discovery --- */
    {.name = {"称号", 6}, .members = TITLE_MEMBERS, .value = title_context},
    {.name = {"推荐", 6}, .members = RECOMMEND_MEMBERS, .value = recommend_context},
    /* --- rounds and reviews --- */
    {STR_INIT("评审"), REVIEW_MEMBERS, context_review},
    /* --- notices, letters, certificates --- */
    {STR_INIT("公示"), NOTICE_MEMBERS, notice_context},
    {.name = {NULL, 0}},
};
const int CONTEXT_PROVIDER_COUNT = sizeof CONTEXT_PROVIDERS / sizeof *CONTEXT_PROVIDERS - 1;

enum { OWN_DATA, OWN_PARAMETERS, OWN_CASE, OWN_DOCUMENTS, OWN_SIGNATURES, OWN_ACTOR, OWN_NAMES };
static const Str NAMES[OWN_NAMES] = {STR_INIT("数据"), STR_INIT("参数"), STR_INIT("本案"),
                                     STR_INIT("附件"), STR_INIT("签名"), STR_INIT("办理人")};

/* --- types -------------------------------------------------------------------------------------
 */

static const Type *field_type(FieldType t) {
    switch (t) {
    case FIELD_NUMBER: return type_of(T_NUMBER);
    case FIELD_DATE: return type_of(T_DATE);
    case FIELD_BOOLEAN: return type_of(T_BOOLEAN);
    case FIELD_LIST: return type_of(T_LIST);
    default: return type_of(T_STRING);
    }
}

static const Type *data_type(Arena *a, const Flow *f) {
    TypeMember *m = NEW_N(a, TypeMember, f->nfields + 1);
    for (int i = 0; i < f->nfields; i++)
        m[i] = (TypeMember){f->fields[i].name, field_type(f->fields[i].type)};
    return type_context(a, m, f->nfields, false);
}

static const Type *case_type(Arena *a) {
    const TypeMember m[] = {{S("编号"), type_of(T_STRING)}, {S("状态"), type_of(T_STRING)},
                            {S("阶段"), type_of(T_STRING)}, {S("天数"), type_of(T_NUMBER)},
                            {S("区划"), type_of(T_STRING)}, {S("立案日"), type_of(T_DATE)},
                            {S("届满"), type_of(T_BOOLEAN)}};
    return type_context(a, m, sizeof m / sizeof *m, false);
}

static const Type *documents_type(Arena *a, const Flow *f) {
    TypeMember *m = NEW_N(a, TypeMember, f->ndocuments + 1);
    for (int i = 0; i < f->ndocuments; i++)
        m[i] = (TypeMember){f->documents[i].id, type_of(T_NUMBER)};
    return type_context(a, m, f->ndocuments, false);
}

static const Type *signatures_type(Arena *a, const Flow *f) {
    TypeMember *m = NEW_N(a, TypeMember, f->nacts + 1);
    for (int i = 0; i < f->nacts; i++) m[i] = (TypeMember){f->acts[i].id, type_of(T_NUMBER)};
    return type_context(a, m, f->nacts, false);
}

static const Type *provider_type(Program *p, const ContextProvider *k) {
    int n = 0;
    if (!k->members) return type_context(p->arena, NULL, 0, true);
    while (k->members[n]) n++;
    TypeMember *m = NEW_N(p->arena, TypeMember, n + 1);
    for (int i = 0; i < n; i++) m[i] = (TypeMember){str_from(k->members[i]), type_of(T_ANY)};
    return type_context(p->arena, m, n, false);
}

const Scope *context_scope(Program *p, const Flow *f) {
    Arena *a = p->arena;
    Scope *s = scope_plain(p, scope_root(p));
    const TypeMember actor[] = {{S("名"), type_of(T_STRING)}, {S("角色"), type_of(T_LIST)}};
    scope_add_global(s, NAMES[OWN_DATA], data_type(a, f), OWN_DATA);
    scope_add_global(s, NAMES[OWN_PARAMETERS], type_context(a, NULL, 0, true), OWN_PARAMETERS);
    scope_add_global(s, NAMES[OWN_CASE], case_type(a), OWN_CASE);
    scope_add_global(s, NAMES[OWN_DOCUMENTS], documents_type(a, f), OWN_DOCUMENTS);
    scope_add_global(s, NAMES[OWN_SIGNATURES], signatures_type(a, f), OWN_SIGNATURES);
    scope_add_global(s, NAMES[OWN_ACTOR], type_context(a, actor, 2, false), OWN_ACTOR);
    for (int i = 0; i < CONTEXT_PROVIDER_COUNT; i++)
        scope_add_global(s, CONTEXT_PROVIDERS[i].name, provider_type(p, &CONTEXT_PROVIDERS[i]),
                         OWN_NAMES + i);
    return s;
}

/* --- values ------------------------------------------------------------------------------------
 */

typedef struct Entries {
    Context *x;
    Str *keys;
    Val *vals;
} Entries;

static Entries entries(Arena *a, int most) {
    Entries e = {NEW(a, Context), NEW_N(a, Str, most + 1), NEW_N(a, Val, most + 1)};
    *e.x = (Context){.keys = e.keys, .vals = e.vals};
    return e;
}

static void put(Entries *e, Str key, Val v) {
    e->keys[e->x->n] = key;
    e->vals[e->x->n++] = v;
}

static Val list_value(Arena *a, const Json *j) {
    Val *items = NEW_N(a, Val, j->count + 1);
    int n = 0;
    for (const Json *e = j->first; e; e = e->next) items[n++] = context_value(a, e);
    return val_list(items, n);
}

Val context_value(Arena *a, const Json *j) {
    int64_t day;
    Dec d;
    if (!j) return val_null();
    switch (j->kind) {
    case JSON_NULL: return val_null();
    case JSON_BOOL: return val_bool(j->truth);
    case JSON_NUMBER: return dec_parse(j->text, &d) ? val_num(a, &d) : val_null();
    case JSON_STRING: return date_parse(j->text, &day) ? val_date(day) : val_str(j->text);
    case JSON_ARRAY: return list_value(a, j);
    case JSON_OBJECT: break;
    }
    Entries e = entries(a, j->count);
    for (const Json *m = j->first; m; m = m->next) put(&e, m->key, context_value(a, m));
    return val_context(e.x);
}

/* By the types of the flow: a text that looks like a date stays a text. */
static Val data_value(Arena *a, const CaseFile *k) {
    Entries e = entries(a, k->flow->nfields);
    for (int i = 0; i < k->flow->nfields; i++) {
        const FlowField *f = &k->flow->fields[i];
        const Json *j = json_get(k->data, f->name);
        bool text = f->type == FIELD_TEXT || f->type == FIELD_CHOICE;
        put(&e, f->name, text && j ? val_str(json_str(j, S(""))) : context_value(a, j));
    }
    return val_context(e.x);
}

/* Whether a clock of the case that runs, and is not paused, had its last day before today. */
static bool is_over(Db *db, const CaseFile *k, int64_t today) {
    return Q_I64(db, 0,
                 "SELECT count(*) FROM case_clock WHERE case_file = $1 AND due_day < $2 AND "
                 "stopped_day IS NULL AND paused_day IS NULL",
                 db_i(k->id), db_i(today)) > 0;
}

static Val case_value(Db *db, const CaseFile *k, int64_t today) {
    Arena *a = db_ctx(db)->arena;
    int64_t opened = china_day(k->opened_ms);
    Entries e = entries(a, 7);
    put(&e, S("编号"), val_str(k->number));
    put(&e, S("状态"), val_str(k->state->id));
    put(&e, S("阶段"), val_str(k->state->stage));
    put(&e, S("天数"), val_int(today - opened));
    put(&e, S("区划"), val_str(k->division));
    put(&e, S("立案日"), val_date(opened));
    put(&e, S("届满"), val_bool(is_over(db, k, today)));
    return val_context(e.x);
}

static Val documents_value(Db *db, const CaseFile *k) {
    Entries e = entries(db_ctx(db)->arena, k->flow->ndocuments);
    for (int i = 0; i < k->flow->ndocuments; i++)
        put(&e, k->flow->documents[i].id,
            val_int(Q_I64(db, 0,
                          "SELECT count(*) FROM case_document WHERE case_file = $1 AND kind = $2 "
                          "AND withdrawn_ms IS NULL",
                          db_i(k->id), db_s(k->flow->documents[i].id))));
    return val_context(e.x);
}

static Val signatures_value(Db *db, const CaseFile *k) {
    Entries e = entries(db_ctx(db)->arena, k->flow->nacts);
    for (int i = 0; i < k->flow->nacts; i++) {
        CaseSigned s = {0};
        if (k->flow->acts[i].signatures) case_signatures(db, k, k->flow->acts[i].id, &s);
        put(&e, k->flow->acts[i].id, val_int(s.n));
    }
    return val_context(e.x);
}

static Val actor_value(Arena *a, const CaseActor *actor) {
    Entries e = entries(a, 2);
    Val *roles = NEW_N(a, Val, ROLES);
    int n = 0;
    for (int i = 0; i < ROLES; i++)
        if (actor->roles >> i & 1) roles[n++] = val_str(role_text((Role)i));
    put(&e, S("名"), val_str(actor->name));
    put(&e, S("角色"), val_list(roles, n));
    return val_context(e.x);
}

typedef struct Guard {
    Db *db;
    const Register *reg;
    const CaseFile *k;
    const CaseActor *actor;
} Guard;

static Val global_value(Eval *e, int id) {
    Guard *g = e->user;
    Ctx *c = db_ctx(g->db);
    const Json *parameters = NULL;
    Val v = val_null();
    switch (id) {
    case OWN_DATA: return data_value(c->arena, g->k);
    case OWN_PARAMETERS:
        case_parameters(g->db, g->reg, g->k, &parameters);
        return context_value(c->arena, parameters);
    case OWN_CASE: return case_value(g->db, g->k, china_day(c->now_ms));
    case OWN_DOCUMENTS: return documents_value(g->db, g->k);
    case OWN_SIGNATURES: return signatures_value(g->db, g->k);
    case OWN_ACTOR: return actor_value(c->arena, g->actor);
    default: CONTEXT_PROVIDERS[id - OWN_NAMES].value(g->db, g->reg, g->k, &v); return v;
    }
}

bool context_guard(Db *db, const Register *reg, const CaseFile *k, const CaseActor *actor,
                   const FlowAct *act, Val *out) {
    static const EvalHooks HOOKS = {.global = global_value};
    Ctx *c = db_ctx(db);
    Guard g = {db, reg, k, actor};
    Eval e = eval_new(k->flow->program, c->arena);
    e.hooks = &HOOKS;
    e.user = &g;
    e.now_ns = c->now_ms * 1000000;
    e.zone = (Zone){.kind = ZONE_OFFSET, .offset = 8 * 3600};
    *out = feel_eval(&e, act->when, NULL);
    return ctx_ok(c);
}

/* Objections as cases: taking one in opens a case of the flow its notice names. The case knows the
 * receipt and the enterprise; who objected and what it says stay in the objection alone. */
#include "city/flow/case.h"
#include "city/notice/objection.h"

enum { RECEIPT_SHOWN = 6 };

bool objection_of_case(Db *db, int64_t case_file, Objection *out) {
    Ctx *c = db_ctx(db);
    int64_t id =
        Q_I64(db, 0, "SELECT max(id) FROM objection WHERE case_file = $1", db_i(case_file));
    if (!ctx_ok(c)) return false;
    if (!id)
        return FAIL(c, ERR_STATE, M_OBJECTION_NONE,
                    str_printf(c->arena, "%lld", (long long)case_file));
    return objection_get(db, id, false, out);
}

bool objection_file(Db *db, const Register *reg, const ObjectionNew *n, Str by, Objection *out) {
    Ctx *c = db_ctx(db);
    PublicNotice v;
    CaseFile k;
    if (!objection_add(db, n, by, out) || !notice_get(db, out->notice, &v)) return false;
    Str flow = json_get_str(v.content, S("objection_flow"));
    if (!flow.n || !out->subject || out->repeated) return true;
    CaseActor who = case_actor_system(by.n ? by : S("system:public"));
    Json *data = json_new(c->arena, JSON_OBJECT);
    json_set(data, S("回执号"), json_string(c->arena, out->receipt));
    const CaseNew fresh = {.flow = flow,
                           .subject = out->subject,
                           .title =
                               str_printf(c->arena, "异议：%.*s（回执 %.*s…）", STRF(out->firm),
                                          STRF(str_sub(out->receipt, 0, RECEIPT_SHOWN))),
                           .data = data,
                           .reason = v.title};
    return case_open(db, reg, &fresh, &who, &k) && objection_get(db, out->id, false, out);
}

bool objection_decide(Db *db, Objection *o, ObjectionState to, Str answer, const Act *act) {
    Ctx *c = db_ctx(db);
    if (o->case_file)
        return FAIL(c, ERR_STATE, M_OBJECTION_CASE,
                    str_printf(c->arena, "%lld", (long long)o->case_file));
    return objection_close(db, o, to, answer, act);
}

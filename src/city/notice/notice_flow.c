/* Notices in flows. See notice_flow.h. */
#include "city/notice/notice_flow.h"

#include "city/flow/context.h"
#include "city/notice/objection.h"

const char *const NOTICE_MEMBERS[] = {"状态", "已结束", "未结异议", "成立异议", "文号", NULL};

bool notice_context(Db *db, const Register *reg, const CaseFile *k, Val *out) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT);
    NoticeState state = NOTICE_DRAFT;
    Str number = S("");
    int open, upheld;
    bool concluded = false;
    (void)reg;
    int64_t round = k->parent ? k->parent : k->id;
    Rows *r =
        Q(db,
          "SELECT n.state, n.number, n.concluded_ms FROM public_notice n WHERE n.round = $1 AND "
          "n.state IN ($3, $4, $5) AND ($2 = 0 OR EXISTS (SELECT 1 FROM notice_firm f WHERE "
          "f.notice = n.id AND f.subject = $2)) ORDER BY n.id DESC LIMIT 1",
          db_i(round), db_i(k->subject), db_i(NOTICE_PUBLISHED), db_i(NOTICE_CONCLUDED),
          db_i(NOTICE_TAKEN_DOWN));
    if (r && row_next(r)) {
        state = (NoticeState)row_i64(r, 0);
        number = str_dup(a, row_str(r, 1));
        concluded = !row_null(r, 2);
    }
    if (r) rows_close(r);
    if (!objection_counts(db, k->subject, round, &open, &upheld)) return false;
    json_set(o, S("状态"),
             state == NOTICE_DRAFT ? json_new(a, JSON_NULL)
                                   : json_string(a, notice_state_text(state)));
    json_set(o, S("已结束"), json_bool(a, concluded));
    json_set(o, S("未结异议"), json_int(a, open));
    json_set(o, S("成立异议"), json_int(a, upheld));
    json_set(o, S("文号"), number.n ? json_string(a, number) : json_new(a, JSON_NULL));
    *out = context_value(a, o);
    return ctx_ok(db_ctx(db));
}

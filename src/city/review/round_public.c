/* What the public learns of rounds: who was admitted is named in the notice, of the others there
 * are only numbers, and none that is small or lets a small one be had by subtraction. See round.h.
 */
#include "city/review/round.h"

RoundShown round_shown(const RoundCounts *k, int64_t floor) {
    int64_t both = k->refused + k->held;
    RoundShown s = {.refused = -1, .held = -1, .not_admitted = -1};
    if (floor <= 0 || both < floor) return s;
    s.not_admitted = both;
    if (k->refused < floor || k->held < floor) return s; /* one beside the sum gives the other */
    s.refused = k->refused;
    s.held = k->held;
    return s;
}

bool round_counts(Db *db, const FactAt *at, RoundCounts **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *q = Q(db,
                "SELECT r.title, r.rule, r.as_of, r.decided_ms, r.setting, "
                "(SELECT count(*) FROM review_candidate k WHERE k.round = r.id AND k.verdict = "
                "'admit'), (SELECT count(*) FROM review_candidate k WHERE k.round = r.id AND "
                "k.verdict = 'refuse'), (SELECT count(*) FROM review_candidate k WHERE k.round = "
                "r.id AND k.verdict = 'hold') FROM review_round r WHERE r.decided_ms > 0 AND "
                "r.decided_ms <= $1 AND r.case_file > 0 AND EXISTS (SELECT 1 FROM public_notice p "
                "WHERE p.round = r.case_file AND p.published_ms <= $1 AND p.from_day <= $2) "
                "ORDER BY r.decided_ms DESC, r.id DESC",
                db_i(at->as_known), db_i(at->as_of));
    while (q && row_next(q)) {
        GROW(c->arena, *out, *n, cap);
        const Json *setting = json_parse(c, row_str(q, 4), S("review_round.setting"));
        (*out)[(*n)++] = (RoundCounts){.title = str_dup(c->arena, row_str(q, 0)),
                                       .rule = str_dup(c->arena, row_str(q, 1)),
                                       .as_of = (int32_t)row_i64(q, 2),
                                       .decided_ms = row_i64(q, 3),
                                       .demo = json_get_bool(setting, S("demo"), false),
                                       .admitted = row_i64(q, 5),
                                       .refused = row_i64(q, 6),
                                       .held = row_i64(q, 7)};
    }
    if (q) rows_close(q);
    return ctx_ok(c);
}

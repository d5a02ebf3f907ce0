/* See notice_effect.h. */
#include "city/notice/notice_effect.h"

#include "base/date.h"
#include "city/flow/effect_value.h"
#include "city/flow/effects.h"
#include "city/notice/objection.h"
#include "city/notice/row.h"

const char *const NOTICE_DRAFT_KEYS[] = {"flow",  "where", "template", "days",
                                         "group", "note",  "values",   NULL};
const char *const NOTICE_PUBLISH_KEYS[] = {"from", NULL};
const char *const OBJECTION_LINK_KEYS[] = {"receipt", NULL};
const char *const OBJECTION_CLOSE_KEYS[] = {"outcome", "answer", NULL};

int64_t effect_round(const CaseStep *s) {
    return s->file->parent ? s->file->parent : s->file->id;
}

/* --- lists --------------------------------------------------------------------------------------
 */

typedef struct Row {
    int64_t id, subject;
    Str data;
} Row;

static Row *rows_of(Db *db, const CaseStep *s, const Json *args, FirmWish wish, int *n) {
    Arena *a = db_ctx(db)->arena;
    Row *rows = NULL;
    int cap = 0;
    *n = 0;
    Rows *r = Q(db,
                "SELECT k.id, k.subject, k.state, k.data FROM case_file k WHERE k.parent = $1 AND "
                "k.flow = $2 AND k.subject IS NOT NULL AND ($3 = 0 OR NOT EXISTS (SELECT 1 FROM "
                "notice_firm f JOIN public_notice v ON v.id = f.notice WHERE f.subject = k.subject "
                "AND v.round = $1 AND v.state IN (1, 2) AND NOT EXISTS (SELECT 1 FROM "
                "public_notice w WHERE w.replaces = v.id AND w.state IN (1, 2, 3)))) AND "
                "($4 = 0 OR NOT EXISTS (SELECT 1 FROM objection o JOIN public_notice v ON "
                "v.id = o.notice WHERE o.subject = k.subject AND v.round = $1 AND "
                "o.state IN (0, 1))) ORDER BY k.id",
                db_i(s->file->id), db_s(json_get_str(args, S("flow"))), db_i(wish.unnamed),
                db_i(wish.unheld));
    while (r && row_next(r)) {
        if (!case_in_list(json_get(args, S("where")), row_str(r, 2))) continue;
        GROW(a, rows, *n, cap);
        rows[(*n)++] = (Row){row_i64(r, 0), row_i64(r, 1), str_dup(a, row_str(r, 3))};
    }
    if (r) rows_close(r);
    return rows;
}

bool effect_firms(Db *db, const CaseStep *s, const Json *args, FirmWish wish, PaperFirm **out,
                  int *n) {
    Ctx *c = db_ctx(db);
    Str group = json_get_str(args, S("group")), note = json_get_str(args, S("note"));
    Row *rows = rows_of(db, s, args, wish, n);
    *out = NEW_N(c->arena, PaperFirm, *n + 1);
    int64_t *ids = NEW_N(c->arena, int64_t, *n + 1);
    for (int i = 0; i < *n; i++) ids[i] = rows[i].subject;
    if (!notice_firms_of(db, &s->reg->codes, ids, *n, *out)) return false;
    for (int i = 0; i < *n && ctx_ok(c); i++) {
        PaperFirm *f = &(*out)[i];
        const Json *data = json_parse(c, rows[i].data, S("case data"));
        f->case_file = rows[i].id;
        f->group = json_get_str(data, group);
        f->note = json_get_str(data, note);
    }
    return ctx_ok(c);
}

/* A day of a case is written out in a paper. */
static Str written(Arena *a, Str text) {
    int64_t day;
    if (text.n != 10 || !date_parse(text, &day)) return text;
    int32_t d = date_to_int(day);
    return str_printf(a, "%d年%d月%d日", d / 10000, d / 100 % 100, d % 100);
}

Json *effect_values(Db *db, const CaseStep *s, const Json *object, int64_t notice) {
    static const Str NOTICE = STR_INIT("公示.");
    Arena *a = db_ctx(db)->arena;
    PublicNotice v = {0};
    Json *values = json_new(a, JSON_OBJECT);
    if (notice && !notice_get(db, notice, &v)) return NULL;
    for (const Json *e = object ? object->first : NULL; e; e = e->next) {
        Str word = json_str(e, S(""));
        Str text = str_starts(word, NOTICE) ? json_get_str(json_get(v.content, S("values")),
                                                           str_sub(word, NOTICE.n, word.n))
                                            : effect_text(db, s, e);
        if (text.n) json_set(values, e->key, json_string(a, written(a, text)));
    }
    return ctx_ok(db_ctx(db)) ? values : NULL;
}

/* --- notices ------------------------------------------------------------------------------------
 */

/* The one notice of the round in a state that nothing replaced; 0 when there is none. */
static int64_t notice_in(Db *db, int64_t round, NoticeState state) {
    return Q_I64(db, 0,
                 "SELECT max(n.id) FROM public_notice n WHERE n.round = $1 AND n.state = $2 AND "
                 "NOT EXISTS (SELECT 1 FROM public_notice w WHERE w.replaces = n.id AND "
                 "w.state IN (1, 2, 3))",
                 db_i(round), db_i(state));
}

bool effect_notice_draft(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    NoticeNew n = {.round = s->file->id, .template_id = json_get_str(args, S("template"))};
    PaperFirm *firms;
    PublicNotice out;
    int64_t days = 0, there = notice_in(db, s->file->id, NOTICE_DRAFT);
    Act act = effect_act(s);
    if (there)
        return FAIL(c, ERR_STATE, M_NOTICE_DRAFT_THERE,
                    str_printf(c->arena, "%lld", (long long)there));
    if (!effect_firms(db, s, args, (FirmWish){.unnamed = true}, &firms, &n.nfirms)) return false;
    if (!n.nfirms) return FAIL(c, ERR_RULE, M_NOTICE_EMPTY);
    n.firms = firms;
    n.values = effect_values(db, s, json_get(args, S("values")), 0);
    str_to_i64(effect_text(db, s, json_get(args, S("days"))), &days);
    n.working_days = days > 0 && days <= NOTICE_DAYS_MAX ? (int)days : 0;
    return n.values && notice_add(db, s->reg->pack, &n, &act, &out);
}

static bool notice_of_round(Db *db, const CaseStep *s, NoticeState state, PublicNotice *out) {
    int64_t id = notice_in(db, effect_round(s), state);
    if (!id) return ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_STATE, M_NOTICE_ROUND_NONE);
    return notice_get(db, id, out);
}

bool effect_notice_publish(Db *db, const CaseStep *s, const Json *args) {
    PublicNotice n;
    int32_t from;
    Act act = effect_act(s);
    return notice_of_round(db, s, NOTICE_DRAFT, &n) &&
           effect_day(db, s, json_get(args, S("from")), &from) &&
           notice_publish(db, s->reg->pack, &n, from, &act);
}

bool effect_notice_conclude(Db *db, const CaseStep *s, const Json *args) {
    PublicNotice n;
    Act act = effect_act(s);
    (void)args;
    return notice_of_round(db, s, NOTICE_PUBLISHED, &n) && notice_conclude(db, &n, &act);
}

/* --- objections ---------------------------------------------------------------------------------
 */

bool effect_objection_link(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    Str receipt = effect_text(db, s, json_get(args, S("receipt")));
    int64_t changed = 0;
    /* entries of the register may have been merged since the notice was drafted */
    int64_t firm = Q_I64(db, 0, "SELECT subject FROM objection WHERE receipt = $1", db_s(receipt));
    bool same = firm && subject_root(db, firm) == subject_root(db, s->file->subject);
    const DbVal v[] = {db_s(receipt), db_i(s->file->id), db_i(OBJECTION_OPEN)};
    if (same && !db_exec(db,
                         "UPDATE objection SET case_file = $2, version = version + 1 WHERE "
                         "receipt = $1 AND case_file IS NULL AND state = $3",
                         &changed, 3, v))
        return false;
    return (ctx_ok(c) && changed == 1) ||
           FAIL_AT(c, ERR_RULE, S("/data"), M_OBJECTION_LINK, receipt);
}

bool effect_objection_close(Db *db, const CaseStep *s, const Json *args) {
    Objection o;
    Act act = effect_act(s);
    int to = objection_state_find(json_get_str(args, S("outcome")));
    Str answer = effect_text(db, s, json_get(args, S("answer")));
    return ctx_ok(db_ctx(db)) && objection_of_case(db, s->file->id, &o) &&
           objection_close(db, &o, to < 0 ? OBJECTION_OPEN : (ObjectionState)to,
                           answer.n ? answer : act.reason, &act);
}

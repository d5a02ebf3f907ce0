/* See title_flow.h. */
#include "city/library/title_flow.h"

#include "base/date.h"
#include "city/flow/case_inner.h"
#include "city/flow/context.h"
#include "city/library/library.h"

const char *const TITLE_GRANT_KEYS[] = {
    "kind",     "tier", "level",           "name", "publisher", "from",
    "document", "to",   "document_number", NULL};
const char *const TITLE_EVENT_KEYS[] = {"kind", "tier",      "level",    "to", "how",
                                        "day",  "bar_until", "document", NULL};
const char *const TITLE_MEMBERS[] = {"有效", "梯队", "曾有", "限制", "限制至", NULL};

/* --- values of an entry ------------------------------------------------------------------------
 */

typedef struct Entry {
    Db *db;
    const CaseStep *step;
    const Json *args, *parameters;
    Act act;
} Entry;

static bool entry_open(Db *db, const CaseStep *s, const Json *args, Entry *out) {
    Str reason = str_trim(s->move->reason);
    if (!reason.n) reason = s->act->zh;
    *out = (Entry){
        .db = db, .step = s, .args = args, .act = {.actor = s->actor->name, .reason = reason}};
    return case_parameters(db, s->reg, s->file, &out->parameters);
}

static Str text_of(const Entry *e, Str key) {
    static const Str DATA = STR_INIT("数据."), PARAMETERS = STR_INIT("参数.");
    Str s = json_get_str(e->args, key);
    if (str_starts(s, DATA)) return json_get_str(e->step->file->data, str_sub(s, DATA.n, s.n));
    if (str_starts(s, PARAMETERS))
        return json_get_str(e->parameters, str_sub(s, PARAMETERS.n, s.n));
    return s;
}

/* A day as yyyymmdd; fallback when there is none. */
static bool day_of(const Entry *e, Str key, int32_t fallback, int32_t *out) {
    Str s = text_of(e, key);
    int64_t days = e->step->day;
    *out = fallback;
    if (!s.n) return true;
    if (!str_eq(s, S("today")) && !date_parse(s, &days))
        return FAIL_AT(db_ctx(e->db), ERR_RULE, key, M_CITY_BAD_VALUE, s);
    *out = date_to_int(days);
    return true;
}

/* --- effects -----------------------------------------------------------------------------------
 */

bool effect_title_grant(Db *db, const CaseStep *s, const Json *args) {
    Entry e;
    if (!entry_open(db, s, args, &e)) return false;
    const CaseFile *k = s->file;
    int kind = title_kind_find(text_of(&e, S("kind")));
    TitleNew t = {.subject = k->subject,
                  .kind = kind < 0 ? (TitleKind)0 : (TitleKind)kind,
                  .tier = text_of(&e, S("tier")),
                  .level = text_of(&e, S("level")),
                  .name = text_of(&e, S("name")),
                  .publisher = text_of(&e, S("publisher")),
                  .document_number = text_of(&e, S("document_number")),
                  .document = text_of(&e, S("document")),
                  .case_file = k->id,
                  .round = k->parent};
    return day_of(&e, S("from"), date_to_int(s->day), &t.from) && day_of(&e, S("to"), 0, &t.to) &&
           title_record(db, s->reg->pack, &t, &e.act) != 0;
}

static bool fits(const Title *t, Str tier, Str level, int kind) {
    return (!tier.n || str_eq(t->tier, tier)) && (!level.n || str_eq(t->level, level)) &&
           (kind < 0 || t->kind == (TitleKind)kind);
}

/* The title an event is about: that of the case, else the only one that fits and is not over. */
static int64_t find_title(const Entry *e, bool ended_too) {
    Ctx *c = db_ctx(e->db);
    const CaseFile *k = e->step->file;
    Str tier = text_of(e, S("tier")), level = text_of(e, S("level"));
    int kind = title_kind_find(text_of(e, S("kind"))), found = 0;
    FactAt at = {.as_of = date_to_int(e->step->day), .as_known = INT64_MAX, .seq = INT64_MAX};
    TitleBook b;
    int64_t id = 0;
    if (!title_book(e->db, k->subject, &at, &b)) return 0;
    for (int i = 0; i < b.n; i++)
        if (b.titles[i].case_file == k->id && b.status[i].state != TITLE_VOID)
            return b.titles[i].id;
    for (int i = 0; i < b.n; i++) {
        const TitleStatus *s = &b.status[i];
        bool open = title_counts(s) || (ended_too && s->state == TITLE_ENDED && !s->by);
        if (!open || !fits(s->title, tier, level, kind)) continue;
        if (s->holder != subject_climb(&b.mergers, k->subject)) continue;
        id = s->title->id;
        found++;
    }
    if (found == 1) return id;
    FAIL(c, ERR_RULE, M_TITLE_WHICH, str_printf(c->arena, "%d", found));
    return 0;
}

static bool happen(Db *db, const CaseStep *s, const Json *args, TitleEventKind kind) {
    Entry e;
    if (!entry_open(db, s, args, &e)) return false;
    TitleEventNew n = {.kind = kind,
                       .title = find_title(&e, kind == TITLE_RENEW || kind == TITLE_REVOKE),
                       .code = s->move->code,
                       .document = text_of(&e, S("document")),
                       .case_file = s->file->id};
    return n.title && day_of(&e, S("day"), date_to_int(s->day), &n.day) &&
           day_of(&e, S("to"), 0, &n.to) && day_of(&e, S("bar_until"), 0, &n.bar_until) &&
           title_event(db, s->reg->pack, &n, &e.act) != 0;
}

bool effect_title_renew(Db *db, const CaseStep *s, const Json *args) {
    return happen(db, s, args, TITLE_RENEW);
}

bool effect_title_suspend(Db *db, const CaseStep *s, const Json *args) {
    return happen(db, s, args, TITLE_SUSPEND);
}

bool effect_title_resume(Db *db, const CaseStep *s, const Json *args) {
    return happen(db, s, args, TITLE_RESUME);
}

bool effect_title_end(Db *db, const CaseStep *s, const Json *args) {
    Str how = json_get_str(args, S("how"));
    int kind = title_event_find(how);
    if (kind != TITLE_REMOVE && kind != TITLE_REVOKE && kind != TITLE_EXPIRE)
        return FAIL_AT(db_ctx(db), ERR_RULE, S("how"), M_CITY_BAD_VALUE, how);
    return happen(db, s, args, (TitleEventKind)kind);
}

/* --- what guards ask ---------------------------------------------------------------------------
 */

static Json *day_json(Arena *a, int32_t day) {
    int64_t days;
    return day && date_from_int(day, &days) ? json_string(a, date_text(a, days))
                                            : json_new(a, JSON_NULL);
}

static bool has(const Json *list, Str s) {
    for (const Json *j = list->first; j; j = j->next)
        if (str_eq(j->text, s)) return true;
    return false;
}

static void push_name(Arena *a, Json *list, Str s) {
    if (!has(list, s)) json_push(list, json_string(a, s));
}

static void push_title(Arena *a, Json *list, const TitleStatus *s) {
    Json *o = json_push(list, json_new(a, JSON_OBJECT));
    json_set(o, S("称号"), json_string(a, s->title->tier));
    json_set(o, S("级别"), json_string(a, s->title->level));
    json_set(o, S("方式"), json_string(a, title_kind_text(s->title->kind)));
    json_set(o, S("状态"), json_string(a, s->state == TITLE_HELD ? S("有效") : S("暂停")));
    json_set(o, S("自"), day_json(a, s->title->from));
    json_set(o, S("至"), day_json(a, s->to));
}

bool title_context(Db *db, const Register *reg, const CaseFile *k, Val *out) {
    (void)reg;
    enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    FactAt at = {.as_of = date_to_int((c->now_ms + CHINA_MS) / DAY_MS),
                 .as_known = INT64_MAX,
                 .seq = INT64_MAX};
    TitleBook b = {0};
    if (k->subject && !title_book(db, k->subject, &at, &b)) return false;
    int64_t root = k->subject ? subject_climb(&b.mergers, k->subject) : 0;
    Json *o = json_new(a, JSON_OBJECT);
    Json *held = json_set(o, S("有效"), json_new(a, JSON_ARRAY));
    Json *tiers = json_set(o, S("梯队"), json_new(a, JSON_ARRAY));
    Json *ever = json_set(o, S("曾有"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < b.n; i++) {
        const TitleStatus *s = &b.status[i];
        if (s->state == TITLE_VOID || s->state == TITLE_NOT_YET) continue;
        push_name(a, ever, s->title->tier);
        if (!title_counts(s) || s->holder != root) continue;
        push_name(a, tiers, s->title->tier);
        push_title(a, held, s);
    }
    int32_t until = k->subject ? title_barred(&b, root, NULL) : 0;
    json_set(o, S("限制"), json_bool(a, until != 0));
    json_set(o, S("限制至"), day_json(a, until));
    *out = context_value(a, o);
    return ctx_ok(c);
}

/* See title_flow.h. */
#include "city/library/title_flow.h"

#include "base/date.h"
#include "city/flow/calendar.h"
#include "city/flow/context.h"
#include "city/flow/effect_value.h"
#include "city/library/library.h"

const char *const TITLE_GRANT_KEYS[] = {"kind", "tier",     "level", "name", "publisher",
                                        "from", "document", "to",    "last", "document_number",
                                        NULL};
const char *const TITLE_EVENT_KEYS[] = {"kind", "tier", "level",     "to",       "last",
                                        "how",  "day",  "bar_until", "document", NULL};
const char *const TITLE_MEMBERS[] = {"有效", "梯队", "曾有", "限制", "限制至", NULL};

/* --- effects -----------------------------------------------------------------------------------
 */

static Str text_of(Db *db, const CaseStep *s, const Json *args, const char *key) {
    return effect_text(db, s, json_get(args, str_from(key)));
}

/* `to` is the first day that no longer counts, `last` the last one that does, as papers say it. */
static bool term_end(Db *db, const CaseStep *s, const Json *args, int32_t *to) {
    int32_t last;
    if (!effect_day(db, s, json_get(args, S("to")), to) ||
        !effect_day(db, s, json_get(args, S("last")), &last))
        return false;
    if (last) *to = title_day_after(last);
    return true;
}

bool effect_title_grant(Db *db, const CaseStep *s, const Json *args) {
    const CaseFile *k = s->file;
    const Act act = effect_act(s);
    int kind = title_kind_find(text_of(db, s, args, "kind"));
    TitleNew t = {.subject = k->subject,
                  .kind = kind < 0 ? (TitleKind)0 : (TitleKind)kind,
                  .tier = text_of(db, s, args, "tier"),
                  .level = text_of(db, s, args, "level"),
                  .name = text_of(db, s, args, "name"),
                  .publisher = text_of(db, s, args, "publisher"),
                  .document_number = text_of(db, s, args, "document_number"),
                  .document = text_of(db, s, args, "document"),
                  .case_file = k->id,
                  .round = k->parent};
    if (!ctx_ok(db_ctx(db)) || !effect_day(db, s, json_get(args, S("from")), &t.from) ||
        !term_end(db, s, args, &t.to))
        return false;
    if (!t.from) t.from = date_to_int(s->day);
    return title_record(db, s->reg->pack, &t, &act) != 0;
}

static bool fits(const Title *t, Str tier, Str level, int kind) {
    return (!tier.n || str_eq(t->tier, tier)) && (!level.n || str_eq(t->level, level)) &&
           (kind < 0 || t->kind == (TitleKind)kind);
}

/* The title an event is about: that of the case, else the only one that fits and is not over. */
static int64_t find_title(Db *db, const CaseStep *step, const Json *args, bool ended_too) {
    Ctx *c = db_ctx(db);
    const CaseFile *k = step->file;
    Str tier = text_of(db, step, args, "tier"), level = text_of(db, step, args, "level");
    int kind = title_kind_find(text_of(db, step, args, "kind")), found = 0;
    FactAt at = {.as_of = date_to_int(step->day), .as_known = INT64_MAX, .seq = INT64_MAX};
    TitleBook b;
    int64_t id = 0;
    if (!ctx_ok(c) || !title_book(db, k->subject, &at, &b)) return 0;
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
    const Act act = effect_act(s);
    TitleEventNew n = {.kind = kind,
                       .title =
                           find_title(db, s, args, kind == TITLE_RENEW || kind == TITLE_REVOKE),
                       .code = s->move->code,
                       .document = text_of(db, s, args, "document"),
                       .case_file = s->file->id};
    if (!n.title || !effect_day(db, s, json_get(args, S("day")), &n.day) ||
        !term_end(db, s, args, &n.to) ||
        !effect_day(db, s, json_get(args, S("bar_until")), &n.bar_until))
        return false;
    if (!n.day) n.day = date_to_int(s->day);
    return title_event(db, s->reg->pack, &n, &act) != 0;
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
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    FactAt at = {
        .as_of = date_to_int(china_day(c->now_ms)), .as_known = INT64_MAX, .seq = INT64_MAX};
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

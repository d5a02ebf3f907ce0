/* Publishing a notice: fields filled in, personal data masked, the result frozen. See notice.h. */
#include "base/date.h"
#include "base/hash.h"
#include "city/flow/calendar.h"
#include "city/notice/mask.h"
#include "city/notice/notice.h"
#include "city/notice/row.h"

#define SCHEMA "jixia/public-notice/1"

Json *notice_with(Arena *a, const Json *object, Str key, Json *value) {
    Json *o = json_new(a, JSON_OBJECT);
    bool done = false;
    for (const Json *e = object ? object->first : NULL; e; e = e->next) {
        bool here = str_eq(e->key, key);
        json_set(o, e->key, here ? value : json_copy(a, e));
        done |= here;
    }
    if (!done) json_set(o, key, value);
    return o;
}

/* --- computed fields ----------------------------------------------------------------------------
 */

/* The form names year, month and day as {y}, {m}, {d}, without leading zeros (GB/T 9704 7.3.5.4).
 */
static Str day_words(Arena *a, Str form, int32_t day) {
    Buf b = buf_new(a, 0);
    const int parts[] = {day / 10000, day / 100 % 100, day % 100};
    static const Str NAMES[] = {STR_INIT("{y}"), STR_INIT("{m}"), STR_INIT("{d}")};
    for (ptrdiff_t i = 0; i < form.n;) {
        int which = -1;
        for (int k = 0; k < 3; k++)
            if (str_starts(str_sub(form, i, form.n), NAMES[k])) which = k;
        if (which >= 0)
            buf_printf(&b, "%d", parts[which]);
        else
            buf_char(&b, form.p[i]);
        i += which >= 0 ? NAMES[which].n : 1;
    }
    return buf_str(&b);
}

Json *paper_computed(Arena *a, const Json *content, const PaperComputed *is) {
    const Json *computed = json_get(content, S("computed"));
    Str form = json_get_str(content, S("date_form"));
    const struct {
        const char *what;
        Str text;
    } FIELDS[] = {{"from", is->from_day ? day_words(a, form, is->from_day) : S("")},
                  {"to", is->to_day ? day_words(a, form, is->to_day) : S("")},
                  {"issued", is->issued ? day_words(a, form, is->issued) : S("")},
                  {"days", is->days ? str_printf(a, "%d", is->days) : S("")},
                  {"firms", str_printf(a, "%d", is->firms)}};
    Json *values = json_copy(a, json_get(content, S("values")));
    for (int i = 0; i < 5; i++) {
        Str field = json_get_str(computed, str_from(FIELDS[i].what));
        if (!field.n || !FIELDS[i].text.n) continue;
        values = notice_with(a, values, field, json_string(a, FIELDS[i].text));
    }
    return values;
}

static Json *with_computed(Arena *a, const PublicNotice *n, int32_t issued, int firms) {
    const PaperComputed is = {.from_day = n->from_day,
                              .to_day = n->to_day,
                              .issued = issued,
                              .days = n->working_days,
                              .firms = firms};
    return paper_computed(a, n->content, &is);
}

Json *paper_unfilled(Ctx *c, const Json *content) {
    const Json *computed = json_get(content, S("computed"));
    Json *all =
        paper_open_fields(c, json_get(content, S("blocks")), json_get(content, S("values")));
    Json *open = json_new(c->arena, JSON_ARRAY);
    for (const Json *f = all->first; f; f = f->next) {
        bool ours = false;
        for (const Json *k = computed ? computed->first : NULL; k; k = k->next)
            ours |= str_eq(k->text, f->text);
        if (!ours) json_push(open, json_string(c->arena, f->text));
    }
    return open;
}

Json *notice_open_fields(Ctx *c, const PublicNotice *n) {
    return paper_unfilled(c, n->content);
}

bool paper_filled(Ctx *c, const Json *content) {
    Json *open = paper_unfilled(c, content);
    Buf b = buf_new(c->arena, 0);
    for (const Json *f = open->first; f; f = f->next) {
        if (b.n) buf_lit(&b, "、");
        buf_put(&b, f->text);
    }
    return !open->count || FAIL_AT(c, ERR_RULE, S("/values"), M_NOTICE_OPEN_FIELDS, buf_str(&b));
}

/* --- the paper ----------------------------------------------------------------------------------
 */

static PaperFirm *paper_firms(Arena *a, const NoticeFirm *firms, int n) {
    PaperFirm *list = NEW_N(a, PaperFirm, n);
    for (int i = 0; i < n; i++) list[i] = firms[i].firm;
    return list;
}

bool notice_frozen(Db *db, const PublicNotice *n, Str *out) {
    Ctx *c = db_ctx(db);
    Rows *r =
        Q(db, "SELECT frozen FROM public_notice WHERE id = $1 AND frozen IS NOT NULL", db_i(n->id));
    bool there = r && row_next(r);
    if (there) *out = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    return ctx_ok(c) && (there || notice_wrong_state(c, n));
}

bool notice_paper(Db *db, const PublicNotice *n, Paper *out) {
    Ctx *c = db_ctx(db);
    NoticeFirm *firms;
    Str frozen;
    int count;
    if (n->sm3.n) {
        const Json *j = notice_frozen(db, n, &frozen) ? json_parse(c, frozen, S("frozen")) : NULL;
        return j && paper_read(c, json_get(j, S("blocks")), out);
    }
    return notice_firms(db, n->id, &firms, &count) &&
           paper_fill(c, json_get(n->content, S("blocks")), with_computed(c->arena, n, 0, count),
                      paper_firms(c->arena, firms, count), count, out);
}

static void mask_paper(Arena *a, Paper *p, const Str *persons, int n) {
    for (int i = 0; i < p->nblocks; i++) {
        PaperBlock *b = &p->blocks[i];
        ptrdiff_t cells = b->kind == PAPER_TABLE ? (ptrdiff_t)b->ncolumns * b->nrows : 0;
        b->text = mask_text(a, b->text, persons, n);
        for (ptrdiff_t k = 0; k < cells; k++) b->cells[k] = mask_text(a, b->cells[k], persons, n);
    }
}

static void put_masked(Arena *a, Json *o, const char *key, Str text, const Str *persons, int n) {
    json_set(o, str_from(key), json_string(a, mask_text(a, paper_plain(a, text), persons, n)));
}

static Json *firms_json(Arena *a, const NoticeFirm *firms, int nfirms, const Str *persons, int n) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < nfirms; i++) {
        const PaperFirm *f = &firms[i].firm;
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        json_set(o, S("position"), json_int(a, i + 1));
        put_masked(a, o, "name", f->name, persons, n);
        json_set(o, S("code"), json_string(a, f->code));
        put_masked(a, o, "district", f->district, persons, n);
        put_masked(a, o, "group", f->group, persons, n);
        put_masked(a, o, "note", f->note, persons, n);
    }
    return list;
}

static Str day_iso(Arena *a, int32_t day) {
    return str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static Str *person_names(Arena *a, const PublicNotice *n, int *count) {
    const Json *list = json_get(n->content, S("persons"));
    Str *names = NEW_N(a, Str, list ? list->count : 0);
    *count = 0;
    for (const Json *p = list ? list->first : NULL; p; p = p->next) names[(*count)++] = p->text;
    return names;
}

static bool freeze(Db *db, const PublicNotice *n, int32_t issued, Str *out) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    NoticeFirm *firms;
    int nfirms, npersons;
    Paper p;
    if (!notice_firms(db, n->id, &firms, &nfirms)) return false;
    Str *persons = person_names(a, n, &npersons);
    Json *values = with_computed(a, n, issued, nfirms);
    if (!paper_fill(c, json_get(n->content, S("blocks")), values, paper_firms(a, firms, nfirms),
                    nfirms, &p))
        return false;
    mask_paper(a, &p, persons, npersons);
    Json *o = json_new(a, JSON_OBJECT), *period = json_new(a, JSON_OBJECT);
    json_set(o, S("schema"), json_string(a, S(SCHEMA)));
    json_set(o, S("id"), json_string(a, str_printf(a, "%lld", (long long)n->id)));
    put_masked(a, o, "title", notice_title(c, notice_with(a, n->content, S("values"), values)),
               persons, npersons);
    json_set(o, S("published_on"), json_string(a, day_iso(a, issued)));
    json_set(period, S("from"), json_string(a, day_iso(a, n->from_day)));
    json_set(period, S("to"), json_string(a, day_iso(a, n->to_day)));
    json_set(period, S("working_days"), json_int(a, n->working_days));
    json_set(o, S("period"), period);
    json_set(o, S("replaces"),
             n->replaces ? json_string(a, str_printf(a, "%lld", (long long)n->replaces))
                         : json_new(a, JSON_NULL));
    json_set(o, S("blocks"), paper_json(a, &p));
    json_set(o, S("firms"), firms_json(a, firms, nfirms, persons, npersons));
    *out = notice_content_text(a, o);
    return ctx_ok(c);
}

/* --- acts ---------------------------------------------------------------------------------------
 */

static bool check_ready(Ctx *c, const PublicNotice *n) {
    if (!n->working_days)
        return FAIL_AT(c, ERR_RULE, S("/working_days"), M_NOTICE_DAYS,
                       str_printf(c->arena, "%d", NOTICE_DAYS_MAX));
    if (!n->firms) return FAIL_AT(c, ERR_RULE, S("/firms"), M_NOTICE_EMPTY);
    return paper_filled(c, n->content);
}

/* The period holds `working_days` working days from its first day on; a first day that is free is
 * in it and not counted. */
static bool set_period(Ctx *c, const PackSet *p, PublicNotice *n, int32_t from_day) {
    int64_t today = china_day(c->now_ms), from, to;
    if (!from_day) from_day = date_to_int(today + 1);
    if (!date_from_int(from_day, &from) || from < today)
        return FAIL_AT(c, ERR_RULE, S("/from"), M_NOTICE_FROM);
    if (!workday_add(c, pack_calendar(p), from - 1, n->working_days, &to)) return false;
    n->from_day = from_day;
    n->to_day = date_to_int(to);
    return true;
}

bool notice_publish(Db *db, const PackSet *p, PublicNotice *n, int32_t from_day, const Act *act) {
    Ctx *c = db_ctx(db);
    Str frozen;
    int64_t changed = 0;
    if (n->state != NOTICE_DRAFT) return notice_wrong_state(c, n);
    if (!check_ready(c, n) || !set_period(c, p, n, from_day)) return false;
    if (!freeze(db, n, notice_today(c), &frozen)) return false;
    Str title = json_get_str(json_parse(c, frozen, S("frozen")), S("title"));
    const DbVal args[] = {
        db_i(n->id),      db_i(n->version), db_i(n->from_day),
        db_i(n->to_day),  db_b(frozen),     db_s(hash_hex(c->arena, HASH_SM3, frozen)),
        db_s(act->actor), db_i(c->now_ms),  db_s(title)};
    return db_exec(db,
                   "UPDATE public_notice SET version = version + 1, state = 1, from_day = $3, "
                   "to_day = $4, frozen = $5, sm3 = $6, published_by = $7, published_ms = $8, "
                   "changed_ms = $8, title = $9 WHERE id = $1 AND version = $2 AND state = 0",
                   &changed, 9, args) &&
           notice_saved(c, changed) && notice_journal(db, n, "notice.publish", frozen, act) &&
           notice_get(db, n->id, n);
}

static bool end(Db *db, PublicNotice *n, NoticeState state, const char *action, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    const DbVal args[] = {db_i(n->id),     db_i(n->version),
                          db_i(state),     db_s(act->actor),
                          db_i(c->now_ms), state == NOTICE_CONCLUDED ? db_i(c->now_ms) : db_n()};
    return db_exec(db,
                   "UPDATE public_notice SET version = version + 1, state = $3, ended_by = $4, "
                   "ended_ms = $5, changed_ms = $5, concluded_ms = coalesce($6, concluded_ms) "
                   "WHERE id = $1 AND version = $2",
                   &changed, 6, args) &&
           notice_saved(c, changed) &&
           notice_journal(db, n, action, notice_state_text(state), act) && notice_get(db, n->id, n);
}

bool notice_conclude(Db *db, PublicNotice *n, const Act *act) {
    Ctx *c = db_ctx(db);
    if (n->state != NOTICE_PUBLISHED) return notice_wrong_state(c, n);
    if (n->replaced_by)
        return FAIL(c, ERR_STATE, M_NOTICE_REPLACED,
                    str_printf(c->arena, "%lld", (long long)n->replaced_by));
    if (notice_today(c) <= n->to_day)
        return FAIL(c, ERR_STATE, M_NOTICE_NOT_OVER, day_iso(c->arena, n->to_day));
    return end(db, n, NOTICE_CONCLUDED, "notice.conclude", act);
}

bool notice_end(Db *db, PublicNotice *n, const Act *act) {
    if (n->state == NOTICE_DRAFT) return end(db, n, NOTICE_DROPPED, "notice.drop", act);
    if (n->state == NOTICE_PUBLISHED || n->state == NOTICE_CONCLUDED)
        return end(db, n, NOTICE_TAKEN_DOWN, "notice.take_down", act);
    return notice_wrong_state(db_ctx(db), n);
}

/* Notices and objections as data. See notice_json.h. */
#include "http/notice_json.h"
#include "base/date.h"
#include "city/flow/calendar.h"
#include "http/http.h"

void out_day_int(Arena *a, Json *o, Str key, int32_t day) {
    out_opt(a, o, key,
            day ? str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100) : S(""));
}

bool has_right(const Request *r, Str name) {
    const Right *right = right_find(name);
    return r->user && right && rights_scope(right, r->user->roles) != SCOPE_NONE;
}

static void out_id(Arena *a, Json *o, Str key, int64_t id) {
    out_opt(a, o, key, id ? str_printf(a, "%lld", (long long)id) : S(""));
}

/* --- notices ------------------------------------------------------------------------------------
 */

/* Working days from that day to the last one; nothing where it is not open or the calendar ends. */
static void out_left(Request *r, Json *o, const PublicNotice *n, int64_t today) {
    Arena *a = r->c->arena;
    int64_t from, to;
    const Calendar *k = pack_calendar(r->reg->pack);
    int left = 0;
    bool open = n->state == NOTICE_PUBLISHED && !n->replaced_by &&
                date_from_int(n->from_day, &from) && date_from_int(n->to_day, &to) && today <= to;
    if (open && today < from) today = from;
    if (open && calendar_covers(k, today - 1, to) && workday_between(r->c, k, today - 1, to, &left))
        out_int(a, o, S("working_days_left"), left);
    else
        out_null(a, o, S("working_days_left"));
}

static void out_head(Arena *a, Json *o, const PublicNotice *n) {
    out_id(a, o, S("id"), n->id);
    out_str(a, o, S("title"), n->title);
    out_str(a, o, S("state"), notice_state_text(n->state));
    out_instant(a, o, S("published_at"), n->published_ms);
    out_day_int(a, o, S("from"), n->from_day);
    out_day_int(a, o, S("to"), n->to_day);
    out_int(a, o, S("firms"), n->firms);
    out_opt(a, o, S("sm3"), n->sm3);
    out_opt(a, o, S("number"), n->number);
    out_opt(a, o, S("site_url"), n->site_url);
    out_day_int(a, o, S("take_down_on"), n->take_down_day);
    out_id(a, o, S("replaces"), n->replaces);
    out_id(a, o, S("replaced_by"), n->replaced_by);
}

Json *notice_public_json(Request *r, const PublicNotice *n, int64_t day) {
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_head(r->c->arena, o, n);
    out_left(r, o, n, day);
    out_bool(r->c->arena, o, S("open"),
             n->state == NOTICE_PUBLISHED && !n->replaced_by && date_to_int(day) <= n->to_day);
    return o;
}

Json *notice_row_json(Request *r, const PublicNotice *n) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_head(a, o, n);
    out_left(r, o, n, china_day(r->c->now_ms));
    out_opt(a, o, S("working_days"),
            n->working_days ? str_printf(a, "%d", n->working_days) : S(""));
    out_str(a, o, S("template"), n->template_id);
    out_id(a, o, S("round"), n->round);
    out_str(a, o, S("created_by"), n->owner);
    out_instant(a, o, S("created_at"), n->created_ms);
    out_instant(a, o, S("changed_at"), n->changed_ms);
    return o;
}

Str notice_etag(const Request *r, const PublicNotice *n) {
    return str_printf(r->c->arena, "notice-%lld-%lld", (long long)n->id, (long long)n->version);
}

/* What keeps a firm from becoming final: nothing (free), an open objection, one that was upheld. */
static Str hold_text(const NoticeFirm *f) {
    return f->upheld ? S("upheld") : f->open ? S("open") : S("free");
}

static void out_firms(Request *r, Json *o, const NoticeFirm *firms, int n) {
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("rows"));
    for (int i = 0; i < n; i++) {
        const PaperFirm *f = &firms[i].firm;
        Json *e = out_item(a, list);
        out_int(a, e, S("position"), i + 1);
        out_id(a, e, S("enterprise"), f->subject);
        out_id(a, e, S("case"), f->case_file);
        out_str(a, e, S("name"), f->name);
        out_str(a, e, S("code"), f->code);
        out_str(a, e, S("district"), f->district);
        out_str(a, e, S("group"), f->group);
        out_str(a, e, S("note"), f->note);
        out_str(a, e, S("hold"), hold_text(&firms[i]));
        out_int(a, e, S("objections"), firms[i].open);
    }
}

static void out_may(Request *r, Json *o, const PublicNotice *n) {
    Arena *a = r->c->arena;
    bool draft = n->state == NOTICE_DRAFT, shown = n->state == NOTICE_PUBLISHED;
    bool write = has_right(r, S("notice:write")), publish = has_right(r, S("notice:publish"));
    Json *may = out_object(a, o, S("may"));
    out_bool(a, may, S("change"), draft && write);
    out_bool(a, may, S("enter"), (shown || n->state == NOTICE_CONCLUDED) && write);
    out_bool(a, may, S("publish"), draft && publish);
    out_bool(a, may, S("conclude"),
             shown && publish && !n->replaced_by && notice_today(r->c) > n->to_day);
    out_bool(a, may, S("end"), draft ? write : publish && (shown || n->state == NOTICE_CONCLUDED));
    out_bool(a, may, S("objections"), has_right(r, S("objection:read")) && n->sm3.n);
    out_bool(a, may, S("object"), has_right(r, S("objection:write")) && shown);
}

Json *notice_json(Request *r, const PublicNotice *n) {
    Arena *a = r->c->arena;
    Paper paper;
    NoticeFirm *firms;
    int count;
    Json *o = notice_row_json(r, n);
    if (!notice_firms(r->db, n->id, &firms, &count) || !notice_paper(r->db, n, &paper)) return NULL;
    json_set(o, S("blocks"), json_copy(a, json_get(n->content, S("blocks"))));
    json_set(o, S("values"), json_copy(a, json_get(n->content, S("values"))));
    json_set(o, S("persons"), json_copy(a, json_get(n->content, S("persons"))));
    json_set(o, S("open_fields"), n->sm3.n ? json_new(a, JSON_ARRAY) : notice_open_fields(r->c, n));
    json_set(o, S("paper"), paper_json(a, &paper));
    out_firms(r, o, firms, count);
    out_opt(a, o, S("scan"), n->scan_name);
    out_opt(a, o, S("published_by"), n->published_by);
    out_opt(a, o, S("ended_by"), n->ended_by);
    out_instant(a, o, S("ended_at"), n->ended_ms);
    out_may(r, o, n);
    return o;
}

/* --- objections ---------------------------------------------------------------------------------
 */

Str objection_etag(const Request *r, const Objection *o) {
    return str_printf(r->c->arena, "objection-%lld-%lld", (long long)o->id, (long long)o->version);
}

Json *objection_json(Request *r, const Objection *o, bool whole) {
    Arena *a = r->c->arena;
    Json *j = json_new(a, JSON_OBJECT);
    out_id(a, j, S("id"), o->id);
    out_id(a, j, S("notice"), o->notice);
    out_int(a, j, S("position"), o->position);
    out_str(a, j, S("firm"), o->firm);
    out_id(a, j, S("enterprise"), o->subject);
    out_id(a, j, S("case"), o->case_file);
    out_str(a, j, S("receipt"), o->receipt);
    out_str(a, j, S("channel"), objection_channel_text(o->channel));
    out_str(a, j, S("state"), objection_state_text(o->state));
    out_instant(a, j, S("received_at"), o->received_ms);
    out_day_int(a, j, S("received_on"), o->received_day);
    out_opt(a, j, S("registered_by"), o->registered_by);
    out_opt(a, j, S("answer"), o->answer);
    out_opt(a, j, S("closed_by"), o->closed_by);
    out_instant(a, j, S("closed_at"), o->closed_ms);
    if (!whole) return j;
    out_str(a, j, S("person"), o->person);
    out_str(a, j, S("contact"), o->contact);
    out_str(a, j, S("organisation"), o->organisation);
    out_str(a, j, S("text"), o->text);
    return j;
}

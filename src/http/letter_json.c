/* See api_letter.h. */
#include "http/api_letter.h"

static void out_id(Arena *a, Json *o, Str key, int64_t id) {
    out_opt(a, o, key, id ? str_printf(a, "%lld", (long long)id) : S(""));
}

bool letter_shown(const Request *r, const Letter *l) {
    if (r->scope == SCOPE_ALL) return true;
    bool sent = l->state != LETTER_DRAFT && l->state != LETTER_DROPPED;
    return sent && !l->objection && l->subject && l->subject == r->user->subject;
}

bool letter_of_path(Request *r, Letter *l) {
    int64_t id;
    if (!http_id(r, 0, &id) || !letter_get(r->db, id, l)) return false;
    return letter_shown(r, l) || FAIL(r->c, ERR_MISSING, M_LETTER_MISSING,
                                      str_printf(r->c->arena, "%lld", (long long)id));
}

bool letter_whole(const Request *r, const Letter *l) {
    return l->objection && has_right(r, S("objection:private"));
}

Str letter_etag(const Request *r, const Letter *l) {
    return str_printf(r->c->arena, "letter-%lld-%lld", (long long)l->id, (long long)l->version);
}

Json *letter_row_json(Request *r, const Letter *l) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_id(a, o, S("id"), l->id);
    out_str(a, o, S("kind"), l->kind);
    out_str(a, o, S("template"), l->template_id);
    out_str(a, o, S("title"), l->title);
    out_str(a, o, S("addressee"), l->addressee);
    out_str(a, o, S("state"), letter_state_text(l->state));
    out_opt(a, o, S("way"), letter_way_text(l->way));
    out_id(a, o, S("enterprise"), l->subject);
    out_id(a, o, S("organisation"), l->organisation);
    out_id(a, o, S("case"), l->case_file);
    out_id(a, o, S("round"), l->round);
    out_id(a, o, S("notice"), l->notice);
    out_id(a, o, S("objection"), l->objection);
    out_opt(a, o, S("number"), l->number);
    out_opt(a, o, S("site_url"), l->site_url);
    out_opt(a, o, S("sm3"), l->sm3);
    out_day_int(a, o, S("sent_on"), l->sent_day);
    out_day_int(a, o, S("due_on"), l->due_day);
    out_day_int(a, o, S("delivered_on"), l->delivered_day);
    out_day_int(a, o, S("returned_on"), l->returned_day);
    out_instant(a, o, S("sent_at"), l->sent_ms);
    out_instant(a, o, S("read_at"), l->read_ms);
    out_str(a, o, S("created_by"), l->owner);
    out_instant(a, o, S("created_at"), l->created_ms);
    out_instant(a, o, S("changed_at"), l->changed_ms);
    return o;
}

static bool out_events(Request *r, Json *o, const Letter *l) {
    Arena *a = r->c->arena;
    LetterEvent *e;
    int n;
    Json *list = out_list(a, o, S("events"));
    if (!letter_events(r->db, l->id, &e, &n)) return false;
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, list);
        out_str(a, j, S("kind"), letter_event_text(e[i].kind));
        out_opt(a, j, S("way"), letter_way_text(e[i].way));
        out_day_int(a, j, S("on"), e[i].day);
        out_instant(a, j, S("at"), e[i].at_ms);
        out_opt(a, j, S("proof"), e[i].proof);
        out_opt(a, j, S("file"), e[i].proof_sm3);
        out_str(a, j, S("by"), e[i].actor);
    }
    return true;
}

static void out_rows(Arena *a, Json *o, const Letter *l) {
    Json *rows = out_list(a, o, S("rows"));
    const Json *firms = json_get(l->content, S("firms"));
    for (const Json *f = firms ? firms->first : NULL; f; f = f->next) {
        Json *e = out_item(a, rows);
        out_id(a, e, S("enterprise"), json_get_i64(f, S("enterprise"), 0));
        out_id(a, e, S("case"), json_get_i64(f, S("case"), 0));
        static const char *const TEXTS[] = {"name", "code", "district", "group", "note"};
        for (int i = 0; i < 5; i++)
            out_str(a, e, str_from(TEXTS[i]), json_get_str(f, str_from(TEXTS[i])));
    }
}

Json *letter_json(Request *r, const Letter *l) {
    Arena *a = r->c->arena;
    Paper p;
    Json *o = letter_row_json(r, l);
    bool draft = l->state == LETTER_DRAFT, write = has_right(r, S("letter:write"));
    bool sent = !draft && l->state != LETTER_DROPPED;
    if (!letter_paper(r->db, l, letter_whole(r, l), &p)) return NULL;
    json_set(o, S("blocks"), json_copy(a, json_get(l->content, S("blocks"))));
    json_set(o, S("values"), json_copy(a, json_get(l->content, S("values"))));
    out_rows(a, o, l);
    json_set(o, S("open_fields"), draft ? letter_open_fields(r->c, l) : json_new(a, JSON_ARRAY));
    json_set(o, S("paper"), paper_json(a, &p));
    if (!out_events(r, o, l)) return NULL;
    out_opt(a, o, S("scan"), l->scan_sm3);
    out_opt(a, o, S("scan_name"), l->scan_name);
    Json *may = out_object(a, o, S("may"));
    out_bool(a, may, S("change"), draft && write);
    out_bool(a, may, S("send"),
             write && l->state != LETTER_DELIVERED && l->state != LETTER_DROPPED);
    out_bool(a, may, S("outcome"), write && l->state == LETTER_SENT);
    out_bool(a, may, S("enter"), write && sent);
    out_bool(a, may, S("end"), write && draft);
    return o;
}

/* --- certificates -------------------------------------------------------------------------------
 */

bool certificate_shown(const Request *r, const Certificate *k) {
    return r->scope == SCOPE_ALL || (k->subject && k->subject == r->user->subject);
}

bool certificate_of_path(Request *r, Certificate *k) {
    int64_t id;
    if (!http_id(r, 0, &id) || !certificate_get(r->db, id, 0, k)) return false;
    return certificate_shown(r, k) || FAIL(r->c, ERR_MISSING, M_CERTIFICATE_MISSING,
                                           str_printf(r->c->arena, "%lld", (long long)id));
}

Str certificate_address(const Request *r, Str code) {
    Arena *a = r->c->arena;
    Str base = r->reg->public_url, host = http_header(r, S("host"));
    while (str_ends(base, S("/"))) base = str_sub(base, 0, base.n - 1);
    if (!base.n && host.n) base = str_cat(a, S("http://"), host);
    return str_printf(a, "%.*s/public/verify/%.*s", STRF(base), STRF(code));
}

static Str hex(Arena *a, Str bytes) {
    Buf b = buf_new(a, 2 * (size_t)bytes.n);
    for (ptrdiff_t i = 0; i < bytes.n; i++) buf_printf(&b, "%02x", (unsigned char)bytes.p[i]);
    return buf_str(&b);
}

Json *certificate_public_json(Request *r, const Certificate *k) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("code"), k->code);
    out_str(a, o, S("number"), k->number);
    out_str(a, o, S("state"), certificate_state_text(k->state));
    out_day_int(a, o, S("since"), k->since);
    out_day_int(a, o, S("on"), notice_today(r->c));
    out_str(a, o, S("name"), k->name);
    out_str(a, o, S("name_now"), k->name_now);
    out_opt(a, o, S("uscc"), k->uscc);
    out_str(a, o, S("title"), k->title_name);
    out_str(a, o, S("tier"), k->tier);
    out_str(a, o, S("level"), k->level);
    out_opt(a, o, S("issuer"), k->issuer);
    out_opt(a, o, S("document_number"), k->document_number);
    out_day_int(a, o, S("from"), k->from);
    out_day_int(a, o, S("to"), k->to_now);
    out_instant(a, o, S("issued_at"), k->issued_ms);
    out_bool(a, o, S("demo"), k->demo);
    out_bool(a, o, S("signed"), certificate_sound(k));
    out_str(a, o, S("statement"), k->statement);
    out_opt(a, o, S("signature"), hex(a, k->signature));
    out_opt(a, o, S("public_key"), hex(a, k->public_key));
    return o;
}

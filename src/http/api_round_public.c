/* Rounds for anybody: how many were admitted, and of the others what round_shown lets be said. */
#include "base/date.h"
#include "city/library/library.h"
#include "city/review/round.h"
#include "codec/csv.h"
#include "http/api.h"
#include "http/json_out.h"
#include "http/table_out.h"

static Json *number(Arena *a, int64_t n) {
    return n < 0 ? json_new(a, JSON_NULL) : json_int(a, n);
}

static Json *row_json(Request *r, const RoundCounts *k, int64_t floor) {
    Arena *a = r->c->arena;
    Json *j = json_new(a, JSON_OBJECT);
    int64_t day = 0;
    date_from_int(k->as_of, &day);
    out_str(a, j, S("title"), k->title);
    out_bool(a, j, S("demo"), k->demo);
    out_str(a, j, S("rule"), k->rule);
    out_str(a, j, S("as_of"), date_text(a, day));
    out_instant(a, j, S("decided"), k->decided_ms);
    out_int(a, j, S("admitted"), k->admitted);
    RoundShown s = round_shown(k, floor);
    json_set(j, S("not_admitted"), number(a, s.not_admitted));
    json_set(j, S("refused"), number(a, s.refused));
    json_set(j, S("held"), number(a, s.held));
    json_set(j, S("fewer_than"), number(a, s.refused < 0 && floor > 0 ? floor : -1));
    return j;
}

static void csv_rows(Request *r, Response *out, const Json *items) {
    static const char *const KEYS[] = {"title",   "demo",      "rule",         "as_of",
                                       "decided", "admitted",  "not_admitted", "refused",
                                       "held",    "fewer_than"};
    const int n = sizeof KEYS / sizeof *KEYS;
    Buf b = buf_new(r->c->arena, 0);
    csv_begin(&b);
    for (int k = 0; k < n; k++) csv_text(&b, str_from(KEYS[k]), k == 0);
    csv_end_row(&b);
    for (const Json *o = items->first; o; o = o->next) {
        for (int k = 0; k < n; k++) {
            const Json *v = json_get(o, str_from(KEYS[k]));
            bool yes = v && v->kind == JSON_BOOL;
            csv_text(&b, yes ? (v->truth ? S("true") : S("false")) : json_str(v, S("")), k == 0);
        }
        csv_end_row(&b);
    }
    table_reply(r, out, buf_str(&b), S("rounds"), false);
}

bool api_public_rounds(Request *r, Response *out) {
    TableForm form;
    RoundCounts *list;
    int n;
    if (!table_form(r, &form) || !round_counts(r->db, &r->at, &list, &n)) return false;
    if (form == TABLE_XLSX)
        return HTTP_INVALID(r, S("?format"), M_HTTP_QUERY, S("format"), S("xlsx"));
    Json *o = json_new(r->c->arena, JSON_OBJECT), *items = out_list(r->c->arena, o, S("items"));
    int64_t floor = library_of(r->reg->pack)->public_floor;
    for (int i = 0; i < n; i++) json_push(items, row_json(r, &list[i], floor));
    http_out_clocks(r, o);
    if (form == TABLE_CSV)
        csv_rows(r, out, items);
    else
        http_reply_tagged(out, r, o);
    return ctx_ok(r->c);
}

/* The calendar feed: the due days of the open cases a person may see, as iCalendar. The address is
 * the secret; it shows what its owner may see now, with that person's rights. */
#include "city/bundle/setting.h"
#include "city/flow/case.h"
#include "codec/ical.h"
#include "http/api.h"

enum { FEED_CASES = 500 };

static void out_due(Buf *b, const Request *r, const CaseFile *k, const CaseClock *t, Lang lang) {
    Arena *a = b->arena;
    Str state = flow_title(k->state->zh, k->state->en, lang);
    Str title = str_printf(a, "%.*s %.*s", STRF(k->title), STRF(state));
    Str where = str_printf(a, "/cases/%lld", (long long)k->id);
    ical_line(b, S("BEGIN"), S("VEVENT"));
    ical_text(b, S("UID"), str_printf(a, "case-%lld-%.*s@jixia", (long long)k->id, STRF(t->name)));
    ical_line(b, S("DTSTAMP"), ical_instant(a, k->changed_ms ? k->changed_ms : r->c->now_ms));
    ical_line(b, S("DTSTART;VALUE=DATE"), ical_day(a, t->due_day));
    ical_line(b, S("DTEND;VALUE=DATE"), ical_day(a, t->due_day + 1));
    ical_text(b, S("SUMMARY"), title);
    ical_text(b, S("DESCRIPTION"), str_printf(a, "%.*s\n%.*s", STRF(k->number), STRF(where)));
    ical_line(b, S("END"), S("VEVENT"));
}

static bool out_case(Buf *b, Request *r, const CaseFile *k, Lang lang) {
    CaseClock *clocks;
    int n;
    if (!case_clocks(r->db, r->reg, k->id, false, &clocks, &n)) return false;
    for (int i = 0; i < n; i++)
        if (clocks[i].due_day != INT64_MIN && clocks[i].paused_day == INT64_MIN)
            out_due(b, r, k, &clocks[i], lang);
    return true;
}

bool api_calendar_feed(Request *r, Response *out) {
    Str token = r->params[0];
    User u;
    Lang lang;
    if (str_ends(token, S(".ics"))) token = str_sub(token, 0, token.n - 4);
    if (!setting_of_feed(r->db, token, &u, &lang))
        return ctx_ok(r->c) && FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    CaseActor actor = case_actor(&u);
    CaseFilter filter = {.open_only = true, .limit = FEED_CASES};
    CaseFile *cases;
    int n;
    int64_t total;
    if (!case_list(r->db, r->reg, &filter, &actor, &cases, &n, &total)) return false;
    Buf b = buf_new(r->c->arena, 0);
    ical_line(&b, S("BEGIN"), S("VCALENDAR"));
    ical_line(&b, S("VERSION"), S("2.0"));
    ical_line(&b, S("PRODID"), S("-//Jixia//Jixia 0.1//ZH"));
    ical_text(&b, S("X-WR-CALNAME"), lang == LANG_EN ? S("Jixia: due days") : S("稷下：办理期限"));
    if (total > n) /* nothing is left out in silence */
        ical_text(&b, S("X-WR-CALDESC"), str_printf(r->c->arena, "%d / %lld", n, (long long)total));
    for (int i = 0; i < n; i++)
        if (!out_case(&b, r, &cases[i], lang)) return false;
    ical_line(&b, S("END"), S("VCALENDAR"));
    out->status = 200;
    out->type = S("text/calendar; charset=utf-8");
    out->cache = S("private, no-store");
    out->body = buf_str(&b);
    return true;
}

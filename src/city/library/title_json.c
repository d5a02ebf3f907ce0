/* See title_json.h. */
#include "city/library/title_json.h"

Str title_day_text(Arena *a, int32_t day) {
    return day ? str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100) : S("");
}

bool library_quarter(Ctx *c, Str s, int32_t today, int32_t *from, int32_t *to, Str *name) {
    int64_t year = today / 10000, quarter = (today / 100 % 100 - 1) / 3 + 1;
    bool ok = !s.n || (s.n == 6 && s.p[4] == 'Q' && str_to_i64(str_sub(s, 0, 4), &year) &&
                       str_to_i64(str_sub(s, 5, 6), &quarter) && year >= 1900 && quarter >= 1 &&
                       quarter <= 4);
    if (!ok) return FAIL(c, ERR_INPUT, M_TITLE_QUARTER, s);
    *from = (int32_t)(year * 10000 + (quarter * 3 - 2) * 100 + 1);
    *to = library_months_later(*from, 3);
    *name = str_printf(c->arena, "%04lldQ%lld", (long long)year, (long long)quarter);
    return true;
}

const Rule *library_again(const Library *l, const Title *t) {
    const LibraryTitle *k = library_title(l, t->tier, t->level);
    if (t->kind == TITLE_LISTED) return NULL;
    return k && k->review_rule ? k->review_rule : library_rule(l, t->tier, t->level);
}

static Json *text_or_null(Arena *a, Str s) {
    return s.n ? json_string(a, s) : json_new(a, JSON_NULL);
}

Json *title_status_json(Arena *a, const TitleStatus *s, Str holder) {
    const Title *t = s->title;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, t->id));
    json_set(o, S("enterprise"), json_string(a, holder));
    json_set(o, S("kind"), json_string(a, title_kind_word(t->kind)));
    json_set(o, S("tier"), json_string(a, t->tier));
    json_set(o, S("level"), json_string(a, t->level));
    json_set(o, S("name"), json_string(a, t->name));
    json_set(o, S("publisher"), text_or_null(a, t->publisher));
    json_set(o, S("document_number"), text_or_null(a, t->document_number));
    json_set(o, S("document"), text_or_null(a, t->document));
    json_set(o, S("from"), text_or_null(a, title_day_text(a, t->from)));
    json_set(o, S("to"), text_or_null(a, title_day_text(a, s->to)));
    json_set(o, S("first"),
             t->first == TITLE_FIRST_UNKNOWN ? json_new(a, JSON_NULL)
                                             : json_bool(a, t->first == TITLE_FIRST_YES));
    json_set(o, S("published"), json_bool(a, s->published));
    json_set(o, S("state"), json_string(a, title_state_text(s->state)));
    json_set(o, S("why"), text_or_null(a, s->why ? title_event_text(s->why) : S("")));
    json_set(o, S("since"), text_or_null(a, title_day_text(a, s->since)));
    json_set(o, S("renewals"), json_int(a, s->renewals));
    json_set(o, S("reason"), json_string(a, t->reason));
    if (t->by_hand) json_set(o, S("entered"), json_string(a, S("手工补录")));
    return o;
}

Json *title_event_json(Arena *a, const TitleBook *b, const TitleEvent *e) {
    Json *o = json_new(a, JSON_OBJECT);
    bool back = title_taken_back(b->events, b->nevents, e->title, e->id, &b->at) != NULL;
    json_set(o, S("id"), json_int(a, e->id));
    json_set(o, S("kind"), json_string(a, title_event_text(e->kind)));
    json_set(o, S("day"), text_or_null(a, title_day_text(a, e->day)));
    json_set(o, S("to"), text_or_null(a, title_day_text(a, e->to)));
    json_set(o, S("bar_until"), text_or_null(a, title_day_text(a, e->bar_until)));
    json_set(o, S("code"), text_or_null(a, e->code));
    json_set(o, S("document"), text_or_null(a, e->document));
    json_set(o, S("taken_back"), json_bool(a, back));
    json_set(o, S("actor"), json_string(a, e->actor));
    json_set(o, S("reason"), json_string(a, e->reason));
    return o;
}

/* Lists of titles: of all enterprises, of one; as JSON in pages, as CSV or a workbook whole.
 *
 * What a record is comes before what it takes to read it: the filters on the record and its status
 * run first, holders are read only for what is left. */
#include "http/api.h"
#include "http/api_title.h"
#include "http/table_out.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MOST = 500, OFFSET_MOST = 1 << 30 };

bool title_read_wanted(Request *r, TitleWanted *w) {
    const Library *l = library_of(r->reg->pack);
    Str kind = http_query(r, S("kind")), tier = http_query(r, S("tier"));
    *w = (TitleWanted){.level = http_query(r, S("level")),
                       .state = http_query(r, S("state")),
                       .district = http_query(r, S("district"))};
    const LibraryTier *t = tier.n ? library_tier(l, tier) : NULL;
    if (tier.n && !t) return HTTP_INVALID(r, S("?tier"), M_TITLE_TIER, tier);
    if (t) w->tier = t->id;
    if (w->level.n && !library_has_level(l, w->level))
        return HTTP_INVALID(r, S("?level"), M_TITLE_LEVEL, w->level);
    bool known = !w->state.n || str_eq(w->state, S("counts"));
    for (int k = TITLE_NOT_YET; k <= TITLE_VOID; k++)
        known |= str_eq(w->state, title_state_text((TitleState)k));
    if (!known) return HTTP_INVALID(r, S("?state"), M_HTTP_QUERY, S("state"), w->state);
    w->kind = kind.n ? title_kind_find(kind) : 0;
    return w->kind >= 0 || HTTP_INVALID(r, S("?kind"), M_TITLE_KIND);
}

bool title_wanted(const TitleWanted *w, const TitleStatus *s) {
    return (!w->tier.n || str_eq(s->title->tier, w->tier)) &&
           (!w->level.n || str_eq(s->title->level, w->level)) &&
           (!w->kind || (int)s->title->kind == w->kind) &&
           (!w->state.n || str_eq(title_state_text(s->state), w->state) ||
            (str_eq(w->state, S("counts")) && title_counts(s)));
}

/* A book of what is asked for alone. */
static TitleBook narrowed(Arena *a, const TitleBook *b, const TitleWanted *w) {
    TitleBook out = *b;
    TitleStatus *status = NEW_N(a, TitleStatus, b->n + 1);
    out.n = 0;
    for (int i = 0; i < b->n; i++)
        if (title_wanted(w, &b->status[i])) status[out.n++] = b->status[i];
    out.status = status;
    return out;
}

/* Where the holder stood on the day asked for, as lists of enterprises have it. */
static bool in_district(Request *r, const TitleWanted *w, const Subject *who) {
    Str division = who->division, unit = who->unit;
    if (!w->district.n) return true;
    if (r->past) {
        division = subject_place_at(r->db, who->id, PLACE_REGISTERED, r->at.as_of);
        unit = subject_place_at(r->db, who->id, PLACE_ASSESSED, r->at.as_of);
    }
    return str_eq(division, w->district) || str_eq(unit, w->district);
}

/* --- as a file ---------------------------------------------------------------------------------
 */

static Str word(const Request *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

Str title_kind_said(const Request *r, TitleKind k) {
    static const Msg WORDS[] = {M_TITLE_IS_IN_LIBRARY, M_TITLE_IS_RECOGNISED, M_TITLE_IS_LISTED};
    return word(r, WORDS[k - 1]);
}

Str title_state_said(const Request *r, TitleState s) {
    static const Msg WORDS[] = {M_TITLE_NOT_YET, M_TITLE_IS_HELD, M_TITLE_SUSPENDED, M_TITLE_ENDED,
                                M_TITLE_VOID};
    return word(r, WORDS[s]);
}

static Str day_text(Arena *a, int32_t day) {
    return day ? str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100) : S("");
}

int title_heads(const Request *r, Str *out) {
    static const Msg HEADS[TITLE_COLUMNS] = {
        M_TITLE_COL_FIRM,  M_TITLE_COL_CODE,  M_TITLE_COL_KIND,      M_TITLE_COL_TIER,
        M_TITLE_COL_LEVEL, M_TITLE_COL_NAME,  M_TITLE_COL_PUBLISHER, M_TITLE_COL_NUMBER,
        M_TITLE_COL_PAPER, M_TITLE_COL_FROM,  M_TITLE_COL_TO,        M_TITLE_COL_FIRST,
        M_TITLE_COL_STATE, M_TITLE_COL_SINCE, M_TITLE_COL_SHOWN,     M_TITLE_COL_BY_HAND,
        M_EXPORT_DEMO};
    for (int i = 0; i < TITLE_COLUMNS; i++) out[i] = word(r, HEADS[i]);
    return TITLE_COLUMNS;
}

void title_cells(const Request *r, Export *e, const TitleStatus *s, const Subject *who) {
    Arena *a = r->c->arena;
    const Title *t = s->title;
    Str yes = word(r, M_EXPORT_YES), no = word(r, M_EXPORT_NO), uscc = S("uscc:");
    export_text(e, who->name);
    export_text(e, str_starts(who->code, uscc) ? str_sub(who->code, uscc.n, who->code.n) : S(""));
    export_text(e, title_kind_said(r, t->kind));
    export_text(e, t->tier);
    export_text(e, t->level);
    export_text(e, t->name);
    export_text(e, t->publisher);
    export_text(e, t->document_number);
    export_text(e, t->document);
    export_date(e, day_text(a, t->from));
    export_date(e, day_text(a, title_last_day(s->to)));
    export_text(e, t->first == TITLE_FIRST_UNKNOWN ? S("")
                   : t->first == TITLE_FIRST_YES   ? yes
                                                   : no);
    export_text(e, title_state_said(r, s->state));
    export_date(e, day_text(a, s->since));
    export_text(e, s->published ? yes : no);
    export_text(e, t->by_hand ? word(r, M_TITLE_BY_HAND) : S(""));
    export_text(e, who->demo ? S("DEMO") : S(""));
}

static bool reply_file(Request *r, const TitleBook *b, const TitleWanted *w, const bool *keep,
                       const Subject *holders, TableForm form, Response *out) {
    Arena *a = r->c->arena;
    Str heads[TITLE_COLUMNS], name = word(r, M_TITLE_SHEET);
    int n = 0;
    Export *e = table_begin(r, form, name, heads, title_heads(r, heads));
    if (!e) return false;
    bool ok = true;
    for (int i = 0; ok && i < b->n; i++) {
        if (!keep[i] || !in_district(r, w, &holders[i])) continue;
        title_cells(r, e, &b->status[i], &holders[i]);
        ok = export_end_row(e);
        n++;
    }
    table_grade(r, GRADE_INTERNAL);
    table_remarks(r, e, str_printf(a, "%d", n));
    return table_end(r, e, ok, name, out);
}

/* --- as JSON -----------------------------------------------------------------------------------
 */

/* o: the answer, what else it says is there already. */
static bool reply_list(Request *r, const TitleBook *all, const TitleWanted *w, Json *o,
                       Response *out) {
    Arena *a = r->c->arena;
    TitleBook b = narrowed(a, all, w);
    int64_t offset, limit, total = 0;
    TableForm form;
    bool *keep;
    Subject *holders;
    Json *items = out_list(a, o, S("items"));
    if (!http_query_int(r, S("offset"), 0, 0, OFFSET_MOST, &offset) ||
        !http_query_int(r, S("limit"), LIMIT_DEFAULT, 1, LIMIT_MOST, &limit) ||
        !table_form(r, &form) || !title_sight(r, &b, &keep, &holders))
        return false;
    if (form != TABLE_JSON) return reply_file(r, &b, w, keep, holders, form, out);
    for (int i = 0; i < b.n; i++) {
        if (!keep[i] || !in_district(r, w, &holders[i])) continue;
        if (total >= offset && total < offset + limit)
            json_push(items, title_json(r, &b.status[i], &holders[i]));
        total++;
    }
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

/* Until when the firm may not apply, for those who see what is internal of it. */
static bool out_bar(Request *r, Json *o, const TitleBook *b, int64_t id) {
    Arena *a = r->c->arena;
    Subject who;
    Sight sight;
    const TitleEvent *by = NULL;
    if (!subject_get(r->db, subject_climb(&b->mergers, id), &who) ||
        !sight_open(r->db, r->reg->pack, r->user, &sight))
        return false;
    bool shown = sight_knows(&sight, who.id) &&
                 sight_of(&sight, who.id, who.division, who.unit) >= GRADE_INTERNAL;
    int32_t until = shown ? title_barred(b, who.id, &by) : 0;
    title_out_day(a, o, S("barred_until"), until);
    out_opt(a, o, S("barred_for"), by ? (by->code.n ? by->code : by->reason) : S(""));
    return true;
}

bool api_titles(Request *r, Response *out) {
    TitleWanted w;
    TitleBook b;
    return title_read_wanted(r, &w) && title_book(r->db, 0, &r->at, &b) &&
           reply_list(r, &b, &w, json_new(r->c->arena, JSON_OBJECT), out);
}

bool api_enterprise_titles(Request *r, Response *out) {
    TitleWanted w;
    TitleBook b;
    int64_t id;
    if (!http_id(r, 0, &id) || !title_read_wanted(r, &w)) return false;
    if (!subject_root(r->db, id))
        return FAIL(r->c, ERR_MISSING, M_CITY_NO_SUBJECT, title_id_text(r->c->arena, id));
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    return title_book(r->db, id, &r->at, &b) && out_bar(r, o, &b, id) &&
           reply_list(r, &b, &w, o, out);
}

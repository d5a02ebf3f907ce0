/* Letters in the store: drafts, reading, what is entered back. Sending is in letter_send.c. A row
 * changes only where its version is the one that was read. */
#include "city/notice/letter.h"

#include "base/utf8.h"
#include "city/flow/calendar.h"
#include "city/notice/letter_row.h"
#include "city/notice/row.h"
#include "city/subject.h"
#include "store/counter.h"

enum { ADDRESSEE_MAX = 200 };

static const Str STATES[LETTER_STATES] = {STR_INIT("draft"), STR_INIT("sent"),
                                          STR_INIT("delivered"), STR_INIT("returned"),
                                          STR_INIT("dropped")};
static const Str WAYS[LETTER_WAYS] = {STR_INIT(""),     STR_INIT("portal"), STR_INIT("post"),
                                      STR_INIT("mail"), STR_INIT("hand"),   STR_INIT("published")};
static const Str EVENTS[LETTER_EVENTS] = {STR_INIT("sent"), STR_INIT("delivered"),
                                          STR_INIT("returned"), STR_INIT("read")};

static int word_find(const Str *words, int n, Str text) {
    for (int i = 0; i < n; i++)
        if (words[i].n && str_eq(words[i], text)) return i;
    return -1;
}

Str letter_state_text(LetterState s) {
    return STATES[s];
}
Str letter_way_text(LetterWay w) {
    return WAYS[w];
}
Str letter_event_text(LetterEventKind k) {
    return EVENTS[k];
}
int letter_state_find(Str text) {
    return word_find(STATES, LETTER_STATES, text);
}
int letter_way_find(Str text) {
    return word_find(WAYS, LETTER_WAYS, text);
}
int letter_event_find(Str text) {
    return word_find(EVENTS, LETTER_EVENTS, text);
}

bool letter_wrong_state(Ctx *c, const Letter *l) {
    return FAIL(c, ERR_STATE, M_LETTER_STATE, STATES[l->state]);
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "l.id, l.version, l.state, l.way, l.case_file, l.round, l.notice, l.subject, l.organisation, " \
    "l.objection, l.template, l.kind, l.addressee, l.title, l.content, l.sm3, l.number, "          \
    "l.site_url, l.scan_sm3, l.scan_name, l.sent_day, l.due_day, l.delivered_day, "                \
    "l.returned_day, l.owner, l.sent_by, l.created_ms, l.changed_ms, l.sent_ms, l.read_ms"

static bool read_row(Ctx *c, Rows *r, Letter *l) {
    Arena *a = c->arena;
    Str content = str_dup(a, row_str(r, 14));
    *l = (Letter){.id = row_i64(r, 0),
                  .version = row_i64(r, 1),
                  .state = (LetterState)row_i64(r, 2),
                  .way = (LetterWay)row_i64(r, 3),
                  .case_file = row_i64(r, 4),
                  .round = row_i64(r, 5),
                  .notice = row_i64(r, 6),
                  .subject = row_i64(r, 7),
                  .organisation = row_i64(r, 8),
                  .objection = row_i64(r, 9),
                  .sent_day = (int32_t)row_i64(r, 20),
                  .due_day = (int32_t)row_i64(r, 21),
                  .delivered_day = (int32_t)row_i64(r, 22),
                  .returned_day = (int32_t)row_i64(r, 23),
                  .created_ms = row_i64(r, 26),
                  .changed_ms = row_i64(r, 27),
                  .sent_ms = row_i64(r, 28),
                  .read_ms = row_i64(r, 29)};
    const struct {
        Str *text;
        int column;
    } TEXTS[] = {{&l->template_id, 10}, {&l->kind, 11},   {&l->addressee, 12}, {&l->title, 13},
                 {&l->sm3, 15},         {&l->number, 16}, {&l->site_url, 17},  {&l->scan_sm3, 18},
                 {&l->scan_name, 19},   {&l->owner, 24},  {&l->sent_by, 25}};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        *TEXTS[i].text = str_dup(a, row_str(r, TEXTS[i].column));
    l->content = json_parse(c, content, S("letter.content"));
    return l->content != NULL;
}

bool letter_get(Db *db, int64_t id, Letter *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM letter l WHERE l.id = $1", db_i(id));
    bool there = r && row_next(r) && read_row(c, r, out);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there ||
           FAIL(c, ERR_MISSING, M_LETTER_MISSING, str_printf(c->arena, "%lld", (long long)id));
}

#define WHERE                                                                                      \
    " FROM letter l WHERE ($1 < 0 OR l.state = $1) AND ($2 = 0 OR l.subject = $2) AND "            \
    "($3 = 0 OR l.case_file = $3) AND ($4 = 0 OR l.round = $4) AND ($5 = 0 OR l.notice = $5) AND " \
    "($6 = '' OR l.kind = $6) AND ($7 = 0 OR l.state IN (1, 2, 3))"

bool letter_list(Db *db, const LetterFilter *f, Letter **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    const DbVal v[] = {db_i(f->state),     db_i(f->subject), db_i(f->case_file),
                       db_i(f->round),     db_i(f->notice),  db_s(f->kind),
                       db_i(f->sent_only), db_i(f->limit),   db_i(f->offset)};
    *out = NULL;
    *n = 0;
    *total = db_one_i64(db, 0, "SELECT count(*)" WHERE, 7, v);
    Rows *r = db_query(db, "SELECT " COLUMNS WHERE " ORDER BY l.id DESC LIMIT $8 OFFSET $9", 9, v);
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        if (!read_row(c, r, &(*out)[*n])) break;
        ++*n;
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool letter_events(Db *db, int64_t id, LetterEvent **out, int *n) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT kind, way, day, at_ms, proof, proof_sm3, actor FROM letter_event "
                "WHERE letter = $1 ORDER BY position",
                db_i(id));
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (LetterEvent){.kind = (LetterEventKind)row_i64(r, 0),
                                       .way = (LetterWay)row_i64(r, 1),
                                       .day = (int32_t)row_i64(r, 2),
                                       .at_ms = row_i64(r, 3),
                                       .proof = str_dup(a, row_str(r, 4)),
                                       .proof_sm3 = str_dup(a, row_str(r, 5)),
                                       .actor = str_dup(a, row_str(r, 6))};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* --- drafting -----------------------------------------------------------------------------------
 */

bool letter_journal(Db *db, const Letter *l, const char *action, Str content, const Act *act) {
    return journal_add(db, act, str_from(action),
                       str_printf(db_ctx(db)->arena, "letter:%lld", (long long)l->id), content);
}

PaperFirm *letter_firms(Arena *a, const Letter *l, int *n) {
    const Json *list = json_get(l->content, S("firms"));
    PaperFirm *firms = NEW_N(a, PaperFirm, (list ? list->count : 0) + 1);
    *n = 0;
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        firms[(*n)++] = (PaperFirm){.subject = json_get_i64(e, S("enterprise"), 0),
                                    .case_file = json_get_i64(e, S("case"), 0),
                                    .name = json_get_str(e, S("name")),
                                    .code = json_get_str(e, S("code")),
                                    .district = json_get_str(e, S("district")),
                                    .group = json_get_str(e, S("group")),
                                    .note = json_get_str(e, S("note"))};
    return firms;
}

Json *letter_firms_json(Arena *a, const PaperFirm *firms, int n) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < n; i++) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        json_set(o, S("enterprise"), json_int(a, firms[i].subject));
        json_set(o, S("case"), json_int(a, firms[i].case_file));
        json_set(o, S("name"), json_string(a, paper_plain(a, firms[i].name)));
        json_set(o, S("code"), json_string(a, firms[i].code));
        json_set(o, S("district"), json_string(a, firms[i].district));
        json_set(o, S("group"), json_string(a, paper_plain(a, firms[i].group)));
        json_set(o, S("note"), json_string(a, paper_plain(a, firms[i].note)));
    }
    return list;
}

/* The template's paragraphs give way to those of the round, one a line. */
static Json *with_body(Arena *a, const Json *blocks, Str body) {
    Json *out = json_new(a, JSON_ARRAY);
    bool put = false;
    for (const Json *b = blocks->first; b; b = b->next) {
        bool own = str_eq(json_get_str(b, S("kind")), S("body"));
        if (!own) json_push(out, json_copy(a, b));
        while (own && !put && body.p && body.n) {
            Str line = str_trim(str_cut(&body, '\n'));
            if (!line.n) continue;
            Json *o = json_push(out, json_new(a, JSON_OBJECT));
            json_set(o, S("kind"), json_string(a, S("body")));
            json_set(o, S("text"), json_string(a, line));
        }
        put |= own;
    }
    return out;
}

static void fill_in(Arena *a, Json **values, const char *key, Str text) {
    if (text.n && !json_get_str(*values, str_from(key)).n)
        *values = notice_with(a, *values, str_from(key), json_string(a, text));
}

static Json *content_of(Db *db, const Json *t, const LetterNew *n, const Letter *l) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    Subject s = {0};
    Str scheme = S("uscc:");
    if (n->subject && !subject_get(db, n->subject, &s)) return NULL;
    Json *content = paper_content(c, t, n->values);
    Json *values = json_get(content, S("values"));
    fill_in(a, &values, "收件人", l->addressee);
    fill_in(a, &values, "企业名称", s.name);
    if (str_starts(s.code, scheme)) fill_in(a, &values, "信用代码", str_sub(s.code, 5, s.code.n));
    content = notice_with(a, content, S("values"), values);
    if (str_trim(n->body).n)
        content = notice_with(a, content, S("blocks"),
                              with_body(a, json_get(content, S("blocks")), n->body));
    json_set(content, S("firms"), letter_firms_json(a, n->firms, n->nfirms));
    return content;
}

bool letter_check(Ctx *c, const Letter *l) {
    const Json *firms = json_get(l->content, S("firms"));
    if (!l->addressee.n || utf8_length(l->addressee) > ADDRESSEE_MAX)
        return FAIL_AT(c, ERR_RULE, S("/addressee"), M_LETTER_ADDRESSEE);
    if (firms && firms->count > PAPER_FIRMS_MAX)
        return FAIL(c, ERR_LIMIT, M_NOTICE_TOO_MANY, str_printf(c->arena, "%d", firms->count),
                    str_printf(c->arena, "%d", PAPER_FIRMS_MAX));
    return paper_check(c, json_get(l->content, S("blocks")), json_get(l->content, S("values")));
}

static bool insert(Db *db, const Letter *l) {
    Ctx *c = db_ctx(db);
    const DbVal v[] = {db_i(l->id),
                       db_s(l->template_id),
                       db_in(l->case_file),
                       db_in(l->notice),
                       db_in(l->subject),
                       db_s(l->addressee),
                       db_s(notice_title(c, l->content)),
                       db_s(notice_content_text(c->arena, l->content)),
                       db_s(l->owner),
                       db_i(c->now_ms),
                       db_s(l->kind),
                       db_i(l->organisation),
                       db_i(l->objection),
                       db_i(l->round),
                       db_in(l->due_day)};
    return db_exec(db,
                   "INSERT INTO letter(id, version, state, template, case_file, notice, subject, "
                   "addressee, title, content, frozen, sm3, number, way, sent_day, delivered_day, "
                   "proof, proof_sm3, owner, created_ms, changed_ms, sent_by, sent_ms, read_ms, "
                   "kind, organisation, objection, round, due_day) VALUES ($1, 1, 0, $2, $3, $4, "
                   "$5, $6, $7, $8, NULL, '', '', NULL, NULL, NULL, '', '', $9, $10, $10, '', "
                   "NULL, NULL, $11, $12, $13, $14, $15)",
                   NULL, 15, v);
}

bool letter_add(Db *db, const PackSet *p, const LetterNew *n, const Act *act, Letter *out) {
    Ctx *c = db_ctx(db);
    Subject s = {0};
    Letter l = {.template_id = n->template_id,
                .case_file = n->case_file,
                .round = n->round,
                .notice = n->notice,
                .subject = n->subject,
                .organisation = n->organisation,
                .objection = n->objection,
                .due_day = n->due_day,
                .owner = act->actor};
    const Json *t = paper_template(c, p, n->template_id);
    if (!t || (n->subject && !subject_get(db, n->subject, &s))) return false;
    l.kind = json_get_str(t, S("kind"));
    if (!str_eq(l.kind, S("letter")) && !str_eq(l.kind, S("decision")))
        return FAIL_AT(c, ERR_RULE, S("/template"), M_LETTER_TEMPLATE, n->template_id);
    l.addressee = paper_plain(c->arena, str_trim(n->addressee.n ? n->addressee : s.name));
    l.content = content_of(db, t, n, &l);
    if (!l.content || !letter_check(c, &l)) return false;
    l.id = counter_take(db, S("letter"), 1);
    return l.id && insert(db, &l) &&
           letter_journal(db, &l, "letter.draft", notice_content_text(c->arena, l.content), act) &&
           letter_get(db, l.id, out);
}

bool letter_change(Db *db, Letter *l, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (l->state != LETTER_DRAFT) return letter_wrong_state(c, l);
    l->addressee = paper_plain(c->arena, str_trim(l->addressee));
    if (!letter_check(c, l)) return false;
    Str text = notice_content_text(c->arena, l->content);
    const DbVal v[] = {db_i(l->id),    db_i(l->version),  db_s(l->addressee),
                       db_s(text),     db_in(l->due_day), db_s(notice_title(c, l->content)),
                       db_i(c->now_ms)};
    return db_exec(db,
                   "UPDATE letter SET version = version + 1, addressee = $3, content = $4, "
                   "due_day = $5, title = $6, changed_ms = $7 WHERE id = $1 AND version = $2 AND "
                   "state = 0",
                   &changed, 7, v) &&
           notice_saved(c, changed) && letter_journal(db, l, "letter.change", text, act) &&
           letter_get(db, l->id, l);
}

bool letter_drop(Db *db, Letter *l, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (l->state != LETTER_DRAFT) return letter_wrong_state(c, l);
    const DbVal v[] = {db_i(l->id), db_i(l->version), db_i(LETTER_DROPPED), db_i(c->now_ms)};
    return db_exec(db,
                   "UPDATE letter SET version = version + 1, state = $3, changed_ms = $4 WHERE "
                   "id = $1 AND version = $2",
                   &changed, 4, v) &&
           notice_saved(c, changed) && letter_journal(db, l, "letter.drop", S(""), act) &&
           letter_get(db, l->id, l);
}

bool letter_enter(Db *db, Letter *l, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (l->state == LETTER_DRAFT || l->state == LETTER_DROPPED) return letter_wrong_state(c, l);
    if (!notice_is_address(l->site_url))
        return FAIL_AT(c, ERR_RULE, S("/site_url"), M_NOTICE_BLOCK, S("site_url"));
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("site_url"), json_string(c->arena, l->site_url));
    json_set(o, S("scan"), json_string(c->arena, l->scan_sm3));
    const DbVal v[] = {db_i(l->id),       db_i(l->version),   db_s(l->site_url),
                       db_s(l->scan_sm3), db_s(l->scan_name), db_i(c->now_ms)};
    return db_exec(db,
                   "UPDATE letter SET version = version + 1, site_url = $3, scan_sm3 = $4, "
                   "scan_name = $5, changed_ms = $6 WHERE id = $1 AND version = $2",
                   &changed, 6, v) &&
           notice_saved(c, changed) &&
           letter_journal(db, l, "letter.enter", notice_content_text(c->arena, o), act) &&
           letter_get(db, l->id, l);
}

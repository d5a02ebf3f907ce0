/* Notices in the store: drafts, what is entered back, lists. Publishing is in publish.c. A row
 * changes only where its version is the one that was read. */
#include "city/notice/notice.h"

#include "base/date.h"
#include "base/utf8.h"
#include "city/flow/calendar.h"
#include "city/notice/row.h"
#include "city/subject.h"
#include "store/counter.h"

static const Str STATES[NOTICE_STATES] = {STR_INIT("draft"), STR_INIT("published"),
                                          STR_INIT("concluded"), STR_INIT("taken_down"),
                                          STR_INIT("dropped")};

Str notice_state_text(NoticeState s) {
    return STATES[s];
}

int notice_state_find(Str text) {
    for (int i = 0; i < NOTICE_STATES; i++)
        if (str_eq(STATES[i], text)) return i;
    return -1;
}

int32_t notice_today(const Ctx *c) {
    return date_to_int(china_day(c->now_ms));
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "n.id, n.version, n.state, n.round, n.replaces, n.template, n.title, n.content, "              \
    "n.working_days, n.from_day, n.to_day, n.take_down_day, n.sm3, n.number, n.site_url, "         \
    "n.scan_sm3, n.scan_name, n.owner, n.published_by, n.ended_by, n.created_ms, n.changed_ms, "   \
    "n.published_ms, n.ended_ms, "                                                                 \
    "(SELECT s.id FROM public_notice s WHERE s.replaces = n.id AND s.state IN (1, 2, 3)), "        \
    "(SELECT count(*) FROM notice_firm f WHERE f.notice = n.id), n.concluded_ms, "                 \
    "(SELECT s.published_ms FROM public_notice s WHERE s.replaces = n.id AND s.state IN (1, 2, "   \
    "3))"

static bool read_row(Ctx *c, Rows *r, PublicNotice *n) {
    Arena *a = c->arena;
    Str content = str_dup(a, row_str(r, 7));
    *n = (PublicNotice){.id = row_i64(r, 0),
                        .version = row_i64(r, 1),
                        .state = (NoticeState)row_i64(r, 2),
                        .round = row_i64(r, 3),
                        .replaces = row_i64(r, 4),
                        .template_id = str_dup(a, row_str(r, 5)),
                        .title = str_dup(a, row_str(r, 6)),
                        .working_days = (int)row_i64(r, 8),
                        .from_day = (int32_t)row_i64(r, 9),
                        .to_day = (int32_t)row_i64(r, 10),
                        .take_down_day = (int32_t)row_i64(r, 11),
                        .created_ms = row_i64(r, 20),
                        .changed_ms = row_i64(r, 21),
                        .published_ms = row_i64(r, 22),
                        .ended_ms = row_i64(r, 23),
                        .replaced_by = row_i64(r, 24),
                        .firms = (int)row_i64(r, 25),
                        .concluded_ms = row_i64(r, 26),
                        .replaced_ms = row_i64(r, 27)};
    Str *const texts[] = {&n->sm3,       &n->number, &n->site_url,     &n->scan_sm3,
                          &n->scan_name, &n->owner,  &n->published_by, &n->ended_by};
    for (int i = 0; i < 8; i++) *texts[i] = str_dup(a, row_str(r, 12 + i));
    n->content = json_parse(c, content, S("public_notice.content"));
    return n->content != NULL;
}

bool notice_get(Db *db, int64_t id, PublicNotice *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM public_notice n WHERE n.id = $1", db_i(id));
    bool there = r && row_next(r) && read_row(c, r, out);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there ||
           FAIL(c, ERR_MISSING, M_NOTICE_MISSING, str_printf(c->arena, "%lld", (long long)id));
}

/* Public: published and not taken down by then, neither by a person nor by the day set for it. */
#define WHERE                                                                                      \
    " FROM public_notice n WHERE ($1 < 0 OR n.state = $1) AND ($2 = 0 OR (n.state IN (1, 2, 3) "   \
    "AND n.published_ms <= $5 AND (n.state <> 3 OR n.ended_ms > $5) AND "                          \
    "(n.take_down_day IS NULL OR n.take_down_day > $3))) AND ($4 = 0 OR n.round = $4)"

/* What came after the instant is undone. */
static void stand_at(PublicNotice *n, int64_t ms) {
    bool concluded = n->concluded_ms && n->concluded_ms <= ms;
    n->state = concluded ? NOTICE_CONCLUDED : NOTICE_PUBLISHED;
    if (n->replaced_ms > ms) n->replaced_by = 0;
}

bool notice_list(Db *db, const NoticeFilter *f, PublicNotice **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0, "SELECT count(*)" WHERE, db_i(f->state), db_i(f->published),
                   db_i(f->today), db_i(f->round), db_i(f->known_ms));
    Rows *r = Q(db, "SELECT " COLUMNS WHERE " ORDER BY n.id DESC LIMIT $6 OFFSET $7",
                db_i(f->state), db_i(f->published), db_i(f->today), db_i(f->round),
                db_i(f->known_ms), db_i(f->limit), db_i(f->offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        if (!read_row(c, r, &(*out)[*n])) break;
        if (f->published) stand_at(&(*out)[*n], f->known_ms);
        ++*n;
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool notice_firms(Db *db, int64_t id, NoticeFirm **out, int *n) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT f.subject, f.case_file, f.name, f.code, f.district, f.firm_group, f.note, "
                "coalesce(o.open, 0), coalesce(o.upheld, 0) FROM notice_firm f LEFT JOIN "
                "(SELECT position, sum(CASE WHEN state = 0 THEN 1 ELSE 0 END) AS open, "
                "sum(CASE WHEN state = 1 THEN 1 ELSE 0 END) AS upheld FROM objection "
                "WHERE notice = $1 GROUP BY position) o ON o.position = f.position "
                "WHERE f.notice = $1 ORDER BY f.position",
                db_i(id));
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (NoticeFirm){.firm = {.subject = row_i64(r, 0),
                                               .case_file = row_i64(r, 1),
                                               .name = str_dup(a, row_str(r, 2)),
                                               .code = str_dup(a, row_str(r, 3)),
                                               .district = str_dup(a, row_str(r, 4)),
                                               .group = str_dup(a, row_str(r, 5)),
                                               .note = str_dup(a, row_str(r, 6))},
                                      .open = (int)row_i64(r, 7),
                                      .upheld = (int)row_i64(r, 8)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool notice_is_issued(const PublicNotice *n) {
    return n->state != NOTICE_DRAFT && n->state != NOTICE_DROPPED;
}

bool notice_is_public(const PublicNotice *n, int32_t today) {
    return (n->state == NOTICE_PUBLISHED || n->state == NOTICE_CONCLUDED) &&
           (!n->take_down_day || n->take_down_day > today);
}

bool notice_firms_of(Db *db, const CodeLists *codes, const int64_t *subjects, int n,
                     PaperFirm *out) {
    Str scheme = S("uscc:");
    Subject *all = NEW_N(db_ctx(db)->arena, Subject, n + 1);
    if (!subject_get_many(db, subjects, n, all)) return false;
    for (int i = 0; i < n; i++) {
        const Subject *s = &all[i];
        out[i] = (PaperFirm){.subject = s->id,
                             .name = s->name,
                             .district = division_name(codes, s->unit.n ? s->unit : s->division)};
        if (str_starts(s->code, scheme)) out[i].code = str_sub(s->code, scheme.n, s->code.n);
    }
    return true;
}

bool notice_firm_of(Db *db, const CodeLists *codes, int64_t subject, PaperFirm *out) {
    return notice_firms_of(db, codes, &subject, 1, out);
}

/* --- writing ------------------------------------------------------------------------------------
 */

bool notice_journal(Db *db, const PublicNotice *n, const char *action, Str content,
                    const Act *act) {
    return journal_add(db, act, str_from(action),
                       str_printf(db_ctx(db)->arena, "notice:%lld", (long long)n->id), content);
}

Str notice_content_text(Arena *a, const Json *content) {
    Buf b = buf_new(a, 0);
    json_canonical(&b, content);
    return buf_str(&b);
}

static bool check_firm(Ctx *c, const PaperFirm *f, int at) {
    bool fits = f->name.n && utf8_length(f->name) <= 200 && f->code.n <= 60 &&
                f->district.n <= 200 && f->group.n <= 200 && utf8_length(f->note) <= 200;
    return fits || FAIL_AT(c, ERR_RULE, str_printf(c->arena, "/firms/%d", at), M_NOTICE_FIRM,
                           str_printf(c->arena, "%d", at + 1));
}

/* Rows are loaded in bulk: a list may have thousands. */
static bool write_firms(Db *db, int64_t notice, const PaperFirm *firms, int n) {
    Ctx *c = db_ctx(db);
    if (n > PAPER_FIRMS_MAX)
        return FAIL(c, ERR_LIMIT, M_NOTICE_TOO_MANY, str_printf(c->arena, "%d", n),
                    str_printf(c->arena, "%d", PAPER_FIRMS_MAX));
    for (int i = 0; i < n; i++)
        if (!check_firm(c, &firms[i], i)) return false;
    if (!EXEC(db, "DELETE FROM notice_firm WHERE notice = $1", db_i(notice))) return false;
    Load *l = db_load(db, "notice_firm",
                      "notice, position, subject, case_file, name, code, district, firm_group, "
                      "note");
    for (int i = 0; l && i < n; i++) {
        const PaperFirm *f = &firms[i];
        const DbVal row[] = {db_i(notice),
                             db_i(i + 1),
                             f->subject ? db_i(f->subject) : db_n(),
                             f->case_file ? db_i(f->case_file) : db_n(),
                             db_s(paper_plain(c->arena, f->name)),
                             db_s(paper_plain(c->arena, f->code)),
                             db_s(paper_plain(c->arena, f->district)),
                             db_s(paper_plain(c->arena, f->group)),
                             db_s(paper_plain(c->arena, f->note))};
        if (!db_load_row(l, row)) return false;
    }
    return l && db_load_end(l);
}

/* The title is the text of the first block of that kind, fields filled in where they have values.
 */
Str notice_title(Ctx *c, const Json *content) {
    Paper p;
    const Json *blocks = json_get(content, S("blocks"));
    if (!paper_fill(c, blocks, json_get(content, S("values")), NULL, 0, &p)) return S("");
    for (int i = 0; i < p.nblocks; i++)
        if (p.blocks[i].kind == PAPER_TITLE) return p.blocks[i].text;
    return S("");
}

static bool check_replaced(Db *db, const PublicNotice *n) {
    PublicNotice old = {0};
    if (!n->replaces) return true;
    if (n->replaces == n->id || !notice_get(db, n->replaces, &old))
        return FAIL(db_ctx(db), ERR_STATE, M_NOTICE_REPLACES,
                    str_printf(db_ctx(db)->arena, "%lld", (long long)n->replaces));
    int64_t other = Q_I64(db, 0,
                          "SELECT id FROM public_notice WHERE replaces = $1 AND id <> $2 AND "
                          "state <> $3",
                          db_i(n->replaces), db_i(n->id), db_i(NOTICE_DROPPED));
    bool was = old.state == NOTICE_PUBLISHED || old.state == NOTICE_CONCLUDED ||
               old.state == NOTICE_TAKEN_DOWN;
    return (was && !other) || FAIL(db_ctx(db), ERR_STATE, M_NOTICE_REPLACES,
                                   str_printf(db_ctx(db)->arena, "%lld", (long long)n->replaces));
}

/* The parts of a template that a draft takes along: what the packs say later does not reach it. */
Json *paper_content(Ctx *c, const Json *template, const Json *values) {
    static const char *const TAKEN[] = {"computed", "date_form", "objection_flow"};
    Arena *a = c->arena;
    Json *content = json_new(a, JSON_OBJECT);
    json_set(content, S("blocks"), json_copy(a, json_get(template, S("blocks"))));
    json_set(content, S("values"), values ? json_copy(a, values) : json_new(a, JSON_OBJECT));
    for (int i = 0; i < 3; i++) {
        const Json *part = json_get(template, str_from(TAKEN[i]));
        if (part) json_set(content, str_from(TAKEN[i]), json_copy(a, part));
    }
    return content;
}

static Json *content_of(Ctx *c, const PackSet *p, const NoticeNew *n) {
    const Json *t = paper_template(c, p, n->template_id.n ? n->template_id : S("notice"));
    if (!t) return NULL;
    Json *content = paper_content(c, t, n->values);
    json_set(content, S("persons"),
             n->persons ? json_copy(c->arena, n->persons) : json_new(c->arena, JSON_ARRAY));
    return content;
}

static bool check_content(Ctx *c, const PublicNotice *n) {
    const Json *persons = json_get(n->content, S("persons"));
    if (!paper_check(c, json_get(n->content, S("blocks")), json_get(n->content, S("values"))))
        return false;
    bool fine = persons && persons->kind == JSON_ARRAY && persons->count <= NOTICE_PERSONS_MAX;
    for (const Json *p = fine ? persons->first : NULL; p && fine; p = p->next)
        fine = p->kind == JSON_STRING && utf8_length(p->text) <= 60;
    if (!fine) return FAIL_AT(c, ERR_RULE, S("/persons"), M_NOTICE_BLOCK, S("persons"));
    if (n->working_days < 0 || n->working_days > NOTICE_DAYS_MAX)
        return FAIL_AT(c, ERR_RULE, S("/working_days"), M_NOTICE_DAYS,
                       str_printf(c->arena, "%d", NOTICE_DAYS_MAX));
    return true;
}

bool notice_add(Db *db, const PackSet *p, const NoticeNew *n, const Act *act, PublicNotice *out) {
    Ctx *c = db_ctx(db);
    PublicNotice v = {.round = n->round, .replaces = n->replaces, .working_days = n->working_days};
    v.template_id = n->template_id.n ? n->template_id : S("notice");
    v.content = content_of(c, p, n);
    if (!v.content || !check_content(c, &v)) return false;
    v.id = counter_take(db, S("public_notice"), 1); /* of two that replace one the second waits */
    Str text = notice_content_text(c->arena, v.content);
    return v.id && check_replaced(db, &v) &&
           EXEC(db,
                "INSERT INTO public_notice(id, version, state, round, replaces, template, title, "
                "content, working_days, from_day, to_day, take_down_day, frozen, sm3, number, "
                "site_url, scan_sm3, scan_name, owner, created_ms, changed_ms, published_by, "
                "published_ms, ended_by, ended_ms) VALUES ($1, 1, 0, $2, $3, $4, $5, $6, $7, NULL, "
                "NULL, NULL, NULL, '', '', '', '', '', $8, $9, $9, '', NULL, '', NULL)",
                db_i(v.id), db_in(v.round), db_in(v.replaces), db_s(v.template_id),
                db_s(notice_title(c, v.content)), db_s(text), db_in(v.working_days),
                db_s(act->actor), db_i(c->now_ms)) &&
           write_firms(db, v.id, n->firms, n->nfirms) &&
           notice_journal(db, &v, "notice.draft", text, act) && notice_get(db, v.id, out);
}

bool notice_saved(Ctx *c, int64_t changed) {
    return changed == 1 || FAIL(c, ERR_STALE, M_STALE);
}

bool notice_wrong_state(Ctx *c, const PublicNotice *n) {
    return FAIL(c, ERR_STATE, M_NOTICE_STATE, STATES[n->state]);
}

bool notice_change(Db *db, PublicNotice *n, const PaperFirm *firms, int nfirms, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (n->state != NOTICE_DRAFT) return notice_wrong_state(c, n);
    if (!check_content(c, n) || !check_replaced(db, n)) return false;
    Str text = notice_content_text(c->arena, n->content);
    const DbVal args[] = {
        db_i(n->id), db_i(n->version),       db_in(n->replaces), db_s(notice_title(c, n->content)),
        db_s(text),  db_in(n->working_days), db_i(c->now_ms)};
    return db_exec(db,
                   "UPDATE public_notice SET version = version + 1, replaces = $3, title = $4, "
                   "content = $5, working_days = $6, changed_ms = $7 WHERE id = $1 AND "
                   "version = $2 AND state = 0",
                   &changed, 7, args) &&
           notice_saved(c, changed) && (!firms || write_firms(db, n->id, firms, nfirms)) &&
           notice_journal(db, n, "notice.change", text, act) && notice_get(db, n->id, n);
}

bool notice_is_address(Str url) {
    if (!url.n) return true;
    for (ptrdiff_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == '"' || url.p[i] == '<') return false;
    return url.n <= NOTICE_URL_MAX &&
           (str_starts(url, S("https://")) || str_starts(url, S("http://")));
}

bool notice_enter(Db *db, PublicNotice *n, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0, day;
    if (n->state != NOTICE_PUBLISHED && n->state != NOTICE_CONCLUDED)
        return notice_wrong_state(c, n);
    if (!notice_is_address(n->site_url))
        return FAIL_AT(c, ERR_RULE, S("/site_url"), M_NOTICE_BLOCK, S("site_url"));
    if (utf8_length(n->number) > 100)
        return FAIL_AT(c, ERR_RULE, S("/number"), M_NOTICE_BLOCK, S("number"));
    if (n->take_down_day &&
        (!date_from_int(n->take_down_day, &day) || n->take_down_day <= n->to_day))
        return FAIL_AT(c, ERR_RULE, S("/take_down_on"), M_NOTICE_TAKE_DOWN);
    Json *o = json_new(c->arena, JSON_OBJECT);
    n->number = paper_plain(c->arena, str_trim(n->number));
    json_set(o, S("number"), json_string(c->arena, n->number));
    json_set(o, S("site_url"), json_string(c->arena, n->site_url));
    json_set(o, S("scan"), json_string(c->arena, n->scan_sm3));
    json_set(o, S("take_down"), json_int(c->arena, n->take_down_day));
    const DbVal args[] = {db_i(n->id),        db_i(n->version),        db_s(n->number),
                          db_s(n->site_url),  db_in(n->take_down_day), db_s(n->scan_sm3),
                          db_s(n->scan_name), db_i(c->now_ms)};
    return db_exec(db,
                   "UPDATE public_notice SET version = version + 1, number = $3, site_url = $4, "
                   "take_down_day = $5, scan_sm3 = $6, scan_name = $7, changed_ms = $8 "
                   "WHERE id = $1 AND version = $2",
                   &changed, 8, args) &&
           notice_saved(c, changed) &&
           notice_journal(db, n, "notice.enter", notice_content_text(c->arena, o), act) &&
           notice_get(db, n->id, n);
}

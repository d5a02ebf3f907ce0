/* Sending letters and what becomes of them. See letter.h. */
#include "base/date.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "city/bundle/notify.h"
#include "city/notice/letter_row.h"
#include "city/notice/row.h"

#define SCHEMA "jixia/letter/1"
enum { PROOF_MAX = 500 };
/* Stands in a frozen paper for the name of who objected. */
static const Str OBJECTOR = STR_INIT("{异议人}");

/* --- the paper ----------------------------------------------------------------------------------
 */

Json *letter_open_fields(Ctx *c, const Letter *l) {
    return paper_unfilled(c, l->content);
}

bool letter_frozen(Db *db, const Letter *l, Str *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT frozen FROM letter WHERE id = $1 AND frozen IS NOT NULL", db_i(l->id));
    bool there = r && row_next(r);
    if (there) *out = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    return ctx_ok(c) && (there || letter_wrong_state(c, l));
}

static bool fill(Ctx *c, const Letter *l, int32_t issued, Paper *out) {
    int n;
    PaperFirm *firms = letter_firms(c->arena, l, &n);
    const PaperComputed is = {.issued = issued, .firms = n};
    return paper_fill(c, json_get(l->content, S("blocks")),
                      paper_computed(c->arena, l->content, &is), firms, n, out);
}

/* Who objected, by name for who may know it, else by the receipt. */
static bool put_objector(Db *db, const Letter *l, bool whole, Paper *p) {
    Objection o;
    Arena *a = db_ctx(db)->arena;
    if (!l->objection) return true;
    if (!objection_get(db, l->objection, whole, &o)) return false;
    Str name = whole ? o.person : l->addressee;
    for (int i = 0; i < p->nblocks; i++) {
        Str text = p->blocks[i].text;
        ptrdiff_t at;
        Buf b = buf_new(a, 0);
        while ((at = str_find(text, OBJECTOR)) >= 0) {
            buf_put(&b, str_sub(text, 0, at));
            buf_put(&b, name);
            text = str_sub(text, at + OBJECTOR.n, text.n);
        }
        buf_put(&b, text);
        p->blocks[i].text = buf_str(&b);
    }
    return true;
}

bool letter_paper(Db *db, const Letter *l, bool whole, Paper *out) {
    Ctx *c = db_ctx(db);
    Str frozen;
    if (!l->sm3.n) return fill(c, l, 0, out) && put_objector(db, l, whole, out);
    const Json *j = letter_frozen(db, l, &frozen) ? json_parse(c, frozen, S("frozen")) : NULL;
    return j && paper_read(c, json_get(j, S("blocks")), out) && put_objector(db, l, whole, out);
}

static Str day_iso(Arena *a, int32_t day) {
    return str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static bool freeze(Ctx *c, const Letter *l, int32_t issued, Str *out) {
    Arena *a = c->arena;
    Paper p;
    int n;
    if (!fill(c, l, issued, &p)) return false;
    PaperFirm *firms = letter_firms(a, l, &n);
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("schema"), json_string(a, S(SCHEMA)));
    json_set(o, S("id"), json_string(a, str_printf(a, "%lld", (long long)l->id)));
    json_set(o, S("kind"), json_string(a, l->kind));
    json_set(o, S("title"), json_string(a, l->title));
    json_set(o, S("addressee"), json_string(a, l->addressee));
    json_set(o, S("issued_on"), json_string(a, day_iso(a, issued)));
    json_set(o, S("blocks"), paper_json(a, &p));
    json_set(o, S("firms"), letter_firms_json(a, firms, n));
    *out = notice_content_text(a, o);
    return ctx_ok(c);
}

/* --- events -------------------------------------------------------------------------------------
 */

static bool event_add(Db *db, const Letter *l, const LetterEvent *e, const Act *act) {
    Ctx *c = db_ctx(db);
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("way"), json_string(c->arena, letter_way_text(e->way)));
    json_set(o, S("day"), json_int(c->arena, e->day));
    json_set(o, S("proof"), json_string(c->arena, e->proof));
    json_set(o, S("proof_sm3"), json_string(c->arena, e->proof_sm3));
    json_set(o, S("sm3"), json_string(c->arena, l->sm3));
    return EXEC(db,
                "INSERT INTO letter_event(letter, position, kind, way, day, at_ms, proof, "
                "proof_sm3, actor) SELECT $1, count(*) + 1, $2, $3, $4, $5, $6, $7, $8 FROM "
                "letter_event WHERE letter = $1",
                db_i(l->id), db_i(e->kind), db_in((int64_t)e->way), db_i(e->day), db_i(c->now_ms),
                db_s(e->proof), db_s(e->proof_sm3), db_s(act->actor)) &&
           letter_journal(
               db, l, str_z(c->arena, str_cat(c->arena, S("letter."), letter_event_text(e->kind))),
               notice_content_text(c->arena, o), act);
}

/* A day given must exist and be neither in the future nor before `first`. */
static bool check_day(Ctx *c, int32_t first, int32_t *day) {
    int64_t days;
    int32_t today = notice_today(c);
    if (!*day) *day = today;
    return (date_from_int(*day, &days) && *day <= today && *day >= first) ||
           FAIL_AT(c, ERR_RULE, S("/on"), M_LETTER_DAY, day_iso(c->arena, *day));
}

static bool tell(Db *db, const Letter *l, LetterWay way, const Act *act) {
    if (way != WAY_PORTAL || !l->subject) return true;
    Arena *a = db_ctx(db)->arena;
    Notify n = {.to = {.subject = l->subject},
                .why = NOTIFY_WAITS,
                .formal = true,
                .what = M_LETTER_ARRIVED,
                .args = {l->title},
                .nargs = 1,
                .object = str_printf(a, "letter:%lld", (long long)l->id),
                .link = str_printf(a, "/letters/%lld", (long long)l->id),
                .actor = act->actor};
    return notify(db, &n);
}

static bool check_way(Ctx *c, const Letter *l, LetterWay way) {
    bool firm = way != WAY_PORTAL || l->subject || l->organisation;
    bool kind = (way == WAY_PUBLISH) <= str_eq(l->kind, S("decision"));
    return (way != WAY_NONE && firm && kind) ||
           FAIL_AT(c, ERR_RULE, S("/way"), M_LETTER_WAY, letter_way_text(way));
}

bool letter_send(Db *db, Letter *l, LetterWay way, int32_t day, const Act *act) {
    Ctx *c = db_ctx(db);
    Str frozen = S("");
    int64_t changed = 0;
    bool first = l->state == LETTER_DRAFT;
    if (!first && l->state != LETTER_SENT && l->state != LETTER_RETURNED)
        return letter_wrong_state(c, l);
    if (!check_way(c, l, way) || !check_day(c, first ? 0 : l->sent_day, &day)) return false;
    if (first && (!paper_filled(c, l->content) || !freeze(c, l, day, &frozen))) return false;
    if (first) l->sm3 = hash_hex(c->arena, HASH_SM3, frozen);
    if (first) l->number = json_get_str(json_get(l->content, S("values")), S("文号"));
    const DbVal v[] = {db_i(l->id),       db_i(l->version),
                       db_i(LETTER_SENT), db_i(way),
                       db_i(day),         db_s(l->sm3),
                       db_s(l->number),   db_s(act->actor),
                       db_i(c->now_ms),   first ? db_b(frozen) : db_n()};
    const LetterEvent e = {.kind = LETTER_EVENT_SENT, .way = way, .day = day};
    return db_exec(db,
                   "UPDATE letter SET version = version + 1, state = $3, way = $4, sent_day = $5, "
                   "sm3 = $6, number = $7, sent_by = $8, sent_ms = $9, changed_ms = $9, "
                   "frozen = coalesce(frozen, $10) WHERE id = $1 AND version = $2",
                   &changed, 10, v) &&
           notice_saved(c, changed) && event_add(db, l, &e, act) && tell(db, l, way, act) &&
           letter_get(db, l->id, l);
}

static bool arrive(Db *db, Letter *l, bool delivered, int32_t day) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    const DbVal v[] = {db_i(l->id),
                       db_i(l->version),
                       db_i(delivered ? LETTER_DELIVERED : LETTER_RETURNED),
                       delivered ? db_i(day) : db_n(),
                       delivered ? db_n() : db_i(day),
                       db_i(c->now_ms)};
    return db_exec(db,
                   "UPDATE letter SET version = version + 1, state = $3, "
                   "delivered_day = coalesce($4, delivered_day), "
                   "returned_day = coalesce($5, returned_day), changed_ms = $6 "
                   "WHERE id = $1 AND version = $2",
                   &changed, 6, v) &&
           notice_saved(c, changed);
}

bool letter_outcome(Db *db, Letter *l, const LetterOutcome *o, const Act *act) {
    Ctx *c = db_ctx(db);
    LetterEvent e = {.kind = o->kind, .way = l->way, .day = o->day, .proof_sm3 = o->proof_sm3};
    e.proof = paper_plain(c->arena, str_trim(o->proof));
    bool delivered = o->kind == LETTER_EVENT_DELIVERED;
    if (l->state != LETTER_SENT) return letter_wrong_state(c, l);
    if (!delivered && o->kind != LETTER_EVENT_RETURNED)
        return FAIL_AT(c, ERR_RULE, S("/outcome"), M_LETTER_OUTCOME);
    if (!e.proof.n || utf8_length(e.proof) > PROOF_MAX)
        return FAIL_AT(c, ERR_RULE, S("/proof"), M_LETTER_PROOF);
    return check_day(c, l->sent_day, &e.day) && arrive(db, l, delivered, e.day) &&
           event_add(db, l, &e, act) && letter_get(db, l->id, l);
}

bool letter_reading_counts(const Letter *l) {
    if (l->state == LETTER_DRAFT || l->state == LETTER_DROPPED) return false;
    return !l->read_ms || (l->state == LETTER_SENT && l->way == WAY_PORTAL);
}

bool letter_read(Db *db, Letter *l, Str account) {
    Ctx *c = db_ctx(db);
    /* not the title: the journal is read by who may not see the letter */
    const Act act = {.actor = account, .reason = l->kind};
    int64_t changed = 0;
    LetterEvent e = {.kind = LETTER_EVENT_READ, .way = l->way, .day = notice_today(c)};
    const DbVal v[] = {db_i(l->id), db_i(c->now_ms)};
    if (!letter_reading_counts(l)) return true;
    if (!db_exec(db, "UPDATE letter SET read_ms = $2 WHERE id = $1 AND read_ms IS NULL", &changed,
                 2, v) ||
        (changed && !event_add(db, l, &e, &act)) || !letter_get(db, l->id, l))
        return false;
    if (l->state != LETTER_SENT || l->way != WAY_PORTAL) return true;
    e.kind = LETTER_EVENT_DELIVERED;
    e.proof = str_printf(c->arena, "account %.*s", STRF(account));
    return arrive(db, l, true, e.day) && event_add(db, l, &e, &act) && letter_get(db, l->id, l);
}

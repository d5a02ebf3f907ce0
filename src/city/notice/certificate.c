/* See certificate.h. A row of certificate never changes but for its signature, which is added once.
 */
#include "city/notice/certificate.h"

#include "base/date.h"
#include "base/secret.h"
#include "base/sign.h"
#include "city/flow/calendar.h"
#include "city/flow/effect_value.h"
#include "city/library/library.h"
#include "city/notice/row.h"
#include "city/subject.h"
#include "store/counter.h"

#define SCHEMA "jixia/certificate/1"
enum { STATE_WITHDRAWN = 1 }; /* of certificate_state */

static const Str STATES[CERTIFICATE_STATES] = {
    STR_INIT("valid"),   STR_INIT("not_yet"), STR_INIT("suspended"), STR_INIT("ended"),
    STR_INIT("revoked"), STR_INIT("void"),    STR_INIT("withdrawn")};

Str certificate_state_text(CertificateState s) {
    return STATES[s];
}

bool certificate_own(const PackSet *p, Str tier, Str level) {
    const LibraryTitle *t = library_title(library_of(p), tier, level);
    return t && p->npacks && str_eq(t->pack, p->packs[p->npacks - 1].id);
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "SELECT k.id, k.title_record, k.subject, k.case_file, k.from_day, k.to_day, k.issued_ms, "     \
    "k.demo, k.code, k.number, k.name, k.uscc, k.tier, k.level, k.title, k.issuer, "               \
    "k.document_number, k.issued_by, k.frozen, k.signature, k.public_key, w.at_ms, w.reason "      \
    "FROM certificate k LEFT JOIN certificate_state w ON w.certificate = k.id AND w.state = 1 "

static void read_row(Arena *a, Rows *r, Certificate *k) {
    *k = (Certificate){.id = row_i64(r, 0),
                       .title = row_i64(r, 1),
                       .subject = row_i64(r, 2),
                       .case_file = row_i64(r, 3),
                       .from = (int32_t)row_i64(r, 4),
                       .to = (int32_t)row_i64(r, 5),
                       .issued_ms = row_i64(r, 6),
                       .demo = row_i64(r, 7) != 0,
                       .withdrawn_ms = row_i64(r, 21)};
    Str *const texts[] = {&k->code,       &k->number,    &k->name,
                          &k->uscc,       &k->tier,      &k->level,
                          &k->title_name, &k->issuer,    &k->document_number,
                          &k->issued_by,  &k->statement, &k->signature,
                          &k->public_key};
    for (int i = 0; i < 13; i++) *texts[i] = str_dup(a, row_str(r, 8 + i));
    k->withdrawn_reason = str_dup(a, row_str(r, 22));
}

static CertificateState state_of(const TitleStatus *s) {
    switch (s->state) {
    case TITLE_NOT_YET: return CERTIFICATE_NOT_YET;
    case TITLE_HELD: return CERTIFICATE_VALID;
    case TITLE_SUSPENDED: return CERTIFICATE_SUSPENDED;
    case TITLE_VOID: return CERTIFICATE_VOID;
    case TITLE_ENDED: break;
    }
    return s->why == TITLE_REVOKE ? CERTIFICATE_REVOKED : CERTIFICATE_ENDED;
}

/* What it is worth on the day: the title's status as known now. */
static bool add_state(Db *db, int32_t day, Certificate *k) {
    TitleBook b;
    Subject s;
    FactAt at = {
        .as_of = day ? day : notice_today(db_ctx(db)), .as_known = INT64_MAX, .seq = INT64_MAX};
    if (!title_get(db, k->title, &at, &b)) return false;
    const TitleStatus *now = &b.status[0];
    k->state = state_of(now);
    k->since = now->since;
    k->to_now = now->to;
    if (k->withdrawn_ms && date_to_int(china_day(k->withdrawn_ms)) <= at.as_of) {
        k->state = CERTIFICATE_WITHDRAWN;
        k->since = date_to_int(china_day(k->withdrawn_ms));
    }
    if (!subject_get(db, now->holder ? now->holder : k->subject, &s)) return false;
    k->name_now = s.name;
    return true;
}

static bool one(Db *db, Rows *r, int32_t day, Certificate *out, bool *there) {
    *there = r && row_next(r);
    if (*there) read_row(db_ctx(db)->arena, r, out);
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db)) && (!*there || add_state(db, day, out));
}

bool certificate_get(Db *db, int64_t id, int32_t day, Certificate *out) {
    Ctx *c = db_ctx(db);
    bool there;
    if (!one(db, Q(db, COLUMNS "WHERE k.id = $1", db_i(id)), day, out, &there)) return false;
    return there ||
           FAIL(c, ERR_MISSING, M_CERTIFICATE_MISSING, str_printf(c->arena, "%lld", (long long)id));
}

bool certificate_by_code(Db *db, Str code, int32_t day, Certificate *out) {
    bool there;
    return one(db, Q(db, COLUMNS "WHERE k.code = $1", db_s(code)), day, out, &there) && there;
}

bool certificate_list(Db *db, int64_t subject, int64_t offset, int64_t limit, Certificate **out,
                      int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0, "SELECT count(*) FROM certificate WHERE $1 = 0 OR subject = $1",
                   db_i(subject));
    Rows *r = Q(db, COLUMNS "WHERE $1 = 0 OR k.subject = $1 ORDER BY k.id DESC LIMIT $2 OFFSET $3",
                db_i(subject), db_i(limit), db_i(offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, r, &(*out)[(*n)++]);
    }
    if (r) rows_close(r);
    for (int i = 0; i < *n && ctx_ok(c); i++)
        if (!add_state(db, 0, &(*out)[i])) return false;
    return ctx_ok(c);
}

/* --- issuing ------------------------------------------------------------------------------------
 */

static Str day_iso(Arena *a, int32_t day) {
    return day ? str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100) : S("");
}

static Str statement_of(Ctx *c, const Certificate *k) {
    Arena *a = c->arena;
    const struct {
        const char *key;
        Str text;
    } PARTS[] = {{"schema", S(SCHEMA)},
                 {"code", k->code},
                 {"number", k->number},
                 {"name", k->name},
                 {"uscc", k->uscc},
                 {"title", k->title_name},
                 {"tier", k->tier},
                 {"level", k->level},
                 {"issuer", k->issuer},
                 {"document_number", k->document_number},
                 {"from", day_iso(a, k->from)},
                 {"to", day_iso(a, k->to)},
                 {"issued_on", date_text(a, china_day(c->now_ms))}};
    Json *o = json_new(a, JSON_OBJECT);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        json_set(o, str_from(PARTS[i].key), json_string(a, PARTS[i].text));
    if (k->demo) json_set(o, S("demo"), json_bool(a, true));
    return notice_content_text(a, o);
}

static bool sign(Ctx *c, const Register *reg, Certificate *k) {
    if (!reg->key_path.n) return true;
    SignKey *key = sign_open(c, reg->key_path);
    if (!key) return false;
    k->signature = sign_bytes(c, key, k->statement);
    k->public_key = sign_public(c->arena, key);
    sign_close(key);
    return ctx_ok(c);
}

bool certificate_sound(const Certificate *k) {
    return k->signature.n && sign_verify(k->public_key, k->statement, k->signature) &&
           str_find(k->statement, k->code) > 0;
}

/* 2026-0012: by year. */
static Str give_number(Db *db) {
    Arena *a = db_ctx(db)->arena;
    int year = notice_today(db_ctx(db)) / 10000;
    int64_t next = Q_I64(db, 0,
                         "INSERT INTO counter(name, next) VALUES ($1, 2) ON CONFLICT (name) "
                         "DO UPDATE SET next = counter.next + 1 RETURNING next",
                         db_s(str_printf(a, "certificate:%d", year)));
    return str_printf(a, "%d-%04lld", year, (long long)(next - 1));
}

static bool check(Db *db, const Register *reg, const TitleStatus *s) {
    Ctx *c = db_ctx(db);
    const Title *t = s->title;
    bool own = t->kind == TITLE_RECOGNISED && t->case_file &&
               certificate_own(reg->pack, t->tier, t->level);
    if (!own) return FAIL(c, ERR_RULE, M_CERTIFICATE_OWN, t->tier);
    if (s->state == TITLE_ENDED || s->state == TITLE_VOID)
        return FAIL(c, ERR_RULE, M_CERTIFICATE_OVER);
    int64_t there = Q_I64(db, 0,
                          "SELECT k.id FROM certificate k WHERE k.title_record = $1 AND NOT EXISTS "
                          "(SELECT 1 FROM certificate_state w WHERE w.certificate = k.id AND "
                          "w.state = 1)",
                          db_i(t->id));
    return (ctx_ok(c) && !there) ||
           FAIL(c, ERR_STATE, M_CERTIFICATE_THERE, str_printf(c->arena, "%lld", (long long)there));
}

static bool insert(Db *db, const Certificate *k) {
    const DbVal v[] = {db_i(k->id),
                       db_s(k->code),
                       db_i(k->title),
                       db_i(k->subject),
                       db_s(k->name),
                       db_s(k->uscc),
                       db_s(k->title_name),
                       db_s(k->issuer),
                       db_s(k->number),
                       db_i(k->from),
                       db_in(k->to),
                       db_i(db_ctx(db)->now_ms),
                       db_s(k->issued_by),
                       db_s(k->tier),
                       db_s(k->level),
                       db_s(k->document_number),
                       db_i(k->case_file),
                       db_i(k->demo),
                       db_b(k->statement),
                       k->signature.n ? db_b(k->signature) : db_n(),
                       k->signature.n ? db_b(k->public_key) : db_n()};
    return db_exec(db,
                   "INSERT INTO certificate(id, version, code, title_record, subject, name, uscc, "
                   "title, issuer, number, from_day, to_day, issued_ms, issued_by, tier, level, "
                   "document_number, case_file, demo, frozen, signature, public_key) VALUES "
                   "($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                   "$17, $18, $19, $20, $21)",
                   NULL, 21, v);
}

static bool journal(Db *db, const Certificate *k, const char *action, Str content, const Act *act) {
    return journal_add(db, act, str_from(action),
                       str_printf(db_ctx(db)->arena, "certificate:%lld", (long long)k->id),
                       content);
}

bool certificate_issue(Db *db, const Register *reg, int64_t title, const Act *act,
                       Certificate *out) {
    Ctx *c = db_ctx(db);
    TitleBook b;
    Subject s;
    FactAt at = {.as_of = notice_today(c), .as_known = INT64_MAX, .seq = INT64_MAX};
    Str scheme = S("uscc:");
    Str number = give_number(db); /* of two who issue one the second waits for the first */
    if (!title_get(db, title, &at, &b) || !check(db, reg, &b.status[0])) return false;
    const Title *t = b.status[0].title;
    if (!subject_get(db, b.status[0].holder ? b.status[0].holder : t->subject, &s)) return false;
    const LibraryTitle *named = library_title(library_of(reg->pack), t->tier, t->level);
    Certificate k = {
        .title = t->id,
        .subject = s.id,
        .case_file = t->case_file,
        .code = str_cat(c->arena, S("J"), secret_token(c->arena, CERTIFICATE_CODE_BYTES)),
        .name = s.name,
        .uscc = str_starts(s.code, scheme) ? str_sub(s.code, scheme.n, s.code.n) : S(""),
        .tier = t->tier,
        .level = t->level,
        .title_name = t->name.n ? t->name : named->id,
        .issuer = t->publisher,
        .document_number = t->document_number,
        .from = t->from,
        .to = b.status[0].to,
        .issued_by = act->actor,
        .demo = s.demo};
    k.number = number;
    k.id = counter_take(db, S("certificate"), 1);
    k.statement = statement_of(c, &k);
    return k.id && sign(c, reg, &k) && insert(db, &k) &&
           journal(db, &k, "certificate.issue", k.statement, act) &&
           certificate_get(db, k.id, 0, out);
}

bool certificate_withdraw(Db *db, Certificate *k, const Act *act) {
    Ctx *c = db_ctx(db);
    if (k->withdrawn_ms) return FAIL(c, ERR_STATE, M_CERTIFICATE_WITHDRAWN);
    return EXEC(db,
                "INSERT INTO certificate_state(certificate, from_day, at_ms, state, reason, actor) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                db_i(k->id), db_i(notice_today(c)), db_i(c->now_ms), db_i(STATE_WITHDRAWN),
                db_s(act->reason), db_s(act->actor)) &&
           journal(db, k, "certificate.withdraw", k->code, act) && certificate_get(db, k->id, 0, k);
}

bool certificate_sign(Db *db, const Register *reg, const Act *act, int *n) {
    Ctx *c = db_ctx(db);
    Certificate *list = NULL;
    int cap = 0;
    *n = 0;
    Rows *r = Q(db, COLUMNS "WHERE k.signature IS NULL ORDER BY k.id");
    while (r && row_next(r)) {
        GROW(c->arena, list, *n, cap);
        read_row(c->arena, r, &list[(*n)++]);
    }
    if (r) rows_close(r);
    for (int i = 0; i < *n && ctx_ok(c); i++)
        if (!sign(c, reg, &list[i]) ||
            !EXEC(db,
                  "UPDATE certificate SET signature = $2, public_key = $3 WHERE id = $1 AND "
                  "signature IS NULL",
                  db_i(list[i].id), db_b(list[i].signature), db_b(list[i].public_key)) ||
            !journal(db, &list[i], "certificate.sign", list[i].signature, act))
            return false;
    return ctx_ok(c);
}

bool effect_certificate_issue(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    TitleBook b;
    Certificate k;
    Act act = effect_act(s);
    FactAt at = {.as_of = date_to_int(s->day), .as_known = INT64_MAX, .seq = INT64_MAX};
    (void)args;
    if (!title_book(db, s->file->subject, &at, &b)) return false;
    for (int i = b.n - 1; i >= 0; i--) {
        const Title *t = &b.titles[i];
        if (t->case_file != s->file->id || t->kind != TITLE_RECOGNISED) continue;
        return !certificate_own(s->reg->pack, t->tier, t->level) ||
               certificate_issue(db, s->reg, t->id, &act, &k);
    }
    return ctx_ok(c);
}

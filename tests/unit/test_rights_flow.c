/* The rights matrix of what is not a fact: data of cases by grade, messages, letters, files,
 * titles, recommendations, reviews, watches, authorisations, objections, notifications, proofs,
 * verdicts, certificates, reconciliations, lists of titles, mail. A
 * token of each kind is planted for three enterprises (of the reader's district, another of it, one
 * of another district); every reading route is asked by every reader with every planted id, and
 * every answer, workbooks unpacked, is searched for what PLANTS says the reader may not see. PLANTS
 * is written from docs/rights.md, not from the code. */
#include <string.h>

#include "base/hash.h"
#include "city/flow/flow.h"
#include "city/people/organisation.h"
#include "codec/unzip.h"
#include "store/db.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { FIRMS = 3, FLOWS = 4, BASE = 910001, STEP = 10, READERS = 24, SHEET_MAX = 16 << 20 };
static const Act ACT = {.actor = STR_INIT("tester"), .reason = STR_INIT("test")};
static const char *const DISTRICTS[FIRMS] = {"370303", "370303", "370305"};
static const char *const CODES[FIRMS] = {"91370303MA0FLW01X1", "91370303MA0FLW02X2",
                                         "91370305MA0FLW03X3"};

typedef enum Kind {
    INSIDE,
    SENSITIVE,
    SECRET,
    OBJECTED,
    MESSAGE,
    PAPER,
    DOCUMENT,
    TITLE,
    SPONSOR,
    INTEREST,
    SHEET,
    WATCHED,
    AUTHORISED,
    PERSON,
    OBJECTION,
    RUNG,
    LETTER,
    PROOF,
    VERDICT,
    WALL,
    CERTIFICATE,
    LINE,
    ATTACHED,
    CONSENT,
    LISTED,
    DELIVERED,
    MAILED,
    KINDS
} Kind;

/* Per role (leader, clerks of the office and of a district, policy; reviewer, partner, finance,
 * talent, chain; enterprise, auditor; administrators of system, security, audit): a all, d of the
 * district, o the own firm, the firm of the own organisation or seat, - none. A notification is
 * its receiver's, here the office's; who audits sees it in the proof of delivery. */
static const struct {
    const char *name, *sees;
} PLANTS[KINDS] = {
    [INSIDE] = {"TKINSIDE", "aada-oa-aoa---"},
    [SENSITIVE] = {"TKSENSITIVE", "aada-oa--oa---"},
    [SECRET] = {"TKSECRET", "aad--o---oa---"},
    [OBJECTED] = {"TKOBJECTED", "aa--------a---"},
    [MESSAGE] = {"TKMESSAGE", "aada-oa-aoa---"},
    [PAPER] = {"TKPAPER", "aada-oa-aoa---"},
    [DOCUMENT] = {"TKDOCUMENT", "aada-oa--oa---"},
    [TITLE] = {"TKTITLE", "aadao-aaaoa---"},
    [SPONSOR] = {"TKSPONSOR", "aada-o---oa---"},
    [INTEREST] = {"TKINTEREST", "aada-o---oa---"},
    [SHEET] = {"TKSHEET", "-a--o-----a---"},
    [WATCHED] = {"TKWATCHED", "-a------------"},
    [AUTHORISED] = {"TKAUTH", "aad------oa---"},
    [PERSON] = {"TKPERSON", "-a------------"},
    [OBJECTION] = {"TKOBJECTION", "aa--------a---"},
    [RUNG] = {"TKRUNG", "-a--------a--a"},
    [LETTER] = {"TKLETTER", "aa-------oa---"},
    [PROOF] = {"TKPROOF", "-ad------oa-a-"},
    [VERDICT] = {"TKVERDICT", "aa-a------a---"},
    [WALL] = {"TKWALL", "-a--------a---"},
    [CERTIFICATE] = {"TKCERT", "aaaa--aaaoa---"},
    [LINE] = {"TKLINE", "aa-a------a---"},
    [ATTACHED] = {"TKATTACHED", "aada-o---oa---"},
    [CONSENT] = {"TKCONSENT", "aada-----oa---"},
    [LISTED] = {"TKLISTED", "-a------------"},
    [DELIVERED] = {"TKDELIVERED", "aa-------oa---"},
    [MAILED] = {"TKMAILED", "-a--------a--a"},
};
static const char *const FLOW_IDS[FLOWS] = {"question", "candidate", "data-correction",
                                            "objection"};

typedef struct Reader {
    Str name, token;
    Role role;
    int own; /* index of the firm that is theirs; -1: none */
    Str district;
} Reader;

typedef struct Matrix {
    HttpFixture *f;
    int64_t firm[FIRMS], office, organisation, round;
    Str file[FIRMS]; /* the SM3 of the evidence */
    Reader readers[READERS];
    int n;
    int64_t calls, leaks, found[KINDS];
} Matrix;

static Str token_of(Arena *a, int kind, int firm) {
    return str_printf(a, "%s%cX", PLANTS[kind].name, 'A' + firm);
}

/* --- what is planted ---------------------------------------------------------------------------
 */

static Str data_of(Arena *a, int flow, int firm) {
    Str inside = token_of(a, INSIDE, firm), sensitive = token_of(a, SENSITIVE, firm);
    Str secret = token_of(a, SECRET, firm), objected = token_of(a, OBJECTED, firm);
    switch (flow) {
    case 0:
        return str_printf(a, "{\"问题\":\"%.*s\",\"答复\":\"%.*s\"}", STRF(inside),
                          STRF(sensitive));
    case 1: return str_printf(a, "{\"初核意见\":\"%.*s\"}", STRF(inside));
    case 2:
        return str_printf(a, "{\"更正为\":\"%.*s\",\"说明\":\"%.*s\"}", STRF(secret),
                          STRF(sensitive));
    default: return str_printf(a, "{\"处理意见\":\"%.*s\"}", STRF(objected));
    }
}

static bool plant_case(Db *db, Matrix *m, int flow, int i) {
    Arena *a = m->f->arena;
    const Flow *f = flow_find(m->f->reg->pack, str_from(FLOW_IDS[flow]));
    int64_t id = BASE + i + STEP * flow;
    if (!f) return false;
    return EXEC(db,
                "INSERT INTO case_file(id, version, flow, flow_sm3, state, stage, subject, parent, "
                "number, title, division, organisation, data, opened_ms, opened_by, changed_ms, "
                "closed_ms, seq_at_open) VALUES ($1, 1, $2, $3, $4, $5, $6, NULL, $7, 'x', $8, $9, "
                "$10, 1, 'tester', 1, NULL, 1)",
                db_i(id), db_s(f->id), db_s(f->sm3), db_s(f->start->id), db_s(f->start->stage),
                db_i(m->firm[i]), db_s(str_printf(a, "MTX-%lld", (long long)id)),
                db_s(str_from(DISTRICTS[i])), db_i(i == 0 ? m->organisation : 0),
                db_s(data_of(a, flow, i)));
}

static bool plant_parts(Db *db, Matrix *m, int i) {
    Arena *a = m->f->arena;
    int64_t id = BASE + i;
    Str document = token_of(a, DOCUMENT, i), bytes = str_cat(a, S("%PDF-1.4\n"), document);
    m->file[i] = hash_hex(a, HASH_SM3, bytes);
    return EXEC(db,
                "INSERT INTO case_message(case_file, at_ms, actor, role, text, field) VALUES ($1, "
                "1, 'tester', 'clerk_office', $2, '')",
                db_i(id), db_s(token_of(a, MESSAGE, i))) &&
           EXEC(db,
                "INSERT INTO case_paper(case_file, kind, addressee, answer, number, file, actor, "
                "at_ms) VALUES ($1, '征求意见函', $2, '', '', '', 'tester', 1)",
                db_i(id), db_s(token_of(a, PAPER, i))) &&
           EXEC(db, "INSERT INTO file_blob(sm3, type, size, bytes) VALUES ($1, 'pdf', $2, $3)",
                db_s(m->file[i]), db_i(bytes.n), db_b(bytes)) &&
           EXEC(db,
                "INSERT INTO case_document(case_file, kind, sm3, name, uploaded_by, at_ms, grade) "
                "VALUES ($1, '证明', $2, $3, 'tester', 1, 2)",
                db_i(id), db_s(m->file[i]), db_s(str_cat(a, document, S(".pdf"))));
}

static bool plant_library(Db *db, Matrix *m, int i) {
    Arena *a = m->f->arena;
    int64_t id = BASE + i;
    return EXEC(db,
                "INSERT INTO title(id, subject, kind, tier, level, name, publisher, "
                "document_number, document, from_day, to_day, first, published, case_file, round, "
                "actor, reason, batch, recorded_ms, seq) SELECT $1, $2, 1, 'zibo/gazelle', 'city', "
                "'x', 'x', $3, '', 20250101, 0, NULL, 0, 0, 0, 'tester', $3, max(id), 1, "
                "max(seq) FROM batch",
                db_i(id), db_i(m->firm[i]), db_s(token_of(a, TITLE, i))) &&
           EXEC(db,
                "INSERT INTO interest(id, organisation, app_user, subject, kind, share, note, "
                "from_day, to_day, declared_ms, declared_by, ended_by) VALUES ($1, $2, 0, $3, "
                "'holding', '1', $4, 20200101, 0, 1, 'tester', '')",
                db_i(id), db_i(i == 0 ? m->organisation : 999), db_i(m->firm[i]),
                db_s(token_of(a, INTEREST, i))) &&
           EXEC(db,
                "INSERT INTO recommendation(id, version, subject, firm_name, firm_code, rule, "
                "round, case_file, sponsor, organisation, app_user, district, reason, interest, "
                "interest_id, outcome, made_day, made_ms, made_by, withdrawn_reason) VALUES ($1, "
                "1, $2, 'x', $3, 'zibo/gazelle', 0, 0, 'partner', $4, 0, $5, $6, 'declared', $1, "
                "'met', "
                "20089, 1, 'tester', '')",
                db_i(id), db_i(m->firm[i]), db_s(str_from(CODES[i])),
                db_i(i == 0 ? m->organisation : 999), db_s(str_from(DISTRICTS[i])),
                db_s(token_of(a, SPONSOR, i))) &&
           EXEC(db,
                "INSERT INTO watch(id, app_user, subject, rule, note, since_ms) VALUES ($1, $2, "
                "$3, 'zibo/gazelle', $4, 1)",
                db_i(id), db_i(m->office), db_i(m->firm[i]), db_s(token_of(a, WATCHED, i))) &&
           EXEC(db,
                "INSERT INTO authorisation(id, subject, grantee, indicators, from_day, to_day, "
                "document, made_ms, actor, reason, withdrawn_by, withdrawn_reason) VALUES ($1, $2, "
                "'x', '[\"revenue\"]', 20089, 40000, $3, 1, 'tester', '', '', '')",
                db_i(id), db_i(m->firm[i]), db_s(token_of(a, AUTHORISED, i)));
}

static bool plant_notices(Db *db, Matrix *m, int i) {
    Arena *a = m->f->arena;
    int64_t id = BASE + i;
    return EXEC(db,
                "INSERT INTO public_notice(id, version, state, template, title, content, sm3, "
                "number, site_url, scan_sm3, scan_name, owner, created_ms, changed_ms, "
                "published_by, ended_by) SELECT $1, 1, 1, 'x', 'x', "
                "'{\"blocks\":[],\"values\":{},\"persons\":[]}', '', '', '', '', '', "
                "'tester', 1, 1, '', ''",
                db_i(id)) &&
           EXEC(db,
                "INSERT INTO notice_firm(notice, position, subject, name, code, district, "
                "firm_group, note) VALUES ($1, 0, $2, 'x', '', '', '', '')",
                db_i(id), db_i(m->firm[i])) &&
           EXEC(db,
                "INSERT INTO objection(id, version, notice, position, subject, receipt, channel, "
                "state, person, contact, organisation, text, sender_sm3, received_ms, "
                "received_day, registered_by, answer, closed_by) VALUES ($1, 1, $1, 0, $2, $3, 1, "
                "1, $4, $4, $4, $5, '', 1, 20089, 'tester', '', '')",
                db_i(id), db_i(m->firm[i]), db_s(str_printf(a, "RC%lld", (long long)id)),
                db_s(token_of(a, PERSON, i)), db_s(token_of(a, OBJECTION, i))) &&
           EXEC(db,
                "INSERT INTO letter(id, version, state, template, subject, addressee, title, "
                "content, sm3, number, proof, proof_sm3, owner, created_ms, changed_ms, sent_by) "
                "VALUES ($1, 1, 2, 'x', $2, $3, $3, '{\"blocks\":[],\"values\":{}}', '', '', '', "
                "'', 'tester', 1, 1, '')",
                db_i(id), db_i(m->firm[i]), db_s(token_of(a, LETTER, i))) &&
           EXEC(db,
                "INSERT INTO notification(id, at_ms, code, args, object, link, actor) VALUES ($1, "
                "1, 'notify.said', $2, $3, '', 'tester')",
                db_i(id), db_s(str_printf(a, "[\"%.*s\"]", STRF(token_of(a, RUNG, i)))),
                db_s(str_printf(a, "case:%lld", (long long)id))) &&
           EXEC(db, "INSERT INTO notification_user(app_user, notification, why) VALUES ($1, $2, 1)",
                db_i(m->office), db_i(id));
}

static bool plant_reviews(Db *db, Matrix *m, int i) {
    Arena *a = m->f->arena;
    int64_t id = BASE + i;
    return EXEC(db,
                "INSERT INTO review_candidate(id, round, case_file, subject, number, field, "
                "entered_ms, had, outcome, result, decision, seq, known_ms, kept, scored, score, "
                "verdict, code, reason) SELECT $1, min(id), $1, $2, $3, '', 1, 0, 'met', '', 0, 1, "
                "1, '', 0, '', '', '', '' FROM review_round",
                db_i(id), db_i(m->firm[i]), db_s(str_printf(a, "MTX-%lld", (long long)id))) &&
           EXEC(db,
                "INSERT INTO review_seat(id, round, candidate, person, version, assigned_ms, "
                "declared_ms, sheet, saved_ms, first, submitted_ms, second_ms, ended_ms, ended) "
                "SELECT $1, min(id), $1, $2, 1, 1, 1, $3, 1, '', 0, 0, 0, '' FROM review_round",
                db_i(id), db_s(i == 0 ? S("w.judge") : S("w.nobody")),
                db_s(str_printf(a, "{\"marks\":{},\"comments\":{\"x\":\"%.*s\"}}",
                                STRF(token_of(a, SHEET, i)))));
}

/* What an office decides and sends. */
static bool plant_decisions(Db *db, Matrix *m, int i) {
    Arena *a = m->f->arena;
    int64_t id = BASE + i;
    return EXEC(db,
                "UPDATE review_candidate SET verdict = 'hold', code = $2, reason = $2 "
                "WHERE id = $1",
                db_i(id), db_s(token_of(a, VERDICT, i))) &&
           EXEC(db,
                "INSERT INTO review_wall(round, candidate, person, kind, note, at_ms) SELECT "
                "min(id), $1, 'w.nobody', 'declared', $2, 1 FROM review_round",
                db_i(id), db_s(token_of(a, WALL, i))) &&
           EXEC(db,
                "INSERT INTO certificate(id, version, title_record, code, subject, name, uscc, "
                "title, issuer, "
                "number, from_day, issued_ms, issued_by, tier, level, document_number, case_file, "
                "demo) VALUES ($1, 1, $1, $2, $3, 'x', $4, 'x', 'x', $5, 20260101, 1, 'tester', "
                "'zibo/gazelle', 'city', $5, 0, 0)",
                db_i(id), db_s(str_printf(a, "matrix-code-%lld", (long long)id)), db_i(m->firm[i]),
                db_s(str_from(CODES[i])), db_s(token_of(a, CERTIFICATE, i))) &&
           EXEC(db,
                "INSERT INTO reconciliation(id, version, title, tier, level, publisher, as_of, "
                "seq, file_sm3, file_name, lines, agreed, only_here, only_there, unclear, "
                "made_ms, actor, reason) VALUES ($1, 1, 'x', 'zibo/gazelle', 'city', 'x', "
                "20260101, 1, '', 'x', 1, 0, 0, 1, 0, 1, 'tester', 'x')",
                db_i(id)) &&
           EXEC(db,
                "INSERT INTO reconciliation_line(reconciliation, place, kind, line, subject, "
                "score, cause, settled, settled_by) VALUES ($1, $1, 2, $2, $3, 0, '', "
                "'', '')",
                db_i(id), db_s(str_printf(a, "{\"name\":\"%.*s\"}", STRF(token_of(a, LINE, i)))),
                db_i(m->firm[i]));
}

/* What others brought, and what was sent. */
static bool plant_files(Db *db, Matrix *m, int i) {
    Arena *a = m->f->arena;
    int64_t id = BASE + i;
    Str attached = token_of(a, ATTACHED, i), sha = hash_hex(a, HASH_SHA256, attached);
    return EXEC(db, "INSERT INTO recommendation_content(sha256, made_ms, bytes) VALUES ($1, 1, $2)",
                db_s(sha), db_b(str_cat(a, S("%PDF-1.4\n"), attached))) &&
           EXEC(db,
                "INSERT INTO recommendation_file(id, recommendation, name, type, size, sha256, "
                "made_ms, actor) VALUES ($1, $1, $2, 'pdf', 1, $3, 1, 'tester')",
                db_i(id), db_s(str_cat(a, attached, S(".pdf"))), db_s(sha)) &&
           EXEC(
               db,
               "INSERT INTO recommendation_consent(id, subject, rule, round, answer, way, "
               "document, reason, at_ms, actor) VALUES ($1, $2, 'zibo/gazelle', 0, 'yes', 'paper', "
               "$3, $3, 1, 'tester')",
               db_i(id), db_i(m->firm[i]), db_s(token_of(a, CONSENT, i))) &&
           (i > 0 || /* one list names all */
            EXEC(db,
                 "INSERT INTO title_list(batch, name, sha256, rows_read, accepted, refused, "
                 "actor, reason, made_ms, undone_by, undone_reason) SELECT max(id), $1, '', 1, 1, "
                 "0, 'tester', $1, 1, '', '' FROM batch",
                 db_s(str_printf(a, "%.*s %.*s %.*s", STRF(token_of(a, LISTED, 0)),
                                 STRF(token_of(a, LISTED, 1)), STRF(token_of(a, LISTED, 2)))))) &&
           EXEC(db,
                "INSERT INTO letter_event(letter, position, kind, way, day, at_ms, proof, "
                "proof_sm3, actor) VALUES ($1, 1, 1, NULL, 20260101, 1, $2, '', 'tester')",
                db_i(id), db_s(token_of(a, DELIVERED, i))) &&
           EXEC(db,
                "INSERT INTO mail(id, kind, day, address, subject, body, object, actor, made_ms, "
                "next_ms, tries, state, message_id, content_sm3, answer, holder, held_ms, "
                "notification) VALUES ($1, 'digest', 20260101, $2, $2, $2, '', 'tester', 1, 1, 0, "
                "0, '', '', '', '', 0, 0)",
                db_i(id), db_s(token_of(a, MAILED, i)));
}

static bool plant(Db *db, void *data) {
    Matrix *m = data;
    for (int i = 0; i < FIRMS; i++) {
        SubjectNew s = {.kind = SUBJECT_ENTERPRISE,
                        .name = str_printf(m->f->arena, "流程矩阵%c号有限公司", 'A' + i),
                        .uscc = str_from(CODES[i]),
                        .division = str_from(DISTRICTS[i]),
                        .unit = str_from(DISTRICTS[i])};
        m->firm[i] = subject_add(db, &s, &ACT);
    }
    m->round = Q_I64(db, 0, "SELECT min(id) FROM review_round");
    for (int i = 0; i < FIRMS; i++) {
        for (int k = 0; k < FLOWS; k++)
            if (!plant_case(db, m, k, i)) return false;
        if (!plant_parts(db, m, i) || !plant_library(db, m, i) || !plant_notices(db, m, i) ||
            !plant_reviews(db, m, i) || !plant_decisions(db, m, i) || !plant_files(db, m, i))
            return false;
    }
    return true;
}

/* --- who reads ---------------------------------------------------------------------------------
 */

typedef struct Account {
    Matrix *m;
    User user;
    PasswordHash hash;
    int binds;
} Account;

static bool add_account(Db *db, void *data) {
    Account *k = data;
    Matrix *m = k->m;
    if (k->user.roles == 1u << ROLE_PARTNER && k->binds == 0) {
        Organisation o = {.kind = S("venture"), .name = k->user.name};
        k->user.organisation = m->organisation = organisation_add(db, &o, &ACT);
    }
    k->user.id = user_add(db, &k->user, k->hash, &ACT);
    if (k->user.roles == 1u << ROLE_CLERK_OFFICE) m->office = k->user.id;
    return k->user.id != 0;
}

static bool bind_firms(Db *db, void *data) {
    Matrix *m = data;
    bool ok = true;
    for (int i = 0; ok && i < m->n; i++) {
        const Reader *r = &m->readers[i];
        if (r->role != ROLE_ENTERPRISE || r->own < 0) continue;
        ok = EXEC(db,
                  "INSERT INTO enterprise_binding(id, app_user, code, subject, state, proof_name, "
                  "proof_type, proof_sm3, proof, asked_ms, decided_by, decided_ms, reason, "
                  "from_day, to_day, ended_by, ended_ms) SELECT $1, id, $2, $3, 'bound', $4, "
                  "'application/pdf', '', $5, 1, 'tester', 1, '', 20200101, 0, '', 0 FROM "
                  "app_user WHERE name = $6",
                  db_i(BASE + r->own), db_s(str_from(CODES[r->own])), db_i(m->firm[r->own]),
                  db_s(token_of(m->f->arena, PROOF, r->own)),
                  db_b(token_of(m->f->arena, PROOF, r->own)), db_s(r->name));
    }
    return ok;
}

static bool write_all(Matrix *m, bool (*run)(Db *, void *), void *data) {
    m->f->ctx.now_ms = m->f->now_ms;
    Db *db = db_borrow(&m->f->ctx, m->f->reg->store);
    bool ok = tx_run(db, DB_WRITE, run, data);
    db_return(db);
    CHECK(ok);
    return ok;
}

static void add_reader(Matrix *m, const char *name, Role role, int own, const char *district) {
    Account k = {.m = m, .binds = own};
    k.user = (User){.name = str_from(name), .roles = 1u << role, .district = str_from(district)};
    CHECK(user_hash_password(&m->f->ctx, k.user.name, S(FIXTURE_PASSWORD), &k.hash));
    write_all(m, add_account, &k);
    m->readers[m->n++] =
        (Reader){.name = str_from(name), .role = role, .own = own, .district = str_from(district)};
}

static void add_readers(Matrix *m) {
    static const char *const NAMES[ROLES] = {
        "w.leader", "w.office", NULL, "w.policy", "w.judge",  "w.fund", "w.money",
        "w.men",    "w.chain",  NULL, "w.audit",  "w.system", "w.safe", "w.trail"};
    for (int i = 0; i < ROLES; i++)
        if (NAMES[i])
            add_reader(m, NAMES[i], (Role)i, i == ROLE_REVIEWER || i == ROLE_PARTNER ? 0 : -1, "");
    add_reader(m, "w.zhang", ROLE_CLERK_DISTRICT, -1, "370303");
    add_reader(m, "w.zhou", ROLE_CLERK_DISTRICT, -1, "370305");
    add_reader(m, "w.lost", ROLE_CLERK_DISTRICT, -1, "");
    add_reader(m, "w.firm.a", ROLE_ENTERPRISE, 0, "");
    add_reader(m, "w.firm.b", ROLE_ENTERPRISE, 1, "");
    add_reader(m, "w.firm.c", ROLE_ENTERPRISE, 2, "");
    add_reader(m, "w.firm.none", ROLE_ENTERPRISE, -1, "");
    add_reader(m, "w.fund.none", ROLE_PARTNER, -1, "");
    add_reader(m, "w.judge.none", ROLE_REVIEWER, -1, "");
}

static bool may_see(const Reader *r, int kind, int firm) {
    switch (PLANTS[kind].sees[r->role]) {
    case 'a': return true;
    case 'd': return str_eq(r->district, str_from(DISTRICTS[firm]));
    case 'o': return r->own == firm;
    default: return false;
    }
}

/* --- asking and searching ----------------------------------------------------------------------
 */

static Str unpacked(Matrix *m, Str body) {
    static const Str PARTS[] = {STR_INIT("xl/worksheets/sheet1.xml"),
                                STR_INIT("xl/worksheets/sheet2.xml"),
                                STR_INIT("xl/sharedStrings.xml"), STR_INIT("word/document.xml")};
    Ctx c = ctx_new(m->f->call, 0);
    Buf b = buf_new(m->f->call, 0);
    Unzip *z = str_starts(body, S("PK")) ? unzip_open(&c, body, S("answer")) : NULL;
    if (!z) return body;
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        Str bytes;
        if (unzip_has(z, PARTS[i]) && unzip_bytes(z, PARTS[i], SHEET_MAX, &bytes))
            buf_put(&b, bytes);
    }
    unzip_close(z);
    return buf_str(&b);
}

static void search(Matrix *m, const Reader *r, const HttpCall *call, Str body) {
    if (str_find(body, S("TK")) < 0) return;
    for (int k = 0; k < KINDS; k++)
        for (int i = 0; i < FIRMS; i++) {
            char text[300];
            if (str_find(body, token_of(m->f->call, k, i)) < 0) continue;
            m->found[k]++;
            if (may_see(r, k, i)) continue;
            snprintf(text, sizeof text, "%.*s reads %s of firm %c: %s %s", STRF(r->name),
                     PLANTS[k].name, 'A' + i, call->method, call->path);
            if (m->leaks++ < 60) test_failed(__FILE__, __LINE__, text);
        }
}

static int ask(Matrix *m, const Reader *r, const char *method, Str path) {
    HttpCall call = {.method = method, .path = str_z(m->f->arena, path), .token = r->token};
    if (strcmp(method, "GET") != 0) call.body = S("{\"reason\":\"matrix\"}");
    HttpReply reply = http_call(m->f, &call);
    m->calls++;
    search(m, r, &call, unpacked(m, reply.body));
    if (reply.status >= 500 && reply.status != 503) test_failed(__FILE__, __LINE__, call.path);
    return reply.status;
}

static Str path_with(Matrix *m, const Route *t, int64_t id, int firm) {
    Arena *a = m->f->arena;
    Str rest = str_from(t->path), out = S("");
    bool enterprise = strncmp(t->path, "/enterprises/", 13) == 0;
    if (strncmp(t->path, "/rounds/", 8) == 0) id = m->round;
    while (rest.p) {
        Str part = str_cut(&rest, '/');
        if (part.n == 0) continue;
        if (str_eq(part, S("{sm3}")))
            part = m->file[firm];
        else if (str_eq(part, S("{receipt}")))
            part = str_printf(a, "RC%lld", (long long)id);
        else if (str_starts(part, S("{")))
            part = str_printf(a, "%lld", (long long)(enterprise ? m->firm[firm] : id));
        out = str_printf(a, "%.*s/%.*s", STRF(out), STRF(part));
    }
    return out;
}

/* Rules, revisions, imports and accounts have no subject: test_rights.c walks them. */
static bool apart(const Route *t) {
    static const char *const APART[] = {"/rules", "/revisions", "/imports", "/users", "/openapi"};
    for (size_t i = 0; i < sizeof APART / sizeof *APART; i++)
        if (strncmp(t->path, APART[i], strlen(APART[i])) == 0) return true;
    return false;
}

static void ask_route(Matrix *m, const Reader *r, const Route *t) {
    static const char *const LISTS[] = {"?limit=200", "?format=csv", "?format=xlsx", "?q=TK"};
    bool one = strchr(t->path, '{') != NULL, cases = strncmp(t->path, "/cases/", 7) == 0;
    if (strcmp(t->method, "GET") != 0 || apart(t)) return;
    for (int i = 0; one && i < FIRMS; i++)
        for (int k = 0; k < (cases ? FLOWS : 1); k++)
            ask(m, r, t->method, path_with(m, t, BASE + i + STEP * k, i));
    if (one || ask(m, r, t->method, str_from(t->path)) != 200) return;
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        ask(m, r, t->method, str_cat(m->f->arena, str_from(t->path), str_from(LISTS[i])));
}

/* Who is a stranger to a firm learns nothing from refusals of writes about it. */
static void write_route(Matrix *m, const Reader *r, const Route *t) {
    bool stranger = r->role == ROLE_ENTERPRISE || r->role == ROLE_PARTNER ||
                    r->role == ROLE_REVIEWER || r->role == ROLE_TALENT;
    if (!stranger || strcmp(t->method, "GET") == 0 || apart(t) || strstr(t->path, "session"))
        return;
    for (int i = 0; strchr(t->path, '{') && i < FIRMS; i++)
        if (i != r->own) ask(m, r, t->method, path_with(m, t, BASE + i, i));
}

static Matrix *matrix(void) {
    static Matrix m;
    HttpFixture *f = http_fixture();
    if (m.f) return &m;
    m.f = f;
    f->ctx.now_ms = f->now_ms;
    add_readers(&m);
    if (write_all(&m, plant, &m)) write_all(&m, bind_firms, &m);
    for (int i = 0; i < m.n; i++)
        m.readers[i].token = http_sign_in(f, m.readers[i].name, S(FIXTURE_PASSWORD));
    return &m;
}

TEST(rights_flow_no_answer_leaks) {
    Matrix *m = matrix();
    int routes = 0;
    for (const Route *t = ROUTES; t->method; t++, routes++)
        for (int i = 0; i < m->n; i++) ask_route(m, &m->readers[i], t);
    for (const Route *t = ROUTES; t->method; t++)
        for (int i = 0; i < m->n; i++) write_route(m, &m->readers[i], t);
    CHECK_INT(m->leaks, 0);
    CHECK(routes > 100 && m->calls > 5000);
    for (int k = 0; k < KINDS; k++) /* a token nobody ever sees would prove nothing */
        if (!m->found[k]) test_failed(__FILE__, __LINE__, PLANTS[k].name);
}

/* What is not there and what is another's answer alike, but for the id in the question. */
TEST(rights_flow_absent_and_foreign_are_alike) {
    static const char *const PATHS[] = {"/cases/",   "/titles/",  "/recommendations/",
                                        "/letters/", "/reviews/", "/enterprises/"};
    Matrix *m = matrix();
    for (int i = 0; i < m->n; i++) {
        const Reader *r = &m->readers[i];
        if (r->role != ROLE_ENTERPRISE || r->own < 0) continue;
        for (size_t k = 0; k < sizeof PATHS / sizeof *PATHS; k++) {
            int other = (r->own + 1) % FIRMS;
            int64_t id = strcmp(PATHS[k], "/enterprises/") == 0 ? m->firm[other] : BASE + other;
            Str there = str_printf(m->f->arena, "%s%lld", PATHS[k], (long long)id);
            Str absent = str_printf(m->f->arena, "%s%d", PATHS[k], 987654321);
            HttpReply a = http_get(m->f, r->token, str_z(m->f->arena, absent));
            int status = a.status;
            Str title = str_dup(m->f->arena, json_get_str(a.json, S("type")));
            HttpReply b = http_get(m->f, r->token, str_z(m->f->arena, there));
            CHECK_INT(b.status, status);
            CHECK_STR(json_get_str(b.json, S("type")), title);
        }
    }
}

/* Acts on many: cases of others are refused as cases that are not there, and nothing of them is
 * done. */
TEST(rights_flow_acts_on_many_tell_nothing_of_others) {
    Matrix *m = matrix();
    Arena *a = m->f->arena;
    for (int i = 0; i < m->n; i++) {
        const Reader *r = &m->readers[i];
        if (r->role != ROLE_ENTERPRISE || r->own < 0) continue;
        int other = (r->own + 1) % FIRMS;
        Str body = str_printf(
            a, "{\"act\":\"答复\",\"data\":{\"答复\":\"x\"},\"ids\":[\"%d\",\"987654321\"]}",
            BASE + other);
        HttpReply p = http_call(
            m->f,
            &(HttpCall){.method = "POST", .path = "/cases/acts", .token = r->token, .body = body});
        CHECK_INT(p.status, 200);
        CHECK_INT(json_get_i64(p.json, S("done"), -1), 0);
        const Json *items = json_get(p.json, S("items"));
        CHECK(items && items->count == 2);
        Str why[2];
        for (int k = 0; k < 2; k++) {
            const Json *e = json_at(items, k);
            Str id = json_get_str(e, S("id")), text = json_get_str(e, S("why"));
            ptrdiff_t at = str_find(text, id);
            CHECK(at >= 0 && text.n > 0);
            why[k] = str_cat(a, str_sub(text, 0, at), str_sub(text, at + id.n, text.n));
        }
        CHECK_STR(why[0], why[1]);
    }
}

static const Reader *reader_named(const Matrix *m, const char *name) {
    for (int i = 0; i < m->n; i++)
        if (str_eq(m->readers[i].name, str_from(name))) return &m->readers[i];
    CHECK(false);
    return &m->readers[0];
}

static int64_t total_of(Matrix *m, const Reader *r, const char *path) {
    HttpReply p = http_get(m->f, r->token, path);
    return p.status == 200 ? json_get_i64(p.json, S("total"), -1) : -p.status;
}

/* How many cases there are that one may not see is not told either, whatever page is asked for. */
TEST(rights_flow_totals_count_what_one_sees) {
    static const char *const PATHS[] = {"/cases?flow=objection", "/cases?flow=objection&limit=1",
                                        "/cases?flow=objection&offset=400",
                                        "/cases?flow=objection&q=MTX",
                                        "/cases?flow=objection&limit=1&offset=1"};
    static const char *const BLIND[] = {"w.firm.a", "w.firm.b", "w.zhang", "w.policy",
                                        "w.chain",  "w.money",  "w.fund",  "w.judge"};
    Matrix *m = matrix();
    for (size_t k = 0; k < sizeof PATHS / sizeof *PATHS; k++) {
        for (size_t i = 0; i < sizeof BLIND / sizeof *BLIND; i++)
            CHECK_INT(total_of(m, reader_named(m, BLIND[i]), PATHS[k]), 0);
        CHECK(total_of(m, reader_named(m, "w.office"), PATHS[k]) >= FIRMS);
        CHECK(total_of(m, reader_named(m, "w.audit"), PATHS[k]) >= FIRMS);
    }
    CHECK_INT(total_of(m, reader_named(m, "w.firm.a"), "/cases?limit=1"), FLOWS - 1);
    CHECK_INT(total_of(m, reader_named(m, "w.zhang"), "/cases?limit=1&q=MTX"), 2 * (FLOWS - 1));
}

static bool opened_by_others(Db *db, void *data) {
    const Str *name = data;
    return EXEC(db, "UPDATE case_file SET opened_by = $1 WHERE id = $2 OR id = $3", db_s(*name),
                db_i(BASE + 1 + 2 * STEP), db_i(BASE + 1));
}

/* Who once acted for a firm and does no more has not kept what they opened for it. */
TEST(rights_flow_an_account_that_left_a_firm_leaves_its_cases) {
    static const char *const LEFT[] = {"w.firm.none", "w.firm.c"};
    Matrix *m = matrix();
    Str tester = S("tester");
    for (size_t i = 0; i < sizeof LEFT / sizeof *LEFT; i++) {
        const Reader *r = reader_named(m, LEFT[i]);
        int64_t before = total_of(m, r, "/cases"), tasks = total_of(m, r, "/me/tasks");
        Str name = r->name;
        write_all(m, opened_by_others, &name);
        CHECK_INT(total_of(m, r, "/cases"), before);
        CHECK_INT(total_of(m, r, "/me/tasks"), tasks);
        HttpReply p = http_get(m->f, r->token, "/me/tasks");
        CHECK(str_find(p.body, S("MTX-910002")) < 0 && str_find(p.body, S("MTX-910022")) < 0);
        for (int k = 0; k < 2; k++) {
            Str path = str_printf(m->f->arena, "/cases/%d", BASE + 1 + 2 * STEP * k);
            CHECK_INT(http_get(m->f, r->token, str_z(m->f->arena, path)).status, 404);
        }
    }
    write_all(m, opened_by_others, &tester);
}

/* A name found by its sound is found by those only who may know of the enterprise. */
TEST(rights_flow_search_by_sound_keeps_to_sight) {
    static const char *const SOUNDS[] = {"/search?q=LCJZ", "/search?q=lcjz", "/enterprises?q=lcjz"};
    Matrix *m = matrix();
    int found = 0;
    for (int i = 0; i < m->n; i++)
        for (size_t k = 0; k < sizeof SOUNDS / sizeof *SOUNDS; k++) {
            const Reader *r = &m->readers[i];
            HttpReply p = http_get(m->f, r->token, SOUNDS[k]);
            for (int f = 0; f < FIRMS; f++) {
                Str name = str_printf(m->f->arena, "流程矩阵%c号", 'A' + f);
                bool seen = str_find(p.body, name) >= 0;
                found += seen;
                if (r->role == ROLE_ENTERPRISE && r->own != f) CHECK(!seen);
            }
        }
    CHECK(found > 0);
}

/* An answer kept for a repeated request is its author's: the same key of another runs anew. */
TEST(rights_flow_a_kept_answer_is_its_authors) {
    Matrix *m = matrix();
    const Reader *office = &m->readers[1], *stranger = office;
    for (int i = 0; i < m->n; i++)
        if (str_eq(m->readers[i].name, S("w.firm.b"))) stranger = &m->readers[i];
    Str body = S("{\"text\":\"TKKEPT\"}");
    HttpCall call = {.method = "POST",
                     .path = "/cases/910001/messages",
                     .token = office->token,
                     .body = body,
                     .headers = {{S("Idempotency-Key"), S("matrix-kept-1")}}};
    CHECK_INT(http_call(m->f, &call).status, 201);
    HttpReply again = http_call(m->f, &call);
    CHECK(again.status == 201 && str_find(again.body, S("TKKEPT")) >= 0);
    call.token = stranger->token;
    HttpReply theirs = http_call(m->f, &call);
    CHECK(theirs.status >= 400 && str_find(theirs.body, S("TKKEPT")) < 0);
    HttpReply shown = http_get(m->f, office->token, "/cases/910001/messages");
    Str tag = str_dup(m->f->arena, shown.etag);
    call = (HttpCall){
        .method = "GET",
        .path = "/cases/910001/messages",
        .token = stranger->token,
        .headers = {{S("If-None-Match"), str_printf(m->f->arena, "\"%.*s\"", STRF(tag))}}};
    CHECK_INT(http_call(m->f, &call).status, 404); /* never 304: that would say it is there */
}

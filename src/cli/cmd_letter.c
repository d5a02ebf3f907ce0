/* jixia letter and jixia certificate. Every act is the function the API calls. */
#include "base/date.h"
#include "base/file.h"
#include "city/flow/evidence.h"
#include "city/notice/certificate.h"
#include "city/notice/letter.h"
#include "city/subject.h"
#include "cli/paper.h"

enum { WITH, REASON, WAY, ON, OUT, FILE_OF, OPTIONS };

typedef struct Work {
    Cli *cli;
    Register *reg;
    Db *db;
    const Json *with;
    Str bytes;
    int64_t id;
    int32_t day;
    LetterWay way;
    Letter l;
    Certificate k;
    int signed_now;
    Act act;
} Work;

static Json *letter_row(Arena *a, const Letter *l) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, l->id));
    json_set(o, S("kind"), json_string(a, l->kind));
    json_set(o, S("title"), json_string(a, l->title));
    json_set(o, S("addressee"), json_string(a, l->addressee));
    json_set(o, S("state"), json_string(a, letter_state_text(l->state)));
    json_set(o, S("way"), json_string(a, letter_way_text(l->way)));
    json_set(o, S("number"), json_string(a, l->number));
    json_set(o, S("sent"), json_int(a, l->sent_day));
    json_set(o, S("delivered"), json_int(a, l->delivered_day));
    json_set(o, S("returned"), json_int(a, l->returned_day));
    json_set(o, S("sm3"), json_string(a, l->sm3));
    json_set(o, S("case"), json_int(a, l->case_file));
    return o;
}

static Json *letter_whole(Work *w) {
    Arena *a = w->cli->arena;
    LetterEvent *e;
    int n;
    if (!letter_events(w->db, w->l.id, &e, &n)) return NULL;
    Json *o = letter_row(a, &w->l);
    json_set(o, S("open_fields"),
             w->l.sm3.n ? json_new(a, JSON_ARRAY) : letter_open_fields(w->cli->c, &w->l));
    Json *list = json_set(o, S("events"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        Json *j = json_push(list, json_new(a, JSON_OBJECT));
        json_set(j, S("kind"), json_string(a, letter_event_text(e[i].kind)));
        json_set(j, S("way"), json_string(a, letter_way_text(e[i].way)));
        json_set(j, S("day"), json_int(a, e[i].day));
        json_set(j, S("proof"), json_string(a, e[i].proof));
    }
    return o;
}

static bool draft_tx(Db *db, void *user) {
    Work *w = user;
    PaperFirm *firms;
    Str who = json_get_str(w->with, S("enterprise")), due = json_get_str(w->with, S("due_on"));
    int64_t day;
    LetterNew n = {.template_id = json_get_str(w->with, S("template")),
                   .addressee = json_get_str(w->with, S("addressee")),
                   .case_file = json_get_i64(w->with, S("case"), 0),
                   .round = json_get_i64(w->with, S("round"), 0),
                   .values = json_get(w->with, S("values")),
                   .body = json_get_str(w->with, S("body"))};
    if (who.n && !(n.subject = subject_find(db, who))) return false;
    if (due.n && !date_parse(due, &day)) return FAIL(db_ctx(db), ERR_INPUT, M_CITY_BAD_VALUE, due);
    if (due.n) n.due_day = date_to_int(day);
    if (!cli_paper_firms(db, w->reg, w->with, &firms, &n.nfirms)) return false;
    n.firms = firms;
    return letter_add(db, w->reg->pack, &n, &w->act, &w->l);
}

static bool change_tx(Db *db, void *user) {
    static const char *const PARTS[] = {"blocks", "values"};
    Work *w = user;
    if (!letter_get(db, w->id, &w->l)) return false;
    Arena *a = db_ctx(db)->arena;
    Json *given = json_new(a, JSON_OBJECT);
    const Json *blocks = json_get(w->with, S("blocks")), *values = json_get(w->with, S("values"));
    if (blocks) json_set(given, S("blocks"), json_copy(a, blocks));
    if (values)
        json_set(given, S("values"),
                 paper_values_merge(a, json_get(w->l.content, S("values")), values));
    w->l.content = cli_paper_merge(a, w->l.content, given, PARTS, 2);
    if (json_get(w->with, S("addressee"))) w->l.addressee = json_get_str(w->with, S("addressee"));
    return letter_change(db, &w->l, &w->act);
}

static bool send_tx(Db *db, void *user) {
    Work *w = user;
    return letter_get(db, w->id, &w->l) && letter_send(db, &w->l, w->way, w->day, &w->act);
}

static bool end_tx(Db *db, void *user) {
    Work *w = user;
    return letter_get(db, w->id, &w->l) && letter_drop(db, &w->l, &w->act);
}

/* The reason is the proof; --file is kept beside it. */
static bool outcome(Db *db, Work *w, LetterEventKind kind) {
    EvidenceType type;
    LetterOutcome o = {.kind = kind, .day = w->day, .proof = w->act.reason};
    if (w->bytes.n && !evidence_keep(db, w->bytes, &type, &o.proof_sm3)) return false;
    return letter_get(db, w->id, &w->l) && letter_outcome(db, &w->l, &o, &w->act);
}

static bool delivered_tx(Db *db, void *user) {
    return outcome(db, user, LETTER_EVENT_DELIVERED);
}

static bool returned_tx(Db *db, void *user) {
    return outcome(db, user, LETTER_EVENT_RETURNED);
}

static const struct {
    Str verb;
    bool (*fn)(Db *, void *);
} ACTS[] = {{STR_INIT("draft"), draft_tx},         {STR_INIT("change"), change_tx},
            {STR_INIT("send"), send_tx},           {STR_INIT("end"), end_tx},
            {STR_INIT("delivered"), delivered_tx}, {STR_INIT("returned"), returned_tx}};

static bool letters(Work *w, Json **answer) {
    LetterFilter f = {.state = -1, .limit = 500};
    Letter *all;
    int n;
    int64_t total;
    if (!letter_list(w->db, &f, &all, &n, &total)) return false;
    *answer = json_new(w->cli->arena, JSON_ARRAY);
    for (int i = 0; i < n; i++) json_push(*answer, letter_row(w->cli->arena, &all[i]));
    return true;
}

static bool run_letter(Work *w, Str verb, const CliOpt *o, Json **answer) {
    Paper p;
    if (str_eq(verb, S("list"))) return letters(w, answer);
    for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++)
        if (str_eq(ACTS[i].verb, verb))
            return tx_run(w->db, DB_WRITE, ACTS[i].fn, w) && (*answer = letter_whole(w));
    if (!letter_get(w->db, w->id, &w->l)) return false;
    if (str_eq(verb, S("docx")) && (!letter_paper(w->db, &w->l, false, &p) ||
                                    !cli_paper_docx(w->cli->c, w->reg->pack, &p,
                                                    cli_mark(w->cli, GRADE_INTERNAL), o[OUT].text)))
        return false;
    return (*answer = letter_whole(w)) != NULL;
}

static bool take(Work *w, CliPaper *call, const CliOpt *o) {
    Ctx *c = w->cli->c;
    int64_t day;
    int way = letter_way_find(o[WAY].text);
    w->reg = call->reg;
    w->db = call->db;
    w->with = call->json;
    w->id = call->id;
    w->act = call->act;
    w->way = way < 0 ? WAY_NONE : (LetterWay)way;
    if (o[ON].given && !date_parse(o[ON].text, &day))
        return FAIL(c, ERR_INPUT, M_CITY_BAD_VALUE, o[ON].text);
    if (o[ON].given) w->day = date_to_int(day);
    return !o[FILE_OF].given || file_read(c, o[FILE_OF].text, EVIDENCE_MAX_MB << 20, &w->bytes);
}

#define LETTER_OPTIONS                                                                             \
    {                                                                                              \
        [WITH] = {.name = "--with"}, [REASON] = {.name = "--reason"}, [WAY] = {.name = "--way"},   \
        [ON] = {.name = "--on"}, [OUT] = {.name = "--out"}, [FILE_OF] = {                          \
            .name = "--file"                                                                       \
        }                                                                                          \
    }

int cmd_letter(Cli *cli, int argc, char **argv) {
    CliOpt o[OPTIONS] = LETTER_OPTIONS;
    static const char *const READING[] = {"list", "show", "docx", NULL};
    static const char *const WRITING[] = {"draft",     "change",   "send", "end",
                                          "delivered", "returned", NULL};
    Work w = {.cli = cli};
    CliPaper call = {.options = o,
                     .noptions = OPTIONS,
                     .with = WITH,
                     .reason = REASON,
                     .reading = READING,
                     .writing = WRITING};
    Json *answer = NULL;
    if (!cli_paper_begin(cli, argc, argv, &call)) return call.status;
    bool ok = take(&w, &call, o) && run_letter(&w, call.verb, o, &answer);
    return cli_paper_end(cli, &call, ok, answer);
}

/* --- certificates -------------------------------------------------------------------------------
 */

static Json *certificate_row(Arena *a, const Certificate *k) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, k->id));
    json_set(o, S("number"), json_string(a, k->number));
    json_set(o, S("code"), json_string(a, k->code));
    json_set(o, S("name"), json_string(a, k->name));
    json_set(o, S("title"), json_string(a, k->title_name));
    json_set(o, S("level"), json_string(a, k->level));
    json_set(o, S("document_number"), json_string(a, k->document_number));
    json_set(o, S("from"), json_int(a, k->from));
    json_set(o, S("to"), json_int(a, k->to_now));
    json_set(o, S("state"), json_string(a, certificate_state_text(k->state)));
    json_set(o, S("since"), json_int(a, k->since));
    json_set(o, S("signed"), json_bool(a, certificate_sound(k)));
    return o;
}

static bool issue_tx(Db *db, void *user) {
    Work *w = user;
    return certificate_issue(db, w->reg, w->id, &w->act, &w->k);
}

static bool withdraw_tx(Db *db, void *user) {
    Work *w = user;
    return certificate_get(db, w->id, 0, &w->k) && certificate_withdraw(db, &w->k, &w->act);
}

static bool sign_tx(Db *db, void *user) {
    Work *w = user;
    if (!w->reg->key_path.n) return FAIL(db_ctx(db), ERR_STATE, M_CERTIFICATE_NO_KEY);
    return certificate_sign(db, w->reg, &w->act, &w->signed_now);
}

static bool certificates(Work *w, Json **answer) {
    Certificate *all;
    int n;
    int64_t total;
    if (!certificate_list(w->db, 0, 0, 500, &all, &n, &total)) return false;
    *answer = json_new(w->cli->arena, JSON_ARRAY);
    for (int i = 0; i < n; i++) json_push(*answer, certificate_row(w->cli->arena, &all[i]));
    return true;
}

static bool run_certificate(Work *w, Str verb, Str what, Json **answer) {
    Ctx *c = w->cli->c;
    bool ok = true;
    if (str_eq(verb, S("list"))) return certificates(w, answer);
    if (str_eq(verb, S("sign"))) {
        *answer = json_new(w->cli->arena, JSON_OBJECT);
        ok = tx_run(w->db, DB_WRITE, sign_tx, w);
        json_set(*answer, S("signed"), json_int(w->cli->arena, w->signed_now));
        return ok;
    }
    if (str_eq(verb, S("issue")))
        ok = tx_run(w->db, DB_WRITE, issue_tx, w);
    else if (str_eq(verb, S("withdraw")))
        ok = tx_run(w->db, DB_WRITE, withdraw_tx, w);
    else if (str_eq(verb, S("verify")))
        ok = certificate_by_code(w->db, what, 0, &w->k) ||
             (ctx_ok(c) && FAIL(c, ERR_MISSING, M_PAGE_VERIFY_UNKNOWN));
    else
        ok = certificate_get(w->db, w->id, 0, &w->k);
    if (ok) *answer = certificate_row(w->cli->arena, &w->k);
    return ok;
}

int cmd_certificate(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {[WITH] = {.name = "--with"}, [REASON] = {.name = "--reason"}};
    static const char *const READING[] = {"list", "show", "verify", NULL};
    static const char *const WRITING[] = {"issue", "withdraw", "sign", NULL};
    Work w = {.cli = cli};
    CliPaper call = {.options = o,
                     .noptions = 2,
                     .with = WITH,
                     .reason = REASON,
                     .reading = READING,
                     .writing = WRITING};
    Json *answer = NULL;
    if (!cli_paper_begin(cli, argc, argv, &call)) return call.status;
    w.reg = call.reg;
    w.db = call.db;
    w.id = call.id;
    w.act = call.act;
    bool ok = run_certificate(&w, call.verb, call.what, &answer);
    return cli_paper_end(cli, &call, ok, answer);
}

/* jixia notice: public notices and the objections to them. Every act is the function the API calls.
 */
#include "base/date.h"
#include "base/file.h"
#include "city/flow/evidence.h"
#include "city/notice/objection.h"
#include "city/subject.h"
#include "cli/city.h"
#include "cli/paper.h"
#include "codec/json.h"

enum { WITH, REASON, FROM, OUT, SCAN, AS, OPTIONS };

typedef struct Work {
    Cli *cli;
    Register *reg;
    Db *db;
    const Json *with;
    Str scan;
    int64_t id;
    int32_t from;
    PublicNotice n;
    Objection o;
    Act act;
} Work;

static Json *notice_row(Arena *a, const PublicNotice *n) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, n->id));
    json_set(o, S("title"), json_string(a, n->title));
    json_set(o, S("state"), json_string(a, notice_state_text(n->state)));
    json_set(o, S("firms"), json_int(a, n->firms));
    json_set(o, S("working_days"), json_int(a, n->working_days));
    json_set(o, S("from"), json_int(a, n->from_day));
    json_set(o, S("to"), json_int(a, n->to_day));
    json_set(o, S("number"), json_string(a, n->number));
    json_set(o, S("site_url"), json_string(a, n->site_url));
    json_set(o, S("sm3"), json_string(a, n->sm3));
    json_set(o, S("scan"), json_string(a, n->scan_sm3));
    json_set(o, S("round"), json_int(a, n->round));
    return o;
}

static Json *notice_whole(Work *w) {
    Arena *a = w->cli->arena;
    NoticeFirm *firms;
    int n;
    if (!notice_firms(w->db, w->n.id, &firms, &n)) return NULL;
    Json *o = notice_row(a, &w->n);
    json_set(o, S("open_fields"),
             w->n.sm3.n ? json_new(a, JSON_ARRAY) : notice_open_fields(w->cli->c, &w->n));
    Json *rows = json_set(o, S("rows"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        Json *e = json_push(rows, json_new(a, JSON_OBJECT));
        json_set(e, S("position"), json_int(a, i + 1));
        json_set(e, S("name"), json_string(a, firms[i].firm.name));
        json_set(e, S("code"), json_string(a, firms[i].firm.code));
        json_set(e, S("open"), json_int(a, firms[i].open));
        json_set(e, S("upheld"), json_int(a, firms[i].upheld));
    }
    return o;
}

/* --- acts ---------------------------------------------------------------------------------------
 */

static bool draft_tx(Db *db, void *user) {
    Work *w = user;
    PaperFirm *firms;
    NoticeNew n = {.template_id = json_get_str(w->with, S("template")),
                   .round = json_get_i64(w->with, S("round"), 0),
                   .replaces = json_get_i64(w->with, S("replaces"), 0),
                   .values = json_get(w->with, S("values")),
                   .persons = json_get(w->with, S("persons")),
                   .working_days = (int)json_get_i64(w->with, S("working_days"), 0)};
    if (!cli_paper_firms(db, w->reg, w->with, &firms, &n.nfirms)) return false;
    n.firms = firms;
    return notice_add(db, w->reg->pack, &n, &w->act, &w->n);
}

static bool change_tx(Db *db, void *user) {
    static const char *const PARTS[] = {"blocks", "values", "persons"};
    Work *w = user;
    PaperFirm *firms;
    int n;
    if (!notice_get(db, w->id, &w->n) || !cli_paper_firms(db, w->reg, w->with, &firms, &n))
        return false;
    w->n.content = cli_paper_merge(db_ctx(db)->arena, w->n.content, w->with, PARTS, 3);
    w->n.working_days = (int)json_get_i64(w->with, S("working_days"), w->n.working_days);
    return notice_change(db, &w->n, firms, n, &w->act);
}

static bool enter_tx(Db *db, void *user) {
    Work *w = user;
    int64_t day;
    Str down = json_get_str(w->with, S("take_down_on"));
    EvidenceType type;
    if (!notice_get(db, w->id, &w->n)) return false;
    if (json_get(w->with, S("number"))) w->n.number = json_get_str(w->with, S("number"));
    if (json_get(w->with, S("site_url"))) w->n.site_url = json_get_str(w->with, S("site_url"));
    if (down.n && !date_parse(down, &day))
        return FAIL(db_ctx(db), ERR_INPUT, M_CITY_BAD_VALUE, down);
    if (down.n) w->n.take_down_day = date_to_int(day);
    if (w->scan.n && !evidence_keep(db, w->scan, &type, &w->n.scan_sm3)) return false;
    if (w->scan.n) w->n.scan_name = str_cat(w->cli->arena, S("scan."), evidence_type_text(type));
    return notice_enter(db, &w->n, &w->act);
}

static bool publish_tx(Db *db, void *user) {
    Work *w = user;
    return notice_get(db, w->id, &w->n) &&
           notice_publish(db, w->reg->pack, &w->n, w->from, &w->act);
}

static bool conclude_tx(Db *db, void *user) {
    Work *w = user;
    return notice_get(db, w->id, &w->n) && notice_conclude(db, &w->n, &w->act);
}

static bool end_tx(Db *db, void *user) {
    Work *w = user;
    return notice_get(db, w->id, &w->n) && notice_end(db, &w->n, &w->act);
}

/* Registered by the office: on paper unless the entry says another way. */
static bool object_tx(Db *db, void *user) {
    Work *w = user;
    int64_t day;
    Str on = json_get_str(w->with, S("received_on"));
    Str by = json_get_str(w->with, S("channel"));
    int channel = by.n ? objection_channel_find(by) : CHANNEL_PAPER;
    ObjectionNew n = {.notice = w->id,
                      .position = (int)json_get_i64(w->with, S("position"), 0),
                      .channel = (ObjectionChannel)channel,
                      .person = json_get_str(w->with, S("person")),
                      .contact = json_get_str(w->with, S("contact")),
                      .organisation = json_get_str(w->with, S("organisation")),
                      .text = json_get_str(w->with, S("text"))};
    if (channel <= CHANNEL_WEB)
        return FAIL_AT(db_ctx(db), ERR_RULE, S("/channel"), M_OBJECTION_FIELD, S("channel"));
    if (on.n && !date_parse(on, &day)) return FAIL(db_ctx(db), ERR_INPUT, M_CITY_BAD_VALUE, on);
    if (on.n) n.received_day = date_to_int(day);
    return objection_file(db, w->reg, &n, w->act.actor, &w->o);
}

static bool object(Work *w, Json **answer) {
    Arena *a = w->cli->arena;
    if (!tx_run(w->db, DB_WRITE, object_tx, w)) return false;
    *answer = json_new(a, JSON_OBJECT);
    json_set(*answer, S("id"), json_int(a, w->o.id));
    json_set(*answer, S("receipt"), json_string(a, w->o.receipt));
    json_set(*answer, S("case"), json_int(a, w->o.case_file));
    return true;
}

static bool list(Work *w, Json **answer) {
    NoticeFilter f = {.state = -1, .limit = 500};
    PublicNotice *all;
    int n;
    int64_t total;
    if (!notice_list(w->db, &f, &all, &n, &total)) return false;
    *answer = json_new(w->cli->arena, JSON_ARRAY);
    for (int i = 0; i < n; i++) json_push(*answer, notice_row(w->cli->arena, &all[i]));
    return true;
}

static const struct {
    Str verb;
    bool (*fn)(Db *, void *);
} ACTS[] = {{STR_INIT("draft"), draft_tx},       {STR_INIT("change"), change_tx},
            {STR_INIT("enter"), enter_tx},       {STR_INIT("publish"), publish_tx},
            {STR_INIT("conclude"), conclude_tx}, {STR_INIT("end"), end_tx}};

static bool run(Work *w, Str verb, const CliOpt *o, Json **answer) {
    Ctx *c = w->cli->c;
    Paper p;
    if (str_eq(verb, S("list"))) return list(w, answer);
    if (str_eq(verb, S("object"))) return object(w, answer);
    for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++)
        if (str_eq(ACTS[i].verb, verb))
            return tx_run(w->db, DB_WRITE, ACTS[i].fn, w) && (*answer = notice_whole(w));
    if (!notice_get(w->db, w->id, &w->n)) return false;
    Str mark = notice_is_issued(&w->n) ? S("") : cli_mark(w->cli, GRADE_INTERNAL);
    if (str_eq(verb, S("docx")))
        return notice_paper(w->db, &w->n, &p) &&
               cli_paper_docx(c, w->reg->pack, &p, mark, o[OUT].text) &&
               (*answer = notice_row(w->cli->arena, &w->n));
    return (*answer = notice_whole(w)) != NULL;
}

int cmd_notice(Cli *cli, int argc, char **argv) {
    CliOpt o[OPTIONS] = {
        [WITH] = {.name = "--with"}, [REASON] = {.name = "--reason"}, [FROM] = {.name = "--from"},
        [OUT] = {.name = "--out"},   [SCAN] = {.name = "--scan"},     [AS] = {.name = "--as"}};
    static const char *const READING[] = {"list", "show", "docx", NULL};
    static const char *const WRITING[] = {"draft",    "change", "enter",  "publish",
                                          "conclude", "end",    "object", NULL};
    Work w = {.cli = cli};
    CliPaper call = {.options = o,
                     .noptions = OPTIONS,
                     .with = WITH,
                     .reason = REASON,
                     .reading = READING,
                     .writing = WRITING};
    Json *answer = NULL;
    int64_t day;
    if (!cli_paper_begin(cli, argc, argv, &call)) return call.status;
    w.with = call.json;
    w.id = call.id;
    w.act = (Act){cli_actor_as(cli->arena, &o[AS]), call.act.reason};
    bool ok = !o[SCAN].given || file_read(cli->c, o[SCAN].text, EVIDENCE_MAX_MB << 20, &w.scan);
    if (ok && o[FROM].given)
        ok = date_parse(o[FROM].text, &day) ||
             FAIL(cli->c, ERR_INPUT, M_CITY_BAD_VALUE, o[FROM].text);
    if (ok && o[FROM].given) w.from = date_to_int(day);
    w.reg = call.reg;
    w.db = call.db;
    ok = ok && run(&w, call.verb, o, &answer);
    return cli_paper_end(cli, &call, ok, answer);
}

/* jixia recommend: recommendations and the firm's answer, as over HTTP. At the command line
 * somebody of the office enters them, for a partner or a district where one is named; the firm's
 * answer then needs the paper it was given on. */
#include "base/date.h"
#include "city/library/recommend_case.h"
#include "city/people/organisation.h"
#include "city/people/people.h"
#include "cli/city.h"

enum {
    RULE,
    ROUND,
    SUBJECT,
    NAME,
    CODE,
    PARTNER,
    DISTRICT,
    INTEREST,
    SHARE,
    NOTE,
    DOCUMENT,
    REASON,
    AS,
    OPTIONS
};

typedef struct Work {
    const Register *reg;
    RecommendMake make;
    Str subject, partner, document;
    int64_t id;
    bool given;
} Work;

static Json *row(Arena *a, const Recommendation *k, const Candidate *c) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, k->id));
    json_set(o, S("rule"), json_string(a, k->rule));
    json_set(o, S("subject"), json_int(a, k->subject));
    json_set(o, S("firm_name"), json_string(a, k->firm_name));
    json_set(o, S("round"), json_int(a, k->round));
    json_set(o, S("case"), json_int(a, k->case_file));
    json_set(o, S("sponsor"), json_string(a, k->sponsor.kind));
    json_set(o, S("sponsors"), json_int(a, c->sponsors));
    json_set(o, S("consent"), json_string(a, consent_text(c->consent)));
    json_set(o, S("reason"), json_string(a, k->reason));
    json_set(o, S("made_by"), json_string(a, k->made_by));
    json_set(o, S("made"), json_string(a, instant_text(a, k->made_ms)));
    json_set(o, S("withdrawn"), json_bool(a, k->withdrawn_ms != 0));
    return o;
}

static bool put(Db *db, bool json, const Recommendation *k, Json *list, Buf *b) {
    Arena *a = db_ctx(db)->arena;
    Candidate c = {.sponsors = 1};
    Subject who = {.name = k->firm_name};
    if (k->subject && !k->withdrawn_ms && !candidate_get(db, k->id, &c)) return false;
    if (k->subject && !subject_get(db, k->subject, &who)) return false;
    if (json)
        json_push(list, row(a, k, &c));
    else
        buf_printf(b, "%lld\t%.*s\t%.*s\t%.*s\t%d\t%.*s\t%lld%s\n", (long long)k->id, STRF(k->rule),
                   STRF(who.name), STRF(k->sponsor.kind), c.sponsors, STRF(consent_text(c.consent)),
                   (long long)k->case_file, k->withdrawn_ms ? "\twithdrawn" : "");
    return true;
}

static bool print(Cli *cli, Db *db, const Recommendation *items, int n, bool one) {
    Json *list = json_new(cli->arena, JSON_ARRAY);
    Buf b = buf_new(cli->arena, 0);
    for (int i = 0; i < n; i++)
        if (!put(db, cli->json, &items[i], list, &b)) return false;
    if (cli->json) {
        json_print(&b, one ? list->first : list, 2);
        buf_char(&b, '\n');
    }
    return cli_print(buf_str(&b));
}

static bool print_one(Cli *cli, Db *db, int64_t id) {
    Recommendation k;
    return recommend_get(db, id, &k) && print(cli, db, &k, 1, true);
}

static bool print_list(Cli *cli, Db *db, const CliOpt *o) {
    RecommendFilter f = {.round = -1, .rule = o[RULE].text};
    Recommendation *items;
    int n;
    int64_t total;
    return recommend_list(db, &f, &items, &n, &total) && print(cli, db, items, n, false);
}

static bool add_tx(Db *db, void *data) {
    Work *w = data;
    RecommendMake *m = &w->make;
    Organisation g;
    if (w->subject.n && !(m->n.subject = subject_find(db, w->subject))) return false;
    if (w->partner.n) {
        if (!organisation_by_name(db, w->partner, &g))
            return ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_MISSING, M_PEOPLE_NO_ORGANISATION);
        if (g.closed) return FAIL(db_ctx(db), ERR_DENIED, M_RECOMMEND_NO_ORGANISATION);
        m->by.organisation = g.id;
        m->by.kind = g.kind;
    }
    if (!recommend_make(db, w->reg, m)) return false;
    w->id = m->made.id;
    return true;
}

static bool answer_tx(Db *db, void *data) {
    Work *w = data;
    return candidate_answer(db, w->reg, w->id, w->given, w->document, &w->make.actor, &w->make.act);
}

static bool withdraw_tx(Db *db, void *data) {
    Work *w = data;
    Recommendation k;
    return recommend_get(db, w->id, &k) && recommend_withdraw(db, w->id, k.version, &w->make.act);
}

static bool read_interest(Cli *cli, const CliOpt *o, RecommendNew *n) {
    if (!o[INTEREST].given) return true;
    n->interest_said = true;
    if (str_eq(o[INTEREST].text, S("none"))) return true;
    int kind = interest_kind_find(o[INTEREST].text);
    if (kind < 0) return FAIL(cli->c, ERR_INPUT, M_HTTP_QUERY, S("--interest"), o[INTEREST].text);
    n->has_interest = true;
    n->interest =
        (Interest){.kind = (InterestKind)kind, .share = o[SHARE].text, .note = o[NOTE].text};
    return true;
}

static bool number(Cli *cli, Str name, Str text, int64_t *out) {
    return (str_to_i64(text, out) && *out > 0) || FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, name, text);
}

static bool fill(Cli *cli, const Register *reg, const CliOpt *o, Work *w) {
    RecommendMake *m = &w->make;
    Str actor = o[AS].given ? o[AS].text : cli_actor(cli->arena);
    w->reg = reg;
    w->subject = o[SUBJECT].text;
    w->partner = o[PARTNER].text;
    w->document = str_trim(o[DOCUMENT].text);
    m->n = (RecommendNew){.firm_name = o[NAME].text,
                          .firm_code = o[CODE].text,
                          .rule = o[RULE].text,
                          .reason = o[REASON].text,
                          .places = &reg->codes};
    m->by = (Sponsor){.kind = o[DISTRICT].given ? S("district") : S("office"),
                      .district = o[DISTRICT].text};
    m->actor = case_actor_system(actor);
    m->day = people_today(cli->c);
    m->act =
        (Act){.actor = actor, .reason = o[REASON].given ? o[REASON].text : S("jixia recommend")};
    return (!o[ROUND].given || number(cli, S("--round"), o[ROUND].text, &m->n.round)) &&
           read_interest(cli, o, &m->n);
}

static bool run(Cli *cli, Db *db, const Register *reg, Str verb, const CliOpt *o, Work *w) {
    bool (*fn)(Db *, void *) = str_eq(verb, S("add"))        ? add_tx
                               : str_eq(verb, S("withdraw")) ? withdraw_tx
                                                             : answer_tx;
    if (str_eq(verb, S("list"))) return print_list(cli, db, o);
    if (str_eq(verb, S("show"))) return print_one(cli, db, w->id);
    w->given = str_eq(verb, S("consent"));
    if (!fill(cli, reg, o, w)) return false;
    if (fn == answer_tx && !w->document.n) return FAIL(cli->c, ERR_RULE, M_RECOMMEND_PAPER);
    return tx_run(db, DB_WRITE, fn, w) && journal_seal(db, 1000, NULL) && print_one(cli, db, w->id);
}

static bool known(Str verb, int n) {
    static const Str VERBS[] = {STR_INIT("list"),    STR_INIT("add"),     STR_INIT("show"),
                                STR_INIT("consent"), STR_INIT("decline"), STR_INIT("withdraw")};
    for (int i = 0; i < 6; i++)
        if (str_eq(VERBS[i], verb)) return n == (i < 2 ? 1 : 2);
    return false;
}

int cmd_recommend(Cli *cli, int argc, char **argv) {
    CliOpt o[OPTIONS] = {[RULE] = {.name = "--rule"},
                         [ROUND] = {.name = "--round"},
                         [SUBJECT] = {.name = "--subject"},
                         [NAME] = {.name = "--name"},
                         [CODE] = {.name = "--code"},
                         [PARTNER] = {.name = "--partner"},
                         [DISTRICT] = {.name = "--district"},
                         [INTEREST] = {.name = "--interest"},
                         [SHARE] = {.name = "--share"},
                         [NOTE] = {.name = "--note"},
                         [DOCUMENT] = {.name = "--document"},
                         [REASON] = {.name = "--reason"},
                         [AS] = {.name = "--as"}};
    Str args[2];
    int n;
    Work w = {0};
    if (!cli_parse(cli, argc, argv, o, OPTIONS, args, 2, &n)) return cli_failed(cli);
    if (!n || !known(args[0], n)) return cli_usage(cli);
    if (n == 2 && !number(cli, S("recommendation"), args[1], &w.id)) return cli_failed(cli);
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    int status = db && run(cli, db, reg, args[0], o, &w) ? EXIT_YES : cli_failed(cli);
    if (db) db_return(db);
    register_close(reg);
    return status;
}

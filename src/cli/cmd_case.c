/* jixia case: list, show, open, act (on one, on many), edit, say, attach, withdraw, paper, and what
 * time does to cases (tick). */
#include "base/date.h"
#include "base/file.h"
#include "city/flow/case.h"
#include "city/flow/evidence.h"
#include "city/subject.h"
#include "cli/city.h"

typedef struct Work {
    const Register *reg;
    CaseActor actor;
    CaseNew open;
    CaseMove move;
    CaseFilter filter;
    CaseSay say;
    Str subject, text, kind, bytes;
    int64_t id;
    CaseFile out;
} Work;

static Json *row(Arena *a, const CaseFile *k) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, k->id));
    json_set(o, S("number"), json_string(a, k->number));
    json_set(o, S("flow"), json_string(a, k->flow->id));
    json_set(o, S("state"), json_string(a, k->state->id));
    json_set(o, S("title"), json_string(a, k->title));
    json_set(o, S("version"), json_int(a, k->version));
    json_set(o, S("changed"), json_string(a, instant_text(a, k->changed_ms)));
    json_set(o, S("closed"), json_bool(a, k->closed_ms != 0));
    return o;
}

static Str line(Arena *a, const CaseFile *k) {
    return str_printf(a, "%lld\t%.*s\t%.*s\t%.*s", (long long)k->id, STRF(k->number),
                      STRF(k->state->id), STRF(k->title));
}

static int list(Cli *cli, Db *db, const Register *reg, const CaseFilter *f) {
    Arena *a = cli->arena;
    CaseFile *all;
    int n;
    int64_t total;
    Json *out = json_new(a, JSON_ARRAY);
    Buf b = buf_new(a, 0);
    if (!case_list(db, reg, f, NULL, &all, &n, &total)) return cli_failed(cli);
    for (int i = 0; i < n; i++) {
        json_push(out, row(a, &all[i]));
        buf_printf(&b, "%s%.*s", i ? "\n" : "", STRF(line(a, &all[i])));
    }
    return cli_show(cli, out, buf_str(&b)) ? EXIT_YES : EXIT_INTERNAL;
}

/* What lies in a case: a line each with the number `withdraw` asks for. */
static bool documents(Db *db, const CaseFile *k, Json *o, Buf *b) {
    Arena *a = db_ctx(db)->arena;
    CaseDocument *d;
    int n;
    if (!case_documents(db, k->id, false, &d, &n)) return false;
    Json *list = json_set(o, S("documents"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        Json *j = json_push(list, json_new(a, JSON_OBJECT));
        json_set(j, S("id"), json_int(a, d[i].id));
        json_set(j, S("kind"), json_string(a, d[i].kind));
        json_set(j, S("name"), json_string(a, d[i].name));
        buf_printf(b, "\n  #%lld  %.*s  %.*s", (long long)d[i].id, STRF(d[i].kind),
                   STRF(d[i].name));
    }
    return true;
}

/* The points that ask for an answer: those that have none first catch the eye. */
static bool points(Db *db, const CaseFile *k, Json *o, Buf *b) {
    Arena *a = db_ctx(db)->arena;
    CaseMessage *m;
    int n;
    if (!case_messages(db, k->id, &m, &n)) return false;
    Json *list = json_set(o, S("points"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        if (!m[i].asks) continue;
        Json *j = json_push(list, json_new(a, JSON_OBJECT));
        json_set(j, S("id"), json_int(a, m[i].id));
        json_set(j, S("text"), json_string(a, m[i].text));
        json_set(j, S("field"), json_string(a, m[i].field));
        json_set(j, S("by"), json_string(a, m[i].actor));
        json_set(j, S("answered"), json_bool(a, m[i].answered));
        json_set(j, S("answer"), json_string(a, m[i].answer));
        buf_printf(b, "\n  %s #%lld  %.*s%s%.*s", m[i].answered ? "✓" : "?", (long long)m[i].id,
                   STRF(m[i].text), m[i].answer.n ? "  " : "", STRF(m[i].answer));
    }
    return true;
}

static int show(Cli *cli, Db *db, const Register *reg, const Work *w) {
    Arena *a = cli->arena;
    CaseFile k;
    CaseEvent *e;
    CaseActOpen *acts;
    int n, nacts;
    if (!case_get(db, reg, w->id, &k) || !case_events(db, k.id, &e, &n) ||
        !case_acts_open(db, reg, &k, &w->actor, &acts, &nacts))
        return cli_failed(cli);
    Json *o = row(a, &k), *data = NEW(a, Json);
    Buf b = buf_new(a, 0);
    *data = *k.data;
    data->next = NULL;
    json_set(o, S("data"), data);
    buf_put(&b, line(a, &k));
    Json *list_of = json_set(o, S("events"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        Json *j = json_push(list_of, json_new(a, JSON_OBJECT));
        json_set(j, S("at"), json_string(a, instant_text(a, e[i].at_ms)));
        json_set(j, S("actor"), json_string(a, e[i].actor));
        json_set(j, S("act"), json_string(a, e[i].act));
        json_set(j, S("to"), json_string(a, e[i].to));
        json_set(j, S("reason"), json_string(a, e[i].reason));
        buf_printf(&b, "\n  %.*s  %.*s  %.*s → %.*s  %.*s", STRF(instant_text(a, e[i].at_ms)),
                   STRF(e[i].actor), STRF(e[i].act), STRF(e[i].to), STRF(e[i].reason));
    }
    if (!points(db, &k, o, &b) || !documents(db, &k, o, &b)) return cli_failed(cli);
    Json *open = json_set(o, S("acts"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < nacts; i++) {
        Json *j = json_push(open, json_new(a, JSON_OBJECT));
        json_set(j, S("id"), json_string(a, acts[i].act->id));
        json_set(j, S("open"), json_bool(a, acts[i].open));
        json_set(j, S("why"), json_string(a, acts[i].why));
        buf_printf(&b, "\n  %s %.*s  %.*s", acts[i].open ? "+" : "-", STRF(acts[i].act->id),
                   STRF(acts[i].why));
    }
    return cli_show(cli, o, buf_str(&b)) ? EXIT_YES : EXIT_INTERNAL;
}

static bool open_tx(Db *db, void *user) {
    Work *w = user;
    if (w->subject.n && !(w->open.subject = subject_find(db, w->subject))) return false;
    return case_open(db, w->reg, &w->open, &w->actor, &w->out);
}

static bool act_tx(Db *db, void *user) {
    Work *w = user;
    return case_act(db, w->reg, w->id, &w->move, &w->actor, &w->out);
}

static int change(Cli *cli, Db *db, bool (*fn)(Db *, void *), Work *w) {
    if (!tx_run(db, DB_WRITE, fn, w) || !journal_seal(db, 1000, NULL)) return cli_failed(cli);
    return cli_show(cli, row(cli->arena, &w->out), line(cli->arena, &w->out)) ? EXIT_YES
                                                                              : EXIT_INTERNAL;
}

static int tick(Cli *cli, Db *db, const Register *reg) {
    Arena *a = cli->arena;
    CaseTick t;
    if (!case_tick(db, reg, &t) || !journal_seal(db, 10000, NULL)) return cli_failed(cli);
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("escalated"), json_int(a, t.escalated));
    json_set(o, S("acted"), json_int(a, t.acted));
    json_set(o, S("dated"), json_int(a, t.dated));
    json_set(o, S("refused"), json_int(a, t.refused));
    Str args[] = {str_printf(a, "%d", t.escalated), str_printf(a, "%d", t.acted),
                  str_printf(a, "%d", t.dated), str_printf(a, "%d", t.refused)};
    if (!cli_show(cli, o, msg_text(a, M_CLI_CASE_TICK, cli->c->lang, 4, args)))
        return EXIT_INTERNAL;
    return t.refused ? EXIT_NO : EXIT_YES;
}

static bool number(Cli *cli, Str what, Str text, int64_t *out) {
    return (str_to_i64(text, out) && *out > 0) || FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, what, text);
}

/* --- acts on many ------------------------------------------------------------------------------
 */

/* Those of the filter, or those of a list "3,4,5". */
static bool batch_ids(Cli *cli, Db *db, const Work *w, Str list, int64_t **ids, int *n) {
    Arena *a = cli->arena;
    const CaseActor *who = w->actor.user ? &w->actor : NULL;
    CaseFile *all;
    *n = 0;
    if (list.n) {
        *ids = NEW_N(a, int64_t, list.n);
        while (list.n)
            if (!number(cli, S("--ids"), str_trim(str_cut(&list, ',')), &(*ids)[(*n)++]))
                return false;
        return true;
    }
    if (!case_list(db, w->reg, &w->filter, who, &all, n, NULL)) return false;
    *ids = NEW_N(a, int64_t, *n + 1);
    for (int i = 0; i < *n; i++) (*ids)[i] = all[i].id;
    return true;
}

/* One of many, in a transaction of its own: what it refuses the others do not feel. What is said of
 * it is in `keep`; the rest of its memory goes. False: nothing more can be done. */
static bool one_of_many(Cli *cli, Db *db, Work *w, Arena *keep, Json *items, Buf *b) {
    CtxMark mark = ctx_mark(cli->c);
    bool ok = tx_run(db, DB_WRITE, act_tx, w);
    if (ctx_grave(cli->c)) return false;
    Str why = ok ? S("") : note_text(keep, &cli->c->err.note, cli->c->lang);
    Json *e = json_push(items, json_new(keep, JSON_OBJECT));
    json_set(e, S("id"), json_int(keep, w->id));
    json_set(e, S("done"), json_bool(keep, ok));
    json_set(e, S("state"), json_string(keep, ok ? str_dup(keep, w->out.state->id) : S("")));
    json_set(e, S("why"), json_string(keep, why));
    if (!ok) buf_printf(b, "%lld\t%.*s\n", (long long)w->id, STRF(why));
    ctx_clear(cli->c);
    ctx_rewind(cli->c, mark);
    return true;
}

static int batch(Cli *cli, Db *db, Work *w, Str list) {
    Arena *keep = arena_child(cli->arena, 0);
    int64_t *ids;
    int n, done = 0;
    Json *o = json_new(keep, JSON_OBJECT), *items = json_new(keep, JSON_ARRAY);
    Buf b = buf_new(keep, 0);
    if (!batch_ids(cli, db, w, list, &ids, &n)) return cli_failed(cli);
    for (int i = 0; i < n; i++) {
        w->id = ids[i];
        if (!one_of_many(cli, db, w, keep, items, &b)) return cli_failed(cli);
    }
    for (const Json *e = items->first; e; e = e->next) done += json_get_bool(e, S("done"), false);
    if (!journal_seal(db, 100000, NULL)) return cli_failed(cli);
    json_set(o, S("done"), json_int(keep, done));
    json_set(o, S("refused"), json_int(keep, n - done));
    json_set(o, S("items"), items);
    Str args[] = {str_printf(keep, "%d", done), str_printf(keep, "%d", n - done)};
    buf_put(&b, msg_text(keep, M_CLI_CASE_BATCH, cli->c->lang, 2, args));
    if (!cli_show(cli, o, buf_str(&b))) return EXIT_INTERNAL;
    return done == n ? EXIT_YES : EXIT_NO;
}

/* --- what stands beside a case -----------------------------------------------------------------
 */

static bool edit_tx(Db *db, void *user) {
    Work *w = user;
    return case_edit(db, w->reg, w->id, &w->move, &w->actor, &w->out);
}

static bool say_tx(Db *db, void *user) {
    Work *w = user;
    w->say.text = w->text;
    return case_say(db, w->reg, w->id, &w->say, &w->actor) && case_get(db, w->reg, w->id, &w->out);
}

static Str file_name(Str path) {
    ptrdiff_t at = path.n;
    while (at > 0 && path.p[at - 1] != '/') at--;
    return str_sub(path, at, path.n);
}

static bool attach_tx(Db *db, void *user) {
    Work *w = user;
    CaseDocument d;
    return case_document_add(db, w->reg, w->id, w->kind, file_name(w->text), w->bytes, &w->actor,
                             &d) &&
           case_get(db, w->reg, w->id, &w->out);
}

static bool withdraw_tx(Db *db, void *user) {
    Work *w = user;
    int64_t document;
    if (!str_to_i64(w->text, &document))
        return FAIL(db_ctx(db), ERR_INPUT, M_CLI_NUMBER, S("document"), w->text);
    return case_document_withdraw(db, w->reg, w->id, document, w->move.reason, &w->actor) &&
           case_get(db, w->reg, w->id, &w->out);
}

static bool paper_day(Db *db, const Json *j, Str key, int64_t *out) {
    Str text = json_get_str(j, key);
    *out = INT64_MIN;
    return !text.n || date_parse(text, out) || FAIL(db_ctx(db), ERR_INPUT, M_CITY_BAD_VALUE, text);
}

/* A step on paper: a letter asked for, minutes, a number; with its id the answer to it. */
static bool paper_tx(Db *db, void *user) {
    Work *w = user;
    const Json *j = w->move.data;
    Str before = json_get_str(j, S("id"));
    CasePaper p = {.kind = str_trim(json_get_str(j, S("kind"))),
                   .addressee = str_trim(json_get_str(j, S("addressee"))),
                   .answer = str_trim(json_get_str(j, S("answer"))),
                   .number = str_trim(json_get_str(j, S("number"))),
                   .file = str_trim(json_get_str(j, S("file")))};
    if (before.n && !str_to_i64(before, &p.id))
        return FAIL(db_ctx(db), ERR_INPUT, M_CLI_NUMBER, S("id"), before);
    return paper_day(db, j, S("sent"), &p.sent_day) && paper_day(db, j, S("due"), &p.due_day) &&
           paper_day(db, j, S("answered"), &p.answered_day) &&
           case_paper(db, w->reg, w->id, &p, &w->actor) && case_get(db, w->reg, w->id, &w->out);
}

enum {
    FLOW,
    STATE,
    STAGE,
    Q,
    IDS,
    OPEN,
    SUBJECT,
    PARENT,
    DATA,
    REASON,
    CODE,
    TITLE,
    FIELD,
    ASKS,
    ANSWERS,
    AS,
    OPTIONS
};

/* Acts on one case that stands: their name, how many arguments follow the id, what they run. */
static const struct {
    Str name;
    int more;
    bool (*fn)(Db *, void *);
} ON_ONE[] = {{STR_INIT("act"), 1, act_tx},           {STR_INIT("edit"), 0, edit_tx},
              {STR_INIT("say"), 1, say_tx},           {STR_INIT("attach"), 2, attach_tx},
              {STR_INIT("withdraw"), 1, withdraw_tx}, {STR_INIT("paper"), 0, paper_tx}};

static int on_one(Cli *cli, Db *db, Work *w, const Str *args, int n) {
    for (size_t i = 0; n >= 2 && i < sizeof ON_ONE / sizeof *ON_ONE; i++) {
        if (!str_eq(args[0], ON_ONE[i].name) || n != 2 + ON_ONE[i].more) continue;
        if (!number(cli, S("case"), args[1], &w->id)) return cli_failed(cli);
        w->move.act = w->text = n > 2 ? args[n - 1] : S("");
        w->kind = n > 3 ? args[2] : S("");
        if (ON_ONE[i].fn == attach_tx &&
            !file_read(cli->c, w->text, EVIDENCE_MAX_MB << 20, &w->bytes))
            return cli_failed(cli);
        return change(cli, db, ON_ONE[i].fn, w);
    }
    return cli_usage(cli);
}

static int open_one(Cli *cli, Db *db, Work *w, const Str *args, int n, const CliOpt *o) {
    w->open = (CaseNew){.data = w->move.data,
                        .reason = o[REASON].text,
                        .code = o[CODE].text,
                        .title = o[TITLE].text,
                        .parent = w->filter.parent,
                        .flow = args[1],
                        .act = n == 3 ? args[2] : S("")};
    return change(cli, db, open_tx, w);
}

/* In whose name: the system user's, whom the machine lets do everything, or an account's (--as),
 * with the rights it has; cli:NAME says that the account itself was not there. Nobody signs so. */
static bool actor(Cli *cli, Db *db, const CliOpt *as, CaseActor *out) {
    User u;
    *out = case_actor_system(cli_actor(cli->arena));
    if (!as->given) return true;
    if (!user_by_name(db, as->text, &u))
        return ctx_ok(cli->c) && FAIL(cli->c, ERR_MISSING, M_USER_UNKNOWN);
    *out = case_actor(&u);
    out->name = cli_actor_as(cli->arena, as);
    return true;
}

static int run(Cli *cli, Db *db, const Register *reg, Str *args, int n, CliOpt *o) {
    Work w = {.reg = reg, .subject = o[SUBJECT].text};
    const Json *data = o[DATA].given ? json_parse(cli->c, o[DATA].text, S("--data")) : NULL;
    if ((o[DATA].given && !data) || !actor(cli, db, &o[AS], &w.actor)) return cli_failed(cli);
    w.move = (CaseMove){.data = data, .reason = o[REASON].text, .code = o[CODE].text};
    w.filter = (CaseFilter){.flow = o[FLOW].text,
                            .state = o[STATE].text,
                            .stage = o[STAGE].text,
                            .q = str_trim(o[Q].text),
                            .open_only = o[OPEN].given,
                            .limit = 10000};
    w.say = (CaseSay){.field = o[FIELD].text, .asks = o[ASKS].given};
    if ((o[PARENT].given && !number(cli, S("--parent"), o[PARENT].text, &w.filter.parent)) ||
        (o[ANSWERS].given && !number(cli, S("--answers"), o[ANSWERS].text, &w.say.answers)))
        return cli_failed(cli);
    if (n == 1 && str_eq(args[0], S("list"))) return list(cli, db, reg, &w.filter);
    if (n == 1 && str_eq(args[0], S("tick"))) return tick(cli, db, reg);
    if (n == 2 && str_eq(args[0], S("batch")) && o[FLOW].given != o[IDS].given) {
        w.move.act = args[1];
        w.filter.open_only = true;
        return batch(cli, db, &w, o[IDS].text);
    }
    if (n == 2 && str_eq(args[0], S("show")))
        return number(cli, S("case"), args[1], &w.id) ? show(cli, db, reg, &w) : cli_failed(cli);
    if (n >= 2 && n <= 3 && str_eq(args[0], S("open"))) return open_one(cli, db, &w, args, n, o);
    return on_one(cli, db, &w, args, n);
}

int cmd_case(Cli *cli, int argc, char **argv) {
    CliOpt o[OPTIONS] = {
        [FLOW] = {.name = "--flow"},       [STATE] = {.name = "--state"},
        [STAGE] = {.name = "--stage"},     [Q] = {.name = "--q"},
        [IDS] = {.name = "--ids"},         [OPEN] = {.name = "--open", .flag = true},
        [SUBJECT] = {.name = "--subject"}, [PARENT] = {.name = "--parent"},
        [DATA] = {.name = "--data"},       [REASON] = {.name = "--reason"},
        [CODE] = {.name = "--code"},       [TITLE] = {.name = "--title"},
        [FIELD] = {.name = "--field"},     [ASKS] = {.name = "--asks", .flag = true},
        [ANSWERS] = {.name = "--answers"}, [AS] = {.name = "--as"}};
    Str args[4];
    int n;
    if (!cli_parse(cli, argc, argv, o, OPTIONS, args, 4, &n)) return cli_failed(cli);
    if (n == 0) return cli_usage(cli);
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    int status = db ? run(cli, db, reg, args, n, o) : cli_failed(cli);
    if (db) db_return(db);
    register_close(reg);
    return status;
}

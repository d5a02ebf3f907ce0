/* jixia round: a whole round from the command line. Every act is the one the API calls
 * (city/review/round_act.h), so both leave the same records. */
#include "base/file.h"
#include "city/review/round_act.h"
#include "city/review/round_case.h"
#include "cli/city.h"
#include "codec/json.h"
#include "codec/yaml.h"

enum { ROUND_FILE_MAX = 16 << 20 };

typedef struct Work {
    Cli *cli;
    Register *reg;
    Db *db;
    int64_t id;
    const Json *setting;
    Act act;
} Work;

/* JSON, or YAML for a name that says so. */
static Json *read_json(Cli *cli, Str path) {
    Str text;
    if (!path.n || !file_read(cli->c, path, ROUND_FILE_MAX, &text)) return NULL;
    return str_ends(path, S(".yaml")) ? yaml_parse(cli->c, text, path)
                                      : json_parse(cli->c, text, path);
}

static bool add_in_tx(Db *db, void *user) {
    Work *w = user;
    w->id = round_begin(db, w->reg, w->setting, &w->act);
    return w->id != 0;
}

static bool create(Work *w, Str file, Json **answer) {
    w->setting = read_json(w->cli, file);
    if (!w->setting || !tx_run(w->db, DB_WRITE, add_in_tx, w)) return false;
    *answer = json_new(w->cli->arena, JSON_OBJECT);
    json_set(*answer, S("id"), json_int(w->cli->arena, w->id));
    return true;
}

/* Without a database: a record of a draw alone. */
static int redraw_file(Cli *cli, Str path) {
    Str what = S("");
    Json *record = read_json(cli, path);
    if (!record) return cli_failed(cli);
    if (!round_redraw(cli->c, record, &what)) {
        if (ctx_ok(cli->c)) FAIL(cli->c, ERR_STATE, M_DRAW_DIFFERS, what);
        return cli_failed(cli);
    }
    return cli_print_json(cli, json_get(record, S("sample"))) ? EXIT_YES : EXIT_INTERNAL;
}

static bool redraw_stored(Work *w, const Round *r, Json **answer) {
    Str record, what;
    Ctx *c = w->cli->c;
    if (!round_drawn(w->db, r->id, &record)) return false;
    if (!record.n) return FAIL(c, ERR_MISSING, M_DRAW_NONE);
    *answer = json_parse(c, record, S("draw"));
    return *answer && (round_redraw(c, *answer, &what) || FAIL(c, ERR_STATE, M_DRAW_DIFFERS, what));
}

static bool candidates(Work *w, const Round *r, Json **answer) {
    Candidate *k;
    int n;
    int64_t total;
    CandidateFilter f = {.round = r->id, .had = -1};
    if (!round_candidates(w->db, &f, &k, &n, &total)) return false;
    *answer = json_new(w->cli->arena, JSON_ARRAY);
    for (int i = 0; i < n; i++) json_push(*answer, round_candidate_json(w->cli->arena, &k[i]));
    return true;
}

static bool read_round(Work *w, Str verb, Json **answer) {
    Round r;
    if (!round_get(w->db, w->reg->pack, w->id, &r)) return false;
    if (str_eq(verb, S("show"))) return round_json(w->db, w->reg, &r, answer);
    if (str_eq(verb, S("preview"))) return round_preview(w->db, w->reg, &r, answer);
    if (str_eq(verb, S("candidates"))) return candidates(w, &r, answer);
    if (str_eq(verb, S("panel"))) return panel_json(w->db, w->reg, &r, answer);
    if (str_eq(verb, S("diff"))) return round_diff_json(w->db, w->reg, &r, answer);
    return redraw_stored(w, &r, answer);
}

static bool list(Work *w, Json **answer) {
    Round *r;
    int n;
    int64_t total;
    if (!round_list(w->db, 0, 500, &r, &n, &total)) return false;
    *answer = json_new(w->cli->arena, JSON_ARRAY);
    for (int i = 0; i < n; i++) json_push(*answer, round_row_json(w->cli->arena, &r[i]));
    return true;
}

/* An act: its entries come from a file or from --with JSON, its name and reason from the line. */
static bool act(Work *w, Str verb, Str with, Str file, Str reason, Json **answer) {
    Cli *cli = w->cli;
    Json *body = file.n   ? read_json(cli, file)
                 : with.n ? json_parse(cli->c, with, S("--with"))
                          : json_new(cli->arena, JSON_OBJECT);
    if (!body) return false;
    Json *o = json_new(cli->arena, JSON_OBJECT);
    json_set(o, S("act"), json_string(cli->arena, verb));
    json_set(o, S("reason"), json_string(cli->arena, reason));
    for (Json *e = body->first, *next; e; e = next) {
        next = e->next;
        e->next = NULL;
        if (!json_get(o, e->key)) json_set(o, e->key, e);
    }
    return round_act(w->db, w->reg, w->id, o, w->act.actor, answer);
}

static bool is_reading(Str v) {
    static const Str READING[] = {STR_INIT("show"),  STR_INIT("preview"), STR_INIT("candidates"),
                                  STR_INIT("panel"), STR_INIT("diff"),    STR_INIT("redraw")};
    for (size_t i = 0; i < sizeof READING / sizeof *READING; i++)
        if (str_eq(READING[i], v)) return true;
    return false;
}

static bool run(Work *w, Str verb, const Str *args, int n, const CliOpt *o, Json **answer) {
    Ctx *c = w->cli->c;
    if (str_eq(verb, S("list"))) return list(w, answer);
    if (str_eq(verb, S("create"))) return create(w, n > 1 ? args[1] : S(""), answer);
    if (n < 2 || !str_to_i64(args[1], &w->id))
        return FAIL(c, ERR_INPUT, M_CLI_NUMBER, S("round"), n > 1 ? args[1] : S(""));
    if (is_reading(verb)) return read_round(w, verb, answer);
    return act(w, verb, o[1].text, n > 2 ? args[2] : S(""), o[0].text, answer);
}

int cmd_round(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--reason"}, {.name = "--with"}, {.name = "--as"}};
    Str args[3];
    int n;
    Json *answer = NULL;
    if (!cli_parse(cli, argc, argv, o, 3, args, 3, &n)) return cli_failed(cli);
    Str verb = n ? args[0] : S("");
    int64_t number;
    bool from_file = str_eq(verb, S("redraw")) && n == 2 && !str_to_i64(args[1], &number);
    if (from_file) return redraw_file(cli, args[1]);
    bool known = is_reading(verb) || round_act_known(verb) || str_eq(verb, S("list")) ||
                 str_eq(verb, S("create"));
    bool writes = known && !is_reading(verb) && !str_eq(verb, S("list"));
    if (!known || (writes && !str_trim(o[0].text).n)) return cli_usage(cli);
    Work w = {.cli = cli, .act = {.actor = cli_actor_as(cli->arena, &o[2]), .reason = o[0].text}};
    w.reg = register_open(cli->c, cli_db(cli), 4);
    w.db = w.reg ? db_borrow(cli->c, w.reg->store) : NULL;
    bool ok = w.db && run(&w, verb, args, n, o, &answer) && journal_seal(w.db, 10000, NULL) &&
              cli_print_json(cli, answer);
    if (!ok) cli_notes(cli, cli->c->notes);
    if (w.db) db_return(w.db);
    register_close(w.reg);
    return ok ? EXIT_YES : cli_failed(cli);
}

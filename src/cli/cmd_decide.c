/* jixia decide, why: one decision at a time. */
#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "city/distance.h"
#include "city/register.h"
#include "city/report.h"
#include "cli/city.h"

/* --- decide ------------------------------------------------------------------------------------
 */

bool cli_load_pack(Cli *cli, Str folder, PackSet **pack, Rulebook **book) {
    PackFile *files;
    int n;
    if (folder.n == 0 && !pack_default_folder(cli->c, &folder)) return false;
    if (!pack_read(cli->c, folder, &files, &n)) return false;
    *pack = pack_parse(cli->c, files, n);
    *book = *pack ? rulebook_open(cli->c, *pack) : NULL;
    return *book != NULL;
}

static int print_decision(Cli *cli, const Decision *d, const FactSet *set, bool tables) {
    if (cli->json) {
        Json *j = report_json(cli->arena, d, set, cli->c->lang, true);
        if (tables) json_set(j, S("tables"), report_tables(cli->arena, d, true));
        cli_print_json(cli, j);
    } else {
        Buf b = buf_new(cli->arena, 0);
        report_text(&b, d, cli->c->lang);
        cli_print(buf_str(&b));
    }
    return EXIT_YES;
}

int cmd_decide(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--facts"},
                  {.name = "--as-of"},
                  {.name = "--pack"},
                  {.name = "--tables", .flag = true}};
    Str args[1], bytes;
    int n;
    DecideOptions options = {0};
    PackSet *pack = NULL;
    Rulebook *book = NULL;
    FactSet facts;
    if (!cli_parse(cli, argc, argv, o, 4, args, 1, &n)) return cli_failed(cli);
    if (n != 1 || !o[0].given) return cli_usage(cli);
    if (!cli_day(cli, &o[1], &options.as_of)) return cli_failed(cli);
    if (!file_read(cli->c, o[0].text, CLI_FILE_MAX, &bytes)) return cli_failed(cli);
    Json *json = json_parse(cli->c, bytes, o[0].text);
    bool ok = json && cli_load_pack(cli, o[2].text, &pack, &book);
    const Rule *rule = ok ? pack_rule(cli->c, pack, args[0]) : NULL;
    ok = rule &&
         factset_from_json(cli->c, pack, json, o[0].text, decide_year(options.as_of), &facts);
    options.tables = o[3].given;
    int status = EXIT_YES;
    if (ok) {
        Decision d = decide(cli->arena, book, rule, &facts, &options);
        d.distance = distance_find(cli->arena, book, &facts, &options, &d);
        status = print_decision(cli, &d, &facts, options.tables);
    } else {
        status = cli_failed(cli);
    }
    rulebook_close(book);
    pack_close(pack);
    return status;
}

/* --- why ---------------------------------------------------------------------------------------
 */

typedef struct Why {
    Register *reg;
    Db *db;
    FactAt at;
    FactNames names;
    FactSet facts;
    int64_t subject;
    DecideOptions options;
} Why;

static bool why_open(Cli *cli, Why *w, Str subject) {
    w->reg = register_open(cli->c, cli_db(cli), 2);
    w->db = w->reg ? db_borrow(cli->c, w->reg->store) : NULL;
    if (!w->db) return false;
    w->subject = subject_find(w->db, subject);
    w->at.as_of = date_to_int(w->options.as_of);
    if (!w->subject || !fact_at(w->db, &w->at) ||
        !fact_names(w->db, w->reg->pack, &w->at, &w->names) ||
        !register_facts(w->db, &w->names, w->subject, &w->at, &w->facts))
        return false;
    w->options.as_known_ms = w->at.as_known;
    w->options.seq = w->at.seq;
    return true;
}

static void why_close(Why *w) {
    if (w->db) db_return(w->db);
    register_close(w->reg);
}

static bool keep_one(Db *db, const Why *w, const Decision *d, int64_t *id) {
    Act act = {.actor = cli_actor(db_ctx(db)->arena), .reason = S("jixia why --keep")};
    *id = tx_begin(db, DB_WRITE) ? decision_keep(db, w->subject, d, &w->facts, &act) : 0;
    return *id && tx_commit(db) && journal_seal(db, 1000, NULL);
}

static bool why_rule(Cli *cli, Why *w, const Rule *rule, bool keep, Json *list, bool first) {
    Decision d = decide(cli->arena, w->reg->book, rule, &w->facts, &w->options);
    int64_t id = 0;
    d.distance = distance_find(cli->arena, w->reg->book, &w->facts, &w->options, &d);
    if (keep && !keep_one(w->db, w, &d, &id)) return false;
    if (cli->json) {
        Json *j = json_push(list, report_json(cli->arena, &d, &w->facts, cli->c->lang, true));
        if (w->options.tables) json_set(j, S("tables"), report_tables(cli->arena, &d, true));
        if (id) json_set(j, S("decision"), json_int(cli->arena, id));
        return true;
    }
    Buf b = buf_new(cli->arena, 0);
    if (!first) buf_lit(&b, "\n");
    report_text(&b, &d, cli->c->lang);
    if (id) buf_printf(&b, "decision:%lld\n", (long long)id);
    return cli_print(buf_str(&b));
}

static bool why_all(Cli *cli, Why *w, Str rule_id, bool keep, Json *list) {
    if (rule_id.n) {
        Rule *r = pack_rule(cli->c, w->reg->pack, rule_id);
        return r && why_rule(cli, w, r, keep, list, true);
    }
    bool first = true;
    for (int i = 0; i < w->reg->pack->nrules; i++) {
        const Rule *r = w->reg->pack->rules[i];
        if (!str_eq(r->subject, w->facts.kind)) continue;
        if (!why_rule(cli, w, r, keep, list, first)) return false;
        first = false;
    }
    return true;
}

int cmd_why(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--as-of"},
                  {.name = "--as-known"},
                  {.name = "--keep", .flag = true},
                  {.name = "--tables", .flag = true}};
    Str args[2] = {{0}};
    int n;
    Why w = {0};
    if (!cli_parse(cli, argc, argv, o, 4, args, 2, &n)) return cli_failed(cli);
    if (n < 1) return cli_usage(cli);
    Json *list = json_new(cli->arena, JSON_ARRAY);
    w.options.tables = o[3].given;
    bool ok = cli_day(cli, &o[0], &w.options.as_of) && cli_instant(cli, &o[1], &w.at.as_known) &&
              why_open(cli, &w, args[0]) &&
              why_all(cli, &w, n > 1 ? args[1] : S(""), o[2].given, list);
    if (ok && cli->json) cli_print_json(cli, n > 1 ? list->first : list);
    int status = ok ? EXIT_YES : cli_failed(cli);
    if (!ok) cli_notes(cli, cli->c->notes);
    why_close(&w);
    return status;
}

/* jixia subject: two entries of one enterprise put together, or set apart again; a fact taken back.
 * Each is a record with actor and reason; nothing is deleted. */
#include "city/fact.h"
#include "city/register.h"
#include "city/subject.h"
#include "cli/city.h"
#include "codec/json.h"

typedef struct Change {
    Str verb, one, two;
    Act act;
    int64_t id; /* of the merger or the batch */
} Change;

static bool number(Ctx *c, Str text, int64_t *out) {
    return (str_to_i64(text, out) && *out > 0) ||
           FAIL(c, ERR_INPUT, M_CLI_NUMBER, S("subject"), text);
}

static bool withdraw(Db *db, Change *k, int64_t subject) {
    int64_t fact;
    if (!number(db_ctx(db), k->two, &fact)) return false;
    k->id = batch_new(db, &(BatchNew){.origin = S("cli")});
    return k->id && fact_withdraw(db, k->id, subject, fact, k->act.reason) &&
           batch_publish(db, k->id, &k->act, NULL);
}

static bool change(Db *db, void *user) {
    Change *k = user;
    if (str_eq(k->verb, S("unmerge")))
        return number(db_ctx(db), k->one, &k->id) && subject_unmerge(db, k->id, &k->act);
    int64_t subject = subject_find(db, k->one);
    if (!subject) return false;
    if (str_eq(k->verb, S("withdraw"))) return withdraw(db, k, subject);
    int64_t absorbed = subject_find(db, k->two);
    k->id = absorbed ? subject_merge(db, subject, absorbed, &k->act) : 0;
    return k->id != 0;
}

static bool print(Cli *cli, const Change *k) {
    Arena *a = cli->arena;
    Str id = str_printf(a, "%lld", (long long)k->id);
    Buf b = buf_new(a, 0);
    if (cli->json) {
        Json *o = json_new(a, JSON_OBJECT);
        json_set(o, S("done"), json_string(a, k->verb));
        json_set(o, str_eq(k->verb, S("withdraw")) ? S("batch") : S("merger"), json_int(a, k->id));
        json_print(&b, o, 2);
    } else {
        Msg m = str_eq(k->verb, S("merge"))     ? M_CLI_MERGED
                : str_eq(k->verb, S("unmerge")) ? M_CLI_UNMERGED
                                                : M_CLI_WITHDRAWN;
        buf_put(&b, msg_text(a, m, cli->c->lang, 1, &id));
    }
    buf_char(&b, '\n');
    return cli_print(buf_str(&b));
}

int cmd_subject(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--reason"}};
    Str args[3];
    int n;
    if (!cli_parse(cli, argc, argv, o, 1, args, 3, &n)) return cli_failed(cli);
    Str verb = n ? args[0] : S("");
    bool two = str_eq(verb, S("merge")) || str_eq(verb, S("withdraw"));
    if (n != (two ? 3 : 2) || (!two && !str_eq(verb, S("unmerge")))) return cli_usage(cli);
    if (!str_trim(o[0].text).n) return cli_usage(cli);
    Change k = {.verb = verb,
                .one = args[1],
                .two = two ? args[2] : S(""),
                .act = {.actor = cli_actor(cli->arena), .reason = o[0].text}};
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    bool ok = db && tx_run(db, DB_WRITE, change, &k) && journal_seal(db, 1000, NULL);
    if (!ok) cli_notes(cli, cli->c->notes); /* the candidates of a name that several have */
    ok = ok && print(cli, &k);
    if (db) db_return(db);
    register_close(reg);
    return ok ? EXIT_YES : cli_failed(cli);
}

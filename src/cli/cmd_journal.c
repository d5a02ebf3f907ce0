/* jixia journal: the chain of entries checked, and read. */
#include "base/date.h"
#include "city/journal.h"
#include "city/register.h"
#include "cli/city.h"
#include "codec/json.h"

enum { LIST_MOST = 100000 };

/* Exit 1 when the chain is broken. */
static int verify(Cli *cli, Db *db) {
    Arena *a = cli->arena;
    JournalReport r;
    if (!journal_verify(db, &r)) return cli_failed(cli);
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("whole"), json_bool(a, r.bad == 0));
    json_set(o, S("entries"), json_int(a, r.entries));
    json_set(o, S("unsealed"), json_int(a, r.unsealed));
    json_set(o, S("bad"), r.bad ? json_int(a, r.bad) : json_new(a, JSON_NULL));
    json_set(o, S("why"), r.bad ? json_string(a, r.why) : json_new(a, JSON_NULL));
    json_set(o, S("other"), r.other ? json_int(a, r.other) : json_new(a, JSON_NULL));
    json_set(o, S("head"), json_string(a, r.head));
    Str args[] = {str_printf(a, "%lld", (long long)r.entries),
                  str_printf(a, "%lld", (long long)r.unsealed), r.head,
                  str_printf(a, "%lld", (long long)r.bad),
                  r.other ? str_printf(a, "%.*s %lld", STRF(r.why), (long long)r.other) : r.why};
    Str text = msg_text(a, r.bad ? M_CLI_JOURNAL_BAD : M_CLI_JOURNAL_WHOLE, cli->c->lang, 5, args);
    return cli_show(cli, o, text) && r.bad == 0 ? EXIT_YES : EXIT_NO;
}

static int list(Cli *cli, Db *db, Str object, int most) {
    Arena *a = cli->arena;
    JournalEntry *items;
    int n;
    if (!journal_list(db, object, 0, most, &items, &n)) return cli_failed(cli);
    Json *out = json_new(a, JSON_ARRAY);
    Buf b = buf_new(a, 0);
    for (int i = 0; i < n; i++) {
        const JournalEntry *e = &items[i];
        Json *o = json_push(out, json_new(a, JSON_OBJECT));
        json_set(o, S("number"), e->number ? json_int(a, e->number) : json_new(a, JSON_NULL));
        json_set(o, S("at"), json_string(a, instant_text(a, e->at_ms)));
        json_set(o, S("actor"), json_string(a, e->actor));
        json_set(o, S("action"), json_string(a, e->action));
        json_set(o, S("object"), json_string(a, e->object));
        json_set(o, S("reason"), json_string(a, e->reason));
        json_set(o, S("content_sm3"), json_string(a, e->content_sm3));
        json_set(o, S("sm3"), json_string(a, e->sm3));
        buf_printf(&b, "%s%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s", i ? "\n" : "", (long long)e->number,
                   STRF(instant_text(a, e->at_ms)), STRF(e->actor), STRF(e->action),
                   STRF(e->object), STRF(e->reason));
    }
    return cli_show(cli, out, buf_str(&b)) ? EXIT_YES : cli_failed(cli);
}

int cmd_journal(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--object"}, {.name = "--most"}};
    Str args[1];
    int n;
    int64_t most = 50;
    if (!cli_parse(cli, argc, argv, o, 2, args, 1, &n)) return cli_failed(cli);
    bool verifying = n == 1 && str_eq(args[0], S("verify"));
    if (!verifying && !(n == 1 && str_eq(args[0], S("list")))) return cli_usage(cli);
    if (o[1].given && (!str_to_i64(o[1].text, &most) || most < 1 || most > LIST_MOST)) {
        FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, S("--most"), o[1].text);
        return cli_failed(cli);
    }
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    int status = !db         ? cli_failed(cli)
                 : verifying ? verify(cli, db)
                             : list(cli, db, o[0].text, (int)most);
    if (db) db_return(db);
    register_close(reg);
    return status;
}

/* jixia reconcile: a list of the province or a ministry against the titles on record. */
#include "base/date.h"
#include "base/file.h"
#include "base/hash.h"
#include "city/reconcile/reconcile.h"
#include "city/register.h"
#include "cli/city.h"
#include "codec/json.h"
#include "job/list.h"

enum { LIST_MIB = 64 };
enum { O_TIER, O_LEVEL, O_TITLE, O_PUBLISHER, O_AS_OF, O_REASON, O_COUNT };

typedef struct Making {
    Register *reg;
    Reconciliation wanted, made;
    ListFile list;
    Act act;
    ReconcileLine *lines;
    int n;
} Making;

static bool make_step(Db *db, void *user) {
    Making *k = user;
    int64_t total;
    return reconcile_make(db, &k->reg->codes, &k->wanted, k->list.lines, k->list.n, &k->act,
                          &k->made) &&
           reconcile_lines(db, k->made.id, 0, 0, INT32_MAX, &k->lines, &k->n, &total);
}

static void put_line(Cli *cli, Buf *b, const ReconcileLine *l) {
    Msg why = reconcile_cause_message(l->cause);
    static const Msg KINDS[] = {MSG_NONE, M_RECONCILE_AGREED, M_RECONCILE_THERE, M_RECONCILE_HERE,
                                M_RECONCILE_UNCLEAR};
    if (l->kind == RECONCILE_AGREED) return;
    buf_printf(b, "%.*s  %.*s", STRF(msg_text(cli->arena, KINDS[l->kind], cli->c->lang, 0, NULL)),
               STRF(l->line));
    if (why != MSG_NONE)
        buf_printf(b, "  %.*s", STRF(msg_text(cli->arena, why, cli->c->lang, 0, NULL)));
    buf_char(b, '\n');
}

static bool print(Cli *cli, const Making *k) {
    Arena *a = cli->arena;
    Buf b = buf_new(a, 0);
    const Reconciliation *x = &k->made;
    const int64_t counts[] = {x->lines, x->agreed, x->only_there, x->only_here, x->unclear};
    Str args[5];
    for (int i = 0; i < 5; i++) args[i] = str_printf(a, "%lld", (long long)counts[i]);
    if (cli->json) {
        static const char *const KEYS[] = {"lines", "agreed", "only_there", "only_here", "unclear"};
        Json *o = json_new(a, JSON_OBJECT), *list = json_new(a, JSON_ARRAY);
        json_set(o, S("id"), json_int(a, x->id));
        for (int i = 0; i < 5; i++) json_set(o, str_from(KEYS[i]), json_int(a, counts[i]));
        for (int i = 0; i < k->n; i++) {
            Json *l = json_push(list, json_new(a, JSON_OBJECT));
            json_set(l, S("kind"), json_string(a, reconcile_kind_text(k->lines[i].kind)));
            json_set(l, S("text"), json_string(a, k->lines[i].line));
            json_set(l, S("enterprise"), json_string(a, k->lines[i].name));
            json_set(l, S("cause"), json_string(a, reconcile_cause_text(k->lines[i].cause)));
        }
        json_set(o, S("items"), list);
        json_print(&b, o, 2);
        buf_char(&b, '\n');
    } else {
        for (int i = 0; i < k->n; i++) put_line(cli, &b, &k->lines[i]);
        buf_put(&b, msg_text(a, M_CLI_RECONCILE, cli->c->lang, 5, args));
        buf_char(&b, '\n');
    }
    return cli_print(buf_str(&b));
}

static bool run(Cli *cli, Making *k) {
    Db *db = db_borrow(cli->c, k->reg->store);
    bool ok = db && tx_run(db, DB_WRITE, make_step, k) && journal_seal(db, 1000, NULL);
    if (db) db_return(db);
    return ok;
}

static bool read_options(Cli *cli, CliOpt *o, Str file, Making *k) {
    Str bytes;
    int64_t day = 0;
    if (o[O_AS_OF].given && !date_parse(o[O_AS_OF].text, &day))
        return FAIL(cli->c, ERR_INPUT, M_CLI_DATE, S("--as-of"), o[O_AS_OF].text);
    if (!file_read(cli->c, file, (size_t)LIST_MIB << 20, &bytes) ||
        !list_read(cli->c, bytes, file, RECONCILE_LINES_MAX, &k->list))
        return false;
    k->wanted = (Reconciliation){.title = o[O_TITLE].given ? o[O_TITLE].text : file,
                                 .tier = o[O_TIER].text,
                                 .level = o[O_LEVEL].text,
                                 .publisher = o[O_PUBLISHER].text,
                                 .as_of = o[O_AS_OF].given ? date_to_int(day) : 0,
                                 .file_name = file,
                                 .file_sm3 = hash_hex(cli->arena, HASH_SM3, bytes)};
    k->act = (Act){cli_actor(cli->arena), o[O_REASON].text};
    return true;
}

int cmd_reconcile(Cli *cli, int argc, char **argv) {
    CliOpt o[O_COUNT] = {[O_TIER] = {.name = "--tier"},   [O_LEVEL] = {.name = "--level"},
                         [O_TITLE] = {.name = "--title"}, [O_PUBLISHER] = {.name = "--publisher"},
                         [O_AS_OF] = {.name = "--as-of"}, [O_REASON] = {.name = "--reason"}};
    Str args[1];
    int n;
    if (!cli_parse(cli, argc, argv, o, O_COUNT, args, 1, &n)) return cli_failed(cli);
    if (n != 1 || !o[O_TIER].text.n || !str_trim(o[O_REASON].text).n) return cli_usage(cli);
    Making k = {0};
    if (!read_options(cli, o, args[0], &k)) return cli_failed(cli);
    k.reg = register_open(cli->c, cli_db(cli), 1);
    bool ok = k.reg && run(cli, &k);
    if (ok) print(cli, &k);
    register_close(k.reg);
    if (!ok) return cli_failed(cli);
    return k.made.agreed == k.made.lines && !k.made.only_here ? EXIT_YES : EXIT_NO;
}

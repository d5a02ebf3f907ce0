/* jixia bundle, verify, key: sealed bundles made, read and checked; the keys that sign them. */
#include "base/date.h"
#include "base/file.h"
#include "base/hash.h"
#include "city/bundle/bundle.h"
#include "cli/city.h"
#include "codec/json.h"

static bool show(Cli *cli, const Json *j, Str text) {
    return cli_show(cli, j, str_ends(text, S("\n")) ? str_sub(text, 0, text.n - 1) : text);
}

static Str say(Cli *cli, Msg m, int n, const Str *args) {
    return msg_text(cli->arena, m, cli->c->lang, n, args);
}

static Str number(Cli *cli, int64_t n) {
    return str_printf(cli->arena, "%lld", (long long)n);
}

/* --- keys --------------------------------------------------------------------------------------
 */

static int show_key(Cli *cli, Str path, Str der) {
    Json *o = json_new(cli->arena, JSON_OBJECT);
    Str sm3 = hash_hex(cli->arena, HASH_SM3, der), pem = sign_public_pem(cli->arena, der);
    json_set(o, S("file"), json_string(cli->arena, path));
    json_set(o, S("algorithm"), json_string(cli->arena, SIGN_ALGORITHM));
    json_set(o, S("fingerprint"), json_string(cli->arena, sm3));
    json_set(o, S("public_key"), json_string(cli->arena, pem));
    Str args[] = {path, sm3, pem};
    return show(cli, o, say(cli, M_CLI_KEY, 3, args)) ? EXIT_YES : EXIT_INTERNAL;
}

int cmd_key(Cli *cli, int argc, char **argv) {
    Str args[2], der;
    int n;
    if (!cli_parse(cli, argc, argv, NULL, 0, args, 2, &n)) return cli_failed(cli);
    if (n != 2) return cli_usage(cli);
    bool make = str_eq(args[0], S("new"));
    if (!make && !str_eq(args[0], S("show"))) return cli_usage(cli);
    if ((make && !sign_new(cli->c, args[1])) || !sign_read_public(cli->c, args[1], &der))
        return cli_failed(cli);
    return show_key(cli, args[1], der);
}

/* --- bundle ------------------------------------------------------------------------------------
 */

static int report(Cli *cli, Str path, const BundleReport *r) {
    Arena *a = cli->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("file"), json_string(a, path));
    json_set(o, S("bytes"), json_int(a, r->bytes));
    json_set(o, S("items"), json_int(a, r->items));
    json_set(o, S("decisions"), json_int(a, r->decisions));
    json_set(o, S("cases"), json_int(a, r->cases));
    json_set(o, S("documents"), json_int(a, r->documents));
    json_set(o, S("entries"), json_int(a, r->entries));
    json_set(o, S("grade"), json_string(a, grade_text(r->grade)));
    Str args[] = {path,
                  number(cli, r->decisions),
                  number(cli, r->cases),
                  number(cli, r->entries),
                  grade_text(r->grade),
                  number(cli, r->bytes)};
    return show(cli, o, say(cli, M_CLI_BUNDLE, 6, args)) ? EXIT_YES : EXIT_INTERNAL;
}

typedef struct MakeOptions {
    CliOpt *out, *key, *subject, *rule, *kase, *round, *as_of, *reason, *whole, *names;
} MakeOptions;

static bool read_wish(Cli *cli, Register *reg, const MakeOptions *o, BundleWish *w) {
    int64_t day;
    w->act = (Act){cli_actor(cli->arena), o->reason->text};
    w->whole_journal = o->whole->given;
    w->rule = o->rule->text;
    if (o->as_of->given && cli_day(cli, o->as_of, &day)) w->as_of = date_to_int(day);
    const CliOpt *k = o->round->given ? o->round : o->kase;
    int64_t *id = o->round->given ? &w->round : &w->kase;
    w->names = o->names->given;
    if (k->given && (!str_to_i64(k->text, id) || *id < 1))
        return FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, str_from(k->name), k->text);
    if (w->rule.n && !pack_rule(cli->c, reg->pack, w->rule)) return false;
    if (!o->subject->given) return ctx_ok(cli->c);
    Db *db = db_borrow(cli->c, reg->store);
    w->subject = db ? subject_find(db, o->subject->text) : 0;
    if (db) db_return(db);
    return w->subject != 0;
}

static int make(Cli *cli, const MakeOptions *o) {
    BundleWish w = {0};
    BundleReport r;
    SignKey *key = sign_open(cli->c, o->key->text);
    Register *reg = key ? register_open(cli->c, cli_db(cli), 2) : NULL;
    bool ok =
        reg && read_wish(cli, reg, o, &w) && bundle_make(cli->c, reg, &w, key, o->out->text, &r);
    int status = ok ? report(cli, o->out->text, &r) : cli_failed(cli);
    register_close(reg);
    sign_close(key);
    return status;
}

static int reader(Cli *cli, Str path, Str out) {
    Str html;
    if (!bundle_reader(cli->c, path, &html) || !file_write(cli->c, out, html))
        return cli_failed(cli);
    return EXIT_YES;
}

int cmd_bundle(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--out"},
                  {.name = "--key"},
                  {.name = "--subject"},
                  {.name = "--rule"},
                  {.name = "--case"},
                  {.name = "--round"},
                  {.name = "--as-of"},
                  {.name = "--reason"},
                  {.name = "--whole-journal", .flag = true},
                  {.name = "--names", .flag = true}};
    MakeOptions m = {&o[0], &o[1], &o[2], &o[3], &o[4], &o[5], &o[6], &o[7], &o[8], &o[9]};
    Str args[2];
    int n;
    if (!cli_parse(cli, argc, argv, o, 10, args, 2, &n)) return cli_failed(cli);
    if (n == 2 && str_eq(args[0], S("reader")) && o[0].given)
        return reader(cli, args[1], o[0].text);
    int scopes = o[2].given + o[3].given + o[4].given + o[5].given;
    if (n != 1 || !str_eq(args[0], S("make")) || !o[0].given || !o[1].given || !o[7].given ||
        scopes != 1)
        return cli_usage(cli);
    return make(cli, &m);
}

/* --- verify ------------------------------------------------------------------------------------
 */

static Json *check_json(Cli *cli, const BundleCheck *k, bool whole) {
    Arena *a = cli->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("whole"), json_bool(a, whole));
    json_set(o, S("object"), json_string(a, k->object));
    json_set(o, S("made_at"), json_string(a, k->made_at));
    json_set(o, S("made_by"), json_string(a, k->made_by));
    json_set(o, S("grade"), json_string(a, k->grade));
    json_set(o, S("signer"), json_string(a, k->signer));
    json_set(o, S("items"), json_int(a, k->items));
    json_set(o, S("decisions"), json_int(a, k->decisions));
    json_set(o, S("replayed"), json_int(a, k->replayed));
    json_set(o, S("entries"), json_int(a, k->entries));
    json_set(o, S("links"), json_int(a, k->links));
    Json *list = json_set(o, S("findings"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < k->n; i++) {
        Json *f = json_push(list, json_new(a, JSON_OBJECT));
        json_set(f, S("what"), json_string(a, str_from(k->findings[i].what)));
        json_set(f, S("name"), json_string(a, k->findings[i].name));
        json_set(f, S("text"), json_string(a, k->findings[i].text));
    }
    json_set(o, S("more"), json_int(a, k->more));
    return o;
}

static Str check_text(Cli *cli, const BundleCheck *k, bool whole) {
    Buf b = buf_new(cli->arena, 0);
    for (int i = 0; i < k->n; i++)
        buf_printf(&b, "%s %.*s: %.*s\n", k->findings[i].what, STRF(k->findings[i].name),
                   STRF(k->findings[i].text));
    if (k->more) buf_printf(&b, "+ %lld\n", (long long)k->more);
    Str args[] = {number(cli, k->items),
                  number(cli, k->replayed),
                  number(cli, k->decisions),
                  number(cli, k->entries),
                  k->grade,
                  k->signer};
    buf_put(&b, say(cli, whole ? M_CLI_VERIFY_WHOLE : M_CLI_VERIFY_BROKEN, 6, args));
    return buf_str(&b);
}

/* The signer counts only when it is the one expected: --key names the public key. */
static bool check_key(Cli *cli, const CliOpt *key, BundleCheck *k) {
    Str der;
    if (!key->given) return true;
    if (!sign_read_public(cli->c, key->text, &der)) return false;
    Str want = hash_hex(cli->arena, HASH_SM3, der);
    if (str_eq(want, k->signer)) return true;
    BundleFinding *all = NEW_N(cli->arena, BundleFinding, k->n + 1);
    for (int i = 0; i < k->n; i++) all[i + 1] = k->findings[i];
    Str args[] = {want};
    all[0] = (BundleFinding){"signature", k->signer, say(cli, M_CLI_VERIFY_SIGNER, 1, args)};
    k->findings = all;
    k->n++;
    return true;
}

int cmd_verify(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--key"}};
    Str args[1];
    int n;
    BundleCheck k;
    if (!cli_parse(cli, argc, argv, o, 1, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    if (!bundle_verify(cli->c, args[0], &k) || !check_key(cli, &o[0], &k)) return cli_failed(cli);
    bool whole = k.n == 0;
    return show(cli, check_json(cli, &k, whole), check_text(cli, &k, whole)) && whole ? EXIT_YES
                                                                                      : EXIT_NO;
}

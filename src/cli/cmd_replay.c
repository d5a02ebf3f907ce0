/* jixia replay: kept decisions and packets decided again and compared, one or all. */
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "city/bundle/replay.h"
#include "cli/city.h"

static void print_json(Cli *cli, const Json *j) {
    Buf b = buf_new(cli->arena, 0);
    json_print(&b, j, 2);
    buf_char(&b, '\n');
    cli_print(buf_str(&b));
}

/* --- one ---------------------------------------------------------------------------------------
 */

static int print_replay(Cli *cli, const PacketDiff *d) {
    if (cli->json) {
        Json *j = json_new(cli->arena, JSON_OBJECT);
        json_set(j, S("same"), json_bool(cli->arena, d->same));
        if (!d->same) {
            json_set(j, S("byte"), json_int(cli->arena, d->at));
            json_set(j, S("path"), json_string(cli->arena, d->path));
            json_set(j, S("stored"), json_string(cli->arena, d->stored));
            json_set(j, S("computed"), json_string(cli->arena, d->computed));
        }
        print_json(cli, j);
    } else if (d->same) {
        cli_print(str_cat(cli->arena,
                          msg_text(cli->arena, M_CLI_REPLAY_SAME, cli->c->lang, 0, NULL), S("\n")));
    } else {
        Str args[] = {str_printf(cli->arena, "%td", d->at), d->path, d->stored, d->computed};
        cli_print(str_cat(cli->arena,
                          msg_text(cli->arena, M_CLI_REPLAY_DIFFERS, cli->c->lang, 4, args),
                          S("\n")));
    }
    return d->same ? EXIT_YES : EXIT_NO;
}

/* Replay without a register: the packet's own facts and the default pack. */
static bool replay_alone(Cli *cli, Str folder, Str packet, PacketDiff *diff) {
    PackSet *pack = NULL;
    Rulebook *book = NULL;
    bool ok =
        cli_load_pack(cli, folder, &pack, &book) && packet_replay(cli->c, book, packet, NULL, diff);
    rulebook_close(book);
    pack_close(pack);
    return ok;
}

/* The decision of a register by its id, or a packet (id 0) against the register's facts. */
static bool replay_register(Cli *cli, int64_t id, Str packet, PacketDiff *diff) {
    KeptDecision kept;
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    bool ok = db && (!id || decision_get(db, id, &kept)) &&
              register_replay(cli->c, db, reg, id ? kept.packet : packet, diff);
    if (db) db_return(db);
    register_close(reg);
    return ok;
}

/* A packet in a file may be indented, or stand in the output of why or decide: its content counts,
 * in canonical form. Kept packets (--decision) are compared byte for byte as they are stored. */
static bool canonical_packet(Ctx *c, Str file, Str *packet) {
    const Json *j = json_parse(c, *packet, file);
    if (!j) return false;
    if (json_get(j, S("packet"))) j = json_get(j, S("packet"));
    Buf b = buf_new(c->arena, 0);
    json_canonical(&b, j);
    *packet = buf_str(&b);
    return true;
}

/* --- all ---------------------------------------------------------------------------------------
 */

enum { SHOWN = 20, POOL_SPARE = 2 };

typedef struct Found {
    Cli *cli;
    Json *list; /* the first SHOWN of them */
    int64_t n;
} Found;

static void found(void *user, const ReplayDifference *d) {
    Found *f = user;
    Arena *a = f->cli->arena;
    if (f->n++ >= SHOWN) return;
    Json *o = json_push(f->list, json_new(a, JSON_OBJECT));
    json_set(o, S("decision"), json_int(a, d->decision));
    json_set(o, S("code"), json_string(a, str_dup(a, d->code)));
    json_set(o, S("path"), json_string(a, str_dup(a, d->diff.path)));
    json_set(o, S("stored"), json_string(a, str_dup(a, d->diff.stored)));
    json_set(o, S("computed"), json_string(a, str_dup(a, d->diff.computed)));
    Str args[] = {str_printf(a, "%lld", (long long)d->decision), d->code, d->diff.path,
                  d->diff.stored, d->diff.computed};
    Str line = msg_text(a, M_CLI_REPLAY_FOUND, f->cli->c->lang, 5, args);
    if (!f->cli->json) fprintf(stderr, "%.*s\n", STRF(line));
}

static int print_all(Cli *cli, const ReplayReport *r, const Found *f, int64_t us) {
    Arena *a = cli->arena;
    Str seconds =
        str_printf(a, "%lld.%02lld", (long long)us / 1000000, (long long)us / 10000 % 100);
    if (cli->json) {
        Json *o = json_new(a, JSON_OBJECT);
        json_set(o, S("decisions"), json_int(a, r->total));
        json_set(o, S("checked"), json_int(a, r->checked));
        json_set(o, S("same"), json_int(a, r->same));
        json_set(o, S("different"), json_int(a, r->checked - r->same));
        json_set(o, S("differences"), f->list);
        json_set(o, S("seconds"), json_number(a, seconds));
        print_json(cli, o);
    } else {
        Str args[] = {str_printf(a, "%lld", (long long)r->total),
                      str_printf(a, "%lld", (long long)r->checked),
                      str_printf(a, "%lld", (long long)r->same),
                      str_printf(a, "%lld", (long long)(r->checked - r->same)), seconds};
        cli_print(str_cat(a, msg_text(a, M_CLI_REPLAY_ALL, cli->c->lang, 5, args), S("\n")));
    }
    return r->same == r->checked ? EXIT_YES : EXIT_NO;
}

static int replay_many(Cli *cli, ReplayOptions *o) {
    Found f = {.cli = cli, .list = json_new(cli->arena, JSON_ARRAY)};
    ReplayReport report;
    o->differs = found;
    o->user = &f;
    int64_t start = clock_mono_us();
    Register *reg = register_open(cli->c, cli_db(cli), 2 * o->threads + POOL_SPARE);
    bool ok = reg && register_replay_all(cli->c, reg, o, &report);
    int status = ok ? print_all(cli, &report, &f, clock_mono_us() - start) : cli_failed(cli);
    register_close(reg);
    o->user = NULL;
    return status;
}

static bool number(Cli *cli, const CliOpt *o, int64_t least, int64_t *out) {
    if (!o->given) return true;
    if (str_to_i64(o->text, out) && *out >= least) return true;
    return FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, str_from(o->name), o->text);
}

int cmd_replay(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--decision"}, {.name = "--pack"}, {.name = "--all", .flag = true},
                  {.name = "--sample"},   {.name = "--seed"}, {.name = "--threads"}};
    Str args[1], packet = {0};
    int n;
    int64_t id = 0, seed = 1, threads = sysconf(_SC_NPROCESSORS_ONLN);
    ReplayOptions many = {0};
    PacketDiff diff = {0};
    if (!cli_parse(cli, argc, argv, o, 6, args, 1, &n)) return cli_failed(cli);
    if ((n == 1) + o[0].given + o[2].given != 1 || (o[3].given && !o[2].given))
        return cli_usage(cli);
    if (!number(cli, &o[0], 1, &id) || !number(cli, &o[3], 1, &many.sample) ||
        !number(cli, &o[4], 0, &seed) || !number(cli, &o[5], 1, &threads))
        return cli_failed(cli);
    many.seed = (uint64_t)seed;
    many.threads = threads < 1                        ? 1
                   : threads > REPLAY_THREADS_MAX / 4 ? REPLAY_THREADS_MAX / 4
                                                      : (int)threads;
    if (o[2].given) return replay_many(cli, &many);
    if (n == 1 && !file_read(cli->c, args[0], CLI_FILE_MAX, &packet)) return cli_failed(cli);
    if (n == 1 && !canonical_packet(cli->c, args[0], &packet)) return cli_failed(cli);
    bool ok = o[0].given || cli_has_db(cli) ? replay_register(cli, id, packet, &diff)
                                            : replay_alone(cli, o[1].text, packet, &diff);
    return ok ? print_replay(cli, &diff) : cli_failed(cli);
}

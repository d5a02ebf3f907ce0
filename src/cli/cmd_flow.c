/* jixia flow: a flow checked, and walked through at random, before it is released. */
#include "base/file.h"
#include "city/flow/simulate.h"
#include "cli/city.h"
#include "codec/json.h"

enum { STEPS_MAX = 100 * 1000 * 1000 };

static bool load(Cli *cli, PackSet **pack) {
    Str folder;
    PackFile *files;
    int n;
    if (!pack_default_folder(cli->c, &folder) || !pack_read(cli->c, folder, &files, &n))
        return false;
    *pack = pack_parse(cli->c, files, n);
    return *pack != NULL;
}

/* Reads one file as a flow; its findings are in cli->c->notes. */
static Flow *read_file(Cli *cli, const PackSet *pack, Str path) {
    PackFile *f = NEW(cli->arena, PackFile);
    *f = (PackFile){.pack = S("file"), .path = path};
    if (!file_read(cli->c, path, 4 << 20, &f->bytes)) return NULL;
    return flow_parse(cli->c, pack, f);
}

/* --- check -------------------------------------------------------------------------------------
 */

static bool check_one(Cli *cli, const PackSet *pack, Str path, Json *list, Buf *text) {
    Arena *a = cli->arena;
    Note *before = cli->c->notes_last;
    const Flow *f = read_file(cli, pack, path);
    Json *o = json_push(list, json_new(a, JSON_OBJECT));
    json_set(o, S("file"), json_string(a, path));
    json_set(o, S("good"), json_bool(a, f != NULL));
    if (text->n) buf_char(text, '\n');
    if (f) {
        buf_printf(text, "%.*s: %.*s, %d/%d", STRF(path), STRF(f->id), f->nstates, f->nacts);
        return true;
    }
    const Note *n = before ? before->next : cli->c->notes;
    Json *findings = json_set(o, S("findings"), json_new(a, JSON_ARRAY));
    Str whole = note_text(a, &cli->c->err.note, cli->c->lang);
    if (!n) { /* no YAML, no file: the failure says it */
        json_push(findings, json_string(a, whole));
        buf_printf(text, "%.*s: %.*s", STRF(cli->c->err.note.place), STRF(whole));
    }
    for (; n; n = n->next) {
        Str line = str_printf(a, "%.*s: %.*s", STRF(n->place), STRF(note_text(a, n, cli->c->lang)));
        json_push(findings, json_string(a, line));
        buf_printf(text, "%.*s%s", STRF(line), n->next ? "\n" : "");
    }
    ctx_clear(cli->c);
    return false;
}

static int check(Cli *cli, const PackSet *pack, Str path) {
    Arena *a = cli->arena;
    Json *list = json_new(a, JSON_ARRAY);
    Buf text = buf_new(a, 0);
    Str *names = &path;
    int n = 1;
    bool good = true;
    bool folder = file_exists(a, path_join(a, path, S(".")));
    if (folder && !file_list(cli->c, path, &names, &n)) return cli_failed(cli);
    for (int i = 0; i < n; i++) {
        if (folder && !str_ends(names[i], S(".yaml"))) continue;
        good &= check_one(cli, pack, folder ? path_join(a, path, names[i]) : path, list, &text);
    }
    if (!cli_show(cli, list, buf_str(&text))) return EXIT_INTERNAL;
    return good ? EXIT_YES : EXIT_NO;
}

/* --- simulate ----------------------------------------------------------------------------------
 */

static Str roles_of(Arena *a, const FlowAct *t) {
    Buf b = buf_new(a, 1000);
    for (int i = 0; i < ROLES; i++)
        if (t->by >> i & 1) buf_printf(&b, "%s%.*s", b.n ? " " : "", STRF(role_text((Role)i)));
    if (t->by_opener) buf_printf(&b, "%sopener", b.n ? " " : "");
    if (t->by_clock) buf_printf(&b, "%sclock", b.n ? " " : "");
    return buf_str(&b);
}

static void count(Arena *a, Json *list, Buf *text, Str id, int64_t n, Str more) {
    Json *o = json_push(list, json_new(a, JSON_OBJECT));
    json_set(o, S("id"), json_string(a, id));
    json_set(o, S("times"), json_int(a, n));
    if (more.n) json_set(o, S("who"), json_string(a, more));
    buf_printf(text, "\n  %8lld  %.*s%s%.*s", (long long)n, STRF(id), more.n ? "  " : "",
               STRF(more));
}

/* How often each state was entered, what clock it starts, and whether an end can be reached. */
static void states(Cli *cli, const Flow *f, const FlowWalks *w, Json *o, Buf *b) {
    Arena *a = cli->arena;
    Json *list = json_set(o, S("states"), json_new(a, JSON_ARRAY));
    buf_printf(b, "\n%.*s", STRF(msg_text(a, M_CLI_FLOW_STATES, cli->c->lang, 0, NULL)));
    for (int i = 0; i < f->nstates; i++) {
        const FlowState *s = &f->states[i];
        Str stuck = w->ends[i] ? S("") : msg_text(a, M_CLI_FLOW_STUCK, cli->c->lang, 0, NULL);
        count(a, list, b, s->id, w->states[i], S(""));
        json_set(list->last, S("clock"),
                 s->clock ? json_string(a, s->clock->name) : json_new(a, JSON_NULL));
        json_set(list->last, S("ends"), json_bool(a, w->ends[i]));
        if (s->clock) buf_printf(b, "  [%.*s]", STRF(s->clock->name));
        if (stuck.n) buf_printf(b, "  %.*s", STRF(stuck));
    }
}

static int simulate(Cli *cli, const Flow *f, int64_t steps, int64_t seed) {
    Arena *a = cli->arena;
    FlowWalks w = flow_simulate(a, f, steps, (uint64_t)seed);
    Json *o = json_new(a, JSON_OBJECT);
    Buf b = buf_new(a, 0);
    json_set(o, S("flow"), json_string(a, f->id));
    json_set(o, S("seed"), json_int(a, seed));
    json_set(o, S("steps"), json_int(a, w.steps));
    json_set(o, S("walks"), json_int(a, w.walks));
    json_set(o, S("finished"), json_int(a, w.finished));
    json_set(o, S("cut"), json_int(a, w.cut));
    json_set(o, S("longest"), json_int(a, w.longest));
    Str args[] = {f->id, str_printf(a, "%lld", (long long)w.walks),
                  str_printf(a, "%lld", (long long)w.finished),
                  str_printf(a, "%lld", (long long)w.longest),
                  str_printf(a, "%lld", (long long)w.cut)};
    buf_put(&b, msg_text(a, M_CLI_FLOW_WALKS, cli->c->lang, 5, args));
    states(cli, f, &w, o, &b);
    Json *list = json_set(o, S("acts"), json_new(a, JSON_ARRAY));
    buf_printf(&b, "\n%.*s", STRF(msg_text(a, M_CLI_FLOW_ACTS, cli->c->lang, 0, NULL)));
    for (int i = 0; i < f->nacts; i++)
        count(a, list, &b, f->acts[i].id, w.acts[i], roles_of(a, &f->acts[i]));
    list = json_set(o, S("clocks"), json_new(a, JSON_ARRAY));
    buf_printf(&b, "\n%.*s", STRF(msg_text(a, M_CLI_FLOW_CLOCKS, cli->c->lang, 0, NULL)));
    for (int i = 0; i < f->nclocks; i++) count(a, list, &b, f->clocks[i].name, w.clocks[i], S(""));
    if (!cli_show(cli, o, buf_str(&b))) return EXIT_INTERNAL;
    return w.stuck ? EXIT_NO : EXIT_YES;
}

static const Flow *find(Cli *cli, const PackSet *pack, Str what) {
    const Flow *f = flow_find(pack, what);
    if (f) return f;
    if (str_ends(what, S(".yaml"))) return read_file(cli, pack, what);
    FAIL(cli->c, ERR_MISSING, M_FLOW_UNKNOWN, what);
    return NULL;
}

static bool number(Cli *cli, const CliOpt *o, int64_t lo, int64_t hi, int64_t *out) {
    if (!o->given || (str_to_i64(o->text, out) && *out >= lo && *out <= hi)) return true;
    return FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, str_from(o->name), o->text);
}

int cmd_flow(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--steps"}, {.name = "--seed"}};
    Str args[2];
    int n;
    int64_t steps = 10000, seed = 1;
    PackSet *pack = NULL;
    if (!cli_parse(cli, argc, argv, o, 2, args, 2, &n)) return cli_failed(cli);
    bool checking = n == 2 && str_eq(args[0], S("check"));
    if (!checking && !(n == 2 && str_eq(args[0], S("simulate")))) return cli_usage(cli);
    if (!number(cli, &o[0], 1, STEPS_MAX, &steps) || !number(cli, &o[1], 0, INT64_MAX, &seed) ||
        !load(cli, &pack))
        return cli_failed(cli);
    int status;
    if (checking) {
        status = check(cli, pack, args[1]);
    } else {
        const Flow *f = find(cli, pack, args[1]);
        status = f ? simulate(cli, f, steps, seed) : cli_failed(cli);
    }
    pack_close(pack);
    return status;
}

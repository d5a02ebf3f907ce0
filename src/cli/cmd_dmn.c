/* jixia dmn eval: models from files. */
#include "cli/cmd_dmn.h"

#include "base/file.h"
#include "dmn/trace_json.h"
#include "dmn/value_json.h"

bool cli_read_models(Ctx *c, Str model, Str folder, const Str *names, int n, DmnSource *files,
                     int *count) {
    files[0].file = model;
    *count = 1;
    if (!file_read(c, model, CLI_FILE_MAX, &files[0].bytes)) return false;
    if (str_find(files[0].bytes, S("import")) < 0) return true;
    for (int i = 0; i < n; i++) {
        Str path = path_join(c->arena, folder, names[i]);
        if (!str_ends(names[i], S(".dmn")) || str_eq(path, model)) continue;
        Ctx own = ctx_new(c->arena, c->now_ms);
        DmnSource *f = &files[*count];
        f->file = path;
        if (file_read(&own, path, CLI_FILE_MAX, &f->bytes)) (*count)++;
    }
    return true;
}

DmnModel *cli_load_model(Ctx *c, Str path) {
    ptrdiff_t slash = path.n;
    while (slash > 0 && path.p[slash - 1] != '/') slash--;
    Str folder = slash > 1 ? str_sub(path, 0, slash - 1) : slash == 1 ? S("/") : S(".");
    Ctx own = ctx_new(c->arena, c->now_ms);
    Str *names = NULL;
    int n = 0, count = 0;
    if (!file_list(&own, folder, &names, &n)) n = 0;
    DmnSource *files = NEW_N(c->arena, DmnSource, n + 1);
    if (!cli_read_models(c, path, folder, names, n, files, &count)) return NULL;
    for (int i = 1; i < count; i++) /* the model itself may be listed under another spelling */
        if (str_eq(files[i].bytes, files[0].bytes)) files[i--] = files[--count];
    return dmn_load(c, files, count);
}

/* --- eval ---------------------------------------------------------------------------------------
 */

static Json *note_json(Arena *a, const Note *n, Lang lang) {
    static const Str SEVERITIES[] = {STR_INIT("error"), STR_INIT("warning"), STR_INIT("remark")};
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("code"), json_string(a, msg_code(n->msg)));
    json_set(o, S("severity"), json_string(a, SEVERITIES[n->severity]));
    json_set(o, S("text"), json_string(a, note_text(a, n, lang)));
    json_set(o, S("hint"), json_string(a, str_trim(note_hint(a, n, lang))));
    json_set(o, S("place"), json_string(a, n->place));
    return o;
}

static Json *notes_json(Arena *a, const Note *n, Lang lang) {
    Json *list = json_new(a, JSON_ARRAY);
    for (; n; n = n->next) json_push(list, note_json(a, n, lang));
    return list;
}

static Json *run_one(Cli *cli, DmnEval *e, const DmnNode *n, bool trace) {
    Arena *a = cli->arena;
    Json *o = json_new(a, JSON_OBJECT);
    Eval *f = dmn_feel(e);
    diag_rewind(f, (DiagMark){0});
    dmn_explain(e, trace);
    Val v = dmn_run_node(e, n);
    json_set(o, S("decision"), json_string(a, n->name));
    json_set(o, S("result"), json_from_val(a, v));
    json_set(o, S("diagnostics"), notes_json(a, f->diag.notes, cli->c->lang));
    if (trace) json_set(o, S("trace"), dmn_trace_json(e, n, a));
    return o;
}

bool cli_print_json(Cli *cli, const Json *j) {
    Buf b = buf_new(cli->arena, 0);
    json_print(&b, j, 2);
    buf_char(&b, '\n');
    return cli_print(buf_str(&b));
}

const DmnNode *cli_decision(Cli *cli, const DmnModel *m, Str name) {
    const DmnNode *n = dmn_find(m, name);
    if (n && (n->kind == NODE_DECISION || n->kind == NODE_SERVICE)) return n;
    FAIL(cli->c, ERR_INPUT, M_DMN_NO_DECISION, name, dmn_nearest(m, name, false));
    return NULL;
}

/* Without --decision: every decision of the main file, as an array. */
static Json *run_all(Cli *cli, DmnEval *e, const DmnModel *m, bool trace) {
    Json *all = json_new(cli->arena, JSON_ARRAY);
    for (int i = 0; i < m->main->nnodes; i++)
        if (m->main->nodes[i]->kind == NODE_DECISION)
            json_push(all, run_one(cli, e, m->main->nodes[i], trace));
    return all;
}

static int dmn_eval(Cli *cli, int argc, char **argv) {
    CliOpt opts[] = {
        {.name = "--decision"}, {.name = "--input"}, {.name = "--trace", .flag = true}};
    Str args[1], bytes;
    int n;
    cli->what = "dmn eval";
    if (!cli_parse(cli, argc, argv, opts, 3, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    DmnModel *m = cli_load_model(cli->c, args[0]);
    if (!m) return cli_failed(cli);
    DmnEval *e = dmn_eval_new(m, cli->arena);
    dmn_feel(e)->now_ns = cli->c->now_ms * 1000000;
    if (opts[1].given) {
        if (!file_read(cli->c, opts[1].text, CLI_FILE_MAX, &bytes)) return cli_failed(cli);
        Json *in = json_parse(cli->c, bytes, opts[1].text);
        if (!in || !dmn_set_json(cli->c, e, in, opts[1].text)) return cli_failed(cli);
    }
    const DmnNode *node = NULL;
    if (opts[0].given && !(node = cli_decision(cli, m, opts[0].text))) return cli_failed(cli);
    if (m->errors > 0) {
        cli_notes(cli, cli->c->notes);
        return EXIT_USAGE;
    }
    Json *out = node ? run_one(cli, e, node, opts[2].given) : run_all(cli, e, m, opts[2].given);
    return cli_print_json(cli, out) ? EXIT_YES : EXIT_INTERNAL;
}

int cmd_dmn(Cli *cli, int argc, char **argv) {
    cli->what = "dmn";
    if (argc < 1) return cli_usage(cli);
    Str sub = str_from(argv[0]);
    if (str_eq(sub, S("eval"))) return dmn_eval(cli, argc - 1, argv + 1);
    if (str_eq(sub, S("check"))) return cmd_dmn_check(cli, argc - 1, argv + 1);
    if (str_eq(sub, S("tck"))) return cmd_dmn_tck(cli, argc - 1, argv + 1);
    if (str_eq(sub, S("diff"))) return cmd_dmn_diff(cli, argc - 1, argv + 1);
    if (str_eq(sub, S("table"))) return cmd_dmn_table(cli, argc - 1, argv + 1);
    return cli_usage(cli);
}

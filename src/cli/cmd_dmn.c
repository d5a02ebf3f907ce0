/* jixia dmn eval: models from files. */
#include "cli/cmd_dmn.h"

#include "base/file.h"
#include "dmn/trace_json.h"
#include "dmn/trace_text.h"
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

/* How `dmn eval` was asked to run. */
typedef struct EvalAsk {
    Cli *cli;
    const DmnModel *m;
    DmnEval *e;
    bool trace, text, strict;
    size_t limit; /* bytes of a trace, 0: none */
    int reasons;  /* found in all runs */
} EvalAsk;

static Json *note_json(Arena *a, const DmnModel *m, const Note *n, int severity, Lang lang) {
    static const Str SEVERITIES[] = {STR_INIT("error"), STR_INIT("warning"), STR_INIT("remark")};
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("code"), json_string(a, msg_code(n->msg)));
    json_set(o, S("severity"), json_string(a, SEVERITIES[severity]));
    json_set(o, S("text"), json_string(a, note_text(a, n, lang)));
    json_set(o, S("hint"), json_string(a, str_trim(note_hint(a, n, lang))));
    json_set(o, S("place"), json_string(a, n->place));
    DmnPlace at = dmn_note_place(m, n);
    Json *p = json_set(o, S("at"), json_new(a, JSON_OBJECT));
    json_set(p, S("file"), json_string(a, at.file));
    json_set(p, S("element"), json_string(a, at.element));
    json_set(p, S("line"), json_int(a, at.line));
    json_set(p, S("column"), json_int(a, at.column));
    json_set(p, S("from"), json_int(a, at.from));
    json_set(p, S("to"), json_int(a, at.to));
    return o;
}

/* Strict: every reason is an error. */
static Json *notes_json(Arena *a, const DmnModel *m, const Note *n, bool strict, Lang lang) {
    Json *list = json_new(a, JSON_ARRAY);
    for (; n; n = n->next) json_push(list, note_json(a, m, n, strict ? 0 : n->severity, lang));
    return list;
}

static Val run_node(EvalAsk *ask, const DmnNode *n) {
    dmn_restart(ask->e);
    if (ask->trace || ask->text) trace_start(dmn_feel(ask->e));
    Val v = dmn_run_node(ask->e, n);
    ask->reasons += dmn_feel(ask->e)->diag.note_count;
    return v;
}

/* depth: levels the members of this answer are printed in. */
static Json *run_one(EvalAsk *ask, const DmnNode *n, size_t depth) {
    Arena *a = ask->cli->arena;
    Json *o = json_new(a, JSON_OBJECT);
    Val v = run_node(ask, n);
    const Note *notes = dmn_feel(ask->e)->diag.notes;
    json_set(o, S("decision"), json_string(a, n->name));
    json_set(o, S("result"), json_from_val(a, v));
    json_set(o, S("diagnostics"), notes_json(a, ask->m, notes, ask->strict, ask->cli->c->lang));
    if (ask->trace) json_set(o, S("trace"), dmn_trace_json(ask->e, n, ask->limit, 2, depth * 2));
    return o;
}

/* The trace as text on stdout, what was found on stderr. */
static bool print_text(EvalAsk *ask, const DmnNode *n) {
    run_node(ask, n);
    cli_notes(ask->cli, dmn_feel(ask->e)->diag.notes);
    return cli_print(dmn_trace_text(ask->e, ask->cli->c->lang, ask->limit));
}

const DmnNode *cli_decision(Cli *cli, const DmnModel *m, Str name) {
    const DmnNode *n = dmn_find(m, name);
    if (n && (n->kind == NODE_DECISION || n->kind == NODE_SERVICE)) return n;
    FAIL(cli->c, ERR_INPUT, M_DMN_NO_DECISION, name, dmn_nearest(m, name, false));
    return NULL;
}

/* node NULL: every decision of the main file; as JSON they are an array. */
static bool answer(EvalAsk *ask, const DmnNode *node) {
    const DmnDefs *d = ask->m->main;
    if (node && !ask->text) return cli_print_json(ask->cli, run_one(ask, node, 1));
    if (node) return print_text(ask, node);
    Json *all = json_new(ask->cli->arena, JSON_ARRAY);
    for (int i = 0; i < d->nnodes; i++) {
        if (d->nodes[i]->kind != NODE_DECISION) continue;
        if (!ask->text)
            json_push(all, run_one(ask, d->nodes[i], 2));
        else if (!print_text(ask, d->nodes[i]))
            return false;
    }
    return ask->text || cli_print_json(ask->cli, all);
}

static bool read_trace_options(EvalAsk *ask, const CliOpt *trace, const CliOpt *limit) {
    Ctx *c = ask->cli->c;
    int64_t bytes = 0;
    ask->text = str_eq(trace->text, S("text"));
    if (trace->text.n && !ask->text && !str_eq(trace->text, S("json")))
        return FAIL(c, ERR_INPUT, M_CLI_TRACE_FORM, trace->text);
    if (limit->given && (!str_to_i64(limit->text, &bytes) || bytes < 1))
        return FAIL(c, ERR_INPUT, M_CLI_TRACE_LIMIT, limit->text);
    ask->trace = (trace->given || limit->given) && !ask->text;
    ask->limit = (size_t)bytes;
    return true;
}

static int dmn_eval(Cli *cli, int argc, char **argv) {
    enum { DECISION, INPUT, TRACE, LIMIT, STRICT, OPTIONS };
    CliOpt opts[OPTIONS] = {{.name = "--decision"},
                            {.name = "--input"},
                            {.name = "--trace", .flag = true, .value = true},
                            {.name = "--trace-limit"},
                            {.name = "--strict", .flag = true}};
    Str args[1], bytes;
    int n;
    cli->what = "dmn eval";
    if (!cli_parse(cli, argc, argv, opts, OPTIONS, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    EvalAsk ask = {.cli = cli, .strict = opts[STRICT].given};
    if (!read_trace_options(&ask, &opts[TRACE], &opts[LIMIT])) return cli_failed(cli);
    DmnModel *m = cli_load_model(cli->c, args[0]);
    if (!m) return cli_failed(cli);
    DmnEval *e = dmn_eval_new(m, cli->arena);
    ask.m = m;
    ask.e = e;
    dmn_feel(e)->now_ns = cli->c->now_ms * 1000000;
    if (opts[INPUT].given) {
        if (!file_read(cli->c, opts[INPUT].text, CLI_FILE_MAX, &bytes)) return cli_failed(cli);
        Json *in = json_parse(cli->c, bytes, opts[INPUT].text);
        if (!in || !dmn_set_json(cli->c, e, in, opts[INPUT].text)) return cli_failed(cli);
    }
    const DmnNode *node = NULL;
    if (opts[DECISION].given && !(node = cli_decision(cli, m, opts[DECISION].text)))
        return cli_failed(cli);
    if (m->errors > 0) {
        cli_notes(cli, cli->c->notes);
        return EXIT_USAGE;
    }
    if (!answer(&ask, node)) return EXIT_INTERNAL;
    return ask.strict && ask.reasons > 0 ? EXIT_NO : EXIT_YES;
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

/* jixia evaluate: the whole register through the rules. */
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "city/bundle/keep.h"
#include "city/report.h"
#include "cli/city.h"
#include "job/export.h"

static bool choose_rules(Cli *cli, const PackSet *p, const CliOpt *o, const Rule ***out, int *n) {
    *n = o->given ? o->n : p->nrules;
    const Rule **rules = NEW_N(cli->arena, const Rule *, *n + 1);
    for (int i = 0; i < *n; i++) {
        rules[i] = o->given ? pack_rule(cli->c, p, o->all[i]) : p->rules[i];
        if (!rules[i]) return false;
    }
    *out = rules;
    return true;
}

/* --- rows --------------------------------------------------------------------------------------
 */

typedef struct RowWriter {
    Export *file;
    Arena *scratch; /* reset for each row */
} RowWriter;

static Str result_text(Arena *a, Val v) {
    Json *j = value_to_json(a, v);
    Buf b = buf_new(a, 0);
    if (j->kind == JSON_STRING) return j->text;
    if (j->kind != JSON_NULL) json_canonical(&b, j);
    return buf_str(&b);
}

static Str missing_text(Arena *a, const Decision *d) {
    Buf b = buf_new(a, 0);
    for (int i = 0; i < d->nmissing; i++) {
        if (i) buf_lit(&b, "；");
        buf_put(&b, d->missing[i].name);
    }
    return buf_str(&b);
}

static bool write_row(void *user, const Subject *s, const FactSet *facts, const Decision *d) {
    (void)facts;
    RowWriter *w = user;
    Export *e = w->file;
    arena_reset(w->scratch);
    export_text(e, s->code);
    export_text(e, s->name);
    export_text(e, s->demo ? S("DEMO") : S(""));
    export_text(e, d->rule->id);
    export_text(e, d->version ? d->version->id : S(""));
    export_text(e, outcome_text(d->outcome));
    export_text(e, d->validity == VALIDITY_UNCHECKED ? S("效力待核") : S(""));
    export_text(e, result_text(w->scratch, d->result));
    export_text(e, missing_text(w->scratch, d));
    return export_end_row(e);
}

static Export *open_rows(Ctx *c, Str path, const EvaluateOptions *o) {
    static const Str HEAD[] = {STR_INIT("主体代码"), STR_INIT("名称"), STR_INIT("标记"),
                               STR_INIT("规则"),     STR_INIT("版本"), STR_INIT("结论"),
                               STR_INIT("效力"),     STR_INIT("结果"), STR_INIT("缺少")};
    Export *e = export_open(c, path, S("判定"), HEAD, 9);
    if (e) export_remark(e, S("判定日期"), date_text(c->arena, o->as_of));
    if (e) export_remark(e, S("导出时间"), instant_text(c->arena, c->now_ms));
    return e;
}

/* --- report ------------------------------------------------------------------------------------
 */

static Json *report(Cli *cli, const EvaluateOptions *o, const EvaluateReport *r, int64_t us) {
    Arena *a = cli->arena;
    Json *j = json_new(a, JSON_OBJECT);
    json_set(j, S("subjects"), json_int(a, r->subjects));
    json_set(j, S("rules"), json_int(a, o->nrules));
    json_set(j, S("as_of"), json_string(a, date_text(a, o->as_of)));
    json_set(j, S("as_known"), json_string(a, instant_text(a, r->at.as_known)));
    json_set(j, S("seq"), json_int(a, r->at.seq));
    Json *counts = json_set(j, S("counts"), json_new(a, JSON_OBJECT));
    for (int i = 0; i < o->nrules; i++) {
        Json *c = json_set(counts, o->rules[i]->id, json_new(a, JSON_OBJECT));
        for (int k = 0; k < OUTCOMES; k++)
            json_set(c, outcome_text((Outcome)k), json_int(a, r->counts[i][k]));
    }
    Json *errors = json_set(j, S("errors"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < r->nerrors; i++) {
        Json *e = json_push(errors, json_new(a, JSON_OBJECT));
        json_set(e, S("rule"), json_string(a, o->rules[r->errors[i].rule]->id));
        json_set(e, S("code"), json_string(a, msg_code(r->errors[i].msg)));
        json_set(e, S("text"), json_string(a, r->errors[i].text));
        json_set(e, S("count"), json_int(a, r->errors[i].count));
    }
    json_set(j, S("seconds"),
             json_number(a, str_printf(a, "%lld.%03lld", (long long)us / 1000000,
                                       (long long)us / 1000 % 1000)));
    return j;
}

static void print_text(Cli *cli, const EvaluateOptions *o, const EvaluateReport *r, int64_t us) {
    Buf b = buf_new(cli->arena, 0);
    Lang lang = cli->c->lang;
    Str args[] = {date_text(cli->arena, o->as_of),
                  str_printf(cli->arena, "%lld", (long long)r->subjects),
                  str_printf(cli->arena, "%.2f", (double)us / 1e6)};
    buf_put(&b, msg_text(cli->arena, M_CLI_EVALUATE, lang, 3, args));
    buf_char(&b, '\n');
    for (int i = 0; i < o->nrules; i++) {
        const Rule *rule = o->rules[i];
        Str title = lang == LANG_EN && rule->title_en.n ? rule->title_en : rule->title_zh;
        buf_printf(&b, "%.*s  %.*s\n    ", STRF(rule->id), STRF(title));
        for (int k = 0; k < OUTCOMES; k++) {
            Str label = msg_text(cli->arena, outcome_message((Outcome)k), lang, 0, NULL);
            buf_printf(&b, "%s%.*s %lld", k ? "　" : "", STRF(label), (long long)r->counts[i][k]);
        }
        buf_char(&b, '\n');
    }
    for (int i = 0; i < r->nerrors; i++)
        buf_printf(&b, "! %.*s  %.*s × %lld\n", STRF(o->rules[r->errors[i].rule]->id),
                   STRF(r->errors[i].text), (long long)r->errors[i].count);
    cli_print(buf_str(&b));
}

static bool run(Cli *cli, Register *reg, EvaluateOptions *o, const CliOpt *out) {
    EvaluateReport counts;
    RowWriter w = {.scratch = arena_child(cli->arena, 0)};
    if (out->given) {
        w.file = open_rows(cli->c, out->text, o);
        Grade grade = cli_grade(reg->pack, reg->book, o->rules, o->nrules);
        if (w.file) cli_export_mark(cli, w.file, out->text, grade);
        o->row = write_row;
        o->user = &w;
    }
    int64_t start = clock_mono_us();
    bool ok = (w.file || !out->given) && register_evaluate(cli->c, reg, o, &counts);
    if (w.file) ok = export_close(w.file, ok) && ok;
    int64_t us = clock_mono_us() - start;
    if (ok && cli->json) {
        cli_print_json(cli, report(cli, o, &counts, us));
    } else if (ok) {
        print_text(cli, o, &counts, us);
    }
    o->user = NULL; /* w ends here */
    arena_close(w.scratch);
    return ok;
}

/* The decisions with their packets into the register. */
static bool run_keep(Cli *cli, Register *reg, const EvaluateOptions *o, Str reason) {
    EvaluateReport counts;
    int64_t kept = 0, start = clock_mono_us();
    Act act = {.actor = cli_actor(cli->arena),
               .reason = reason.n ? reason : S("jixia evaluate --keep")};
    bool ok = register_evaluate_keep(cli->c, reg, *o, &act, &counts, &kept);
    int64_t us = clock_mono_us() - start;
    if (!ok) return false;
    if (cli->json) {
        Json *j = report(cli, o, &counts, us);
        json_set(j, S("kept"), json_int(cli->arena, kept));
        return cli_print_json(cli, j);
    }
    Str args[] = {str_printf(cli->arena, "%lld", (long long)kept)};
    print_text(cli, o, &counts, us);
    return cli_print(
        str_cat(cli->arena, msg_text(cli->arena, M_CLI_KEPT, cli->c->lang, 1, args), S("\n")));
}

int cmd_evaluate(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--rule"},  {.name = "--as-of"},   {.name = "--as-known"},
                  {.name = "--out"},   {.name = "--threads"}, {.name = "--keep", .flag = true},
                  {.name = "--reason"}};
    Str args[1];
    int n;
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);
    EvaluateOptions options = {0};
    if (!cli_parse(cli, argc, argv, o, 7, args, 0, &n)) return cli_failed(cli);
    if (o[5].given && o[3].given) return cli_usage(cli);
    if (o[4].given && (!str_to_i64(o[4].text, &threads) || threads < 1)) {
        FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, S("--threads"), o[4].text);
        return cli_failed(cli);
    }
    if (!cli_day(cli, &o[1], &options.as_of) || !cli_instant(cli, &o[2], &options.as_known_ms))
        return cli_failed(cli);
    options.threads = threads < 1 ? 1 : threads > 64 ? 64 : (int)threads;
    Register *reg = register_open(cli->c, cli_db(cli), options.threads + 2);
    const Rule **rules = NULL;
    bool ok = reg && choose_rules(cli, reg->pack, &o[0], &rules, &options.nrules);
    options.rules = rules;
    ok = ok &&
         (o[5].given ? run_keep(cli, reg, &options, o[6].text) : run(cli, reg, &options, &o[3]));
    int status = ok ? EXIT_YES : cli_failed(cli);
    register_close(reg);
    return status;
}

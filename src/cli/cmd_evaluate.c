/* jixia evaluate: the whole register through the rules. */
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "city/evaluate.h"
#include "city/report.h"
#include "cli/city.h"
#include "codec/csv.h"

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
    Buf rows;       /* of the file, in an arena of its own */
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

static bool csv_row(void *user, const Subject *s, const Decision *d) {
    RowWriter *w = user;
    Buf *b = &w->rows;
    arena_reset(w->scratch);
    csv_text(b, s->code, true);
    csv_text(b, s->name, false);
    csv_text(b, s->demo ? S("DEMO") : S(""), false);
    csv_text(b, d->rule->id, false);
    csv_text(b, d->version ? d->version->id : S(""), false);
    csv_text(b, outcome_text(d->outcome), false);
    csv_text(b, d->validity == VALIDITY_UNCHECKED ? S("效力待核") : S(""), false);
    csv_text(b, result_text(w->scratch, d->result), false);
    csv_text(b, missing_text(w->scratch, d), false);
    csv_end_row(b);
    return !b->over;
}

static void csv_head(Buf *b) {
    static const Str HEAD[] = {STR_INIT("主体代码"), STR_INIT("名称"), STR_INIT("标记"),
                               STR_INIT("规则"),     STR_INIT("版本"), STR_INIT("结论"),
                               STR_INIT("效力"),     STR_INIT("结果"), STR_INIT("缺少")};
    csv_begin(b);
    for (int i = 0; i < 9; i++) csv_text(b, HEAD[i], i == 0);
    csv_end_row(b);
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
    RowWriter w = {.rows = buf_new(arena_open((size_t)8 << 30), (size_t)3 << 30),
                   .scratch = arena_open(0)};
    if (out->given) {
        csv_head(&w.rows);
        o->row = csv_row;
        o->user = &w;
    }
    int64_t start = clock_mono_us();
    bool ok = register_evaluate(cli->c, reg, o, &counts);
    if (w.rows.over) ok = FAIL(cli->c, ERR_LIMIT, M_LIMIT_MEMORY);
    if (ok && out->given) ok = file_write(cli->c, out->text, buf_str(&w.rows));
    int64_t us = clock_mono_us() - start;
    if (ok && cli->json) {
        Buf b = buf_new(cli->arena, 0);
        json_print(&b, report(cli, o, &counts, us), 2);
        buf_char(&b, '\n');
        cli_print(buf_str(&b));
    } else if (ok) {
        print_text(cli, o, &counts, us);
    }
    arena_close(w.scratch);
    arena_close(w.rows.arena);
    return ok;
}

int cmd_evaluate(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--rule"},
                  {.name = "--as-of"},
                  {.name = "--as-known"},
                  {.name = "--out"},
                  {.name = "--threads"}};
    Str args[1];
    int n;
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);
    EvaluateOptions options = {0};
    if (!cli_parse(cli, argc, argv, o, 5, args, 0, &n)) return cli_failed(cli);
    if (o[4].given && !str_to_i64(o[4].text, &threads)) return cli_usage(cli);
    if (!cli_day(cli, &o[1], &options.as_of) || !cli_instant(cli, &o[2], &options.as_known_ms))
        return cli_failed(cli);
    options.threads = threads < 1 ? 1 : threads > 64 ? 64 : (int)threads;
    Register *reg = register_open(cli->c, cli_db(cli), options.threads + 2);
    const Rule **rules = NULL;
    bool ok = reg && choose_rules(cli, reg->pack, &o[0], &rules, &options.nrules);
    options.rules = rules;
    ok = ok && run(cli, reg, &options, &o[3]);
    int status = ok ? EXIT_YES : cli_failed(cli);
    register_close(reg);
    return status;
}

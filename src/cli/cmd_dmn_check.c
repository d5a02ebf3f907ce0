/* jixia dmn check: the static checks of a model, each with a row of inputs that shows it; test rows
 * at the boundaries of its tables. */
#include "base/file.h"
#include "base/map.h"
#include "cli/cmd_dmn.h"
#include "codec/csv.h"
#include "dmn/check.h"

/* A whole number of at least one; 0 stays the default when the option is not given. */
static bool number_of(Cli *cli, const CliOpt *o, int64_t most, int64_t *out) {
    *out = 0;
    if (!o->given) return true;
    if (str_to_i64(o->text, out) && *out > 0 && *out <= most) return true;
    return FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, str_from(o->name), o->text);
}

/* One line on stderr for the finding and, indented, the row to run. */
static void print_finding(Cli *cli, const DmnFinding *f) {
    Note one = *f->note;
    one.next = NULL;
    cli_notes(cli, &one);
    if (!f->row) return;
    Buf b = buf_new(cli->arena, 0);
    json_canonical(&b, f->row);
    fprintf(stderr, "  %.*s\n", STRF(buf_str(&b)));
}

static int print_findings(Cli *cli, const DmnModel *m, const DmnFinding *first) {
    Json *o = json_new(cli->arena, JSON_OBJECT);
    Json *list = json_new(cli->arena, JSON_ARRAY);
    bool errors = false;
    for (const DmnFinding *f = first; f; f = f->next) {
        errors = errors || f->note->severity == 0;
        if (cli->json)
            json_push(list, dmn_finding_json(cli->arena, f, cli->c->lang));
        else
            print_finding(cli, f);
    }
    if (cli->json) {
        json_set(o, S("model"), json_string(cli->arena, m->main->name));
        json_set(o, S("findings"), list);
        if (!cli_print_json(cli, o)) return EXIT_INTERNAL;
    }
    return errors ? EXIT_NO : EXIT_YES;
}

/* --- boundary rows ------------------------------------------------------------------------------
 */

/* Paths of all leaves of the rows, in order of appearance: the input columns. */
static void collect(Arena *a, Map *columns, const Json *j, Str path) {
    for (const Json *k = j->first; k; k = k->next) {
        Str name = path.n ? str_printf(a, "%.*s.%.*s", STRF(path), STRF(k->key)) : k->key;
        if (k->kind == JSON_OBJECT)
            collect(a, columns, k, name);
        else if (!map_has(columns, name))
            map_put(columns, name, columns);
    }
}

static const Json *leaf(Arena *a, const Json *j, Str path, Str name) {
    const Json *found = NULL;
    for (const Json *k = j->first; k && !found; k = k->next) {
        Str at = path.n ? str_printf(a, "%.*s.%.*s", STRF(path), STRF(k->key)) : k->key;
        if (str_eq(at, name)) return k;
        if (k->kind == JSON_OBJECT) found = leaf(a, k, at, name);
    }
    return found;
}

static void put_cell(Arena *a, Buf *b, const Json *j) {
    Buf text = buf_new(a, 0);
    if (!j || j->kind == JSON_NULL)
        csv_text(b, (Str){0}, false);
    else if (j->kind == JSON_NUMBER)
        csv_number(b, j->text, false);
    else if (j->kind == JSON_STRING)
        csv_text(b, j->text, false);
    else {
        json_canonical(&text, j);
        csv_text(b, buf_str(&text), false);
    }
}

static Str boundary_csv(Cli *cli, const DmnBoundary *d) {
    Arena *a = cli->arena;
    Map columns = map_new(a);
    Buf b = buf_new(a, 0);
    for (int i = 0; i < d->n; i++) collect(a, &columns, d->rows[i].row, (Str){0});
    csv_begin(&b);
    csv_text(&b, S("decision"), true);
    for (int k = 0; k < columns.n; k++) csv_text(&b, columns.entries[k].key, false);
    csv_text(&b, S("rules"), false);
    csv_text(&b, S("result"), false);
    csv_end_row(&b);
    for (int i = 0; i < d->n; i++) {
        const DmnBoundaryRow *r = &d->rows[i];
        csv_text(&b, r->node ? r->node->name : (Str){0}, true);
        for (int k = 0; k < columns.n; k++)
            put_cell(a, &b, leaf(a, r->row, (Str){0}, columns.entries[k].key));
        csv_text(&b, r->rules, false);
        put_cell(a, &b, json_parse(cli->c, r->result, S("result")));
        csv_end_row(&b);
    }
    return buf_str(&b);
}

static Json *boundary_json(Cli *cli, const DmnBoundary *d) {
    Arena *a = cli->arena;
    Json *o = json_new(a, JSON_OBJECT), *rows = json_new(a, JSON_ARRAY);
    json_set(o, S("rules"), json_int(a, d->rules));
    json_set(o, S("met"), json_int(a, d->met));
    json_set(o, S("left_out"), json_int(a, d->left_out));
    for (int i = 0; i < d->n; i++) {
        Json *r = json_push(rows, json_new(a, JSON_OBJECT));
        const DmnNode *n = d->rows[i].node;
        json_set(r, S("decision"), n ? json_string(a, n->name) : json_new(a, JSON_NULL));
        json_set(r, S("row"), (Json *)d->rows[i].row);
        json_set(r, S("rules"), json_string(a, d->rows[i].rules));
        json_set(r, S("result"), json_parse(cli->c, d->rows[i].result, S("result")));
    }
    json_set(o, S("rows"), rows);
    return o;
}

static int boundary(Cli *cli, const DmnModel *m, const CliOpt *decision, const CliOpt *csv,
                    const DmnCheckOptions *o) {
    const DmnNode *n = NULL;
    if (decision->given && !(n = cli_decision(cli, m, decision->text))) return cli_failed(cli);
    DmnBoundary d = dmn_boundary(cli->c, m, n, o);
    Str counts[] = {str_printf(cli->arena, "%d", d.n), str_printf(cli->arena, "%d", d.met),
                    str_printf(cli->arena, "%d", d.rules),
                    str_printf(cli->arena, "%d", d.left_out)};
    Str text = msg_text(cli->arena, M_DMN_BOUNDARY, cli->c->lang, 4, counts);
    fprintf(stderr, "jixia: %s: %.*s\n", cli->what, STRF(text));
    if (cli->json) return cli_print_json(cli, boundary_json(cli, &d)) ? EXIT_YES : EXIT_INTERNAL;
    Str out = boundary_csv(cli, &d);
    if (!csv->given || str_eq(csv->text, S("-"))) return cli_print(out) ? EXIT_YES : EXIT_INTERNAL;
    return file_write(cli->c, csv->text, out) ? EXIT_YES : cli_failed(cli);
}

int cmd_dmn_check(Cli *cli, int argc, char **argv) {
    CliOpt opts[] = {{.name = "--budget"},
                     {.name = "--shown"},
                     {.name = "--boundary", .flag = true},
                     {.name = "--decision"},
                     {.name = "--csv"}};
    Str args[1];
    int n;
    int64_t budget, shown;
    cli->what = "dmn check";
    if (!cli_parse(cli, argc, argv, opts, 5, args, 1, &n)) return cli_failed(cli);
    bool only = (opts[3].given || opts[4].given) && !opts[2].given;
    if (n != 1 || only) return cli_usage(cli);
    if (!number_of(cli, &opts[0], INT64_MAX / 4, &budget)) return cli_failed(cli);
    if (!number_of(cli, &opts[1], 1000000, &shown)) return cli_failed(cli);
    DmnModel *m = cli_load_model(cli->c, args[0]);
    if (!m) return cli_failed(cli);
    DmnCheckOptions o = {.budget = budget, .shown = (int)shown};
    if (opts[2].given) return boundary(cli, m, &opts[3], &opts[4], &o);
    return print_findings(cli, m, dmn_check(cli->c, m, &o));
}

/* jixia discover RULE: a rule of admission run over the register. Counts; what is lacking; with
 * --out or --list who, and what would have to change. */
#include "base/date.h"
#include "city/library/discover_words.h"
#include "cli/city.h"
#include "job/export.h"

enum { SNAPSHOT_WAIT_MS = 60000, SHOWN = 20, COLUMNS = 8 };

typedef struct AskedFor {
    Str rule, class, district, out;
    int64_t as_of, limit;
} AskedFor;

typedef struct Work {
    Cli *cli;
    const AskedFor *want;
    Register *reg;
    Db *db;
    const Snapshot *s;
    Discovery d;
    FactNames names;
    Arena *kept;
} Work;

static bool in_district(const Work *w, const DiscoverRow *row) {
    Str want = w->want->district;
    return !want.n || str_eq(w->d.texts[row->division], want) ||
           str_eq(w->d.texts[row->unit], want);
}

static bool wanted(const Work *w, const DiscoverRow *row) {
    if (!in_district(w, row)) return false;
    if (w->want->class.n) return row->class == discover_class_find(w->want->class);
    return row->class <= DISCOVER_CLOSE;
}

static Str class_label(const Work *w, int k) {
    return msg_text(w->cli->arena, discover_class_message((DiscoverClass)k), w->cli->c->lang, 0,
                    NULL);
}

/* --- output -------------------------------------------------------------------------------------
 */

static Json *item_json(Work *w, const DiscoverRow *row, const Subject *who,
                       const DiscoverWords *words) {
    Arena *a = w->cli->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("subject"), json_string(a, who->code));
    json_set(o, S("name"), json_string(a, who->name));
    json_set(o, S("demo"), json_bool(a, row->demo));
    json_set(o, S("district"), json_string(a, w->d.texts[row->division]));
    json_set(o, S("class"), json_string(a, discover_class_text((DiscoverClass)row->class)));
    const Str parts[][2] = {
        {S("lacks"), words->lacks}, {S("change"), words->change}, {S("by"), words->by}};
    for (int i = 0; i < 3; i++)
        json_set(o, parts[i][0],
                 parts[i][1].n ? json_string(a, parts[i][1]) : json_new(a, JSON_NULL));
    return o;
}

static Json *head_json(Work *w, const int64_t counts[DISCOVER_CLASSES], int64_t n) {
    Arena *a = w->cli->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("rule"), json_string(a, w->d.rule->id));
    json_set(o, S("as_of"), json_string(a, date_text(a, w->d.as_of)));
    json_set(o, S("as_known"), json_string(a, instant_text(a, w->d.at.as_known)));
    json_set(o, S("enterprises"), json_int(a, n));
    Json *k = json_set(o, S("counts"), json_new(a, JSON_OBJECT));
    for (int i = 0; i < DISCOVER_CLASSES; i++)
        json_set(k, discover_class_text((DiscoverClass)i), json_int(a, counts[i]));
    Json *lacks = json_set(o, S("lacks"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < w->d.nlacks; i++) {
        const DiscoverLack *l = &w->d.lacks[i];
        Json *j = json_push(lacks, json_new(a, JSON_OBJECT));
        json_set(j, S("fact"),
                 json_string(a, discover_fact_name(a, w->reg->pack, l->indicator, l->lag, w->d.year,
                                                   w->cli->c->lang)));
        json_set(j, S("n"), json_int(a, l->n));
    }
    return o;
}

static Export *open_file(Work *w) {
    static const Msg HEADS[COLUMNS] = {M_EXPORT_NAME,
                                       M_DISCOVER_COLUMN_CODE,
                                       M_EXPORT_DISTRICT,
                                       M_EXPORT_DEMO,
                                       M_DISCOVER_COLUMN_CLASS,
                                       M_DISCOVER_COLUMN_LACKS,
                                       M_DISCOVER_COLUMN_CHANGE,
                                       M_DISCOVER_COLUMN_BY};
    Str heads[COLUMNS];
    Lang lang = w->cli->c->lang;
    for (int i = 0; i < COLUMNS; i++) heads[i] = msg_text(w->cli->arena, HEADS[i], lang, 0, NULL);
    Export *e = export_open(w->cli->c, w->want->out, S("发现"), heads, COLUMNS);
    if (!e) return NULL;
    export_remark(e, S("规则"), w->d.rule->id);
    export_remark(e, S("判定日期"), date_text(w->cli->arena, w->d.as_of));
    cli_export_mark(w->cli, e, w->want->out, cli_grade(w->reg->pack, w->reg->book, &w->d.rule, 1));
    return e;
}

static bool put_row(Work *w, Export *e, const DiscoverRow *row, const Subject *who,
                    const DiscoverWords *words) {
    export_text(e, who->name);
    export_text(e, who->code);
    export_text(e, w->d.texts[row->division]);
    export_text(e, row->demo ? S("DEMO") : S(""));
    export_text(e, class_label(w, row->class));
    export_text(e, words->lacks);
    export_text(e, words->change);
    export_date(e, words->by);
    return export_end_row(e);
}

static void print_head(Work *w, const int64_t counts[DISCOVER_CLASSES], int64_t n) {
    Arena *a = w->cli->arena;
    Lang lang = w->cli->c->lang;
    Buf b = buf_new(a, 0);
    const Rule *rule = w->d.rule;
    Str args[] = {lang == LANG_EN && rule->title_en.n ? rule->title_en : rule->title_zh,
                  date_text(a, w->d.as_of), str_printf(a, "%lld", (long long)n)};
    buf_put(&b, msg_text(a, M_DISCOVER_LINE, lang, 3, args));
    buf_lit(&b, "\n");
    for (int i = 0; i < DISCOVER_CLASSES; i++) {
        Str label = class_label(w, i);
        buf_printf(&b, "  %.*s %lld\n", STRF(label), (long long)counts[i]);
        for (int k = 0; i == DISCOVER_ONE_FACT && k < w->d.nlacks; k++) {
            Str fact = discover_fact_name(a, w->reg->pack, w->d.lacks[k].indicator,
                                          w->d.lacks[k].lag, w->d.year, lang);
            buf_printf(&b, "      %.*s %lld\n", STRF(fact), (long long)w->d.lacks[k].n);
        }
    }
    cli_print(buf_str(&b));
}

static bool print_row(Work *w, const DiscoverRow *row, const Subject *who,
                      const DiscoverWords *words) {
    Str label = class_label(w, row->class);
    Str what = words->lacks.n ? words->lacks : words->change;
    Buf b = buf_new(w->cli->arena, 0);
    buf_printf(&b, "%.*s  %.*s  %.*s  %.*s\n", STRF(label), STRF(who->code), STRF(who->name),
               STRF(what));
    return cli_print(buf_str(&b));
}

/* --- the run ------------------------------------------------------------------------------------
 */

static bool open_work(Work *w) {
    Ctx *c = w->cli->c;
    FactAt at = {.as_of = date_to_int(w->want->as_of)};
    w->reg = register_open(c, cli_db(w->cli), 4);
    const Rule *rule = w->reg ? pack_rule(c, w->reg->pack, w->want->rule) : NULL;
    if (!rule) return false;
    if (!str_eq(rule->subject, S("enterprise"))) {
        FAIL(c, ERR_INPUT, M_DISCOVER_SUBJECT, rule->id);
        return false;
    }
    w->db = db_borrow(c, w->reg->store);
    if (!w->db || !fact_at(w->db, &at) || !fact_names(w->db, w->reg->pack, &at, &w->names))
        return false;
    while (!w->s)
        if (!snapshot_get(w->db, w->reg, w->want->as_of, &at, SNAPSHOT_WAIT_MS, &w->s))
            return false;
    return discover_run(c, w->reg, w->s, rule, w->kept, NULL, NULL, &w->d);
}

static bool show_rows(Work *w, Export *file, Json *items, int64_t most) {
    Arena *a = w->cli->arena;
    int64_t shown = 0;
    bool ok = true;
    for (int64_t i = 0; ok && i < w->d.n && shown < most; i++) {
        const DiscoverRow *row = &w->d.rows[i];
        if (!wanted(w, row)) continue;
        Subject who;
        DiscoverWords words;
        ArenaMark m = arena_mark(a);
        ok = subject_get(w->db, row->subject, &who) &&
             discover_words(w->db, w->reg, &w->names, &w->d, row, &words);
        if (!ok) break;
        if (file)
            ok = put_row(w, file, row, &who, &words);
        else if (items)
            json_push(items, item_json(w, row, &who, &words));
        else
            ok = print_row(w, row, &who, &words);
        if (!items) arena_rewind(a, m);
        shown++;
    }
    return ok;
}

static bool show(Work *w) {
    int64_t counts[DISCOVER_CLASSES] = {0}, n = 0;
    for (int64_t i = 0; i < w->d.n; i++)
        if (in_district(w, &w->d.rows[i])) counts[w->d.rows[i].class]++, n++;
    if (w->want->out.n) {
        Export *e = open_file(w);
        if (!e || !export_close(e, show_rows(w, e, NULL, INT64_MAX))) return false;
    }
    if (!w->cli->json) {
        print_head(w, counts, n);
        return w->want->out.n || show_rows(w, NULL, NULL, w->want->limit);
    }
    Json *o = head_json(w, counts, n);
    Json *items = json_set(o, S("items"), json_new(w->cli->arena, JSON_ARRAY));
    if (!w->want->out.n && !show_rows(w, NULL, items, w->want->limit)) return false;
    return cli_print_json(w->cli, o);
}

int cmd_discover(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--as-of"},
                  {.name = "--district"},
                  {.name = "--class"},
                  {.name = "--out"},
                  {.name = "--most"}};
    AskedFor want = {.limit = SHOWN};
    Str args[1];
    int n;
    if (!cli_parse(cli, argc, argv, o, 5, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    want.rule = args[0];
    want.district = o[1].text;
    want.class = o[2].text;
    want.out = o[3].text;
    bool ok = cli_day(cli, &o[0], &want.as_of);
    if (ok && want.class.n && discover_class_find(want.class) < 0)
        ok = FAIL(cli->c, ERR_INPUT, M_DISCOVER_CLASS, want.class);
    if (ok && o[4].given && (!str_to_i64(o[4].text, &want.limit) || want.limit < 0))
        ok = FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, S("--most"), o[4].text);
    Work w = {.cli = cli, .want = &want, .kept = arena_child(cli->arena, 0)};
    ok = ok && open_work(&w) && show(&w);
    int status = ok ? EXIT_YES : cli_failed(cli);
    snapshot_release(w.s);
    if (w.db) db_return(w.db);
    register_close(w.reg);
    return status;
}

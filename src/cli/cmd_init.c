/* jixia init, list: a store with its rules, and what is in them. */
#include "base/date.h"
#include "city/library/library.h"
#include "city/register.h"
#include "cli/city.h"

static void put_count(Cli *cli, Json *j, Str key, int64_t n) {
    json_set(j, key, json_int(cli->arena, n));
}

static void print_init(Cli *cli, const InitReport *r) {
    Buf b = buf_new(cli->arena, 0);
    if (cli->json) {
        Json *j = json_new(cli->arena, JSON_OBJECT);
        json_set(j, S("db"), json_string(cli->arena, cli_db(cli)));
        put_count(cli, j, S("packs"), r->packs);
        put_count(cli, j, S("rules"), r->rules);
        put_count(cli, j, S("indicators"), r->indicators);
        put_count(cli, j, S("documents"), r->documents);
        json_set(j, S("new_rules"), json_bool(cli->arena, r->new_rules));
        put_count(cli, j, S("subjects_loaded"), r->subjects);
        put_count(cli, j, S("facts_loaded"), r->facts);
        put_count(cli, j, S("facts_suspect"), r->suspect);
        json_print(&b, j, 2);
    } else {
        Str args[] = {cli_db(cli),
                      str_printf(cli->arena, "%d", r->packs),
                      str_printf(cli->arena, "%d", r->rules),
                      str_printf(cli->arena, "%lld", (long long)r->subjects),
                      str_printf(cli->arena, "%lld", (long long)r->facts),
                      str_printf(cli->arena, "%lld", (long long)r->suspect)};
        buf_put(&b, msg_text(cli->arena, M_CLI_INIT_DONE, cli->c->lang, 6, args));
    }
    buf_char(&b, '\n');
    cli_print(buf_str(&b));
}

int cmd_init(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--pack"}};
    Str args[1], folder;
    int n;
    InitReport report;
    if (!cli_parse(cli, argc, argv, o, 1, args, 0, &n)) return cli_failed(cli);
    folder = o[0].text;
    Act act = {.actor = cli_actor(cli->arena), .reason = S("jixia init")};
    bool ok = (o[0].given || pack_default_folder(cli->c, &folder)) && cli_make_folder(cli) &&
              register_init(cli->c, cli_db(cli), folder, &act, &report);
    if (!ok) return cli_failed(cli);
    print_init(cli, &report);
    return EXIT_YES;
}

/* --- list --------------------------------------------------------------------------------------
 */

typedef struct Listing {
    Cli *cli;
    Json *list;
    Buf text;
} Listing;

static void row(Listing *l, const Str *keys, const Str *values, int n) {
    Json *o = json_push(l->list, json_new(l->cli->arena, JSON_OBJECT));
    for (int i = 0; i < n; i++) {
        json_set(o, keys[i], json_string(l->cli->arena, values[i]));
        if (i) buf_char(&l->text, '\t');
        buf_put(&l->text, values[i].n ? values[i] : S("—"));
    }
    buf_char(&l->text, '\n');
}

static Str day_or_open(Arena *a, int64_t day) {
    return day == INT64_MAX ? S("") : date_text(a, day);
}

static void list_rules(Listing *l, const PackSet *p) {
    static const Str KEYS[] = {STR_INIT("rule"),        STR_INIT("title"),
                               STR_INIT("kind"),        STR_INIT("subject"),
                               STR_INIT("version"),     STR_INIT("from"),
                               STR_INIT("to"),          STR_INIT("last_seen_in_force"),
                               STR_INIT("closed_from"), STR_INIT("status"),
                               STR_INIT("hash")};
    Arena *a = l->cli->arena;
    for (int i = 0; i < p->nrules; i++)
        for (int k = 0; k < p->rules[i]->nversions; k++) {
            const Rule *r = p->rules[i];
            const RuleVersion *v = &r->versions[k];
            Str values[] = {r->id,
                            r->title_zh,
                            r->kind,
                            r->subject,
                            v->id,
                            day_or_open(a, v->from),
                            day_or_open(a, v->to),
                            day_or_open(a, v->last_seen),
                            day_or_open(a, v->closed_from),
                            status_text(v->status),
                            v->hash};
            row(l, KEYS, values, 11);
        }
}

static void list_indicators(Listing *l, const PackSet *p) {
    static const Str KEYS[] = {STR_INIT("name"),   STR_INIT("code"),      STR_INIT("type"),
                               STR_INIT("period"), STR_INIT("unit"),      STR_INIT("grade"),
                               STR_INIT("pack"),   STR_INIT("min"),       STR_INIT("max"),
                               STR_INIT("values"), STR_INIT("definition")};
    for (int i = 0; i < p->nindicators; i++) {
        const Indicator *x = p->indicators[i];
        Str allowed = {0};
        for (int k = 0; k < x->nvalues; k++)
            allowed = str_cat(l->cli->arena, k ? str_cat(l->cli->arena, allowed, S("、")) : allowed,
                              x->values[k]);
        Str values[] = {x->name,
                        x->code,
                        indicator_type_text(x->type),
                        indicator_period_text(x->period),
                        x->unit,
                        grade_text(x->grade),
                        x->pack,
                        x->min,
                        x->max,
                        allowed,
                        x->definition};
        row(l, KEYS, values, 11);
    }
}

static void list_documents(Listing *l, const PackSet *p) {
    static const Str KEYS[] = {STR_INIT("key"),
                               STR_INIT("title"),
                               STR_INIT("number"),
                               STR_INIT("issuer"),
                               STR_INIT("effective_from"),
                               STR_INIT("effective_to"),
                               STR_INIT("validity"),
                               STR_INIT("last_seen_in_force"),
                               STR_INIT("grade"),
                               STR_INIT("url")};
    for (int i = 0; i < p->ndocuments; i++) {
        const Document *d = p->documents[i];
        Str values[] = {d->key, d->title,    d->number,    d->issuer, d->from,
                        d->to,  d->validity, d->last_seen, d->grade,  d->url};
        row(l, KEYS, values, 10);
    }
}

static Str joined(Arena *a, const LibraryTexts *t) {
    Str out = S("");
    for (int i = 0; i < t->n; i++)
        out = str_cat(a, i ? str_cat(a, out, S("、")) : out, t->items[i]);
    return out;
}

static Str years(Arena *a, int n) {
    return n ? str_printf(a, "%d", n) : S("");
}

/* What no text gives: its names, in print behind 依据待补. */
static Str wanting(Listing *l, const LibraryTexts *t) {
    Arena *a = l->cli->arena;
    Str names = joined(a, t);
    if (!t->n || l->cli->json) return names;
    Str head = msg_text(a, M_REPORT_NO_BASIS, l->cli->c->lang, 0, NULL);
    return str_printf(a, "%.*s: %.*s", STRF(head), STRF(names));
}

/* The titles of a tier, or the tier alone. Terms that no text gives are 依据待补. */
static void list_tier(Listing *l, const Library *library, const LibraryTier *tier) {
    static const Str KEYS[] = {STR_INIT("tier"),       STR_INIT("level"),
                               STR_INIT("title"),      STR_INIT("rule"),
                               STR_INIT("term_years"), STR_INIT("review_years"),
                               STR_INIT("status"),     STR_INIT("missing_basis")};
    Arena *a = l->cli->arena;
    int found = 0;
    for (int i = 0; i < library->ntitles; i++) {
        const LibraryTitle *t = library->titles[i];
        if (t->tier != tier) continue;
        Str values[] = {tier->id,
                        t->level,
                        t->id,
                        t->rule ? t->rule->id : S(""),
                        years(a, t->term_years),
                        years(a, t->cycle_years),
                        status_text(t->term_years ? t->term.status : t->review.status),
                        wanting(l, &t->missing)};
        row(l, KEYS, values, 8);
        found++;
    }
    Str values[] = {tier->id,
                    S(""),
                    S(""),
                    tier->nrules == 1 ? tier->rules[0]->id : S(""),
                    S(""),
                    S(""),
                    status_text(tier->basis.status),
                    wanting(l, &tier->missing)};
    if (!found) row(l, KEYS, values, 8);
}

static void list_titles(Listing *l, const PackSet *p) {
    const Library *library = library_of(p);
    for (int i = 0; i < library->ntiers; i++) list_tier(l, library, library->tiers[i]);
}

int cmd_list(Cli *cli, int argc, char **argv) {
    Str args[1];
    int n;
    PackFile *files;
    Str folder;
    CliOpt o[] = {{.name = "--pack"}};
    if (!cli_parse(cli, argc, argv, o, 1, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    folder = o[0].text;
    if (!o[0].given && !pack_default_folder(cli->c, &folder)) return cli_failed(cli);
    int nfiles;
    PackSet *p =
        pack_read(cli->c, folder, &files, &nfiles) ? pack_parse(cli->c, files, nfiles) : NULL;
    if (!p) return cli_failed(cli);
    Listing l = {
        .cli = cli, .list = json_new(cli->arena, JSON_ARRAY), .text = buf_new(cli->arena, 0)};
    bool known = true;
    if (str_eq(args[0], S("rules")))
        list_rules(&l, p);
    else if (str_eq(args[0], S("indicators")))
        list_indicators(&l, p);
    else if (str_eq(args[0], S("documents")))
        list_documents(&l, p);
    else if (str_eq(args[0], S("titles")))
        list_titles(&l, p);
    else
        known = false;
    if (known && cli->json) {
        l.text = buf_new(cli->arena, 0);
        json_print(&l.text, l.list, 2);
        buf_char(&l.text, '\n');
    }
    if (known) cli_print(buf_str(&l.text));
    pack_close(p);
    return known ? EXIT_YES : cli_usage(cli);
}

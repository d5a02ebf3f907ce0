/* jixia organisation: partners and their agreements from the command line. */
#include "base/date.h"
#include "city/library/partner_record.h"
#include "city/people/people.h"
#include "city/register.h"
#include "cli/city.h"
#include "codec/json.h"

enum {
    KIND,
    CODE,
    CONTACT,
    NUMBER,
    FROM,
    TO,
    PROMISED,
    PROMISE,
    INDICATOR,
    TIER,
    REASON,
    AS,
    OPTIONS
};

typedef struct Work {
    Organisation organisation;
    Agreement agreement;
    Str name, number;
    int32_t day;
    Act act;
    const PackSet *pack;
    PartnerPublication signed_now;
} Work;

static bool find(Db *db, Work *w) {
    Ctx *c = db_ctx(db);
    return organisation_by_name(db, w->name, &w->organisation) ||
           (ctx_ok(c) && FAIL(c, ERR_MISSING, M_PEOPLE_NO_ORGANISATION));
}

static bool add(Db *db, void *data) {
    Work *w = data;
    return organisation_add(db, &w->organisation, &w->act) != 0;
}

static bool agree(Db *db, void *data) {
    Work *w = data;
    if (!find(db, w)) return false;
    w->agreement.organisation = w->organisation.id;
    return agreement_add(db, &w->agreement, &w->act) != 0;
}

static bool end(Db *db, void *data) {
    Work *w = data;
    Agreement *all;
    int n;
    int64_t id = 0;
    if (!find(db, w) || !agreement_list(db, w->organisation.id, &all, &n)) return false;
    for (int i = 0; i < n; i++)
        if (str_eq(all[i].number, w->number)) id = all[i].id;
    return agreement_end(db, w->organisation.id, id, w->day, &w->act);
}

static bool publish(Db *db, void *data) {
    Work *w = data;
    return find(db, w) && partner_publish(db, w->pack, w->organisation.id, people_today(db_ctx(db)),
                                          &w->act, &w->signed_now);
}

/* What became of the enterprises a partner recommended, by the day --to or today. */
static bool print_record(Cli *cli, Db *db, const Register *reg, Work *w) {
    PartnerRecord k;
    FactAt at = {.as_of = w->day};
    Buf b = buf_new(cli->arena, 0);
    if (!find(db, w) || !fact_at(db, &at) ||
        !partner_record(db, reg->pack, w->organisation.id, &at, &k))
        return false;
    if (cli->json) {
        json_print(&b, partner_record_json(cli->arena, &k), 2);
        buf_char(&b, '\n');
        return cli_print(buf_str(&b));
    }
    buf_printf(&b, "%.*s\t%d\n", STRF(k.organisation.name), k.recommended);
    for (int i = 0; i < PARTNER_TERMS; i++) {
        const PartnerTerm *t = &k.term[i];
        buf_printf(&b, "+%d\t%d\t%d\t%d\t%d\t%d\t%d\n", t->months, t->due, t->entered,
                   t->recognised, t->in_library, t->moved_up, t->withdrawn);
    }
    return cli_print(buf_str(&b));
}

static bool day_of(Cli *cli, const CliOpt *o, int32_t *out) {
    int64_t day;
    if (!o->given) return true;
    if (!date_parse(o->text, &day))
        return FAIL(cli->c, ERR_INPUT, M_CLI_DATE, str_from(o->name), o->text);
    *out = date_to_int(day);
    return true;
}

/* Names the rule set knows, as a JSON list. */
static bool scope_of(Cli *cli, const PackSet *p, const CliOpt *o, bool rules, Str *out) {
    Json *list = json_new(cli->arena, JSON_ARRAY);
    for (int i = 0; i < o->n; i++) {
        const Indicator *k = rules ? NULL : pack_indicator(p, o->all[i]);
        const Rule *rule = rules ? pack_rule(cli->c, p, o->all[i]) : NULL;
        if (rules && !rule) return false;
        if (!rules && !k) return FAIL(cli->c, ERR_INPUT, M_HTTP_FIELD, o->all[i]);
        json_push(list, json_string(cli->arena, rules ? rule->id : k->code));
    }
    Buf b = buf_new(cli->arena, 0);
    json_canonical(&b, list);
    *out = buf_str(&b);
    return true;
}

static bool print_list(Cli *cli, Db *db) {
    Organisation *all;
    int n;
    Buf b = buf_new(cli->arena, 0);
    if (!organisation_list(db, &all, &n)) return false;
    for (int i = 0; i < n; i++) {
        Agreement *agreements;
        int k;
        buf_printf(&b, "%.*s\t%.*s\t%.*s%s\n", STRF(all[i].name), STRF(all[i].kind),
                   STRF(all[i].code), all[i].closed ? "\tclosed" : "");
        if (!agreement_list(db, all[i].id, &agreements, &k)) return false;
        for (int j = 0; j < k; j++)
            buf_printf(&b, "  %.*s\t%d\t%d\t%.*s\t%.*s\t%.*s\n", STRF(agreements[j].number),
                       agreements[j].from, agreements[j].to,
                       STRF(agreement_state(&agreements[j], people_today(cli->c))),
                       STRF(agreements[j].indicators), STRF(agreements[j].tiers));
    }
    return cli_print(buf_str(&b));
}

static bool fill(Cli *cli, const Register *reg, CliOpt *o, Work *w) {
    Agreement *g = &w->agreement;
    w->organisation = (Organisation){.kind = o[KIND].given ? o[KIND].text : S("venture"),
                                     .name = w->name,
                                     .code = o[CODE].text,
                                     .contact = o[CONTACT].text};
    w->number = g->number = o[NUMBER].text;
    g->promise = o[PROMISE].text;
    if (o[REASON].text.n) w->act.reason = o[REASON].text;
    w->day = people_today(cli->c);
    return day_of(cli, &o[FROM], &g->from) && day_of(cli, &o[TO], &g->to) &&
           day_of(cli, &o[PROMISED], &g->promised) && day_of(cli, &o[TO], &w->day) &&
           scope_of(cli, reg->pack, &o[INDICATOR], false, &g->indicators) &&
           scope_of(cli, reg->pack, &o[TIER], true, &g->tiers);
}

int cmd_organisation(Cli *cli, int argc, char **argv) {
    static const struct {
        const char *name;
        bool (*fn)(Db *, void *);
    } ACTS[] = {{"add", add}, {"agree", agree}, {"end", end}, {"publish", publish}};
    CliOpt o[OPTIONS] = {[KIND] = {.name = "--kind"},
                         [CODE] = {.name = "--code"},
                         [CONTACT] = {.name = "--contact"},
                         [NUMBER] = {.name = "--number"},
                         [FROM] = {.name = "--from"},
                         [TO] = {.name = "--to"},
                         [PROMISED] = {.name = "--promised-on"},
                         [PROMISE] = {.name = "--promise"},
                         [INDICATOR] = {.name = "--indicator"},
                         [TIER] = {.name = "--tier"},
                         [REASON] = {.name = "--reason"},
                         [AS] = {.name = "--as"}};
    Str args[2];
    int n;
    bool (*fn)(Db *, void *) = NULL;
    Work w = {.act = {.actor = cli_actor(cli->arena), .reason = S("jixia organisation")}};
    if (!cli_parse(cli, argc, argv, o, OPTIONS, args, 2, &n)) return cli_failed(cli);
    bool listing = n == 1 && str_eq(args[0], S("list"));
    bool record = n == 2 && str_eq(args[0], S("record"));
    for (size_t i = 0; n == 2 && i < sizeof ACTS / sizeof *ACTS; i++)
        if (str_eq(args[0], str_from(ACTS[i].name))) fn = ACTS[i].fn;
    if (!listing && !record && !fn) return cli_usage(cli);
    if (fn == publish && !o[REASON].text.n) return cli_usage(cli);
    w.name = n == 2 ? args[1] : S("");
    if (o[AS].given) w.act.actor = o[AS].text;
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    w.pack = reg ? reg->pack : NULL;
    bool ok = db && (listing  ? print_list(cli, db)
                     : record ? fill(cli, reg, o, &w) && print_record(cli, db, reg, &w)
                              : fill(cli, reg, o, &w) && tx_run(db, DB_WRITE, fn, &w) &&
                                    journal_seal(db, 1000, NULL));
    if (db) db_return(db);
    register_close(reg);
    return ok ? EXIT_YES : cli_failed(cli);
}

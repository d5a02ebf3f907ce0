/* jixia title: records of the library, what happens to them, lists and counts. */
#include "base/date.h"
#include "city/library/title_hand.h"
#include "cli/title.h"

static const char *const OPTION_NAMES[OPTION_OPTIONS] = {[OPTION_AS_OF] = "--as-of",
                                                         [OPTION_AS_KNOWN] = "--as-known",
                                                         [OPTION_TIER] = "--tier",
                                                         [OPTION_LEVEL] = "--level",
                                                         [OPTION_KIND] = "--kind",
                                                         [OPTION_STATE] = "--state",
                                                         [OPTION_OUT] = "--out",
                                                         [OPTION_REASON] = "--reason",
                                                         [OPTION_ON] = "--on",
                                                         [OPTION_FROM] = "--from",
                                                         [OPTION_TO] = "--to",
                                                         [OPTION_UNTIL] = "--until",
                                                         [OPTION_NAME] = "--name",
                                                         [OPTION_PUBLISHER] = "--publisher",
                                                         [OPTION_NUMBER] = "--number",
                                                         [OPTION_CODE] = "--code",
                                                         [OPTION_DOCUMENT] = "--document",
                                                         [OPTION_FIRST] = "--first",
                                                         [OPTION_TARGET] = "--target",
                                                         [OPTION_QUARTER] = "--quarter",
                                                         [OPTION_SINCE] = "--since",
                                                         [OPTION_SHEET] = "--sheet",
                                                         [OPTION_UNDO] = "--undo",
                                                         [OPTION_CHECK] = "--check",
                                                         [OPTION_AGAIN] = "--again",
                                                         [OPTION_ONLY_GOOD] = "--only-good"};

bool title_option_day(TitleCommand *m, int option, int32_t *out) {
    const CliOpt *o = &m->o[option];
    int64_t day;
    if (!o->given) return true;
    if (!date_parse(o->text, &day))
        return FAIL(m->cli->c, ERR_INPUT, M_CLI_DATE, str_from(o->name), o->text);
    *out = date_to_int(day);
    return true;
}

bool title_option_kind(TitleCommand *m, TitleKind *out) {
    int kind = m->o[OPTION_KIND].given ? title_kind_find(m->o[OPTION_KIND].text) : 0;
    if (kind < 0) return FAIL(m->cli->c, ERR_INPUT, M_TITLE_KIND);
    *out = (TitleKind)kind;
    return true;
}

/* --- one ---------------------------------------------------------------------------------------
 */

static bool show(TitleCommand *m, int64_t id, Json **answer) {
    Arena *a = m->cli->arena;
    TitleBook b;
    Subject who;
    if (!title_get(m->db, id, &m->at, &b) || !subject_get(m->db, b.status->holder, &who))
        return false;
    *answer = title_status_json(a, b.status, who.name);
    Json *events = json_set(*answer, S("events"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < b.nevents; i++) json_push(events, title_event_json(a, &b, &b.events[i]));
    return true;
}

static bool command_show(TitleCommand *m, Json **answer) {
    if (!str_to_i64(m->what, &m->id))
        return FAIL(m->cli->c, ERR_INPUT, M_CLI_NUMBER, S("title"), m->what);
    return show(m, m->id, answer);
}

static bool grant_tx(Db *db, void *user) {
    TitleCommand *m = user;
    m->id = title_record_by_hand(db, m->reg, &m->title, &m->act);
    return m->id != 0;
}

static void see_all(TitleCommand *m) {
    m->at.seq = INT64_MAX;
    m->at.as_known = INT64_MAX;
}

static bool command_grant(TitleCommand *m, Json **answer) {
    const CliOpt *o = m->o;
    TitleNew *t = &m->title;
    *t = (TitleNew){.subject = subject_find(m->db, m->what),
                    .tier = o[OPTION_TIER].text,
                    .level = o[OPTION_LEVEL].text,
                    .name = o[OPTION_NAME].text,
                    .publisher = o[OPTION_PUBLISHER].text,
                    .document_number = o[OPTION_NUMBER].text,
                    .document = o[OPTION_DOCUMENT].text};
    if (o[OPTION_FIRST].given)
        t->first = str_eq(o[OPTION_FIRST].text, S("yes")) ? TITLE_FIRST_YES : TITLE_FIRST_NO;
    if (!t->subject || !title_option_kind(m, &t->kind) ||
        !title_option_day(m, OPTION_FROM, &t->from) || !title_option_day(m, OPTION_TO, &t->to) ||
        !tx_run(m->db, DB_WRITE, grant_tx, m))
        return false;
    see_all(m);
    return show(m, m->id, answer);
}

static bool event_tx(Db *db, void *user) {
    TitleCommand *m = user;
    return title_event(db, m->reg->pack, &m->event, &m->act) != 0;
}

/* A bar is of an enterprise; every other event of a title. */
static bool event(TitleCommand *m, TitleEventKind kind, Json **answer) {
    const CliOpt *o = m->o;
    TitleEventNew *e = &m->event;
    *e = (TitleEventNew){.kind = kind,
                         .day = m->at.as_of,
                         .code = o[OPTION_CODE].text,
                         .document = o[OPTION_DOCUMENT].text};
    if (kind == TITLE_BAR)
        e->subject = subject_find(m->db, m->what);
    else if (!str_to_i64(m->what, &e->title))
        return FAIL(m->cli->c, ERR_INPUT, M_CLI_NUMBER, S("title"), m->what);
    if (o[OPTION_TARGET].given && kind == TITLE_TRANSFER)
        e->target = subject_find(m->db, o[OPTION_TARGET].text);
    else if (o[OPTION_TARGET].given && !str_to_i64(o[OPTION_TARGET].text, &e->target))
        return FAIL(m->cli->c, ERR_INPUT, M_CLI_NUMBER, S("--target"), o[OPTION_TARGET].text);
    if (!ctx_ok(m->cli->c) || !title_option_day(m, OPTION_ON, &e->day) ||
        !title_option_day(m, OPTION_TO, &e->to) ||
        !title_option_day(m, OPTION_UNTIL, &e->bar_until) || !tx_run(m->db, DB_WRITE, event_tx, m))
        return false;
    see_all(m);
    if (e->title) return show(m, e->title, answer);
    *answer = json_new(m->cli->arena, JSON_OBJECT);
    json_set(*answer, S("recorded"), json_string(m->cli->arena, title_event_text(kind)));
    return true;
}

/* --- the command -------------------------------------------------------------------------------
 */

static const struct {
    Str verb;
    bool (*run)(TitleCommand *m, Json **answer);
    int words; /* that must follow */
    bool writes;
} VERBS[] = {{STR_INIT("list"), title_command_list, 0, false},
             {STR_INIT("show"), command_show, 1, false},
             {STR_INIT("expiring"), title_command_expiring, 0, false},
             {STR_INIT("movement"), title_command_movement, 0, false},
             {STR_INIT("cohorts"), title_command_cohorts, 0, false},
             {STR_INIT("lists"), title_command_lists, 0, false},
             {STR_INIT("grant"), command_grant, 1, true},
             {STR_INIT("import"), title_command_import, 0, true}};
enum { VERB_COUNT = sizeof VERBS / sizeof *VERBS };

/* A row of a list as a line: its plain members, tab by tab. */
static void put_line(Buf *b, const Json *o) {
    bool first = true;
    for (const Json *e = o->first; e; e = e->next) {
        if (e->kind == JSON_ARRAY || e->kind == JSON_OBJECT) continue;
        buf_printf(
            b, "%s%.*s", first ? "" : "\t",
            STRF(e->kind == JSON_BOOL ? (e->truth ? S("true") : S("false")) : json_str(e, S("—"))));
        first = false;
    }
    buf_char(b, '\n');
}

static bool print(Cli *cli, const Json *answer) {
    Buf b = buf_new(cli->arena, 0);
    const Json *items = json_get(answer, S("items"));
    if (cli->json || !items) return cli_print_json(cli, answer);
    for (const Json *o = items->first; o; o = o->next) put_line(&b, o);
    Str said = json_get_str(answer, S("said"));
    if (said.n) buf_printf(&b, "%.*s\n", STRF(said));
    return cli_print(buf_str(&b));
}

static bool run(TitleCommand *m, Str verb, Json **answer) {
    if (!cli_day(m->cli, &m->o[OPTION_AS_OF], &m->day) ||
        !cli_instant(m->cli, &m->o[OPTION_AS_KNOWN], &m->at.as_known))
        return false;
    m->at.as_of = date_to_int(m->day);
    if (!fact_at(m->db, &m->at)) return false;
    for (int i = 0; i < VERB_COUNT; i++)
        if (str_eq(verb, VERBS[i].verb)) return VERBS[i].run(m, answer);
    return event(m, (TitleEventKind)title_event_find(verb), answer);
}

/* Is the line complete: a verb, what it is about, a reason for what writes? */
static bool complete(const TitleCommand *m, Str verb) {
    const CliOpt *o = m->o;
    bool reason = str_trim(o[OPTION_REASON].text).n > 0 || o[OPTION_CHECK].given;
    for (int i = 0; i < VERB_COUNT; i++)
        if (str_eq(verb, VERBS[i].verb))
            return (m->what.n || !VERBS[i].words) && (reason || !VERBS[i].writes) &&
                   (m->what.n || o[OPTION_UNDO].given || !str_eq(verb, S("import")));
    return title_event_find(verb) > 0 && m->what.n && reason;
}

int cmd_title(Cli *cli, int argc, char **argv) {
    CliOpt o[OPTION_OPTIONS] = {0};
    Str args[2];
    int n;
    Json *answer = NULL;
    for (int i = 0; i < OPTION_OPTIONS; i++)
        o[i] = (CliOpt){.name = OPTION_NAMES[i],
                        .flag = i == OPTION_CHECK || i == OPTION_AGAIN || i == OPTION_ONLY_GOOD};
    if (!cli_parse(cli, argc, argv, o, OPTION_OPTIONS, args, 2, &n)) return cli_failed(cli);
    TitleCommand m = {.cli = cli,
                      .o = o,
                      .what = n > 1 ? args[1] : S(""),
                      .act = {.actor = cli_actor(cli->arena), .reason = o[OPTION_REASON].text},
                      .status = EXIT_YES};
    if (!n || !complete(&m, args[0])) return cli_usage(cli);
    m.reg = register_open(cli->c, cli_db(cli), 2);
    m.db = m.reg ? db_borrow(cli->c, m.reg->store) : NULL;
    bool ok =
        m.db && run(&m, args[0], &answer) && journal_seal(m.db, 1000, NULL) && print(cli, answer);
    if (m.db) db_return(m.db);
    register_close(m.reg);
    return ok ? m.status : cli_failed(cli);
}

/* jixia import: a table becomes facts, or an import is undone. */
#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "city/register.h"
#include "cli/city.h"
#include "codec/yaml.h"
#include "job/import.h"

enum { IMPORT_FILE_MIB = 1024, LISTED_ON_SCREEN = 40 };
enum {
    O_LAYOUT,
    O_SOURCE,
    O_KNOWN,
    O_DRY,
    O_ERRORS,
    O_YEAR,
    O_SHEET,
    O_AGAIN,
    O_UNITS,
    O_UNDO,
    O_REASON,
    O_PACK,
    O_COMPLETE,
    O_COUNT
};

typedef struct Command {
    Cli *cli;
    CliOpt *o;
    Str file;
    Register *reg;
    PackSet *pack;
} Command;

/* --layout: the id of a layout of the packs, or a file. */
static bool choose_layout(Command *m, const Json **out) {
    Ctx *c = m->cli->c;
    Str id = m->o[O_LAYOUT].text, bytes;
    *out = NULL;
    if (!m->o[O_LAYOUT].given) return true;
    if (str_ends(id, S(".yaml"))) {
        if (!file_read(c, id, 1 << 20, &bytes)) return false;
        *out = yaml_parse(c, bytes, id);
        return *out != NULL;
    }
    *out = import_layout(c, m->pack, id);
    return *out != NULL;
}

static Str base_name(Str path) {
    for (ptrdiff_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/') return str_sub(path, i, path.n);
    return path;
}

/* --complete FROM..TO: both days are in it. */
static bool read_complete(Command *m, ImportOptions *out) {
    Str text = m->o[O_COMPLETE].text;
    int64_t from, to;
    if (!m->o[O_COMPLETE].given) return true;
    ptrdiff_t dots = str_find(text, S(".."));
    if (dots < 0 || !date_parse(str_sub(text, 0, dots), &from) ||
        !date_parse(str_sub(text, dots + 2, text.n), &to) || to < from)
        return FAIL(m->cli->c, ERR_INPUT, M_CLI_COMPLETE, text);
    out->complete_from = date_to_int(from);
    out->complete_to = date_to_int(to + 1);
    return true;
}

static bool read_options(Command *m, ImportOptions *out) {
    Cli *cli = m->cli;
    CliOpt *o = m->o;
    int64_t year = 0;
    Str reason = o[O_REASON].given ? o[O_REASON].text : S("jixia import");
    *out = (ImportOptions){.name = base_name(m->file),
                           .sheet = o[O_SHEET].text,
                           .source = o[O_SOURCE].text,
                           .dry_run = o[O_DRY].given,
                           .again = o[O_AGAIN].given,
                           .confirm_units = o[O_UNITS].given,
                           .act = {.actor = cli_actor(cli->arena), .reason = reason}};
    if (!read_complete(m, out) || !cli_instant(cli, &o[O_KNOWN], &out->known_ms)) return false;
    if (o[O_YEAR].given && (!str_to_i64(o[O_YEAR].text, &year) || year < 1900 || year > 2100))
        return FAIL(cli->c, ERR_INPUT, M_CLI_VALUE, S("--year"));
    out->year = (int)year;
    return file_read(cli->c, m->file, (size_t)IMPORT_FILE_MIB << 20, &out->bytes) &&
           choose_layout(m, &out->layout);
}

static Str number(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

static void say(Cli *cli, Buf *b, Msg m, int n, const Str *args) {
    buf_put(b, msg_text(cli->arena, m, cli->c->lang, n, args));
    buf_char(b, '\n');
}

static void print_text(Command *m, const ImportReport *r) {
    Cli *cli = m->cli;
    Arena *a = cli->arena;
    Buf b = buf_new(a, 0);
    int listed = 0;
    for (int i = 0; i < r->problem_count && listed < LISTED_ON_SCREEN; i++, listed++) {
        const ImportProblem *p = &r->problems[i];
        Str text = note_text(a, &p->note, cli->c->lang),
            hint = note_hint(a, &p->note, cli->c->lang);
        if (hint.n) text = str_printf(a, "%.*s — %.*s", STRF(text), STRF(hint));
        say(cli, &b, M_CLI_IMPORT_ROW, 4, (Str[]){number(a, p->row), p->column, text, p->value});
    }
    if (listed < r->problem_count)
        say(cli, &b, M_CLI_IMPORT_MORE, 1, (Str[]){number(a, r->problem_count - listed)});
    say(cli, &b, M_CLI_IMPORT_DONE, 6,
        (Str[]){number(a, r->rows), number(a, r->accepted), number(a, r->refused),
                number(a, r->warnings), number(a, r->facts), number(a, r->new_subjects)});
    if (m->o[O_DRY].given)
        say(cli, &b, M_CLI_IMPORT_DRY, 0, NULL);
    else if (r->batch)
        say(cli, &b, M_CLI_IMPORT_BATCH, 2, (Str[]){number(a, r->batch), number(a, r->batch)});
    if (m->o[O_ERRORS].given && r->refused)
        say(cli, &b, M_CLI_IMPORT_REFUSED_AT, 1, (Str[]){m->o[O_ERRORS].text});
    cli_print(buf_str(&b));
}

static void print_report(Command *m, const ImportReport *r) {
    if (!m->cli->json) {
        print_text(m, r);
        return;
    }
    Buf b = buf_new(m->cli->arena, (size_t)1 << 30);
    JsonWriter w = jw_new(&b);
    import_json(&w, r, m->cli->c->lang);
    buf_char(&b, '\n');
    cli_print(buf_str(&b));
}

static int run_import(Command *m, Db *db) {
    ImportOptions options;
    ImportReport report;
    Ctx *c = m->cli->c;
    if (!read_options(m, &options)) return cli_failed(m->cli);
    bool ok = import_run(c, db, m->pack, &options, &report);
    if (ok && db && !options.dry_run) ok = journal_seal(db, 1 << 20, NULL);
    cli_notes(m->cli, c->notes);
    if (!ok) return cli_failed(m->cli);
    Str errors = m->o[O_ERRORS].text; /* a CSV is read by scripts: no mark */
    Str mark =
        str_ends(errors, S(".xlsx")) ? cli_mark(m->cli, import_grade(m->pack, &report)) : S("");
    if (m->o[O_ERRORS].given && !import_write_refused(c, &report, mark, errors))
        return cli_failed(m->cli);
    print_report(m, &report);
    return report.refused ? EXIT_NO : EXIT_YES;
}

static int run_undo(Command *m, Db *db) {
    Cli *cli = m->cli;
    int64_t batch = 0, undone = 0;
    Str reason = m->o[O_REASON].given ? m->o[O_REASON].text : S("jixia import --undo");
    Act act = {.actor = cli_actor(cli->arena), .reason = reason};
    if (!str_to_i64(m->o[O_UNDO].text, &batch)) {
        FAIL(cli->c, ERR_INPUT, M_CLI_VALUE, S("--undo"));
        return cli_failed(cli);
    }
    bool ok = tx_begin(db, DB_WRITE) && (undone = batch_reverse(db, batch, &act)) != 0 &&
              tx_commit(db) && journal_seal(db, 1 << 20, NULL);
    if (!ok) return cli_failed(cli);
    Buf b = buf_new(cli->arena, 0);
    if (cli->json)
        buf_printf(&b, "{\"undone\":%lld,\"batch\":%lld}\n", (long long)batch, (long long)undone);
    else
        say(cli, &b, M_CLI_UNDONE, 2,
            (Str[]){number(cli->arena, batch), number(cli->arena, undone)});
    cli_print(buf_str(&b));
    return EXIT_YES;
}

/* A dry run needs no register: the rows are then checked against a pack's folder alone. */
static bool open_pack(Command *m) {
    Ctx *c = m->cli->c;
    Str folder = m->o[O_PACK].text;
    PackFile *files;
    int n;
    if (!m->o[O_PACK].given && !pack_default_folder(c, &folder)) return false;
    if (!pack_read(c, folder, &files, &n)) return false;
    m->pack = pack_parse(c, files, n);
    return m->pack != NULL;
}

int cmd_import(Cli *cli, int argc, char **argv) {
    CliOpt o[O_COUNT] = {[O_LAYOUT] = {.name = "--layout"},
                         [O_SOURCE] = {.name = "--source"},
                         [O_KNOWN] = {.name = "--known-at"},
                         [O_DRY] = {.name = "--dry-run", .flag = true},
                         [O_ERRORS] = {.name = "--errors"},
                         [O_YEAR] = {.name = "--year"},
                         [O_SHEET] = {.name = "--sheet"},
                         [O_AGAIN] = {.name = "--again", .flag = true},
                         [O_UNITS] = {.name = "--confirm-units", .flag = true},
                         [O_UNDO] = {.name = "--undo"},
                         [O_REASON] = {.name = "--reason"},
                         [O_PACK] = {.name = "--pack"},
                         [O_COMPLETE] = {.name = "--complete"}};
    Str args[1];
    int n = 0;
    Command m = {.cli = cli, .o = o};
    if (!cli_parse(cli, argc, argv, o, O_COUNT, args, 1, &n)) return cli_failed(cli);
    if ((n == 1) == o[O_UNDO].given) {
        FAIL(cli->c, ERR_INPUT, M_CLI_IMPORT_USAGE);
        return cli_failed(cli);
    }
    m.file = n ? args[0] : (Str){0};
    if (o[O_DRY].given && (o[O_PACK].given || !cli_has_db(cli)))
        return open_pack(&m) ? run_import(&m, NULL) : cli_failed(cli);
    m.reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = m.reg ? db_borrow(cli->c, m.reg->store) : NULL;
    int status = EXIT_INTERNAL;
    if (db) {
        m.pack = m.reg->pack;
        status = o[O_UNDO].given ? run_undo(&m, db) : run_import(&m, db);
        db_return(db);
    } else {
        status = cli_failed(cli);
    }
    if (m.reg) register_close(m.reg);
    return status;
}

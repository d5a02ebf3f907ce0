/* jixia dmn tck DIR: walks folders of the DMN Technology Compatibility Kit. */
#include <stdio.h>

#include "base/file.h"
#include "cli/cmd_dmn.h"
#include "dmn/tck.h"

typedef struct TckTotals {
    Cli *cli;
    Buf csv;
    bool verbose;
    int passed, failed, valued, valued_passed;
} TckTotals;

enum { TCK_ARENA = 512 << 20, TCK_DEPTH = 8 };

static void csv_field(Buf *b, Str s, char end) {
    buf_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_char(b, '"');
        buf_char(b, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
    }
    buf_char(b, '"');
    buf_char(b, end);
}

static void record(TckTotals *t, Str folder, Str file, const TckCase *k, bool ok, Str why) {
    t->passed += ok;
    t->failed += !ok;
    t->valued += k->has_value;
    t->valued_passed += k->has_value && ok;
    csv_field(&t->csv, folder, ',');
    csv_field(&t->csv, str_ends(file, S(".xml")) ? str_sub(file, 0, file.n - 4) : file, ',');
    csv_field(&t->csv, k->id, ',');
    csv_field(&t->csv, ok ? S("SUCCESS") : S("ERROR"), ',');
    csv_field(&t->csv, why, '\n');
    if (!ok && t->verbose)
        printf("%.*s/%.*s %.*s: %.*s\n", STRF(folder), STRF(file), STRF(k->id), STRF(why));
}

/* One case on an arena of its own; running out of it fails the case, not the run. */
static void run_case(TckTotals *t, const DmnModel *m, Str folder, Str file, const TckCase *k) {
    Arena *a = arena_open(TCK_ARENA);
    jmp_buf trap;
    Str why = {0};
    volatile bool ok = false;
    arena_trap(a, &trap);
    if (setjmp(trap) == 0)
        ok = tck_run(a, m, k, &why);
    else
        why = S("memory limit");
    record(t, folder, file, k, ok, why);
    arena_close(a);
}

static void run_file(TckTotals *t, Str path, Str folder, Str file, const Str *names, int n) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, t->cli->c->now_ms);
    Str bytes = {0};
    c.lang = LANG_EN;
    TckFile *f = NULL;
    if (file_read(&c, path_join(a, path, file), CLI_FILE_MAX, &bytes))
        f = tck_read(&c, bytes, file);
    if (!f || f->ncases == 0) {
        arena_close(a);
        return;
    }
    DmnModel *m = NULL;
    DmnSource *files = NEW_N(a, DmnSource, n + 1);
    int count = 0;
    if (cli_read_models(&c, path_join(a, path, f->model), path, names, n, files, &count))
        m = dmn_load(&c, files, count);
    for (int i = 0; i < f->ncases; i++) {
        if (m)
            run_case(t, m, folder, file, &f->cases[i]);
        else
            record(t, folder, file, &f->cases[i], false, note_text(a, &c.err.note, LANG_EN));
    }
    arena_close(a);
}

static void walk(TckTotals *t, Str path, Str folder, int depth) {
    Ctx c = ctx_new(t->cli->arena, t->cli->c->now_ms);
    Str *names;
    int n;
    if (!file_list(&c, path, &names, &n)) return;
    for (int i = 0; i < n; i++) {
        Arena *a = t->cli->arena;
        if (str_ends(names[i], S(".xml"))) {
            run_file(t, path, folder, names[i], names, n);
        } else if (depth < TCK_DEPTH && !str_ends(names[i], S(".dmn"))) {
            Str inner = folder.n ? path_join(a, folder, names[i]) : names[i];
            walk(t, path_join(a, path, names[i]), inner, depth + 1);
        }
    }
}

int cmd_dmn_tck(Cli *cli, int argc, char **argv) {
    CliOpt opts[] = {{.name = "--csv"}, {.name = "--verbose", .flag = true}};
    Str args[1], *names;
    int n;
    cli->what = "dmn tck";
    if (!cli_parse(cli, argc, argv, opts, 2, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    if (!file_list(cli->c, args[0], &names, &n)) return cli_failed(cli);
    TckTotals t = {.cli = cli, .csv = buf_new(cli->arena, 0), .verbose = opts[1].given};
    walk(&t, args[0], (Str){0}, 0);
    if (opts[0].given && !file_write(cli->c, opts[0].text, buf_str(&t.csv))) return cli_failed(cli);
    printf("value-bearing: %d of %d passed\n", t.valued_passed, t.valued);
    printf("%d passed, %d failed\n", t.passed, t.failed);
    return t.failed || t.passed == 0 ? EXIT_NO : EXIT_YES;
}

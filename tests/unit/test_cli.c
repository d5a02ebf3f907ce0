/* Transcripts of the command line: tests/cli/<name>.test. Each is a list of commands with what they
 * print and their exit status:
 *
 *   # a comment
 *   $ jixia list foo          run by bash in a folder of the transcript's own
 *   > more of the command     continues it (here-documents)
 *   | a line of stdout
 *   ! a line of stderr
 *   = 2                       exit status
 *
 * $PICK prints a Python expression over JSON from a pipe, $ROOT is the checkout, $DB a fresh store,
 * $JIXIA_PACK the small pack of tests/data/pack-mini. Instants, digests, seconds and the folders
 * above are masked before lines are compared. With JIXIA_GOLDEN=write the transcripts are written
 * anew instead: read the difference before you commit it. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "feel/zone.h"
#include "tests/test.h"

enum { OUTPUT_MAX = 4 << 20 };

typedef struct Script {
    Arena *arena;
    Ctx c;
    const char *folder;
    Str root, db;
    Buf written; /* the transcript as it would be now */
} Script;

static Str replace(Arena *a, Str text, Str what, Str with) {
    Buf b = buf_new(a, 0);
    for (;;) {
        ptrdiff_t at = what.n ? str_find(text, what) : -1;
        if (at < 0) break;
        buf_put(&b, str_sub(text, 0, at));
        buf_put(&b, with);
        text = str_sub(text, at + what.n, text.n);
    }
    buf_put(&b, text);
    return buf_str(&b);
}

static bool fits(Str text, const char *form) {
    ptrdiff_t i = 0;
    for (; form[i] && i < text.n; i++) {
        char ch = text.p[i];
        if (form[i] == '0' ? ch < '0' || ch > '9' : ch != form[i]) return false;
    }
    return !form[i];
}

static ptrdiff_t hex_run(Str text) {
    ptrdiff_t n = 0;
    while (n < text.n &&
           ((text.p[n] >= '0' && text.p[n] <= '9') || (text.p[n] >= 'a' && text.p[n] <= 'f')))
        n++;
    return n;
}

static ptrdiff_t number_run(Str text) {
    ptrdiff_t n = 0;
    while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.')) n++;
    return n;
}

/* What differs from run to run: instants, digests, seconds. */
static Str mask(Arena *a, Str text) {
    static const Str BEFORE[] = {STR_INIT("用时 "), STR_INIT("\"seconds\": ")};
    Buf b = buf_new(a, 0);
    while (text.n) {
        ptrdiff_t skip = 0;
        Str mark = {0};
        if (fits(text, "0000-00-00T00:00:00")) {
            skip = str_find(text, S("Z")) + 1;
            mark = S("<INSTANT>");
        } else if (hex_run(text) >= 64) {
            skip = hex_run(text);
            mark = S("<DIGEST>");
        }
        for (int i = 0; i < 2 && !skip; i++)
            if (str_starts(text, BEFORE[i])) {
                skip = BEFORE[i].n + number_run(str_sub(text, BEFORE[i].n, text.n));
                mark = str_cat(a, BEFORE[i], S("<SECONDS>"));
            }
        buf_put(&b, skip ? mark : str_sub(text, 0, 1));
        text = str_sub(text, skip ? skip : 1, text.n);
    }
    return buf_str(&b);
}

static Str clean(Script *s, Str text) {
    Arena *a = s->arena;
    text = replace(a, text, s->db, S("$DB"));
    text = replace(a, text, str_from(s->folder), S("$PWD"));
    text = replace(a, text, s->root, S("$ROOT"));
    /* the zone rules are those of the machine that built the program */
    Str zones = str_cat(a, S("\"zones\":\""), zone_table_version());
    text = replace(a, text, zones, S("\"zones\":\"<ZONES>"));
    return mask(a, text);
}

static void put_lines(Buf *b, char mark, Str text) {
    while (text.n) {
        ptrdiff_t end = str_find(text, S("\n"));
        buf_printf(b, "%c %.*s\n", mark, STRF(str_sub(text, 0, end < 0 ? text.n : end)));
        if (end < 0) buf_printf(b, "%c <no newline>\n", mark);
        text = end < 0 ? (Str){0} : str_sub(text, end + 1, text.n);
    }
}

/* Runs a command; what it did in the form of the transcript. */
static Str run(Script *s, Str command) {
    Arena *a = s->arena;
    Str out = str_printf(a, "%s/.stdout", s->folder), err = str_printf(a, "%s/.stderr", s->folder);
    Str file = str_printf(a, "%s/.command", s->folder), text;
    Str body = str_printf(
        a,
        "cd %s\nROOT=%.*s DB='%.*s' PATH=%.*s:$PATH LC_ALL=C.UTF-8 JIXIA_LANG=zh\n"
        "JIXIA_DB=$DB JIXIA_PACK=$ROOT/tests/data/pack-mini\n"
        "PICK=\"python3 $ROOT/tests/cli/pick.py\"\n"
        "export PICK ROOT DB PATH LC_ALL JIXIA_LANG JIXIA_DB JIXIA_PACK\n%.*s\n",
        s->folder, STRF(s->root), STRF(s->db), STRF(test_program_folder(a)), STRF(command));
    Buf b = buf_new(a, 0);
    if (!file_write(&s->c, file, body)) return S("");
    int status =
        system(str_z(a, str_printf(a, "bash %.*s >%.*s 2>%.*s", STRF(file), STRF(out), STRF(err))));
    if (file_read(&s->c, out, OUTPUT_MAX, &text)) put_lines(&b, '|', clean(s, text));
    if (file_read(&s->c, err, OUTPUT_MAX, &text)) put_lines(&b, '!', clean(s, text));
    buf_printf(&b, "= %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return buf_str(&b);
}

static bool is_mark(Str line, char mark) {
    return line.n > 0 && line.p[0] == mark && (line.n == 1 || line.p[1] == ' ');
}

/* The lines that begin with one of the marks, taken off the rest. */
static Str take(Arena *a, Str *rest, const char *marks) {
    Buf b = buf_new(a, 0);
    while (rest->n) {
        Str after = *rest, line = str_cut(&after, '\n');
        bool wanted = false;
        for (const char *m = marks; *m; m++) wanted |= is_mark(line, *m);
        if (!wanted) break;
        buf_printf(&b, "%.*s\n", STRF(line));
        *rest = after;
    }
    return buf_str(&b);
}

static Str without_marks(Arena *a, Str lines) {
    Buf b = buf_new(a, 0);
    while (lines.n) {
        Str line = str_cut(&lines, '\n');
        buf_printf(&b, "%.*s\n", STRF(str_sub(line, line.n > 1 ? 2 : 1, line.n)));
    }
    return buf_str(&b);
}

static void run_script(Script *s, Str name, Str text) {
    Arena *a = s->arena;
    int number = 0;
    while (text.n) {
        Str after = text, line = str_cut(&after, '\n');
        if (!is_mark(line, '$')) {
            buf_printf(&s->written, "%.*s\n", STRF(line));
            text = after;
            continue;
        }
        text = after;
        Str more = take(a, &text, ">"), want = take(a, &text, "|!=");
        Str command = str_printf(a, "%.*s\n%.*s", STRF(line), STRF(more));
        test_case_begin(str_z(a, name), str_printf(a, "%d %.*s", ++number, STRF(line)));
        Str got = run(s, without_marks(a, command));
        if (!getenv("JIXIA_GOLDEN")) CHECK_STR(got, want);
        test_case_end();
        buf_put(&s->written, command);
        buf_put(&s->written, got);
    }
}

static void run_file(Str folder, Str name) {
    char cwd[4096];
    Script s = {.arena = arena_open(0), .folder = test_folder()};
    Str text;
    s.c = ctx_new(s.arena, 0);
    s.root = getcwd(cwd, sizeof cwd) ? str_from(cwd) : S(".");
    s.db = test_db_url(s.arena);
    s.written = buf_new(s.arena, 0);
    Str path = path_join(s.arena, folder, name);
    if (file_read(&s.c, path, OUTPUT_MAX, &text)) run_script(&s, name, text);
    CHECK(ctx_ok(&s.c));
    const char *golden = getenv("JIXIA_GOLDEN");
    if (golden && strcmp(golden, "write") == 0) CHECK(file_write(&s.c, path, buf_str(&s.written)));
    arena_close(s.arena);
}

/* JIXIA_TRANSCRIPT=name runs one of them. */
TEST(cli_transcripts) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Str *names = NULL, folder = S("tests/cli");
    int n = 0, run = 0;
    const char *only = getenv("JIXIA_TRANSCRIPT");
    CHECK(file_list(&c, folder, &names, &n));
    for (int i = 0; i < n; i++) {
        if (!str_ends(names[i], S(".test"))) continue;
        if (only && str_find(names[i], str_from(only)) < 0) continue;
        run_file(folder, names[i]);
        run++;
    }
    CHECK(run > 0);
    arena_close(a);
}

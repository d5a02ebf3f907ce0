/* tidy: the rules of the house, checked. Reads src/, tests/, tools/ and web/src below the current
 * folder, and every text file for merge marks, and prints one line a finding; exit 1 when there is
 * one.
 *
 *   - includes point one way (LAYERS below), and pure layers include no base header with I/O
 *   - one foreign header, one file
 *   - 100 columns, 70 lines a function, 800 lines a file
 *   - banned calls, goto, leftovers
 *   - no line begins with the mark of an unfinished merge
 */
#include <ctype.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 100, FUNCTION_LINES = 70, FILE_LINES = 800, LINE_MAX_BYTES = 8192 };

/* A layer may include itself and every layer named behind it. */
static const char *const LAYERS[][16] = {
    {"base"},
    {"codec", "base"},
    {"decimal", "base"},
    {"feel", "base", "codec", "decimal"},
    {"dmn", "base", "codec", "decimal", "feel"},
    {"batch", "base", "codec", "decimal", "feel", "dmn"},
    {"graph", "base"},
    {"optim", "base"},
    {"store", "base", "codec"},
    {"city", "base", "codec", "decimal", "feel", "dmn", "batch", "graph", "optim", "store"},
    {"job", "base", "codec", "decimal", "feel", "dmn", "batch", "graph", "optim", "store", "city"},
    {"http", "base", "codec", "decimal", "feel", "dmn", "batch", "graph", "optim", "store", "city",
     "job"},
    {"cli", "base", "codec", "decimal", "feel", "dmn", "batch", "graph", "optim", "store", "city",
     "job", "http"},
};
static const char *const PURE[] = {"codec", "decimal", "feel", "dmn", "batch", "graph", "optim"};
static const char *const IMPURE_BASE[] = {"base/file.h", "base/clock.h", "base/log.h",
                                          "base/secret.h"};

/* Foreign headers and the one file that may include them. */
static const struct {
    const char *header, *file;
} FOREIGN[] = {
    {"sqlite3.h", "src/store/db_sqlite.c"}, {"libpq-fe.h", "src/store/db_pg.c"},
    {"microhttpd.h", "src/http/server.c"},  {"expat.h", "src/codec/xml.c"},
    {"zip.h", "src/codec/unzip.c"},         {"xlsxwriter.h", "src/job/xlsx_write.c"},
    {"freexl.h", "src/job/xls.c"},          {"curl/curl.h", "src/job/smtp.c"},
    {"sodium.h", "src/base/secret.c"},      {"openssl/evp.h", "src/base/hash.c"},
    {"openssl/pem.h", "src/base/sign.c"},   {"bid_functions.h", "src/decimal/dec.c"},
    {"pcre2.h", "src/feel/regex.c"},        {"yaml.h", "src/codec/yaml.c"},
    {"iconv.h", "src/codec/gb18030.c"},     {"qrencode.h", "src/codec/qr.c"},
};

static const char *const BANNED[] = {
    "strcpy", "strcat",    "sprintf", "vsprintf", "gets",      "atoi", "atol",  "atof",
    "strtok", "localtime", "gmtime",  "mktime",   "setlocale", "rand", "srand", "alloca"};
static const char *const HEAP[] = {"malloc", "calloc", "realloc", "free", "strdup"};

static int findings;

static void finding(const char *path, int line, const char *what, const char *which) {
    printf("%s:%d: %s%s\n", path, line, what, which);
    findings++;
}

static bool in_list(const char *word, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (list[i] && strcmp(word, list[i]) == 0) return true;
    return false;
}
#define IN(word, list) in_list((word), (list), sizeof(list) / sizeof *(list))

/* "feel" of "src/feel/x.c"; empty for files outside the layers. */
static void layer_of(const char *path, char out[32]) {
    out[0] = 0;
    if (strncmp(path, "src/", 4) != 0) return;
    const char *end = strchr(path + 4, '/');
    if (end && end - path - 4 < 32) snprintf(out, 32, "%.*s", (int)(end - path - 4), path + 4);
}

static void check_own_include(const char *path, int line, const char *header) {
    char from[32], to[32], full[512];
    layer_of(path, from);
    snprintf(full, sizeof full, "src/%s", header);
    layer_of(full, to);
    if (!from[0] || !to[0]) return;
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++)
        if (strcmp(LAYERS[i][0], from) == 0 && !IN(to, LAYERS[i]))
            finding(path, line, "include points up: ", header);
    if (IN(from, PURE) && IN(header, IMPURE_BASE))
        finding(path, line, "a pure layer has no I/O: ", header);
}

/* "freexl.h" must not pass for "xl.h": the match starts at the beginning or behind a slash. */
static void check_foreign(const char *path, int line, const char *header) {
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++)
        if (strncmp(header, FOREIGN[i].header, strlen(FOREIGN[i].header)) == 0 &&
            strncmp(path, "src/", 4) == 0 && strcmp(path, FOREIGN[i].file) != 0)
            finding(path, line, "foreign header outside its one file: ", header);
}

static void check_include(const char *path, int line, const char *text) {
    char header[256];
    if (sscanf(text, "#include \"%255[^\"]\"", header) == 1)
        check_own_include(path, line, header);
    else if (sscanf(text, "#include <%255[^>]>", header) == 1)
        check_foreign(path, line, header);
}

static void check_word(const char *path, int line, const char *word, bool call) {
    bool core = strncmp(path, "src/", 4) == 0;
    if (call && IN(word, BANNED)) finding(path, line, "banned call: ", word);
    if (core && call && IN(word, HEAP) && strcmp(path, "src/base/arena.c") != 0)
        finding(path, line, "memory outside the arena: ", word);
    if (strcmp(word, "goto") == 0) finding(path, line, "goto", "");
}

/* Words of a line outside strings, character constants and comments; *comment carries over. */
static void check_code(const char *path, int line, const char *s, bool *comment) {
    while (*s) {
        if (*comment) {
            const char *end = strstr(s, "*/");
            if (!end) return;
            *comment = false;
            s = end + 2;
        } else if (s[0] == '/' && s[1] == '*') {
            *comment = true;
            s += 2;
        } else if (s[0] == '/' && s[1] == '/') {
            return;
        } else if (*s == '"' || *s == '\'') {
            char quote = *s++;
            while (*s && *s != quote) s += *s == '\\' && s[1] ? 2 : 1;
            s += *s != 0;
        } else if (isalpha((unsigned char)*s) || *s == '_') {
            char word[128];
            size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
            snprintf(word, sizeof word, "%.*s", (int)n, s);
            check_word(path, line, word, s[n] == '(');
            s += n;
        } else {
            s++;
        }
    }
}

static int columns(const char *s) {
    int n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static bool ends_with(const char *s, const char *tail) {
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && strcmp(s + n - m, tail) == 0;
}

static void check_leftovers(const char *path, int line, const char *text) {
    static const char *const WORDS[] = {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "XX"
                                        "X:",
                                        "HA"
                                        "CK"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strstr(text, WORDS[i])) finding(path, line, "leftover: ", WORDS[i]);
}

static void check_file(const char *path) {
    FILE *f = fopen(path, "r");
    char text[LINE_MAX_BYTES];
    int line = 0, function_start = 0;
    bool c = ends_with(path, ".c") || ends_with(path, ".h"), table = ends_with(path, ".def");
    bool comment = false;
    if (!f) return;
    while (fgets(text, sizeof text, f)) {
        line++;
        text[strcspn(text, "\n")] = 0;
        if (c && columns(text) > COLUMNS) finding(path, line, "longer than 100 columns", "");
        if (!table) check_leftovers(path, line, text);
        if (!c) continue;
        if (text[0] == '#')
            check_include(path, line, text);
        else
            check_code(path, line, text, &comment);
        bool opens = text[0] && !isspace((unsigned char)text[0]) && ends_with(text, ") {");
        if (opens) function_start = line;
        if (text[0] == '}' && function_start) {
            if (line - function_start + 1 > FUNCTION_LINES)
                finding(path, function_start, "function longer than 70 lines", "");
            function_start = 0;
        }
    }
    if (line > FILE_LINES && !table) finding(path, line, "file longer than 800 lines", "");
    fclose(f);
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at) {
    static const char *const SUFFIXES[] = {".c", ".h", ".def", ".ts", ".vue", ".mjs", ".css"};
    (void)st, (void)at;
    if (kind != FTW_F || strstr(path, "node_modules") || ends_with(path, ".d.ts")) return 0;
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++)
        if (ends_with(path, SUFFIXES[i])) {
            check_file(path);
            break;
        }
    return 0;
}

/* A line that a merge left behind begins with seven angle brackets and a space. */
static int visit_marks(const char *path, const struct stat *st, int kind, struct FTW *at) {
    static const char *const SKIPPED[] = {".git", "build", "node_modules", "dist"};
    const char *name = path + at->base;
    (void)st;
    if (IN(name, SKIPPED)) return FTW_SKIP_SUBTREE;
    if (kind != FTW_F) return FTW_CONTINUE;
    FILE *f = fopen(path, "r");
    char text[LINE_MAX_BYTES];
    int line = 0;
    bool begins = true;
    while (f && fgets(text, sizeof text, f)) {
        line += begins;
        if (begins && (text[0] == '<' || text[0] == '>') && strspn(text, "<>") == 7 &&
            text[1] == text[0] && text[6] == text[0] && text[7] == ' ')
            finding(path + 2, line, "a merge mark", "");
        begins = strchr(text, '\n') != NULL;
    }
    if (f) fclose(f);
    return FTW_CONTINUE;
}

int main(void) {
    static const char *const ROOTS[] = {"src", "include", "examples", "tests", "tools", "web/src"};
    for (size_t i = 0; i < sizeof ROOTS / sizeof *ROOTS; i++) nftw(ROOTS[i], visit, 16, FTW_PHYS);
    nftw(".", visit_marks, 16, FTW_PHYS | FTW_ACTIONRETVAL);
    if (findings == 0) puts("tidy: clean");
    return findings != 0;
}

/* CSV scanner and writer. See csv.h.
 *
 * One pass over the bytes with a table of the five bytes that mean something (separator, quote, CR,
 * LF, NUL); everything else is skipped in a tight loop. A bad record costs only itself. */
#include "codec/csv.h"

#include <string.h>

static char sniff_separator(Str text) {
    static const char candidates[] = ",\t;";
    int count[3] = {0};
    bool quoted = false;
    for (ptrdiff_t i = 0, lines = 0; i < text.n && lines < 10 && i < 1 << 16; i++) {
        if (text.p[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (text.p[i] == '\n') lines++;
        for (int k = 0; k < 3; k++) count[k] += text.p[i] == candidates[k];
    }
    int best = 0;
    for (int k = 1; k < 3; k++)
        if (count[k] > count[best]) best = k;
    return candidates[best];
}

Csv csv_open(Arena *a, Str text, char sep) {
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_sub(text, 3, text.n);
    Csv r = {.arena = a, .start = text.p, .p = text.p, .end = text.p + text.n};
    r.sep = sep ? sep : sniff_separator(text);
    r.line = 1;
    r.scratch = buf_new(a, 0);
    r.special[(unsigned char)r.sep] = r.special['\n'] = r.special['\r'] = r.special[0] = true;
    return r;
}

static void set_problem(CsvRow *row, Msg m, int column) {
    if (row->problem != MSG_NONE) return;
    row->problem = m;
    row->problem_column = column;
}

/* Moves behind the plain characters from p on; a NUL byte is a problem but not an end. */
static const char *skip_plain(const Csv *r, const char *p, CsvRow *row, int column) {
    for (;;) {
        while (p < r->end && !r->special[(unsigned char)*p]) p++;
        if (p == r->end || *p != '\0') return p;
        set_problem(row, M_CELL_NUL, column);
        p++;
    }
}

/* A cell in quotes; *at stands on the opening quote and ends behind the closing one. */
static Str quoted_cell(Csv *r, const char **at, CsvRow *row, int column) {
    const char *open = *at + 1, *p = open;
    size_t mark = r->scratch.n;
    bool copied = false;
    for (;;) {
        const char *q = memchr(p, '"', (size_t)(r->end - p));
        if (!q) {
            r->failed = true;
            set_problem(row, M_CSV_QUOTE_OPEN, column);
            *at = r->end;
            return (Str){open, 0};
        }
        if (q + 1 == r->end || q[1] != '"') {
            *at = q + 1;
            Str tail = {p, q - p};
            if (!copied) return tail;
            if (q - open > CSV_CELL_MAX) set_problem(row, M_CELL_TOO_LARGE, column);
            if (q - open <= CSV_CELL_MAX) buf_put(&r->scratch, tail);
            return str_of(r->scratch.p + mark, r->scratch.n - mark);
        }
        if (q - open <= CSV_CELL_MAX) buf_put(&r->scratch, (Str){p, q + 1 - p});
        copied = true;
        p = q + 2;
    }
}

static void check_quoted(Csv *r, const char *from, const char *to, CsvRow *row, int column) {
    const char *p = from;
    if (memchr(from, '\0', (size_t)(to - from))) set_problem(row, M_CELL_NUL, column);
    while ((p = memchr(p, '\n', (size_t)(to - p)))) {
        r->line++;
        p++;
    }
}

static Str read_cell(Csv *r, CsvRow *row, int column) {
    const char *p = r->p;
    Str cell;
    if (p < r->end && *p == '"') {
        cell = quoted_cell(r, &p, row, column);
        check_quoted(r, r->p, p, row, column);
        const char *rest = skip_plain(r, p, row, column);
        if (rest != p) set_problem(row, M_CSV_AFTER_QUOTE, column);
        p = rest;
    } else {
        const char *stop = skip_plain(r, p, row, column);
        cell = (Str){p, stop - p};
        p = stop;
    }
    if (cell.n > CSV_CELL_MAX) {
        set_problem(row, M_CELL_TOO_LARGE, column);
        cell.n = 0;
    }
    r->p = p;
    return cell;
}

bool csv_next(Csv *r, CsvRow *row) {
    if (r->p >= r->end) return false;
    const char *start = r->p;
    *row = (CsvRow){.row = ++r->row, .line = r->line};
    r->scratch.n = 0;
    int n = 0;
    for (;;) {
        Str cell = read_cell(r, row, n);
        GROW(r->arena, r->cells, n, r->cap);
        r->cells[n++] = cell;
        if (r->p == r->end || *r->p != r->sep) break;
        r->p++;
    }
    row->raw = (Str){start, r->p - start};
    if (r->p < r->end && *r->p == '\r') r->p++;
    if (r->p < r->end && *r->p == '\n') r->p++;
    r->line++;
    row->cells = r->cells;
    row->n = n;
    return true;
}

void csv_begin(Buf *b) {
    buf_lit(b, "\xEF\xBB\xBF");
}

bool csv_is_formula(Str s) {
    if (s.n > 0 && strchr("=+-@\t\r", s.p[0]) && s.p[0]) return true;
    return str_starts(s, S("＝")) || str_starts(s, S("＋")) || str_starts(s, S("－")) ||
           str_starts(s, S("＠"));
}

static bool needs_quotes(Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (strchr(",\"\r\n\t;", s.p[i]) && s.p[i]) return true;
    return s.n > 0 && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

void csv_text(Buf *b, Str s, bool first) {
    bool guard = csv_is_formula(s), quotes = needs_quotes(s);
    if (!first) buf_char(b, ',');
    if (quotes) buf_char(b, '"');
    if (guard) buf_char(b, '\'');
    for (ptrdiff_t at; quotes && (at = str_find(s, S("\""))) >= 0;) {
        buf_put(b, str_sub(s, 0, at + 1));
        buf_char(b, '"');
        s = str_sub(s, at + 1, s.n);
    }
    buf_put(b, s);
    if (quotes) buf_char(b, '"');
}

void csv_number(Buf *b, Str s, bool first) {
    if (!first) buf_char(b, ',');
    buf_put(b, s);
}

void csv_end_row(Buf *b) {
    buf_lit(b, "\r\n");
}

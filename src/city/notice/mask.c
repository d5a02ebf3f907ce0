/* Masking of personal data. See mask.h. Digits are looked at as runs in which single blanks and
 * hyphens may part groups, so that 138 0013 8000 is one number; what stands around a run must be no
 * letter or digit, else it is part of a longer code. */
#include "city/notice/mask.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/utf8.h"

enum { RUN_MAX = 20, MOBILE = 11, ID_OLD = 15, ID_NEW = 18, MAIL_MAX = 254 };

/* --- persons ------------------------------------------------------------------------------------
 */

Str mask_person(Arena *a, Str name) {
    Buf b = buf_new(a, 0);
    ptrdiff_t i = 0;
    name = str_trim(name);
    if (!name.n) return name;
    buf_utf8(&b, utf8_next(name, &i));
    if (i == name.n) buf_char(&b, '*');
    while (i < name.n) {
        uint32_t cp = utf8_next(name, &i);
        bool dot = cp == 0xB7 || cp == 0x2022 || cp == ' ';
        if (dot)
            buf_utf8(&b, cp);
        else
            buf_char(&b, '*');
    }
    return buf_str(&b);
}

/* --- numbers ------------------------------------------------------------------------------------
 */

/* A run of digits: its characters as ASCII and where each stands in the text. */
typedef struct Run {
    char digits[RUN_MAX + 1];
    ptrdiff_t from[RUN_MAX], to[RUN_MAX];
    int n; /* RUN_MAX + 1: longer than anything we look for */
    ptrdiff_t end;
} Run;

/* 0 to 9 for a digit of any width, 10 for X, -1 else. */
static int digit_of(uint32_t cp) {
    if (cp >= '0' && cp <= '9') return (int)(cp - '0');
    if (cp >= 0xFF10 && cp <= 0xFF19) return (int)(cp - 0xFF10);
    return cp == 'x' || cp == 'X' || cp == 0xFF38 || cp == 0xFF58 ? 10 : -1;
}

static bool is_letter(uint32_t cp) {
    return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= 0xFF21 && cp <= 0xFF3A) ||
           (cp >= 0xFF41 && cp <= 0xFF5A);
}

static bool is_gap(uint32_t cp) {
    return cp == ' ' || cp == '-' || cp == 0x2010 || cp == 0x2011 || cp == 0x2013 || cp == 0xFF0D ||
           cp == 0x3000 || cp == 0xA0;
}

/* The digit at *i, a single gap before it skipped; -1 and *i unmoved when there is none. */
static int next_digit(Str s, ptrdiff_t *i, ptrdiff_t *from) {
    ptrdiff_t at = *i;
    *from = at;
    uint32_t cp = utf8_next(s, &at);
    if (is_gap(cp)) {
        *from = at;
        cp = utf8_next(s, &at);
    }
    int d = digit_of(cp);
    if (d < 0) return -1;
    *i = at;
    return d;
}

static void read_run(Str s, ptrdiff_t at, Run *r) {
    *r = (Run){.end = at};
    for (;;) {
        ptrdiff_t from;
        int d = next_digit(s, &r->end, &from);
        if (d < 0 || r->n > RUN_MAX) return;
        if (r->n < RUN_MAX) {
            r->digits[r->n] = d == 10 ? 'X' : (char)('0' + d);
            r->from[r->n] = from;
            r->to[r->n] = r->end;
        }
        r->n++;
        if (d == 10) return;
    }
}

static int number_at(const char *digits, int n) {
    int v = 0;
    for (int i = 0; i < n; i++) v = v * 10 + digits[i] - '0';
    return v;
}

/* Provinces of GB/T 2260, and a date that exists. Numbers with a wrong check character are masked
 * too: a slip of the pen does not make them public. */
static bool is_identity(const Run *r) {
    int province = number_at(r->digits, 2);
    bool place =
        (province >= 11 && province <= 65) || province == 71 || (province >= 81 && province <= 83);
    if (!place) return false;
    if (r->n == ID_NEW)
        return date_valid(number_at(r->digits + 6, 4), number_at(r->digits + 10, 2),
                          number_at(r->digits + 12, 2)) &&
               number_at(r->digits + 6, 4) >= 1850;
    return r->n == ID_OLD && r->digits[ID_OLD - 1] != 'X' &&
           date_valid(1900 + number_at(r->digits + 6, 2), number_at(r->digits + 8, 2),
                      number_at(r->digits + 10, 2));
}

/* How many digits at the start of the run stay, how many at its end; false: it is nothing. */
static bool what_stays(Run *r, int *head, int *tail) {
    int skip = 0;
    if (r->n == MOBILE + 2 && r->digits[0] == '8' && r->digits[1] == '6') skip = 2;
    bool mobile = r->n - skip == MOBILE && r->digits[skip] == '1' && r->digits[skip + 1] >= '3' &&
                  r->digits[skip + 1] <= '9' && r->digits[r->n - 1] != 'X';
    *head = mobile ? skip + 3 : 4;
    *tail = 4;
    return mobile || (r->n <= RUN_MAX && is_identity(r));
}

/* Writes the run that starts at `at`, masked when it is a number of a person; returns its end. */
static ptrdiff_t put_run(Buf *b, Str s, ptrdiff_t at, bool bounded) {
    Run r;
    int head, tail;
    read_run(s, at, &r);
    ptrdiff_t behind = r.end;
    uint32_t next = behind < s.n ? utf8_next(s, &behind) : 0;
    if (r.n == 0) return at;
    if (!bounded || is_letter(next) || !what_stays(&r, &head, &tail)) {
        buf_put(b, str_sub(s, at, r.end));
        return r.end;
    }
    for (int i = 0; i < r.n; i++) {
        if (i < head || i >= r.n - tail)
            buf_put(b, str_sub(s, i ? r.to[i - 1] : at, r.to[i]));
        else
            buf_char(b, '*');
    }
    return r.end;
}

/* --- mail ---------------------------------------------------------------------------------------
 */

static bool in_address(char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
           ch == '.' || ch == '_' || ch == '-' || ch == '+' || ch == '%';
}

/* The end of the address of mail that starts at `at`, 0 when none does; *sign gets its @. */
static ptrdiff_t mail_end(Str s, ptrdiff_t at, ptrdiff_t *sign) {
    ptrdiff_t i = at;
    while (i < s.n && i - at < MAIL_MAX && in_address(s.p[i])) i++;
    if (i == at || i >= s.n || s.p[i] != '@') return 0;
    *sign = i++;
    ptrdiff_t host = i;
    while (i < s.n && i - at < MAIL_MAX && in_address(s.p[i])) i++;
    return i > host && str_find(str_sub(s, host, i), S(".")) > 0 ? i : 0;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static Str person_at(Str s, ptrdiff_t at, const Str *persons, int n) {
    Str best = {0};
    for (int k = 0; k < n; k++) {
        Str name = str_trim(persons[k]);
        if (utf8_length(name) < 2 || name.n <= best.n) continue;
        if (str_starts(str_sub(s, at, s.n), name)) best = name;
    }
    return best;
}

static ptrdiff_t put_mail(Buf *b, Str s, ptrdiff_t at, ptrdiff_t sign, ptrdiff_t end) {
    buf_char(b, s.p[at]);
    buf_lit(b, "***");
    buf_put(b, str_sub(s, sign, end));
    return end;
}

Str mask_text(Arena *a, Str s, const Str *persons, int n) {
    Buf b = buf_new(a, 0);
    uint32_t before = 0;
    for (ptrdiff_t i = 0; i < s.n;) {
        ptrdiff_t at = i, sign, end;
        uint32_t cp = utf8_next(s, &i);
        bool bounded = !is_letter(before) && digit_of(before) < 0;
        Str person = person_at(s, at, persons, n);
        before = cp;
        if (person.n) {
            buf_put(&b, mask_person(a, person));
            i = at + person.n;
        } else if (bounded && (end = mail_end(s, at, &sign)) > 0) {
            i = put_mail(&b, s, at, sign, end);
        } else if (digit_of(cp) >= 0 && digit_of(cp) < 10) {
            i = put_run(&b, s, at, bounded);
            before = '0';
        } else {
            buf_put(&b, str_sub(s, at, i));
        }
    }
    return buf_str(&b);
}

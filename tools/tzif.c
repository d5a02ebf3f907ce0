/* TZif files. See tzif.h. Counts come from the file, so each part is cut off what is left of it
 * before a byte of the part is read. */
#include "tools/tzif.h"

#include <string.h>

enum { HEADER_BYTES = 44, TIME_BYTES = 8, TYPE_BYTES = 6, HOUR_S = 3600 };
enum { OFFSET_MIN_S = -25 * HOUR_S + 1, OFFSET_MAX_S = 26 * HOUR_S - 1 };
static const int64_t INSTANT_MAX = (int64_t)1 << 59;

/* What is left of the file. */
typedef struct Left {
    const uint8_t *p;
    size_t n;
} Left;

/* The counts of a header, in its order. */
typedef struct Counts {
    uint64_t ut, std, leap, time, type, chars;
} Counts;

static uint64_t big(const uint8_t *p, int n) {
    uint64_t v = 0;
    for (int i = 0; i < n; i++) v = v << 8 | p[i];
    return v;
}

/* The next n bytes, or NULL when there are not so many. */
static const uint8_t *cut(Left *l, uint64_t n) {
    if (n > l->n) return NULL;
    const uint8_t *p = l->p;
    l->p += n;
    l->n -= (size_t)n;
    return p;
}

static bool header(Left *l, Counts *out) {
    const uint8_t *p = cut(l, HEADER_BYTES);
    if (!p || memcmp(p, "TZif", 4) != 0 || p[4] < '2') return false;
    uint64_t n[6];
    for (int i = 0; i < 6; i++) n[i] = big(p + 20 + 4 * i, 4);
    *out = (Counts){n[0], n[1], n[2], n[3], n[4], n[5]};
    return true;
}

static const char *check_counts(const Counts *n) {
    if (n->leap) return "leap seconds are not wanted";
    if (n->time > TZIF_TIMES_MAX) return "too many transitions";
    if (n->type == 0 || n->type > TZIF_TYPES_MAX) return "no types, or too many";
    if (n->ut && n->ut != n->type) return "a count of UT marks that is not that of types";
    if (n->std && n->std != n->type) return "a count of standard marks that is not that of types";
    if (n->chars == 0) return "no abbreviations";
    return NULL;
}

static const char *check_types(const Tzif *z, const uint8_t *chars, uint64_t nchars) {
    if (chars[nchars - 1]) return "an abbreviation without an end";
    for (size_t i = 0; i < z->ntypes; i++) {
        const uint8_t *t = z->types + TYPE_BYTES * i;
        int32_t offset = tzif_offset(z, i);
        if (offset < OFFSET_MIN_S || offset > OFFSET_MAX_S) return "an offset out of range";
        if (t[4] > 1) return "a daylight mark that is neither 0 nor 1";
        if (t[5] >= nchars) return "an abbreviation that is not there";
    }
    return NULL;
}

static const char *check_times(const Tzif *z) {
    for (size_t i = 0; i < z->ntimes; i++) {
        int64_t at = tzif_at(z, i);
        if (at < -INSTANT_MAX || at > INSTANT_MAX) return "a transition out of range";
        if (i && at <= tzif_at(z, i - 1)) return "transitions that do not ascend";
        if ((size_t)tzif_at_type(z, i) >= z->ntypes) return "a type that is not there";
    }
    return NULL;
}

static const char *check_marks(const uint8_t *marks, uint64_t n) {
    for (uint64_t i = 0; i < n; i++)
        if (marks[i] > 1) return "a mark that is neither 0 nor 1";
    return NULL;
}

static const char *footer(Left l, TzifRule *out) {
    if (l.n < 2 || l.p[0] != '\n' || l.p[l.n - 1] != '\n') return "no footer";
    return tzif_rule((const char *)l.p + 1, l.n - 2, out);
}

static const char *block(Left l, Tzif *out) {
    Counts n;
    if (!header(&l, &n)) return "no 64-bit block";
    const char *wrong = check_counts(&n);
    if (wrong) return wrong;
    Tzif z = {.ntimes = (size_t)n.time, .ntypes = (size_t)n.type};
    z.at = cut(&l, n.time * TIME_BYTES);
    z.at_type = cut(&l, n.time);
    z.types = cut(&l, n.type * TYPE_BYTES);
    const uint8_t *chars = cut(&l, n.chars), *std = cut(&l, n.std), *ut = cut(&l, n.ut);
    if (!z.at || !z.at_type || !z.types || !chars || !std || !ut) return "cut short";
    wrong = check_types(&z, chars, n.chars);
    if (!wrong) wrong = check_times(&z);
    if (!wrong) wrong = check_marks(std, n.std);
    if (!wrong) wrong = check_marks(ut, n.ut);
    if (!wrong) wrong = footer(l, &z.rule);
    if (!wrong) *out = z;
    return wrong;
}

const char *tzif_read(const uint8_t *bytes, size_t size, Tzif *out) {
    if (size > TZIF_BYTES_MAX) return "too large";
    Left l = {bytes, size};
    Counts n;
    if (!header(&l, &n)) return "not a TZif file of version 2 or later";
    /* the 32-bit block says the same to older readers; six 32-bit counts cannot overflow 64 bits */
    if (!cut(&l, n.time * 5 + n.type * TYPE_BYTES + n.chars + n.leap * 8 + n.std + n.ut))
        return "cut short";
    return block(l, out);
}

int64_t tzif_at(const Tzif *z, size_t i) {
    return (int64_t)big(z->at + TIME_BYTES * i, TIME_BYTES);
}

int tzif_at_type(const Tzif *z, size_t i) {
    return z->at_type[i];
}

int32_t tzif_offset(const Tzif *z, size_t i) {
    return (int32_t)(uint32_t)big(z->types + TYPE_BYTES * i, 4);
}

/* --- the rule of the footer ---------------------------------------------------------------------
 */

typedef struct Text {
    const char *p, *end;
} Text;

static bool skip(Text *t, char c) {
    if (t->p == t->end || *t->p != c) return false;
    t->p++;
    return true;
}

static bool digit(const Text *t) {
    return t->p < t->end && *t->p >= '0' && *t->p <= '9';
}

/* A number of one to three digits in min…max. */
static bool number(Text *t, int min, int max, int *out) {
    int v = 0, n = 0;
    for (; digit(t) && n < 3; n++) v = v * 10 + (*t->p++ - '0');
    if (n == 0 || digit(t) || v < min || v > max) return false;
    *out = v;
    return true;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static bool hms(Text *t, int hours_max, int *out) {
    bool minus = skip(t, '-');
    if (!minus) skip(t, '+');
    int h, m = 0, s = 0;
    if (!number(t, 0, hours_max, &h)) return false;
    if (skip(t, ':')) {
        if (!number(t, 0, 59, &m)) return false;
        if (skip(t, ':') && !number(t, 0, 59, &s)) return false;
    }
    int seconds = h * HOUR_S + m * 60 + s;
    *out = minus ? -seconds : seconds;
    return true;
}

static bool letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Three letters or more; between < and > also digits and signs. */
static bool name(Text *t) {
    bool quoted = skip(t, '<');
    const char *from = t->p;
    while (t->p < t->end &&
           (letter(*t->p) || (quoted && (digit(t) || *t->p == '+' || *t->p == '-'))))
        t->p++;
    return t->p - from >= 3 && (!quoted || skip(t, '>'));
}

static bool day_rule(Text *t, TzifDay *d) {
    *d = (TzifDay){.kind = 'N', .seconds = 2 * HOUR_S};
    if (!skip(t, ',')) return false;
    if (skip(t, 'M')) {
        d->kind = 'M';
        if (!number(t, 1, 12, &d->month) || !skip(t, '.') || !number(t, 1, 5, &d->week) ||
            !skip(t, '.') || !number(t, 0, 6, &d->day))
            return false;
    } else if (skip(t, 'J')) {
        d->kind = 'J';
        if (!number(t, 1, 365, &d->day)) return false;
    } else if (!number(t, 0, 365, &d->day)) {
        return false;
    }
    return !skip(t, '/') || hms(t, 167, &d->seconds);
}

const char *tzif_rule(const char *text, size_t n, TzifRule *out) {
    enum { HOURS_MAX = 24 };
    Text t = {text, text + n};
    TzifRule r = {.start.kind = 'N', .end.kind = 'N'};
    int west;
    if (n == 0) return "no rule behind the last transition";
    if (!name(&t) || !hms(&t, HOURS_MAX, &west)) return "a rule without name and offset";
    r.std = r.dst = -west;
    if (t.p < t.end) {
        r.has_dst = true;
        r.dst = r.std + HOUR_S;
        if (!name(&t)) return "a rule with a name of daylight saving that is none";
        if (t.p < t.end && *t.p != ',') {
            if (!hms(&t, HOURS_MAX, &west)) return "a rule with an offset that is none";
            r.dst = -west;
        }
        if (!day_rule(&t, &r.start) || !day_rule(&t, &r.end)) return "a rule with a wrong day";
    }
    if (t.p != t.end) return "a rule with more behind it";
    *out = r;
    return NULL;
}

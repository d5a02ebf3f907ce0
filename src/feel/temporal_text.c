/* Reading and writing dates, times and durations. See temporal.h. The grammar is that of XML
 * Schema (dateTime, date, time, the two durations) with FEEL's zone names and offset seconds. */
#include "base/date.h"
#include "feel/temporal.h"
#include "feel/zone.h"

typedef struct Cursor {
    const char *p, *end;
} Cursor;

static Cursor cursor(Str s) {
    return (Cursor){s.p, s.p + s.n};
}

static bool skip(Cursor *c, char ch) {
    if (c->p == c->end || *c->p != ch) return false;
    c->p++;
    return true;
}

static bool is_digit(const Cursor *c) {
    return c->p < c->end && *c->p >= '0' && *c->p <= '9';
}

/* Exactly n digits. */
static bool digits(Cursor *c, int n, int *out) {
    int v = 0;
    for (int i = 0; i < n; i++, c->p++) {
        if (!is_digit(c)) return false;
        v = v * 10 + (*c->p - '0');
    }
    *out = v;
    return true;
}

/* "-"? year "-" mm "-" dd; the year has 4 to 9 digits, more than 4 only without leading zero. */
static bool read_date(Cursor *c, int64_t *days) {
    bool minus = skip(c, '-');
    const char *start = c->p;
    int64_t year = 0;
    int month, day;
    while (is_digit(c) && c->p - start < 10) year = year * 10 + (*c->p++ - '0');
    ptrdiff_t n = c->p - start;
    if (n < 4 || n > 9 || (n > 4 && *start == '0') || (minus && year == 0)) return false;
    if (!skip(c, '-') || !digits(c, 2, &month) || !skip(c, '-') || !digits(c, 2, &day))
        return false;
    if (minus) year = -year;
    if (!date_valid(year, month, day)) return false;
    *days = date_to_days(year, month, day);
    return true;
}

/* "." digits: nanoseconds; digits beyond the ninth are cut. No digit at all is allowed. */
static int read_fraction(Cursor *c) {
    int nanos = 0, scale = NANOS_PER_S / 10;
    for (; is_digit(c); c->p++, scale /= 10) nanos += (*c->p - '0') * scale;
    return nanos;
}

/* Nothing, "Z", an offset up to ±18:00 or "@" zone name, up to the end of the text. */
static bool read_zone(Cursor *c, Zone *z) {
    *z = (Zone){.kind = ZONE_NONE};
    if (c->p == c->end) return true;
    char sign = *c->p++;
    if (sign == 'Z') {
        z->kind = ZONE_OFFSET;
        return c->p == c->end;
    }
    if (sign == '@') {
        z->kind = ZONE_NAME;
        return zone_find((Str){c->p, c->end - c->p}, &z->id);
    }
    int h, m, s = 0;
    if ((sign != '+' && sign != '-') || !digits(c, 2, &h) || !skip(c, ':') || !digits(c, 2, &m))
        return false;
    if (c->p < c->end && (!skip(c, ':') || !digits(c, 2, &s))) return false;
    int offset = h * 3600 + m * 60 + s;
    if (m > 59 || s > 59 || offset > 18 * 3600 || c->p != c->end) return false;
    z->kind = ZONE_OFFSET;
    z->offset = sign == '-' ? -offset : offset;
    return true;
}

bool temporal_parse_zone(Str text, Zone *out) {
    bool sign = text.n > 0 && (text.p[0] == 'Z' || text.p[0] == '+' || text.p[0] == '-');
    Cursor c = {.p = text.p, .end = text.p + text.n};
    if (sign) return read_zone(&c, out);
    *out = (Zone){.kind = ZONE_NAME};
    return zone_find(text, &out->id);
}

/* hh:mm:ss with fraction and zone, to the end. 24:00:00 gives the nanoseconds of a whole day. */
static bool read_time(Cursor *c, int64_t *nanos, Zone *z) {
    int h, m, s, f = 0;
    if (!digits(c, 2, &h) || !skip(c, ':') || !digits(c, 2, &m) || !skip(c, ':') ||
        !digits(c, 2, &s))
        return false;
    if (skip(c, '.')) {
        if (!is_digit(c)) return false;
        f = read_fraction(c);
    }
    if (h > 24 || m > 59 || s > 59 || (h == 24 && (m || s || f))) return false;
    *nanos = (h * 3600 + m * 60 + s) * (int64_t)NANOS_PER_S + f;
    return read_zone(c, z);
}

bool temporal_parse_date(Str s, Val *out) {
    Cursor c = cursor(s);
    int64_t days;
    if (!read_date(&c, &days) || c.p != c.end) return false;
    *out = val_date(days);
    return true;
}

bool temporal_parse_time(Arena *a, Str s, Val *out) {
    Cursor c = cursor(s);
    int64_t nanos, day = (int64_t)SECONDS_PER_DAY * NANOS_PER_S;
    Zone z;
    if (!read_time(&c, &nanos, &z)) return false;
    *out = temporal_time(a, nanos % day, z);
    return true;
}

bool temporal_parse_datetime(Arena *a, Str s, Val *out) {
    Cursor c = cursor(s);
    int64_t days, nanos = 0, day = (int64_t)SECONDS_PER_DAY * NANOS_PER_S;
    Zone z = {.kind = ZONE_NONE};
    if (!read_date(&c, &days)) return false;
    if (c.p != c.end && (!skip(&c, 'T') || !read_time(&c, &nanos, &z))) return false;
    if (nanos == day) {
        nanos = 0;
        if (++days > date_to_days(999999999, 12, 31)) return false;
    }
    *out = temporal_datetime(a, days, nanos, z);
    return true;
}

/* A number of digits that fits; false when there is none or too many. */
static bool read_count(Cursor *c, int64_t *out) {
    if (!is_digit(c)) return false;
    int64_t v = 0;
    for (; is_digit(c); c->p++) {
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *c->p - '0', &v))
            return false;
    }
    *out = v;
    return true;
}

/* Reads "digits unit" when it stands next and adds digits * weight to *sum; false on overflow. */
static bool read_part(Cursor *c, char unit, int weight, int64_t *sum, int *seen) {
    Cursor at = *c;
    while (is_digit(&at)) at.p++;
    if (at.p == c->p || at.p == at.end || *at.p != unit) return true;
    int64_t v;
    if (!read_count(c, &v) || __builtin_mul_overflow(v, weight, &v)) return false;
    c->p++, ++*seen;
    return !__builtin_add_overflow(*sum, v, sum);
}

/* hours, minutes, seconds with fraction; at least one. */
static bool read_clock(Cursor *c, int64_t *seconds, int *nanos) {
    int seen = 0;
    int64_t v;
    if (!read_part(c, 'H', 3600, seconds, &seen) || !read_part(c, 'M', 60, seconds, &seen))
        return false;
    if (!is_digit(c)) return seen > 0;
    if (!read_count(c, &v)) return false;
    if (skip(c, '.')) *nanos = read_fraction(c);
    return skip(c, 'S') && !__builtin_add_overflow(*seconds, v, seconds);
}

bool temporal_parse_duration(Str s, Val *out) {
    Cursor c = cursor(s);
    bool minus = skip(&c, '-');
    if (!skip(&c, 'P')) return false;
    int64_t months = 0, seconds = 0;
    int nanos = 0, seen = 0;
    if (!read_part(&c, 'Y', 12, &months, &seen) || !read_part(&c, 'M', 1, &months, &seen))
        return false;
    if (seen) {
        *out = temporal_months(minus ? -months : months);
        return c.p == c.end;
    }
    if (!read_part(&c, 'D', SECONDS_PER_DAY, &seconds, &seen)) return false;
    if (skip(&c, 'T') ? !read_clock(&c, &seconds, &nanos) : !seen) return false;
    if (c.p != c.end) return false;
    *out = temporal_days(seconds, nanos);
    return !minus || temporal_neg(*out, out);
}

bool temporal_parse_literal(Arena *a, Str text, Val *out) {
    if (temporal_parse_date(text, out) || temporal_parse_time(a, text, out)) return true;
    return temporal_parse_duration(text, out) || temporal_parse_datetime(a, text, out);
}

/* --- writing -----------------------------------------------------------------------------------
 */

static void print_fraction(Buf *b, int64_t nanos) {
    if (!nanos) return;
    int width = 9;
    while (nanos % 10 == 0) nanos /= 10, width--;
    buf_printf(b, ".%0*lld", width, (long long)nanos);
}

static void print_date(Buf *b, int64_t days) {
    Ymd d = date_from_days(days);
    int year = d.year < 0 ? -d.year : d.year;
    buf_printf(b, "%s%04d-%02d-%02d", d.year < 0 ? "-" : "", year, d.month, d.day);
}

static void print_time(Buf *b, const Time *t) {
    int s = (int)(t->nanos / NANOS_PER_S);
    buf_printf(b, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    print_fraction(b, t->nanos % NANOS_PER_S);
    if (t->zone.kind == ZONE_NAME) {
        buf_char(b, '@');
        buf_put(b, zone_name(t->zone.id));
    } else if (t->zone.kind == ZONE_OFFSET && t->zone.offset == 0) {
        buf_char(b, 'Z');
    } else if (t->zone.kind == ZONE_OFFSET) {
        int o = t->zone.offset < 0 ? -t->zone.offset : t->zone.offset;
        buf_printf(b, "%c%02d:%02d", t->zone.offset < 0 ? '-' : '+', o / 3600, o / 60 % 60);
        if (o % 60) buf_printf(b, ":%02d", o % 60);
    }
}

static void print_part(Buf *b, uint64_t n, char unit) {
    if (n) buf_printf(b, "%llu%c", (unsigned long long)n, unit);
}

static void print_months(Buf *b, int64_t months) {
    uint64_t m = months < 0 ? -(uint64_t)months : (uint64_t)months;
    if (months < 0) buf_char(b, '-');
    buf_char(b, 'P');
    print_part(b, m / 12, 'Y');
    print_part(b, m % 12, 'M');
    if (!m) buf_lit(b, "0M");
}

static void print_days(Buf *b, Val v) {
    uint64_t s = (uint64_t)v.i, nanos = v.n;
    if (v.i < 0) { /* floor(seconds) + nanoseconds, seen from zero */
        s = -s - (nanos > 0);
        nanos = nanos ? NANOS_PER_S - nanos : 0;
        buf_char(b, '-');
    }
    buf_char(b, 'P');
    print_part(b, s / SECONDS_PER_DAY, 'D');
    uint64_t clock = s % SECONDS_PER_DAY;
    if (clock || nanos || !s) buf_char(b, 'T');
    print_part(b, clock / 3600, 'H');
    print_part(b, clock / 60 % 60, 'M');
    if (clock % 60 || nanos || !s) {
        buf_printf(b, "%d", (int)(clock % 60));
        print_fraction(b, (int64_t)nanos);
        buf_char(b, 'S');
    }
}

void temporal_print(Buf *b, Val v) {
    const DateTime *dt = v.p;
    switch (v.tag) {
    case V_DATE: print_date(b, v.i); return;
    case V_TIME: print_time(b, v.p); return;
    case V_DATETIME:
        print_date(b, dt->days);
        buf_char(b, 'T');
        print_time(b, &dt->time);
        return;
    case V_MONTHS: print_months(b, v.i); return;
    case V_DAYS: print_days(b, v); return;
    default: return;
    }
}

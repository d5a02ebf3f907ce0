/* Dates and years as people write them. See numtext.h. */
#include "base/date.h"
#include "base/utf8.h"
#include "codec/numtext.h"

enum { DATE_TEXT_MAX = 48 };

/* Half width without blanks at the ends; 年 月 become -, 日 and what follows a blank or T is cut.
 */
static Str date_folded(Str s, char out[DATE_TEXT_MAX + 4], bool *month_word) {
    ptrdiff_t n = 0;
    s = str_trim(s);
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t cp = utf8_next(s, &i);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp == 0x5E74 || cp == '/' || cp == '.' || cp == 0x2014 || cp == 0x3002) cp = '-';
        if (cp == 0x6708) {
            cp = '-';
            *month_word = true;
        }
        if (cp == 0x65E5 || cp == 0x53F7 || cp == 'T') break; /* 日 号 */
        if ((cp == ' ' || cp == 0xA0 || cp == 0x3000) && n >= 8) break;
        if (cp == ' ' || cp == 0xA0 || cp == 0x3000) continue;
        if (n + 4 > DATE_TEXT_MAX) return (Str){0};
        n += utf8_put(out + n, cp);
    }
    return (Str){out, n};
}

static DateResult make_date(int64_t y, int64_t m, int64_t d, int64_t *days) {
    if (y < 1000 || y > 9999) return DATE_BAD;
    if (m < 1 || m > 12 || d < 1 || d > 31 || !date_valid(y, (int)m, (int)d)) return DATE_NO_SUCH;
    *days = date_to_days(y, (int)m, (int)d);
    return DATE_OK;
}

/* Whether what stands behind the date is a time of day, or nothing. */
static bool time_follows(Str s) {
    ptrdiff_t at = -1;
    for (ptrdiff_t i = 0; i < s.n && at < 0; i++)
        if (s.p[i] == ' ' || s.p[i] == 'T') at = i;
    if (at < 0 || at < 8) return true;
    for (ptrdiff_t i = at + 1; i < s.n; i++) {
        char c = s.p[i];
        if ((c < '0' || c > '9') && c != ':' && c != '.' && c != 'Z' && c != '+' && c != '-') {
            return false;
        }
    }
    return true;
}

DateResult date_read(Str s, int64_t *days) {
    char buf[DATE_TEXT_MAX + 4];
    bool month_word = false;
    if (date_parse(s, days)) return DATE_OK;
    if (num_is_unknown(s) || num_is_none(s)) return DATE_EMPTY;
    s = str_trim(s);
    Str rest = date_folded(s, buf, &month_word);
    if (!rest.n || !time_follows(s)) return DATE_BAD;
    while (rest.n && rest.p[rest.n - 1] == '-') rest.n--;
    int64_t part[3];
    int n = 0;
    ptrdiff_t first = 0;
    while (rest.p) {
        Str piece = str_cut(&rest, '-');
        if (n == 3 || piece.n < 1 || piece.p[0] < '0' || !str_to_i64(piece, &part[n]))
            return DATE_BAD;
        if (n == 0) first = piece.n;
        if (n > 0 && piece.n > 2) return DATE_BAD;
        n++;
    }
    if (n == 1 && first == 8)
        return make_date(part[0] / 10000, part[0] / 100 % 100, part[0] % 100, days);
    if (first != 4) return DATE_BAD;
    if (n < 3) return n == 1 && (part[0] < 1900 || part[0] > 2100) ? DATE_BAD : DATE_INCOMPLETE;
    return make_date(part[0], part[1], part[2], days);
}

DateResult date_from_serial(int64_t serial, bool system_1904, int64_t *days) {
    enum { SERIAL_MAX = 2958465 }; /* 9999-12-31 in the 1900 system */
    if (serial < (system_1904 ? 0 : 1) || serial > SERIAL_MAX) return DATE_BAD;
    if (system_1904) {
        *days = date_to_days(1904, 1, 1) + serial;
        return DATE_OK;
    }
    if (serial == 60) return DATE_NO_SUCH; /* 1900-02-29, kept for Lotus 1-2-3 */
    *days = date_to_days(1899, 12, 31) + serial - (serial > 60);
    return DATE_OK;
}

int year_read(Str s) {
    int year = 0, digits = 0;
    s = str_trim(s);
    for (ptrdiff_t i = 0; i < s.n;) {
        ptrdiff_t at = i;
        uint32_t cp = utf8_next(s, &i);
        if (cp >= 0xFF10 && cp <= 0xFF19) cp -= 0xFEE0;
        if (cp >= '0' && cp <= '9' && digits < 4) {
            year = year * 10 + (int)(cp - '0');
            digits++;
            continue;
        }
        Str rest = str_sub(s, at, s.n);
        if (!str_eq(rest, S("年")) && !str_eq(rest, S("年度"))) return 0;
        break;
    }
    return digits == 4 && year >= 1900 && year <= 2100 ? year : 0;
}

/* Dates and instants. See date.h. */
#include "base/date.h"

int64_t date_to_days(int64_t year, int month, int day) {
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

Ymd date_from_days(int64_t days) {
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (Ymd){.year = (int32_t)(yoe + era * 400 + (month <= 2)),
                 .month = month,
                 .day = (int)(doy - (153 * mp + 2) / 5 + 1)};
}

bool date_is_leap(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_month_days(int64_t year, int month) {
    static const int8_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return DAYS[month - 1] + (month == 2 && date_is_leap(year));
}

bool date_valid(int64_t year, int month, int day) {
    return year >= -999999999 && year <= 999999999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= date_month_days(year, month);
}

int date_weekday(int64_t days) {
    int64_t w = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(w < 0 ? w + 7 : w) + 1;
}

int32_t date_to_int(int64_t days) {
    Ymd d = date_from_days(days);
    return d.year * 10000 + d.month * 100 + d.day;
}

bool date_from_int(int64_t n, int64_t *days) {
    int64_t y = n / 10000;
    int m = (int)(n / 100 % 100), d = (int)(n % 100);
    if (n < 10101 || y > 9999 || !date_valid(y, m, d)) return false;
    *days = date_to_days(y, m, d);
    return true;
}

/* n digits at byte *i of s; -1 when there are fewer. */
static int digits(Str s, ptrdiff_t *i, int n) {
    int v = 0;
    for (int k = 0; k < n; k++, (*i)++) {
        if (*i >= s.n || s.p[*i] < '0' || s.p[*i] > '9') return -1;
        v = v * 10 + (s.p[*i] - '0');
    }
    return v;
}

static bool skip(Str s, ptrdiff_t *i, char c) {
    if (*i >= s.n || s.p[*i] != c) return false;
    (*i)++;
    return true;
}

static bool date_at(Str s, ptrdiff_t *i, int64_t *days) {
    int y = digits(s, i, 4);
    if (y < 0 || !skip(s, i, '-')) return false;
    int m = digits(s, i, 2);
    if (m < 0 || !skip(s, i, '-')) return false;
    int d = digits(s, i, 2);
    if (d < 0 || !date_valid(y, m, d)) return false;
    *days = date_to_days(y, m, d);
    return true;
}

bool date_parse(Str s, int64_t *days) {
    ptrdiff_t i = 0;
    return s.n == 10 && date_at(s, &i, days);
}

Str date_text(Arena *a, int64_t days) {
    Ymd d = date_from_days(days);
    if (d.year < 0) return str_printf(a, "-%04d-%02d-%02d", -d.year, d.month, d.day);
    return str_printf(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

Str instant_text(Arena *a, int64_t ms) {
    int64_t days = ms / 86400000 - (ms % 86400000 < 0);
    int t = (int)(ms - days * 86400000);
    Ymd d = date_from_days(days);
    Str day = str_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day, t / 3600000,
                         t / 60000 % 60, t / 1000 % 60);
    if (t % 1000) return str_printf(a, "%.*s.%03dZ", STRF(day), t % 1000);
    return str_cat(a, day, S("Z"));
}

static bool offset_at(Str s, ptrdiff_t *i, int *minutes) {
    if (skip(s, i, 'Z')) {
        *minutes = 0;
        return true;
    }
    int sign = skip(s, i, '+') ? 1 : skip(s, i, '-') ? -1 : 0;
    if (!sign) return false;
    int h = digits(s, i, 2);
    if (h < 0 || h > 23 || !skip(s, i, ':')) return false;
    int m = digits(s, i, 2);
    if (m < 0 || m > 59) return false;
    *minutes = sign * (h * 60 + m);
    return true;
}

bool instant_parse(Str s, int64_t *ms) {
    ptrdiff_t i = 0;
    int64_t days;
    if (!date_at(s, &i, &days)) return false;
    if (i == s.n) {
        *ms = days * 86400000;
        return true;
    }
    if (!skip(s, &i, 'T')) return false;
    int h = digits(s, &i, 2);
    if (h < 0 || h > 23 || !skip(s, &i, ':')) return false;
    int m = digits(s, &i, 2);
    if (m < 0 || m > 59 || !skip(s, &i, ':')) return false;
    int sec = digits(s, &i, 2), milli = 0, scale = 100, minutes;
    if (sec < 0 || sec > 59) return false;
    if (skip(s, &i, '.')) {
        if (i >= s.n || s.p[i] < '0' || s.p[i] > '9') return false;
        for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++, scale /= 10)
            milli += (s.p[i] - '0') * scale;
    }
    if (!offset_at(s, &i, &minutes) || i != s.n) return false;
    *ms = days * 86400000 + ((h * 60 + m - minutes) * 60 + sec) * (int64_t)1000 + milli;
    return true;
}

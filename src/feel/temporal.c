/* Arithmetic and properties of dates, times and durations. See temporal.h. Instants are kept as
 * whole seconds plus nanoseconds, so that every year FEEL allows fits in 64 bits. */
#include "feel/temporal.h"

#include "base/date.h"
#include "feel/zone.h"

enum { YEAR_MAX = 999999999 };

bool temporal_date(int64_t year, int64_t month, int64_t day, Val *out) {
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    if (!date_valid(year, (int)month, (int)day)) return false;
    *out = val_date(date_to_days(year, (int)month, (int)day));
    return true;
}

Val temporal_time(Arena *a, int64_t nanos, Zone zone) {
    Time *t = NEW(a, Time);
    *t = (Time){.nanos = nanos, .zone = zone};
    return (Val){.tag = V_TIME, .p = t};
}

Val temporal_datetime(Arena *a, int64_t days, int64_t nanos, Zone zone) {
    DateTime *d = NEW(a, DateTime);
    *d = (DateTime){.days = days, .time = {.nanos = nanos, .zone = zone}};
    return (Val){.tag = V_DATETIME, .p = d};
}

Val temporal_days(int64_t seconds, int64_t nanos) {
    return (Val){.tag = V_DAYS, .n = (uint32_t)nanos, .i = seconds};
}

Val temporal_months(int64_t months) {
    return (Val){.tag = V_MONTHS, .i = months};
}

static int64_t floor_div(int64_t x, int64_t y) {
    return x / y - (x % y < 0);
}

static bool days_valid(int64_t days) {
    return days >= date_to_days(-YEAR_MAX, 1, 1) && days <= date_to_days(YEAR_MAX, 12, 31);
}

int32_t temporal_offset(Zone z, int64_t days, int64_t nanos) {
    if (z.kind == ZONE_OFFSET) return z.offset;
    if (z.kind == ZONE_NONE) return 0;
    return zone_offset_local(z.id, days * SECONDS_PER_DAY + nanos / NANOS_PER_S);
}

int32_t temporal_offset_at(Zone z, int64_t utc_s) {
    if (z.kind == ZONE_OFFSET) return z.offset;
    return z.kind == ZONE_NONE ? 0 : zone_offset_at(z.id, utc_s);
}

int64_t temporal_instant_s(const DateTime *d) {
    int64_t local = d->days * SECONDS_PER_DAY + d->time.nanos / NANOS_PER_S;
    return local - temporal_offset(d->time.zone, d->days, d->time.nanos);
}

/* Seconds of a time from midnight UTC; a local time counts as UTC. */
static int64_t time_s(const Time *t) {
    int64_t offset = t->zone.kind == ZONE_NAME ? zone_offset_standard(t->zone.id) : t->zone.offset;
    return t->nanos / NANOS_PER_S - (t->zone.kind == ZONE_NONE ? 0 : offset);
}

static bool zones_fit(Zone x, Zone y) {
    return (x.kind == ZONE_NONE) == (y.kind == ZONE_NONE);
}

static int order(int64_t x, int64_t y) {
    return (x > y) - (x < y);
}

bool temporal_compare(Val x, Val y, int *cmp) {
    if (x.tag != y.tag || !val_is_temporal(x)) return false;
    if (x.tag == V_TIME) {
        const Time *s = x.p, *t = y.p;
        if (!zones_fit(s->zone, t->zone)) return false;
        *cmp = order(time_s(s), time_s(t));
    } else if (x.tag == V_DATETIME) {
        const DateTime *s = x.p, *t = y.p;
        if (!zones_fit(s->time.zone, t->time.zone)) return false;
        *cmp = order(temporal_instant_s(s), temporal_instant_s(t));
    } else {
        *cmp = order(x.i, y.i);
        if (x.tag == V_DAYS && *cmp == 0) *cmp = order(x.n, y.n);
    }
    return true;
}

/* --- durations -------------------------------------------------------------------------------- */

/* Seconds and nanoseconds, normalised; false when out of range. */
static bool days_of(int64_t s, int64_t nanos, Val *out) {
    int64_t carry = floor_div(nanos, NANOS_PER_S);
    if (__builtin_add_overflow(s, carry, &s) || s == INT64_MIN) return false;
    *out = temporal_days(s, nanos - carry * NANOS_PER_S);
    return true;
}

bool temporal_neg(Val x, Val *out) {
    if (x.i == INT64_MIN) return false;
    if (x.tag == V_MONTHS) {
        *out = temporal_months(-x.i);
        return true;
    }
    return x.tag == V_DAYS && days_of(-x.i, -(int64_t)x.n, out);
}

bool temporal_abs(Val x, Val *out) {
    if (x.tag != V_MONTHS && x.tag != V_DAYS) return false;
    if (x.i < 0) return temporal_neg(x, out);
    *out = x;
    return true;
}

static bool add_durations(Val x, Val y, Val *out) {
    int64_t s;
    if (__builtin_add_overflow(x.i, y.i, &s)) return false;
    if (x.tag == V_DAYS) return days_of(s, (int64_t)x.n + (int64_t)y.n, out);
    if (s == INT64_MIN) return false;
    *out = temporal_months(s);
    return true;
}

/* A duration as a number: months, or seconds with 9 decimals (at most 28 digits, so exact). */
static bool duration_dec(Val v, Dec *r) {
    *r = dec_int(v.i);
    if (v.tag == V_MONTHS || v.n == 0) return true;
    Dec nanos = dec_scaled(v.n, -9);
    return dec_add(r, r, &nanos);
}

/* The way back: cut toward zero to whole months or nanoseconds. */
static bool dec_duration(const Dec *d, int tag, Val *out) {
    int64_t whole, nanos = 0;
    if (!dec_trunc_i64(d, &whole)) return false;
    if (whole == INT64_MIN) return false;
    if (tag == V_MONTHS) {
        *out = temporal_months(whole);
        return true;
    }
    Dec w = dec_int(whole), rest, giga = dec_int(NANOS_PER_S);
    if (!dec_sub(&rest, d, &w) || !dec_mul(&rest, &rest, &giga)) return false;
    return dec_trunc_i64(&rest, &nanos) && days_of(whole, nanos, out);
}

static bool is_duration(Val v) {
    return v.tag == V_DAYS || v.tag == V_MONTHS;
}

bool temporal_mul(Arena *a, Val x, Val y, Val *out) {
    (void)a;
    if (val_is_num(x) && is_duration(y)) return temporal_mul(a, y, x, out);
    if (!is_duration(x) || !val_is_num(y)) return false;
    Dec d, n = val_dec(y);
    return duration_dec(x, &d) && dec_mul(&d, &d, &n) && dec_duration(&d, x.tag, out);
}

bool temporal_div(Arena *a, Val x, Val y, Val *out) {
    Dec d, n;
    if (!is_duration(x) || !duration_dec(x, &d)) return false;
    if (val_is_num(y)) {
        n = val_dec(y);
        return dec_div(&d, &d, &n) && dec_duration(&d, x.tag, out);
    }
    if (y.tag != x.tag || !duration_dec(y, &n) || !dec_div(&d, &d, &n)) return false;
    *out = val_num(a, &d);
    return true;
}

/* --- points in time and durations ------------------------------------------------------------- */

/* days + months, the day cut to the length of the month. */
static bool add_months(int64_t days, int64_t months, int64_t *out) {
    Ymd d = date_from_days(days);
    int64_t total;
    if (__builtin_add_overflow((int64_t)d.year * 12 + d.month - 1, months, &total)) return false;
    int64_t year = floor_div(total, 12);
    if (year < -YEAR_MAX || year > YEAR_MAX) return false;
    int month = (int)(total - year * 12) + 1, last = date_month_days(year, month);
    *out = date_to_days(year, month, d.day < last ? d.day : last);
    return true;
}

/* Seconds and nanoseconds of a day count plus a duration; the result in *days and *nanos. */
static bool shift(int64_t s, int64_t nanos, Val d, int64_t *days, int64_t *day_nanos) {
    nanos += d.n;
    if (__builtin_add_overflow(s, d.i, &s)) return false;
    if (nanos >= NANOS_PER_S && __builtin_add_overflow(s, 1, &s)) return false;
    *days = floor_div(s, SECONDS_PER_DAY);
    *day_nanos = (s - *days * SECONDS_PER_DAY) * NANOS_PER_S + nanos % NANOS_PER_S;
    return days_valid(*days);
}

static bool add_to_datetime(Arena *a, const DateTime *t, Val d, Val *out) {
    Zone z = t->time.zone;
    int64_t days, nanos = t->time.nanos;
    if (d.tag == V_MONTHS) {
        if (!add_months(t->days, d.i, &days)) return false;
        *out = temporal_datetime(a, days, nanos, z);
        return true;
    }
    int64_t s = t->days * SECONDS_PER_DAY + nanos / NANOS_PER_S;
    if (z.kind == ZONE_NAME) { /* through the instant */
        int64_t there;
        s -= temporal_offset(z, t->days, nanos);
        if (__builtin_add_overflow(s, d.i, &there)) return false;
        s += zone_offset_at(z.id, there);
    }
    if (!shift(s, nanos % NANOS_PER_S, d, &days, &nanos)) return false;
    *out = temporal_datetime(a, days, nanos, z);
    return true;
}

/* Point x plus duration d. */
static bool add_duration(Arena *a, Val x, Val d, Val *out) {
    int64_t days, nanos;
    if (x.tag == V_DATETIME) return add_to_datetime(a, x.p, d, out);
    if (x.tag == V_DATE) {
        bool ok = d.tag == V_MONTHS ? add_months(x.i, d.i, &days)
                                    : shift(x.i * SECONDS_PER_DAY, 0, d, &days, &nanos);
        if (ok) *out = val_date(days);
        return ok;
    }
    if (x.tag != V_TIME || d.tag != V_DAYS) return false;
    const Time *t = x.p;
    d.i %= SECONDS_PER_DAY;
    if (!shift(t->nanos / NANOS_PER_S, t->nanos % NANOS_PER_S, d, &days, &nanos)) return false;
    *out = temporal_time(a, nanos, t->zone);
    return true;
}

bool temporal_add(Arena *a, Val x, Val y, Val *out) {
    if (is_duration(x) && x.tag == y.tag) return add_durations(x, y, out);
    if (is_duration(y)) return add_duration(a, x, y, out);
    return is_duration(x) && add_duration(a, y, x, out);
}

/* A date or date-time as date-time; a date is its midnight UTC. */
static bool as_datetime(Val v, DateTime *t) {
    if (v.tag == V_DATETIME) {
        *t = *(const DateTime *)v.p;
        return true;
    }
    *t = (DateTime){.days = v.i, .time.zone.kind = ZONE_OFFSET};
    return v.tag == V_DATE;
}

bool temporal_sub(Arena *a, Val x, Val y, Val *out) {
    if (is_duration(y)) return temporal_neg(y, &y) && temporal_add(a, x, y, out);
    if (x.tag == V_DATE && y.tag == V_DATE) return days_of((x.i - y.i) * SECONDS_PER_DAY, 0, out);
    if (x.tag == V_TIME && y.tag == V_TIME) {
        const Time *s = x.p, *t = y.p;
        return zones_fit(s->zone, t->zone) &&
               days_of(time_s(s) - time_s(t), s->nanos % NANOS_PER_S - t->nanos % NANOS_PER_S, out);
    }
    DateTime s, t;
    if (!as_datetime(x, &s) || !as_datetime(y, &t) || !zones_fit(s.time.zone, t.time.zone))
        return false;
    return days_of(temporal_instant_s(&s) - temporal_instant_s(&t),
                   s.time.nanos % NANOS_PER_S - t.time.nanos % NANOS_PER_S, out);
}

bool temporal_months_between(Val from, Val to, Val *out) {
    DateTime s, t;
    if (!as_datetime(from, &s) || !as_datetime(to, &t)) return false;
    Ymd x = date_from_days(s.days), y = date_from_days(t.days);
    int64_t months = ((int64_t)y.year - x.year) * 12 + y.month - x.month;
    if (months > 0 && y.day < x.day) months--;
    if (months < 0 && y.day > x.day) months++;
    *out = temporal_months(months);
    return true;
}

/* --- properties ------------------------------------------------------------------------------- */

static bool date_property(int64_t days, Str name, Val *out) {
    Ymd d = date_from_days(days);
    if (str_eq(name, S("year")))
        *out = val_int(d.year);
    else if (str_eq(name, S("month")))
        *out = val_int(d.month);
    else if (str_eq(name, S("day")))
        *out = val_int(d.day);
    else if (str_eq(name, S("weekday")))
        *out = val_int(date_weekday(days));
    else
        return false;
    return true;
}

/* Whole seconds below 60 and a fraction, as a number. */
static Val seconds_val(Arena *a, int64_t s, int64_t nanos) {
    Dec d = dec_int(s), f = dec_scaled(nanos, -9);
    if (nanos) dec_add(&d, &d, &f);
    return val_num(a, &d);
}

/* offset: of the zone at this time, in seconds. */
static bool time_property(Arena *a, const Time *t, int32_t offset, Str name, Val *out) {
    int64_t s = t->nanos / NANOS_PER_S;
    if (str_eq(name, S("hour")))
        *out = val_int(s / 3600);
    else if (str_eq(name, S("minute")))
        *out = val_int(s / 60 % 60);
    else if (str_eq(name, S("second")))
        *out = seconds_val(a, s % 60, t->nanos % NANOS_PER_S);
    else if (str_eq(name, S("time offset")))
        *out = t->zone.kind == ZONE_NONE ? val_null() : temporal_days(offset, 0);
    else if (str_eq(name, S("timezone")))
        *out = t->zone.kind == ZONE_NAME ? val_str(zone_name(t->zone.id)) : val_null();
    else
        return false;
    return true;
}

/* The parts of a duration have its sign. */
static bool days_property(Arena *a, Val v, Str name, Val *out) {
    int64_t s = v.i, nanos = v.n;
    if (s < 0 && nanos) s++, nanos -= NANOS_PER_S; /* both parts toward zero */
    if (str_eq(name, S("days")))
        *out = val_int(s / SECONDS_PER_DAY);
    else if (str_eq(name, S("hours")))
        *out = val_int(s % SECONDS_PER_DAY / 3600);
    else if (str_eq(name, S("minutes")))
        *out = val_int(s % 3600 / 60);
    else if (str_eq(name, S("seconds")))
        *out = seconds_val(a, s % 60, nanos);
    else
        return false;
    return true;
}

bool temporal_property(Arena *a, Val v, Str name, Val *out) {
    const DateTime *dt = v.p;
    const Time *t = v.p;
    switch (v.tag) {
    case V_DATE: return date_property(v.i, name, out);
    case V_DATETIME:
        return date_property(dt->days, name, out) ||
               time_property(a, &dt->time, temporal_offset(dt->time.zone, dt->days, dt->time.nanos),
                             name, out);
    case V_TIME:
        return time_property(
            a, t, t->zone.kind == ZONE_NAME ? zone_offset_standard(t->zone.id) : t->zone.offset,
            name, out);
    case V_DAYS: return days_property(a, v, name, out);
    case V_MONTHS:
        if (str_eq(name, S("years")))
            *out = val_int(v.i / 12);
        else if (str_eq(name, S("months")))
            *out = val_int(v.i % 12);
        else
            return false;
        return true;
    default: return false;
    }
}

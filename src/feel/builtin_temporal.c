/* Functions that make dates, times and durations or take them apart (DMN 10.3.4.1, 10.3.4.7). */
#include "base/date.h"
#include "feel/builtin.h"
#include "feel/temporal.h"

/* Text that is no date, time or duration. */
static Val unreadable(Eval *e, const char *fn, Val v) {
    if (v.tag != V_STRING) return fn_type(e, fn, "from", v);
    return FEEL_NULL(e, M_FEEL_FN_TEXT, str_from(fn), val_text(v));
}

/* A singleton list is its element where one value is wanted (DMN 10.3.2.9.4). */
static Val one(Val v) {
    return v.tag == V_LIST && v.n == 1 ? val_items(v)[0] : v;
}

static bool whole(Val v, int64_t *out) {
    if (!val_is_num(v)) return false;
    Dec d = val_dec(v);
    return dec_to_i64(&d, out);
}

Val bi_date(Eval *e, const Val *args, int n) {
    static const char *const PARTS[] = {"year", "month", "day"};
    Val v = one(args[0]), out;
    if (n == 3) {
        int64_t part[3];
        for (int i = 0; i < 3; i++) {
            if (!whole(args[i], &part[i])) return fn_type(e, "date", PARTS[i], args[i]);
        }
        if (part[1] < 1 || part[1] > 12) return fn_range(e, "date", "month", args[1]);
        if (!temporal_date(part[0], part[1], part[2], &out))
            return fn_range(e, "date", part[2] < 1 || part[2] > 28 ? "day" : "year",
                            part[2] < 1 || part[2] > 28 ? args[2] : args[0]);
        return out;
    }
    if (v.tag == V_DATE) return v;
    if (v.tag == V_DATETIME) return val_date(((const DateTime *)v.p)->days);
    if (v.tag == V_STRING && temporal_parse_date(val_text(v), &out)) return out;
    return unreadable(e, "date", v);
}

static const Zone UTC = {.kind = ZONE_OFFSET};

static Val time_of_parts(Eval *e, const Val *args, int n) {
    int64_t hour, minute, second, nanos;
    Val offset = arg_at(args, n, 3);
    if (!whole(args[0], &hour)) return fn_type(e, "time", "hour", args[0]);
    if (!whole(args[1], &minute)) return fn_type(e, "time", "minute", args[1]);
    if (!val_is_num(args[2])) return fn_type(e, "time", "second", args[2]);
    Dec d = val_dec(args[2]), giga = dec_int(NANOS_PER_S);
    if (hour < 0 || hour > 23) return fn_range(e, "time", "hour", args[0]);
    if (minute < 0 || minute > 59) return fn_range(e, "time", "minute", args[1]);
    if (dec_sign(&d) < 0 || !dec_trunc_i64(&d, &second) || second > 59)
        return fn_range(e, "time", "second", args[2]);
    if (!dec_mul(&d, &d, &giga) || !dec_trunc_i64(&d, &nanos)) return fn_result(e, "time");
    Zone zone = {.kind = ZONE_NONE};
    if (offset.tag != V_NULL) {
        if (offset.n || offset.i > 18 * 3600 || offset.i < -18 * 3600)
            return fn_range(e, "time", "offset", offset);
        zone = (Zone){.kind = ZONE_OFFSET, .offset = (int32_t)offset.i};
    }
    return temporal_time(e->arena, (hour * 3600 + minute * 60) * NANOS_PER_S + nanos, zone);
}

Val bi_time(Eval *e, const Val *args, int n) {
    if (n > 1) return time_of_parts(e, args, n);
    Val v = one(args[0]), out;
    if (v.tag == V_TIME) return v;
    if (v.tag == V_DATE) return temporal_time(e->arena, 0, UTC);
    if (v.tag == V_DATETIME) return (Val){.tag = V_TIME, .p = &((const DateTime *)v.p)->time};
    if (v.tag == V_STRING && temporal_parse_time(e->arena, val_text(v), &out)) return out;
    return unreadable(e, "time", v);
}

Val bi_date_and_time(Eval *e, const Val *args, int n) {
    Val v = one(args[0]), out;
    if (n == 2) {
        if (v.tag != V_DATE && v.tag != V_DATETIME) return fn_type(e, "date and time", "date", v);
        if (args[1].tag != V_TIME) return fn_type(e, "date and time", "time", args[1]);
        const Time *t = args[1].p;
        int64_t days = v.tag == V_DATE ? v.i : ((const DateTime *)v.p)->days;
        return temporal_datetime(e->arena, days, t->nanos, t->zone);
    }
    if (v.tag == V_DATETIME) return v;
    if (v.tag == V_DATE) return temporal_datetime(e->arena, v.i, 0, UTC);
    if (v.tag == V_STRING && temporal_parse_datetime(e->arena, val_text(v), &out)) return out;
    return unreadable(e, "date and time", v);
}

Val bi_duration(Eval *e, const Val *args, int n) {
    (void)n;
    Val v = one(args[0]), out;
    if (v.tag == V_DAYS || v.tag == V_MONTHS) return v;
    if (v.tag == V_STRING && temporal_parse_duration(val_text(v), &out)) return out;
    return unreadable(e, "duration", v);
}

Val bi_ym_duration(Eval *e, const Val *args, int n) {
    (void)n;
    Val from = one(args[0]), to = one(args[1]), out;
    if (temporal_months_between(from, to, &out)) return out;
    bool first = from.tag != V_DATE && from.tag != V_DATETIME;
    return fn_type(e, "years and months duration", first ? "from" : "to", first ? from : to);
}

/* The local date of a date or date and time; false with *out the null otherwise. */
static bool days_of_arg(Eval *e, const char *fn, Val v, int64_t *days, Val *out) {
    v = one(v);
    if (v.tag == V_DATE)
        *days = v.i;
    else if (v.tag == V_DATETIME)
        *days = ((const DateTime *)v.p)->days;
    else
        *out = fn_type(e, fn, "date", v);
    return v.tag == V_DATE || v.tag == V_DATETIME;
}

Val bi_day_of_year(Eval *e, const Val *args, int n) {
    (void)n;
    int64_t days;
    Val out;
    if (!days_of_arg(e, "day of year", args[0], &days, &out)) return out;
    return val_int(days - date_to_days(date_from_days(days).year, 1, 1) + 1);
}

Val bi_day_of_week(Eval *e, const Val *args, int n) {
    static const Str NAMES[] = {STR_INIT("Monday"),   STR_INIT("Tuesday"), STR_INIT("Wednesday"),
                                STR_INIT("Thursday"), STR_INIT("Friday"),  STR_INIT("Saturday"),
                                STR_INIT("Sunday")};
    (void)n;
    int64_t days;
    Val out;
    if (!days_of_arg(e, "day of week", args[0], &days, &out)) return out;
    return val_str(NAMES[date_weekday(days) - 1]);
}

Val bi_month_of_year(Eval *e, const Val *args, int n) {
    static const Str NAMES[] = {STR_INIT("January"), STR_INIT("February"), STR_INIT("March"),
                                STR_INIT("April"),   STR_INIT("May"),      STR_INIT("June"),
                                STR_INIT("July"),    STR_INIT("August"),   STR_INIT("September"),
                                STR_INIT("October"), STR_INIT("November"), STR_INIT("December")};
    (void)n;
    int64_t days;
    Val out;
    if (!days_of_arg(e, "month of year", args[0], &days, &out)) return out;
    return val_str(NAMES[date_from_days(days).month - 1]);
}

/* ISO 8601: the week belongs to the year that holds its Thursday. */
Val bi_week_of_year(Eval *e, const Val *args, int n) {
    (void)n;
    int64_t days;
    Val out;
    if (!days_of_arg(e, "week of year", args[0], &days, &out)) return out;
    int64_t thursday = days - date_weekday(days) + 4;
    return val_int((thursday - date_to_days(date_from_days(thursday).year, 1, 1)) / 7 + 1);
}

/* The clock of the evaluation in its zone; without a zone, UTC. */
static DateTime clock_now(const Eval *e) {
    int64_t s = e->now_ns / NANOS_PER_S - (e->now_ns % NANOS_PER_S < 0);
    int64_t nanos = e->now_ns - s * NANOS_PER_S;
    Zone zone = e->zone.kind == ZONE_NONE ? UTC : e->zone;
    s += temporal_offset_at(zone, s);
    int64_t days = s / SECONDS_PER_DAY - (s % SECONDS_PER_DAY < 0);
    nanos += (s - days * SECONDS_PER_DAY) * NANOS_PER_S;
    return (DateTime){.days = days, .time = {.nanos = nanos, .zone = zone}};
}

Val bi_now(Eval *e, const Val *args, int n) {
    (void)args, (void)n;
    DateTime now = clock_now(e);
    return temporal_datetime(e->arena, now.days, now.time.nanos, now.time.zone);
}

Val bi_today(Eval *e, const Val *args, int n) {
    (void)args, (void)n;
    return val_date(clock_now(e).days);
}

/* The calendar of working days. See calendar.h. Coverage is whole years: a notice always speaks of
 * one year, and a December day named in the notice of the next year belongs to its own year. */
#include "city/flow/calendar.h"

#include <stdlib.h>

#include "base/date.h"
#include "city/pack_parse.h"
#include "codec/csv.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 24 * 3600 * 1000, WALK_MAX = 40000, COLUMNS = 4 };

int64_t china_day(int64_t ms) {
    int64_t local = ms + CHINA_MS;
    return local >= 0 ? local / DAY_MS : -((-local + DAY_MS - 1) / DAY_MS);
}

const Calendar *pack_calendar(const PackSet *p) {
    return p->calendar;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static bool bad_row(Ctx *c, const PackFile *f, const CsvRow *row, Str value) {
    return FAIL_AT(c, ERR_INPUT, pack_place(c->arena, f, (uint32_t)row->line), M_CALENDAR_ROW,
                   value);
}

static bool read_row(Ctx *c, const PackSet *p, const PackFile *f, const CsvRow *row,
                     CalendarDay *out) {
    int64_t day;
    Str kind = row->n == COLUMNS ? str_trim(row->cells[1]) : S("");
    if (row->n != COLUMNS || row->problem != MSG_NONE) return bad_row(c, f, row, S(""));
    if (!date_parse(str_trim(row->cells[0]), &day)) return bad_row(c, f, row, row->cells[0]);
    bool working = str_eq(kind, S("working"));
    if (!working && !str_eq(kind, S("holiday"))) return bad_row(c, f, row, kind);
    const Document *d = pack_document(p, str_trim(row->cells[3]));
    if (!d) return bad_row(c, f, row, row->cells[3]);
    *out = (CalendarDay){.day = day,
                         .working = working,
                         .name = str_dup(c->arena, str_trim(row->cells[2])),
                         .document = d};
    return true;
}

static bool read_file(Ctx *c, const PackSet *p, const PackFile *f, Calendar *k, int *cap) {
    CsvRow row;
    Csv csv = csv_open(c->arena, f->bytes, ',');
    csv_next(&csv, &row); /* day,kind,name,document */
    while (csv_next(&csv, &row)) {
        if (row.n == 1 && str_trim(row.cells[0]).n == 0) continue;
        GROW(c->arena, k->days, k->n, *cap);
        if (!read_row(c, p, f, &row, &k->days[k->n])) return false;
        k->n++;
    }
    return true;
}

static int by_day(const void *x, const void *y) {
    const CalendarDay *a = x, *b = y;
    return (a->day > b->day) - (a->day < b->day);
}

/* A year is covered when its notice gives at least its 1 January. */
static bool check_days(Ctx *c, Calendar *k) {
    for (int i = 0; i < k->n; i++) {
        Ymd d = date_from_days(k->days[i].day);
        if (i && k->days[i].day == k->days[i - 1].day)
            return FAIL(c, ERR_INPUT, M_CALENDAR_TWICE, date_text(c->arena, k->days[i].day));
        if (d.month != 1 || d.day != 1 || k->days[i].working) continue;
        if (k->to_year && d.year != k->to_year + 1)
            return FAIL(c, ERR_INPUT, M_CALENDAR_GAP, str_printf(c->arena, "%d", k->to_year + 1));
        if (!k->from_year) k->from_year = d.year;
        k->to_year = d.year;
    }
    return true;
}

bool calendar_parse(Ctx *c, PackSet *p) {
    Calendar *k = NEW(c->arena, Calendar);
    int cap = 0;
    for (int i = 0; i < p->nfiles; i++)
        if (str_eq(p->files[i].path, S("calendar.csv")) && !read_file(c, p, &p->files[i], k, &cap))
            return false;
    if (k->n) qsort(k->days, (size_t)k->n, sizeof *k->days, by_day);
    p->calendar = k;
    return check_days(c, k);
}

/* --- asking ------------------------------------------------------------------------------------
 */

static bool covered(const Calendar *k, int64_t day) {
    Ymd d = date_from_days(day);
    return k->from_year && d.year >= k->from_year && d.year <= k->to_year;
}

bool calendar_covers(const Calendar *k, int64_t from, int64_t to) {
    return covered(k, from) && covered(k, to);
}

bool workday_is(Ctx *c, const Calendar *k, int64_t day, bool *working) {
    int lo = 0, hi = k->n;
    *working = date_weekday(day) <= 5;
    if (!covered(k, day)) {
        Str year = str_printf(c->arena, "%d", date_from_days(day).year);
        Str span = k->from_year ? str_printf(c->arena, "%d–%d", k->from_year, k->to_year) : S("-");
        return FAIL(c, ERR_RULE, M_CALENDAR_YEAR, year, span);
    }
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (k->days[mid].day < day)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < k->n && k->days[lo].day == day) *working = k->days[lo].working;
    return true;
}

bool workday_add(Ctx *c, const Calendar *k, int64_t day, int n, int64_t *out) {
    int step = n < 0 ? -1 : 1, left = n < 0 ? -n : n;
    bool working;
    *out = day;
    if (left > WALK_MAX) return FAIL(c, ERR_LIMIT, M_CALENDAR_FAR);
    if (!workday_is(c, k, day, &working)) return false;
    if (n == 0 && working) return true;
    if (n == 0) left = 1;
    while (left > 0) {
        day += step;
        if (!workday_is(c, k, day, &working)) return false;
        left -= working;
    }
    *out = day;
    return true;
}

bool workday_between(Ctx *c, const Calendar *k, int64_t from, int64_t to, int *out) {
    bool working, back = to < from;
    int n = 0;
    int64_t lo = back ? to : from, hi = back ? from : to;
    *out = 0;
    if (!workday_is(c, k, lo, &working) || !workday_is(c, k, hi, &working)) return false;
    for (int64_t day = lo + 1; day <= hi; day++) {
        if (!workday_is(c, k, day, &working)) return false;
        n += working;
    }
    *out = back ? -n : n;
    return true;
}

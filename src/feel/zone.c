/* Time zones. See zone.h. The table is read-only: transitions up to the last one listed, behind it
 * the tail rule of the zone (RFC 9636, section 3.3). */
#include "feel/zone.h"

#include "base/date.h"

typedef struct ZoneDay {
    char kind; /* 'M' month.week.weekday, 'J' day 1…365 without leap day, 'N' day 0…365 */
    int month, week, day;
    int seconds; /* after local midnight; may be negative or beyond a day */
} ZoneDay;
typedef struct ZoneData {
    int first, count; /* of ZONE_AT and ZONE_AT_TYPE */
    int types;        /* first of ZONE_TYPES */
    int std, dst;     /* tail rule: offsets in seconds */
    int has_dst;
    ZoneDay start, end;
} ZoneData;
typedef struct ZoneName {
    const char *name;
    int data;
} ZoneName;
#include "zone_table.h"

enum { ZONES = sizeof ZONE_NAMES / sizeof ZONE_NAMES[0], DAY_S = 86400 };

bool zone_find(Str name, uint16_t *id) {
    int lo = 0, hi = ZONES - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        int cmp = str_cmp(name, str_from(ZONE_NAMES[mid].name));
        if (cmp == 0) {
            *id = (uint16_t)mid;
            return true;
        }
        if (cmp < 0)
            hi = mid - 1;
        else
            lo = mid + 1;
    }
    return false;
}

Str zone_name(uint16_t id) {
    return id < ZONES ? str_from(ZONE_NAMES[id].name) : S("");
}

static const ZoneData *data_of(uint16_t id) {
    return &ZONE_DATA[ZONE_NAMES[id < ZONES ? id : 0].data];
}

/* The day a rule names in a year, in days since 1970-01-01. */
static int64_t rule_day(const ZoneDay *r, int64_t year) {
    int64_t jan1 = date_to_days(year, 1, 1);
    if (r->kind == 'N') return jan1 + r->day;
    if (r->kind == 'J') return jan1 + r->day - 1 + (r->day >= 60 && date_is_leap(year));
    int64_t first = date_to_days(year, r->month, 1);
    int day = (r->day - date_weekday(first) % 7 + 7) % 7 + 7 * (r->week - 1);
    int last = date_month_days(year, r->month) - 1;
    while (day > last) day -= 7;
    return first + day;
}

static int32_t tail_offset(const ZoneData *z, int64_t utc_s) {
    if (!z->has_dst) return z->std;
    int64_t local = utc_s + z->std;
    int64_t day = local / DAY_S - (local % DAY_S < 0);
    int64_t year = date_from_days(day).year;
    int64_t start = rule_day(&z->start, year) * DAY_S + z->start.seconds - z->std;
    int64_t end = rule_day(&z->end, year) * DAY_S + z->end.seconds - z->dst;
    bool dst = start < end ? utc_s >= start && utc_s < end : utc_s >= start || utc_s < end;
    return dst ? z->dst : z->std;
}

int32_t zone_offset_at(uint16_t id, int64_t utc_s) {
    const ZoneData *z = data_of(id);
    const int64_t *at = ZONE_AT + z->first;
    if (z->count == 0 || utc_s >= at[z->count - 1]) return tail_offset(z, utc_s);
    if (utc_s < at[0]) return ZONE_TYPES[z->types];
    int lo = 0, hi = z->count - 1; /* at[lo] <= utc_s < at[hi] */
    while (hi - lo > 1) {
        int mid = (lo + hi) / 2;
        if (at[mid] <= utc_s)
            lo = mid;
        else
            hi = mid;
    }
    return ZONE_TYPES[z->types + ZONE_AT_TYPE[z->first + lo]];
}

int32_t zone_offset_local(uint16_t id, int64_t local_s) {
    int32_t before = zone_offset_at(id, local_s - DAY_S);
    int32_t after = zone_offset_at(id, local_s + DAY_S);
    if (before == after && zone_offset_at(id, local_s - before) == before) return before;
    int32_t best = before;
    bool found = false;
    const int32_t tries[] = {before, after, zone_offset_at(id, local_s - before),
                             zone_offset_at(id, local_s - after)};
    for (int i = 0; i < 4; i++) {
        if (zone_offset_at(id, local_s - tries[i]) != tries[i]) continue;
        if (!found || tries[i] > best) best = tries[i];
        found = true;
    }
    return best;
}

int32_t zone_offset_standard(uint16_t id) {
    return data_of(id)->std;
}

Str zone_table_version(void) {
    return S(ZONE_VERSION);
}

/* Dates, times and durations of FEEL (DMN 10.3.2.3.4 to 10.3.2.3.9): text, arithmetic, properties.
 *
 * Years run from -999,999,999 to 999,999,999. 24:00:00 is read as midnight of the next day. A date
 * and time with an offset or a zone denotes an instant: days and time durations are added to the
 * instant, years and months to the local date (the day is cut to the length of the month). A time
 * with a zone name and no date has the zone's standard offset. Local times skipped or repeated by
 * a zone: see zone_offset_local. Values without zone and values with one are not comparable and
 * have no difference. A date takes part in arithmetic with a date and time as midnight UTC.
 */
#ifndef JIXIA_FEEL_TEMPORAL_H
#define JIXIA_FEEL_TEMPORAL_H
#include "feel/value.h"

enum { NANOS_PER_S = 1000000000, SECONDS_PER_DAY = 86400 };

/* Reading. False when the text is malformed or out of range; the whole text must match. */
bool temporal_parse_date(Str s, Val *out);           /* "2021-06-30", "-2016-01-01" */
bool temporal_parse_time(Arena *a, Str s, Val *out); /* "10:30:00.5+08:00", "…@Asia/Shanghai" */
bool temporal_parse_datetime(Arena *a, Str s, Val *out); /* also a bare date: its midnight */
bool temporal_parse_duration(Str s, Val *out);           /* "P1DT2H3M4.5S", "-P1Y2M" */
/* Text of an at-literal without @ and quotes: any of the above (a bare date is a date). */
bool temporal_parse_literal(Arena *a, Str text, Val *out);

/* A zone alone: "Z", "+08:00", "Asia/Shanghai". */
bool temporal_parse_zone(Str text, Zone *out);

/* Writes the ISO form of a date, time, date and time or duration (normalised). */
void temporal_print(Buf *b, Val v);

/* Making. False when a part is out of range. */
bool temporal_date(int64_t year, int64_t month, int64_t day, Val *out);
Val temporal_time(Arena *a, int64_t nanos, Zone zone);                   /* nanos of the day */
Val temporal_datetime(Arena *a, int64_t days, int64_t nanos, Zone zone); /* parts must be valid */
Val temporal_days(int64_t seconds, int64_t nanos); /* nanos 0 … 999,999,999 */
Val temporal_months(int64_t months);

/* Arithmetic of DMN tables 52 to 55, where at least one operand is temporal. False when the kinds
 * do not fit or the result is out of range; the evaluator then gives null. */
bool temporal_add(Arena *a, Val x, Val y, Val *out);
bool temporal_sub(Arena *a, Val x, Val y, Val *out);
bool temporal_mul(Arena *a, Val x, Val y, Val *out); /* duration and number, either order */
bool temporal_div(Arena *a, Val x, Val y, Val *out); /* duration / number, duration / duration */
bool temporal_neg(Val x, Val *out);                  /* of a duration */
bool temporal_abs(Val x, Val *out);                  /* of a duration */

/* Order of two values of one temporal kind by whole seconds (times, date-times) or exactly (dates,
 * durations); false when they cannot be compared. */
bool temporal_compare(Val x, Val y, int *cmp);
/* The instant of a date and time, in seconds since 1970-01-01T00:00:00Z; a local value counts as
 * UTC. Nanoseconds are the value's own. */
int64_t temporal_instant_s(const DateTime *d);
/* Offset of a zone at a local date and time; 0 for ZONE_NONE. */
int32_t temporal_offset(Zone z, int64_t days, int64_t nanos);

/* Offset of a zone at an instant (seconds since 1970-01-01T00:00:00Z); 0 for ZONE_NONE. */
int32_t temporal_offset_at(Zone z, int64_t utc_s);

/* The property of a temporal value: year month day weekday hour minute second `time offset`
 * timezone years months days hours minutes seconds (DMN table 65). A property the kind has but the
 * value lacks is null (true is returned); false when the kind has no such property. */
bool temporal_property(Arena *a, Val v, Str name, Val *out);

/* Whole months between two dates or date-times (date part; the time of day does not count): from
 * the first to the second, negative when the second is earlier. */
bool temporal_months_between(Val from, Val to, Val *out);

static inline bool val_is_temporal(Val v) {
    return v.tag >= V_DATE && v.tag <= V_MONTHS;
}
#endif

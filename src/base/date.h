/* Calendar dates: proleptic Gregorian, years -999,999,999 to 999,999,999. Days count from
 * 1970-01-01. The civil-day formulas are Howard Hinnant's (chrono-compatible date algorithms). */
#ifndef JIXIA_BASE_DATE_H
#define JIXIA_BASE_DATE_H
#include "base/str.h"

typedef struct Ymd {
    int32_t year, month, day;
} Ymd;

int64_t date_to_days(int64_t year, int month, int day);
Ymd date_from_days(int64_t days);
bool date_is_leap(int64_t year);
int date_month_days(int64_t year, int month);
bool date_valid(int64_t year, int month, int day);
/* 1 Monday … 7 Sunday. */
int date_weekday(int64_t days);
/* The stored form of a date: the integer yyyymmdd (years 0001 to 9999). */
int32_t date_to_int(int64_t days);
/* False when n is not a date that exists. */
bool date_from_int(int64_t n, int64_t *days);
/* "2021-06-30" exactly; false for anything else, also for 2021-02-30. */
bool date_parse(Str s, int64_t *days);
/* ISO text, "2021-06-30"; at least four year digits. */
Str date_text(Arena *a, int64_t days);
/* RFC 3339 in UTC with milliseconds when not zero: "2021-06-30T08:00:00Z". */
Str instant_text(Arena *a, int64_t ms);
/* RFC 3339 with Z or an offset, or a bare date (its midnight UTC); false when malformed. */
bool instant_parse(Str s, int64_t *ms);
#endif

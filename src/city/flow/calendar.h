/* Working days 工作日 with 调休: packs/cn/calendar.csv (day, kind, name, document), made from the
 * yearly notices of the State Council on holidays. Saturdays and Sundays are free unless the notice
 * makes them working days; other days are worked unless it makes them free. A year without a notice
 * is not covered: asking about it is an error (ERR_RULE), never a guess.
 */
#ifndef JIXIA_CITY_FLOW_CALENDAR_H
#define JIXIA_CITY_FLOW_CALENDAR_H
#include "city/pack.h"

typedef struct CalendarDay {
    int64_t day; /* since 1970-01-01 */
    bool working;
    Str name; /* 春节 */
    const Document *document;
} CalendarDay;

typedef struct Calendar {
    CalendarDay *days; /* ascending, each once */
    int n;
    int from_year, to_year; /* covered, inclusive, without a gap; 0: none */
} Calendar;

/* The calendar of a pack set (its packs' calendar.csv together), in the set's arena. A row out of
 * form, a day given twice, a year missing in between, an unknown document fail with file and line.
 * A set without calendar.csv gets one that covers nothing. */
bool calendar_parse(Ctx *c, PackSet *p);
/* The calendar of a pack set; never NULL. */
const Calendar *pack_calendar(const PackSet *p);

/* Whether a day is a working day. False with a failure when its year is not covered. */
bool workday_is(Ctx *c, const Calendar *k, int64_t day, bool *working);
/* The n-th working day after `day` (n ≥ 1; the day itself is not counted, 《民法典》201条: 开始的当
 * 日不计入); n = 0: the day itself when it is worked, else the next working day. n < 0: before it.
 */
bool workday_add(Ctx *c, const Calendar *k, int64_t day, int n, int64_t *out);
/* How many working days lie in (from, to]; negative when to < from: then those in (to, from]. */
bool workday_between(Ctx *c, const Calendar *k, int64_t from, int64_t to, int *out);
/* Whether all days from the first of these to the last lie in covered years; records nothing. */
bool calendar_covers(const Calendar *k, int64_t from, int64_t to);
/* The calendar day in China of an instant. */
int64_t china_day(int64_t ms);
#endif

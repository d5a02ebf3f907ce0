/* Watches 关注: a person watches an enterprise under a rule and is told when it crosses a line: its
 * outcome changed between two looks, or a condition of the rule turned. A look is taken after facts
 * were published, when somebody asks, and when the day changes. Functions that write run inside the
 * caller's DB_WRITE transaction and add their journal entry.
 */
#ifndef JIXIA_CITY_LIBRARY_WATCH_H
#define JIXIA_CITY_LIBRARY_WATCH_H
#include "city/register.h"
#include "city/user.h"

enum { WATCH_MOST = 5000 }; /* of one person */

typedef struct Watch {
    int64_t id, user, subject /* the root */, since_ms;
    Str rule, note;
    Str outcome; /* seen last; empty: not looked yet */
    int64_t seen_ms;
} Watch;

typedef struct WatchEvent {
    int64_t id, subject, at_ms, seq, seq_before;
    Str rule;
    Str condition; /* name of the condition's decision; empty: the outcome of the rule */
    Str was, now;
    int32_t day;
} WatchEvent;

/* Watches an enterprise under a rule; the id of the watch that stands when it is watched already, 0
 * on failure. */
int64_t watch_add(Db *db, const Register *reg, int64_t user, int64_t subject, Str rule, Str note,
                  const Act *act);
/* ERR_MISSING when it is none of this person's, or ended. */
bool watch_end(Db *db, int64_t user, int64_t id, const Act *act);
bool watch_list(Db *db, int64_t user, Watch **out, int *n);
/* What happened to what a person watches, since it is watched; newest first. */
bool watch_events(Db *db, int64_t user, int most, WatchEvent **out, int *n);

typedef struct WatchRun {
    int looked, events;
} WatchRun;
/* Looks at every pair that is watched, on a day (yyyymmdd), and records and tells what was crossed.
 * The first look only remembers. In a transaction of its own for each pair; repeating it adds
 * nothing. */
bool watch_run(Db *db, const Register *reg, int32_t day, WatchRun *out);
/* watch_run when facts were published, or the day changed, since the last one. */
bool watch_tick(Db *db, const Register *reg, int32_t day, WatchRun *out);
#endif

/* What the files about people share: days, states, scopes. Internal to city/people and to the pages
 * about people. */
#ifndef JIXIA_CITY_PEOPLE_H
#define JIXIA_CITY_PEOPLE_H
#include "base/date.h"
#include "city/user.h"

/* Today in China, yyyymmdd. */
static inline int32_t people_today(const Ctx *c) {
    return date_to_int((c->now_ms + 8 * 3600000) / 86400000);
}
/* A text that a person must give: trimmed, at most `most` bytes; ERR_RULE with the field's name as
 * the argument when it is empty, too long or no UTF-8. */
bool people_text(Ctx *c, Str name, Str *text, ptrdiff_t most);
/* A journal entry on kind:id. */
bool people_journal(Db *db, const Act *act, const char *action, const char *kind, int64_t id,
                    Str content);
#endif

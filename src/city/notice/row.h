/* What the files of notices share. */
#ifndef JIXIA_CITY_NOTICE_ROW_H
#define JIXIA_CITY_NOTICE_ROW_H
#include "city/notice/notice.h"

/* NULL for 0: an id, a day or a number that is not there. */
static inline DbVal db_in(int64_t v) {
    return v ? db_i(v) : db_n();
}

bool notice_journal(Db *db, const PublicNotice *n, const char *action, Str content, const Act *act);
/* Canonical JSON. */
Str notice_content_text(Arena *a, const Json *content);
Str notice_title(Ctx *c, const Json *content);
/* ERR_STALE unless one row was changed. */
bool notice_saved(Ctx *c, int64_t changed);
bool notice_wrong_state(Ctx *c, const PublicNotice *n);
/* A new object with a member changed or added. */
Json *notice_with(Arena *a, const Json *object, Str key, Json *value);
#endif

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
/* Empty, or something like http(s)://… without blanks. */
bool notice_is_address(Str url);
/* A new object with a member changed or added. */
Json *notice_with(Arena *a, const Json *object, Str key, Json *value);

/* Fields that the program fills in; the template's `computed` says which. 0: not known yet. */
typedef struct PaperComputed {
    int32_t from_day, to_day, issued;
    int days, firms;
} PaperComputed;
/* The values of a content with those. */
Json *paper_computed(Arena *a, const Json *content, const PaperComputed *is);
/* Fields without a value, the computed ones left out. */
Json *paper_unfilled(Ctx *c, const Json *content);
/* ERR_RULE naming them when there are any. */
bool paper_filled(Ctx *c, const Json *content);
/* The content of a draft from a template: blocks, values, what else it says; NULL on failure. */
Json *paper_content(Ctx *c, const Json *template, const Json *values);
#endif

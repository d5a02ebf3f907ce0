/* What the files of letters share. */
#ifndef JIXIA_CITY_NOTICE_LETTER_ROW_H
#define JIXIA_CITY_NOTICE_LETTER_ROW_H
#include "city/notice/letter.h"

bool letter_journal(Db *db, const Letter *l, const char *action, Str content, const Act *act);
bool letter_wrong_state(Ctx *c, const Letter *l);
/* The firms a content holds, and the other way. */
PaperFirm *letter_firms(Arena *a, const Letter *l, int *n);
Json *letter_firms_json(Arena *a, const PaperFirm *firms, int n);
bool letter_check(Ctx *c, const Letter *l);
#endif

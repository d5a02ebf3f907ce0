/* Records entered by a person (POST /titles, jixia title grant): from papers and from the time
 * before Jixia. */
#ifndef JIXIA_CITY_LIBRARY_TITLE_HAND_H
#define JIXIA_CITY_LIBRARY_TITLE_HAND_H
#include "city/library/title.h"
#include "city/register.h"

/* title_record for a person; its id, 0 on failure. 在库 comes in by a case; entered by hand it
 * names its paper (document_number or document) and the cause (act->reason), ERR_INPUT, and is
 * refused with the number of the case while one is open that would grant the firm that tier and
 * level, ERR_STATE. Such a record is marked (Title.by_hand). */
int64_t title_record_by_hand(Db *db, const Register *reg, const TitleNew *t, const Act *act);
#endif

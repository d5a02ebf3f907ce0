/* Effects of flows on notices, objections and letters (city/flow/effects.h; docs/notices.md).
 * Values of an entry as in effect_value.h; in `values` also 公示.NAME: a value of the notice the
 * case is about. */
#ifndef JIXIA_CITY_NOTICE_EFFECT_H
#define JIXIA_CITY_NOTICE_EFFECT_H
#include "city/flow/case.h"
#include "city/notice/paper.h"

/* notice.draft {flow, where: [STATE…], template, days, group, note, values: {NAME: VALUE}}: a draft
 * with the enterprises of the cases below in these states that no standing notice of the round
 * names yet; group, note: fields of these cases. ERR_STATE while the round has a draft. */
bool effect_notice_draft(Db *db, const CaseStep *s, const Json *args);
/* notice.publish {from}: the draft of the case's round. notice.conclude: the one published. */
bool effect_notice_publish(Db *db, const CaseStep *s, const Json *args);
bool effect_notice_conclude(Db *db, const CaseStep *s, const Json *args);
/* objection.link {receipt}: the objection with this receipt is handled by this case from now on.
 * objection.close {outcome: upheld|dismissed|withdrawn, answer}: closes it, with the reason of the
 * act when there is no answer. */
bool effect_objection_link(Db *db, const CaseStep *s, const Json *args);
bool effect_objection_close(Db *db, const CaseStep *s, const Json *args);
/* letter.draft and letter.send {template, to: firm | objector | TEXT, way, body, values, flow,
 * where}: drafts a letter of the case, and sends it. flow and where: its list, as for notice.draft
 * (of these, enterprises held by an objection are left out). */
bool effect_letter_draft(Db *db, const CaseStep *s, const Json *args);
bool effect_letter_send(Db *db, const CaseStep *s, const Json *args);

extern const char *const NOTICE_DRAFT_KEYS[],
    *const NOTICE_PUBLISH_KEYS[], *const OBJECTION_LINK_KEYS[], *const OBJECTION_CLOSE_KEYS[],
                                                                    *const LETTER_KEYS[];

/* What a list is taken from: {flow, where}, with fields for group and note. unnamed: without those
 * of standing notices of the round; unheld: without those held by an objection. */
typedef struct FirmWish {
    bool unnamed, unheld;
} FirmWish;
bool effect_firms(Db *db, const CaseStep *s, const Json *args, FirmWish wish, PaperFirm **out,
                  int *n);
/* The object of an entry with its values looked up; empty ones are left out. notice: whose values
 * 公示.NAME means, 0: none. NULL on failure. */
Json *effect_values(Db *db, const CaseStep *s, const Json *object, int64_t notice);
/* The round a case belongs to: its parent, else itself. */
int64_t effect_round(const CaseStep *s);
#endif

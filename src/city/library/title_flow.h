/* Titles in flows: effects of acts, and what guards can ask under 称号. See docs/library-titles.md.
 *
 * Values of an effect's entry are texts; 数据.NAME stands for the case's data, 参数.NAME for its
 * round's (the parent's), today for the day of the act. The act's reason and code are the event's.
 */
#ifndef JIXIA_CITY_LIBRARY_TITLE_FLOW_H
#define JIXIA_CITY_LIBRARY_TITLE_FLOW_H
#include "city/flow/case.h"
#include "feel/value.h"

/* title.grant {kind, tier, level, name, publisher, document_number, document, from, to | last}:
 * records a title of the case's subject; from: today when absent; to: the first day it no longer
 * holds; last: the last day it holds, as papers say it. */
bool effect_title_grant(Db *db, const CaseStep *s, const Json *args);
/* title.renew {…which, to | last}, title.suspend {…which, to | last}, title.resume {…which},
 * title.end {…which, how: remove|revoke|expire, bar_until}. Which: the title this case recorded;
 * else kind, tier and level say which of the subject's titles. */
bool effect_title_renew(Db *db, const CaseStep *s, const Json *args);
bool effect_title_suspend(Db *db, const CaseStep *s, const Json *args);
bool effect_title_resume(Db *db, const CaseStep *s, const Json *args);
bool effect_title_end(Db *db, const CaseStep *s, const Json *args);
extern const char *const TITLE_GRANT_KEYS[], *const TITLE_EVENT_KEYS[];

/* 称号: 有效 (list of {称号, 级别, 方式, 状态, 自, 至}; 至: the first day it no longer holds,
 * null), 梯队 (names of tiers held), 曾有 (ever held, ended ones too), 限制 (barred), 限制至 (the
 * first day it may apply again; null). */
bool title_context(Db *db, const Register *reg, const CaseFile *k, Val *out);
extern const char *const TITLE_MEMBERS[];
#endif

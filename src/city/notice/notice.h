/* Public notices 公示: drafted from a list of firms, published with a period in working days,
 * frozen, concluded when the period is over.
 *
 * A draft holds blocks with fields (paper.h), values, the firms. Publishing fills them in, masks
 * personal data (mask.h) and freezes the result as canonical JSON with its SM3; those bytes never
 * change. A correction is a new notice that names the old one. What becomes known afterwards
 * (document number, address on the site, stamped scan, day of taking down) stands beside it.
 * The number of working days is entered for each notice: no source fixes it (依据待补).
 *
 * An objection holds the firm it is about and no other (objection.h): concluding a notice makes
 * final who has none, the others when theirs is closed.
 */
#ifndef JIXIA_CITY_NOTICE_NOTICE_H
#define JIXIA_CITY_NOTICE_NOTICE_H
#include "city/notice/paper.h"
#include "city/register.h"

enum { NOTICE_DAYS_MAX = 60, NOTICE_PERSONS_MAX = 200, NOTICE_URL_MAX = 500 };

/* Append only: stored as numbers. */
typedef enum NoticeState {
    NOTICE_DRAFT,
    NOTICE_PUBLISHED,
    NOTICE_CONCLUDED,
    NOTICE_TAKEN_DOWN, /* by the day set for it, or by a person */
    NOTICE_DROPPED,    /* a draft given up */
    NOTICE_STATES
} NoticeState;

/* Days are yyyymmdd, 0: none. */
typedef struct PublicNotice {
    int64_t id, version;
    NoticeState state;
    int64_t round;                 /* the case it was drafted from, 0: none */
    int64_t replaces, replaced_by; /* 0: none */
    Str template_id, title;
    const Json *content; /* {blocks, values, persons, computed, date_form, objection_flow} */
    int working_days;    /* 0: not entered yet */
    int32_t from_day, to_day, take_down_day;
    Str sm3, number, site_url, scan_sm3, scan_name, owner, published_by, ended_by;
    int64_t created_ms, changed_ms, published_ms, concluded_ms, ended_ms;
    int64_t replaced_ms; /* when replaced_by was published, 0: not */
    int firms;
} PublicNotice;

typedef struct NoticeFirm {
    PaperFirm firm;
    int open, upheld; /* objections to it */
} NoticeFirm;

Str notice_state_text(NoticeState s); /* draft, published, concluded, taken_down, dropped */
int notice_state_find(Str text);      /* -1: no such state */

/* What a draft starts from. firms hold their texts already (notice_firm_of). */
typedef struct NoticeNew {
    Str template_id; /* empty: "notice" */
    int64_t round, replaces;
    const Json *values, *persons; /* NULL: none */
    int working_days;             /* 0: not yet */
    const PaperFirm *firms;
    int nfirms;
} NoticeNew;
/* All functions that write run inside the caller's DB_WRITE transaction and add a journal entry.
 * ERR_STATE when what it replaces is no published notice or is replaced already. */
bool notice_add(Db *db, const PackSet *p, const NoticeNew *n, const Act *act, PublicNotice *out);
/* Firms of the register as rows of a table: name, credit code, name of the district. */
bool notice_firms_of(Db *db, const CodeLists *codes, const int64_t *subjects, int n,
                     PaperFirm *out);
bool notice_firm_of(Db *db, const CodeLists *codes, int64_t subject, PaperFirm *out);

bool notice_get(Db *db, int64_t id, PublicNotice *out); /* ERR_MISSING */
typedef struct NoticeFilter {
    int state;      /* NoticeState, -1: any */
    bool published; /* only what the public sees on `today`, as it stood at `known_ms` */
    int32_t today;  /* yyyymmdd */
    int64_t known_ms;
    int64_t round, offset, limit;
} NoticeFilter;
/* Newest first. Of the public's, state and replaced_by are those of that instant; what is entered
 * beside a notice (number, address) is what stands there now. */
bool notice_list(Db *db, const NoticeFilter *f, PublicNotice **out, int *n, int64_t *total);
bool notice_firms(Db *db, int64_t id, NoticeFirm **out, int *n);
/* Whether it was published, whatever came after: no draft, and not given up as one. */
bool notice_is_issued(const PublicNotice *n);
/* Whether the public sees it on this day. */
bool notice_is_public(const PublicNotice *n, int32_t today);

/* Writes a draft's content, days and replaced notice; firms NULL: as they are. ERR_STATE when it is
 * no draft, ERR_STALE when version is not the stored one. n->version is raised. */
bool notice_change(Db *db, PublicNotice *n, const PaperFirm *firms, int nfirms, const Act *act);
/* What is entered back after publication: number, site_url, take_down_day, scan. */
bool notice_enter(Db *db, PublicNotice *n, const Act *act);
/* Fields without a value, the computed ones left out; [] when it can be published. */
Json *notice_open_fields(Ctx *c, const PublicNotice *n);
/* The paper of a notice: of a draft as it stands (not masked), else what was frozen. */
bool notice_paper(Db *db, const PublicNotice *n, Paper *out);
/* The frozen bytes; ERR_STATE for a draft. */
bool notice_frozen(Db *db, const PublicNotice *n, Str *out);

/* Publishes from a day on (yyyymmdd, the first of the period; 0: the day after today, 《民法典》201
 * 条: 开始的当日不计入): the calendar gives the last day, the text is filled, masked, frozen.
 * ERR_RULE when days, firms or fields are missing, the first day lies in the past or the calendar
 * does not reach the last. */
bool notice_publish(Db *db, const PackSet *p, PublicNotice *n, int32_t from_day, const Act *act);
/* ERR_STATE before the day after its last day, or when it was replaced. */
bool notice_conclude(Db *db, PublicNotice *n, const Act *act);
/* Takes a published or concluded notice down, or gives up a draft. */
bool notice_end(Db *db, PublicNotice *n, const Act *act);
/* Today in China, yyyymmdd. */
int32_t notice_today(const Ctx *c);
#endif

/* The conflict wall 回避墙: who may not review what, from recorded ties alone. Pure.
 *
 * A reviewer is kept from a file when the firm is their employer or a tie of theirs (holding,
 * employment, earlier link, kinship, declared), when they recommended it themselves, when their
 * organisation recommended it, or when any of this holds for a party the file names as related
 * (shareholders, parent). Parties are compared as texts after the caller's normalisation (credit
 * codes, organisation ids, user names).
 */
#ifndef JIXIA_CITY_REVIEW_WALL_H
#define JIXIA_CITY_REVIEW_WALL_H
#include "base/str.h"

/* Append only: stored by text. */
typedef enum WallKind {
    WALL_NONE,
    WALL_HOLDING,      /* 持股 */
    WALL_EMPLOYER,     /* 任职单位 */
    WALL_EARLIER,      /* 既往关联 */
    WALL_KIN,          /* 亲属 */
    WALL_RECOMMENDER,  /* 推荐人本人 */
    WALL_ORGANISATION, /* 与推荐机构或企业同一单位 */
    WALL_DECLARED,     /* 本人申报回避 */
    WALL_KINDS
} WallKind;

typedef struct WallTie {
    WallKind kind; /* HOLDING, EMPLOYER, EARLIER, KIN or DECLARED */
    Str party;     /* credit code, organisation or subject */
} WallTie;

typedef struct WallReviewer {
    Str person;       /* user name */
    Str organisation; /* empty: none */
    const WallTie *ties;
    int nties;
} WallReviewer;

typedef struct WallFile {
    Str firm;           /* the party the file is about */
    const Str *related; /* parties that count as the firm itself */
    int nrelated;
    const Str *recommenders;  /* people who recommended it */
    const Str *organisations; /* organisations that recommended it */
    int nrecommenders, norganisations;
} WallFile;

/* The first reason that keeps r from f, in the order of WallKind; WALL_NONE: none. */
WallKind wall_between(const WallReviewer *r, const WallFile *f);
/* "holding", "employer", …; empty for WALL_NONE. */
Str wall_text(WallKind k);
/* WALL_NONE: no such text. */
WallKind wall_find(Str text);
#endif

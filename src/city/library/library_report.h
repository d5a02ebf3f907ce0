/* Counts of the library at a point: who holds which tiers, what moved between two days, how intakes
 * fared. Worked out from a TitleBook; nothing is stored. */
#ifndef JIXIA_CITY_LIBRARY_LIBRARY_REPORT_H
#define JIXIA_CITY_LIBRARY_LIBRARY_REPORT_H
#include "city/library/library.h"

enum { LIBRARY_TIERS_MAX = 64, COHORT_MARKS = 3 };

/* An enterprise with the tiers it holds; bit i: Library.tiers[i]. */
typedef struct LibraryFirm {
    int64_t root;
    uint64_t tiers; /* by any kind of record, suspended ones too */
    uint64_t by_kind[TITLE_LISTED + 1];
} LibraryFirm;

/* The enterprises that hold any tier, by root, in arena a. */
void library_firms(Arena *a, const Library *l, const TitleBook *b, LibraryFirm **out, int *n);
int library_tier_index(const Library *l, Str id); /* -1: none */
/* Enterprises among n with any of the tiers of a mask; kind 0: any. */
int library_count(const LibraryFirm *firms, int n, uint64_t tiers, int kind);

/* From one day to another: cell [from * (ntiers + 1) + to], index ntiers: none. A tier kept counts
 * on the diagonal (保留); a new one beside one given up is a move (转入), else an addition (新增,
 * from none); one given up without a new one is a departure (退出, to none). */
int *library_movement(Arena *a, const Library *l, const LibraryFirm *old, int nold,
                      const LibraryFirm *now, int nnow);

/* kept, new, moved or left: what a cell of it says. */
Str library_move_text(int from, int to, int tiers);

/* The titles that began in a year, and how they stood 1, 2 and 3 years after. */
typedef struct CohortMark {
    int held, renewed; /* renewed: of those held */
    int ran_out, removed, revoked, expired;
    int censored; /* the day is still to come */
} CohortMark;
typedef struct Cohort {
    int year, intake;
    CohortMark marks[COHORT_MARKS];
} Cohort;
/* tier empty, kind 0: any. By year. Records that were a mistake are left out. */
void library_cohorts(Arena *a, const TitleBook *b, Str tier, int kind, Cohort **out, int *n);

/* The day a title is due: the last day of its term, else its review by the packs' cycle from its
 * day or last renewal; 0: 依据待补. */
int32_t library_due(const Library *l, const TitleBook *b, const TitleStatus *s, bool *by_term);
#endif

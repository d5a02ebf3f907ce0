/* Statistics of a panel, for the office and the chair only: they inform, they never change a
 * result. Pure. Averages here are divided to 34 digits and shown rounded. */
#ifndef JIXIA_CITY_REVIEW_PANEL_STATS_H
#define JIXIA_CITY_REVIEW_PANEL_STATS_H
#include "city/review/score.h"

/* One sheet handed in. Sheets of a file stand together, files ascending. */
typedef struct PanelSheet {
    int file, reviewer;
    ScoreSheet sheet;
} PanelSheet;

typedef struct FileStats {
    int sheets;
    Dec low, high; /* of the totals; spread is high - low */
    Dec deviation; /* standard deviation of the totals (population); 0 with one sheet */
    ScoreResult result;
    int rank;        /* by result; 0: none */
    int adjusted;    /* rank of the mean after each reviewer's leniency is taken off; 0: none */
    int best, worst; /* rank over the panels that lack one reviewer each; 0: never ranked */
    int flips;       /* how many of those panels put it on the other side of the line */
} FileStats;

typedef struct ReviewerStats {
    int sheets;
    int compared; /* sheets on files that others reviewed too */
    Dec leniency; /* mean of (own total - mean of the co-reviewers' totals); > 0 is lenient */
    int highest, lowest; /* how often theirs alone was the highest, the lowest */
} ReviewerStats;

/* line: the least result that passes; NULL: there is none, flips are 0. For a vote only rank-free
 * figures are filled in. Dropping a reviewer leaves their files with a sheet fewer, over which the
 * method is applied; a file left with too few is not ranked in that panel. */
void panel_stats(Arena *a, const ScoreRule *r, const PanelSheet *sheets, int nsheets, int nfiles,
                 int nreviewers, const Dec *line, FileStats *files, ReviewerStats *reviewers);
#endif

/* Assigning reviewers to files: k different reviewers a file, nobody behind the conflict wall, by
 * field and load, the same for the same seed whatever the order of the input. Pure.
 *
 * As many reviews are seated as can be. When every file has its k, the assignment is the best of
 * all by the order asked for: ASSIGN_FIELD_FIRST: fewest reviews by a reviewer of another field,
 * then the most even load (least sum of squares); ASSIGN_LOAD_FIRST the other way round. Both are
 * least-cost flows: a first choice one by one, then chains of hand-overs (augmenting paths) for
 * what lacks a reviewer, then cycles of negative cost until there is none (Klein 1967). Files of
 * equal right are told apart by numbers drawn from the seed.
 */
#ifndef JIXIA_CITY_REVIEW_ASSIGN_H
#define JIXIA_CITY_REVIEW_ASSIGN_H
#include "city/review/wall.h"

typedef enum AssignOrder { ASSIGN_FIELD_FIRST, ASSIGN_LOAD_FIRST } AssignOrder;

typedef struct AssignFile {
    Str id;    /* unique: the number of the case */
    Str field; /* empty: any reviewer will do */
} AssignFile;

typedef struct AssignReviewer {
    Str id;            /* unique */
    const Str *fields; /* what they know */
    int nfields;
    int most;  /* files at most; 0: no limit */
    bool gone; /* takes no file any more, and gives back those not fixed */
} AssignReviewer;

typedef struct AssignPair {
    int file, reviewer; /* indexes of the input */
    bool fixed;         /* begun: stays with this reviewer, whatever else happens */
} AssignPair;

typedef struct AssignIn {
    const AssignFile *file;
    const AssignReviewer *reviewer;
    int files, reviewers, per_file;
    const uint8_t *wall; /* WallKind of [file * reviewers + reviewer] */
    Str seed;
    AssignOrder order;
    /* What stands already. It is kept as far as possible: only what lacks a reviewer is added, by
     * the shortest chain of hand-overs. Pairs behind the wall or of one gone, unless fixed, go. */
    const AssignPair *kept;
    int nkept;
} AssignIn;

/* A file that cannot have its k reviewers, and why. */
typedef struct AssignLack {
    int file, got;
    int walled; /* reviewers behind the wall */
    int gone;
    int full; /* of those who may, the ones with as many files as they take */
} AssignLack;

typedef struct AssignOut {
    AssignPair *pair; /* by file, then reviewer */
    int n;
    AssignLack *lack; /* empty: every file has its k */
    int lacks;
    int *load;        /* per reviewer */
    int least, most;  /* load of those not gone */
    int off_field;    /* reviews by a reviewer of another field */
    int added, moved; /* against kept: pairs that are new; of those, pairs handed from another */
} AssignOut;

void assign_panel(Arena *a, const AssignIn *in, AssignOut *out);
#endif

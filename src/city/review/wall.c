/* The conflict wall: see wall.h. */
#include "city/review/wall.h"

static const Str TEXTS[WALL_KINDS] = {
    STR_INIT(""),    STR_INIT("holding"),     STR_INIT("employer"),     STR_INIT("earlier"),
    STR_INIT("kin"), STR_INIT("recommender"), STR_INIT("organisation"), STR_INIT("declared"),
};

static bool among(const Str *list, int n, Str s) {
    if (!s.n) return false;
    for (int i = 0; i < n; i++)
        if (str_eq(list[i], s)) return true;
    return false;
}

/* Is the party the firm of the file, or one that counts as it? */
static bool is_firm(const WallFile *f, Str party) {
    return party.n && (str_eq(f->firm, party) || among(f->related, f->nrelated, party));
}

WallKind wall_between(const WallReviewer *r, const WallFile *f) {
    WallKind found = WALL_NONE;
    for (int i = 0; i < r->nties; i++) {
        WallKind k = r->ties[i].kind;
        if (is_firm(f, r->ties[i].party) && (!found || k < found)) found = k;
    }
    if (is_firm(f, r->organisation) && (!found || found > WALL_EMPLOYER)) found = WALL_EMPLOYER;
    if (!found || found > WALL_RECOMMENDER)
        if (among(f->recommenders, f->nrecommenders, r->person)) found = WALL_RECOMMENDER;
    if (!found || found > WALL_ORGANISATION)
        if (among(f->organisations, f->norganisations, r->organisation)) found = WALL_ORGANISATION;
    return found;
}

Str wall_text(WallKind k) {
    return TEXTS[k];
}

WallKind wall_find(Str text) {
    for (int k = 1; k < WALL_KINDS; k++)
        if (str_eq(TEXTS[k], text)) return (WallKind)k;
    return WALL_NONE;
}

/* Sight 可见范围: who sees what of which enterprise. The one place that decides it; every answer
 * that shows a fact, a condition's value, a result or a row asks here.
 *
 * Every indicator has a grade: 公开, 内部, 敏感, 商业秘密. A role sees up to a grade, of all
 * enterprises or of those of its district (registered there, or assessed by it); everybody sees
 * what is public. An enterprise's account sees all of itself and nothing of others. A partner sees
 * what is public, and the indicators its agreement in force names (none without a confidentiality
 * promise). A reviewer sees up to 敏感 of the enterprise of a seat in the second pass, once no
 * interest was declared, until the seat ends or the scores are closed. A grant (sight_grant) widens
 * it for one person and one enterprise until a day, for a cause that is no seat. In a preview the
 * lesser of both sights holds, so that nobody learns anything by it.
 */
#ifndef JIXIA_CITY_SIGHT_H
#define JIXIA_CITY_SIGHT_H
#include "city/pack.h"
#include "city/user.h"

typedef struct SightGrant {
    int64_t subject; /* the root */
    Grade grade;
} SightGrant;

typedef struct Sight {
    Grade all;       /* of every enterprise */
    Grade district;  /* of those of `place` */
    Str place;       /* empty: none */
    int64_t own;     /* the root of their own enterprise, all of which they see; 0: none */
    Grade own_grade; /* 商业秘密, less in a preview */
    bool only_own;   /* other enterprises are not there for them */
    uint8_t *named;  /* by indicator id: named by the agreement; NULL: none */
    int nnamed;
    Str tiers; /* rule ids of the agreement, a JSON list; empty: none */
    SightGrant *grants;
    int ngrants;
} Sight;

/* What a user sees, in the ctx arena; u NULL: what is public. */
bool sight_open(Db *db, const PackSet *p, const User *u, Sight *out);
/* May they know of this enterprise at all? */
bool sight_knows(const Sight *s, int64_t root);
/* Up to which grade they see an enterprise (its root, registered division, assessed unit). */
Grade sight_of(const Sight *s, int64_t root, Str division, Str unit);
/* Is an indicator shown at this sight of an enterprise? */
bool sight_shows(const Sight *s, Grade of, const Indicator *i);
/* Whether nothing is ever hidden: then no question need be asked. */
bool sight_whole(const Sight *s);
/* Up to which grade a role sees, and where: SCOPE_NONE when only what is public. */
Grade role_grade(Role r, RightScope *scope);

/* Up to which grade roles see data and files of a case they may open at all: as facts; enterprises
 * and partners, whose cases are their own, everything. `viewer`: the roles behind a preview, whose
 * lesser sight holds; 0: none. */
Grade sight_of_case(uint32_t roles, uint32_t viewer);

/* Lets a user see an enterprise up to a grade from today until `to` (yyyymmdd, 0: open), for `why`
 * (kind:id). Its id, 0 on failure. Inside a write transaction, with its journal entry. */
int64_t sight_grant(Db *db, int64_t user, int64_t subject, Grade grade, int32_t to, Str why,
                    const Act *act);
/* Ends what was granted to a user (0: to everybody) for `why`. */
bool sight_revoke(Db *db, int64_t user, Str why, const Act *act);
#endif

/* A partner's record 推荐机构业绩: what became of the enterprises it recommended 12, 24 and 36
 * months later. Computed from recommendations, rounds and titles as they are known now; seen by the
 * partner itself and the office, by everybody once two people have signed its publication.
 */
#ifndef JIXIA_CITY_LIBRARY_PARTNER_RECORD_H
#define JIXIA_CITY_LIBRARY_PARTNER_RECORD_H
#include "city/library/library.h"
#include "city/people/organisation.h"

enum { PARTNER_TERMS = 3 };

/* Of the enterprises whose day of the first recommendation is at least `months` before the day of
 * the record (`due`), how many, on the day those months were over: */
typedef struct PartnerTerm {
    int months, due;
    int entered;    /* had come into the list of the round, or into the library 在库 */
    int recognised; /* had been recognised 认定 in a tier of the rule they were recommended for */
    int in_library; /* stood in the library */
    int moved_up;   /* had a recognition at a higher level of the same tier than one before; levels
                       in the order of libraries.yaml */
    int withdrawn;  /* had the recommendation taken back, or lost a later title by removal 移出 or
                       revocation 撤销 */
} PartnerTerm;

typedef struct PartnerRecord {
    Organisation organisation;
    int32_t day;     /* yyyymmdd */
    int recommended; /* enterprises, each once for a rule and round; mergers followed */
    int unknown;     /* recommendations of a name nobody has identified */
    PartnerTerm term[PARTNER_TERMS];
} PartnerRecord;

/* On the day at->as_of, by what was known at `at`. ERR_MISSING without such an organisation. */
bool partner_record(Db *db, const PackSet *p, int64_t organisation, const FactAt *at,
                    PartnerRecord *out);
Json *partner_record_json(Arena *a, const PartnerRecord *k);

typedef struct PartnerPublication {
    int64_t id, first_ms, published_ms; /* published_ms 0: one has signed */
    int32_t day;
    Str content, sm3, first_by, second_by;
} PartnerPublication;
/* Signs the record as it is on the day. The first signature keeps it, the second, of somebody else
 * on the same content, publishes it as of the day it was first signed; when that record has changed
 * in between the signature is the first of a new one. ERR_STATE: this person has signed it; it is
 * out already. In the caller's write transaction. */
bool partner_publish(Db *db, const PackSet *p, int64_t organisation, int32_t day, const Act *act,
                     PartnerPublication *out);
/* The newest, out or waiting for its second signature; id 0: none. same: the record of its day is
 * still what was signed. */
bool partner_publication(Db *db, const PackSet *p, int64_t organisation, PartnerPublication *out,
                         bool *same);
/* The newest that is out; ERR_MISSING. */
bool partner_published(Db *db, int64_t organisation, PartnerPublication *out);
#endif

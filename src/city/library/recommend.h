/* Recommendations 推荐: a firm is proposed for a tier or title by itself, a district, the office, a
 * think tank or a venture capital firm, with reason, evidence and the interest declared.
 *
 * Several recommendations of one enterprise for one rule and round are one candidate with several
 * sponsors; each sponsor sees how many there are, never the others' names or words. Nothing is
 * stored for the joining: it follows the subject's root, so that a merger joins and its undoing
 * parts. A partner needs an agreement in force that names the rule. A firm that is barred (titles)
 * cannot be recommended. Functions that write run inside the caller's DB_WRITE transaction and add
 * their journal entry.
 */
#ifndef JIXIA_CITY_LIBRARY_RECOMMEND_H
#define JIXIA_CITY_LIBRARY_RECOMMEND_H
#include "city/library/interest.h"
#include "city/match.h"
#include "city/register.h"
#include "city/user.h"

enum {
    RECOMMEND_REASON_MAX = 4000, /* bytes */
    RECOMMEND_FILE_MAX = 20 << 20,
    RECOMMEND_FILES_MAX = 20
};

/* Who recommends. One of these: an organisation (partner), an enterprise account (its own firm
 * only), a district, else the office. */
typedef struct Sponsor {
    Str kind; /* enterprise, district, office, think_tank, venture, other (of organisations) */
    int64_t organisation, user, subject; /* subject: of an enterprise account */
    Str district;
} Sponsor;

/* The sponsor a user is; ERR_DENIED for who may not recommend. */
bool sponsor_of(Db *db, const User *u, Sponsor *out);

typedef struct RecommendNew {
    int64_t subject;          /* 0: by code or name */
    Str firm_name, firm_code; /* as given */
    Str rule;                 /* pack/id */
    int64_t round;            /* case of the round; 0: none; recommend_make: 0 finds it */
    Str reason;
    bool interest_said;      /* the question was answered */
    bool has_interest;       /* then interest holds what it is */
    Interest interest;       /* kind, share, note */
    const CodeLists *places; /* for matching names */
} RecommendNew;

typedef struct Recommendation {
    int64_t id, version;
    int64_t subject; /* the root today; 0: not known which enterprise is meant */
    Str firm_name, firm_code, rule, reason, outcome, made_by, withdrawn_reason;
    int64_t round, case_file;
    Sponsor sponsor;
    bool has_interest;
    int64_t interest;
    int32_t made_day;
    int64_t made_ms, withdrawn_ms;
} Recommendation;

/* Makes one; its id, 0 on failure. day: today, yyyymmdd. ERR_RULE: no tier or title, no reason, the
 * interest not said, no agreement in force for it, another firm than one's own, barred; ERR_STATE:
 * this sponsor has recommended it already (the hint names the record). *match says how the firm was
 * found; without a sure one the recommendation waits for a clerk. */
int64_t recommend_add(Db *db, const Register *reg, const RecommendNew *n, const Sponsor *by,
                      int32_t day, const Act *act, Match *match);
/* ERR_MISSING. */
bool recommend_get(Db *db, int64_t id, Recommendation *out);
/* A clerk says which enterprise is meant; remembered for the name as given. */
bool recommend_identify(Db *db, int64_t id, int64_t subject, const Act *act);
bool recommend_withdraw(Db *db, int64_t id, int64_t version, const Act *act);

typedef struct RecommendFilter {
    int64_t organisation; /* 0: any */
    int64_t subject;      /* with its mergers; 0: any */
    Str district;         /* made by it, or about an enterprise of it; empty: any */
    int64_t user;         /* made by this account's sponsor without organisation; 0: any */
    Str rule;
    int64_t round; /* -1: any */
    bool open_only, unmatched_only;
    int64_t offset, limit;
} RecommendFilter;
/* Newest first. */
bool recommend_list(Db *db, const RecommendFilter *f, Recommendation **out, int *n, int64_t *total);
/* How many sponsors an enterprise has for a rule and round: each counts once. */
bool recommend_sponsors(Db *db, int64_t subject, Str rule, int64_t round, int *n);

/* --- files --- */

typedef struct RecommendFile {
    int64_t id, recommendation, size, made_ms;
    Str name, type, sha256, actor;
} RecommendFile;
/* ERR_RULE for a kind of file that is not taken or says it is another; ERR_LIMIT. */
bool recommend_file_add(Db *db, int64_t id, Str name, Str bytes, const Act *act,
                        RecommendFile *out);
bool recommend_files(Db *db, int64_t id, RecommendFile **out, int *n);
bool recommend_file_read(Db *db, int64_t id, int64_t file, RecommendFile *out, Str *bytes);

/* --- the candidate (recommend_candidate.c) --- */

typedef enum Consent { CONSENT_ASKED, CONSENT_GIVEN, CONSENT_DECLINED } Consent;
Str consent_text(Consent c); /* asked, given, declined */

typedef struct Candidate {
    int64_t id; /* of its oldest open recommendation */
    int64_t subject, round;
    Str rule;
    int sponsors;
    Consent consent;
    Str consent_way, consent_document; /* account | paper */
    Str consent_by;                    /* who gave or entered it */
    int64_t consent_ms, first_ms, last_ms;
    Str kinds; /* of the sponsors, by comma, each once */
    Str outcome;
} Candidate;
/* Open recommendations joined; newest first. district, subject as in the filter. */
bool candidate_list(Db *db, const RecommendFilter *f, Candidate **out, int *n, int64_t *total);
/* By the id of any of its recommendations. ERR_MISSING. */
bool candidate_get(Db *db, int64_t id, Candidate *out);
/* The firm's answer: by its own account, or by a clerk with the paper it was given on (document not
 * empty). ERR_STATE when nothing is open. */
bool candidate_consent(Db *db, int64_t id, bool given, Str document, const Act *act);

/* Candidates of the same rule and round whose names are near: to be shown to a clerk. Pairs a
 * person has spoken on are left out. */
typedef struct CandidatePair {
    int64_t candidate, other, subject, other_subject;
    Str name, other_name;
    int score; /* thousandths */
} CandidatePair;
bool candidate_near(Db *db, const CodeLists *places, CandidatePair **out, int *n);
/* The clerk's word on a pair: the same (the firms are merged) or not (not asked again). */
bool candidate_settle(Db *db, int64_t subject, int64_t other, bool same, const Act *act);
#endif

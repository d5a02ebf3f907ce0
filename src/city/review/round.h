/* Rounds 轮次: an annual round of a rule, from settings to verdicts.
 *
 * Before opening the office sets everything: window, rule, scoring, criteria, panel size, days.
 * Opening freezes settings and rule version and commits the seed of the draw. Closing the list
 * freezes the facts (seq): each candidate is decided there, its packet kept, the list published by
 * digest, the seed revealed. Then panel, scores, sample, verdicts, signatures.
 *
 * Functions that write run inside the caller's DB_WRITE transaction and add their journal entry.
 * Settings that no source gives (notice days, sample size, minimum score) have no default: absent
 * is 依据待补.
 */
#ifndef JIXIA_CITY_REVIEW_ROUND_H
#define JIXIA_CITY_REVIEW_ROUND_H
#include "city/register.h"
#include "city/review/assign.h"
#include "city/review/draw.h"
#include "city/review/score.h"

typedef struct RoundCriterion {
    Str id, title, status; /* status: of its source, DEMO for demonstration */
    Dec weight;
    int top;
    const Json *anchors; /* [{mark, text}] */
} RoundCriterion;

typedef struct RoundSetting {
    const Json *json;
    Str title, rule;
    int64_t from, to; /* days: the window of recommendations */
    int64_t as_of;    /* day the rule is applied for */
    int64_t score_by; /* last day of scoring; INT64_MAX: none set */
    int year;         /* reference year; 0: of as_of */
    RoundCriterion *criteria;
    ScoreRule score;
    AssignOrder order;
    bool has_minimum;
    Dec minimum;            /* least result that passes */
    int sample, inspectors; /* cases drawn, inspectors each; 0: not set */
    int signatures;         /* of the verdicts */
    int notice_days;        /* working days of the notice; 0: not set */
    bool demo;
} RoundSetting;

typedef struct Round {
    int64_t id, version, case_file;
    Str title, rule, setting_text, setting_sm3, rule_version, rule_hash;
    int32_t as_of;
    int64_t as_known_ms, seq;
    Str seed; /* empty until the list is closed */
    Str seed_sm3, seed_sha256, list_sha256;
    int64_t created_ms, opened_ms, listed_ms, assigned_ms, second_ms, scored_ms, decided_ms;
    RoundSetting setting;
} Round;

typedef struct Candidate {
    int64_t id, round, case_file, subject;
    Str number, field, outcome, result, kept, score, verdict, code, reason;
    Str name, subject_code, division; /* of the subject, where asked for */
    int had;    /* held when the round opened: 0 nothing, 1 this title, 2 another one */
    int scored; /* 0 no result, 1 a result, 2 a vote that did not pass */
    int64_t decision, entered_ms;
    int64_t seq, known_ms; /* facts were looked at up to there */
} Candidate;

/* Reads and checks settings; ERR_RULE with the JSON pointer of what is wrong. */
bool round_setting_read(Ctx *c, const PackSet *p, const Json *j, RoundSetting *out);

/* A new round in draft; its id, 0 on failure. */
int64_t round_add(Db *db, const PackSet *p, const Json *setting, const Act *act);
/* Before opening only. ERR_STALE when version is not the stored one. */
bool round_change(Db *db, const PackSet *p, int64_t id, int64_t version, const Json *setting,
                  const Act *act);
/* ERR_MISSING when there is none. */
bool round_get(Db *db, const PackSet *p, int64_t id, Round *out);
/* The newest first; settings are not read. */
bool round_list(Db *db, int offset, int limit, Round **out, int *n, int64_t *total);

/* Freezes settings and rule version, commits the seed. */
bool round_open(Db *db, const Register *reg, int64_t id, const Act *act);
/* Enters subjects as candidates; *added may be NULL. Who is in already stays as entered, and gets
 * one sponsor more. */
typedef struct CandidateNew {
    int64_t subject;
    Str field;
    int had;
    Str person;           /* who recommended, empty: nobody */
    int64_t organisation; /* 0: none */
    int64_t case_file;
} CandidateNew;
bool round_enter(Db *db, int64_t round, const CandidateNew *list, int n, const Act *act,
                 int64_t *added);
/* Closes the list: decides every candidate at this moment's seq, keeps the packets, publishes the
 * digest of the list, reveals the seed. */
bool round_close_list(Db *db, const Register *reg, int64_t id, const Act *act);

typedef struct CandidateFilter {
    int64_t round;
    Str outcome, verdict, q; /* empty: any; verdict "none": without one */
    Str least;               /* score at least; empty: any */
    Str movement;            /* as round_movement; empty: any */
    int had;                 /* -1: any */
    int64_t offset, limit;
} CandidateFilter;
bool round_candidates(Db *db, const CandidateFilter *f, Candidate **out, int *n, int64_t *total);
bool round_candidate(Db *db, int64_t id, Candidate *out);

/* Candidates of one outcome, verdict and former title, and how many. */
typedef struct TallyKind {
    Str outcome, verdict;
    int had;
    int64_t count;
} TallyKind;
typedef struct RoundTally {
    TallyKind *kind; /* in the order of the first candidate of each */
    int nkinds;
    int64_t candidates, scored, decided, seats, submitted;
    int64_t passing; /* with a result, not below the least that passes */
} RoundTally;
bool round_tally(Db *db, const Round *r, RoundTally *out);
/* A decided round whose notice is out, by verdict. */
typedef struct RoundCounts {
    Str title, rule;
    int32_t as_of;
    int64_t decided_ms, admitted, refused, held;
    bool demo;
} RoundCounts;
/* Those whose notice had begun on the day and was known then; the newest first. */
bool round_counts(Db *db, const FactAt *at, RoundCounts **out, int *n);
/* What anybody may be told of those not admitted; -1: not said. The floor is the pack's; 0: nothing
 * is said. Their sum is said when it is not below the floor, the two parts only when neither is:
 * one part beside the sum would give the other. How many applied is never said. */
typedef struct RoundShown {
    int64_t refused, held, not_admitted;
} RoundShown;
RoundShown round_shown(const RoundCounts *k, int64_t floor);
/* 新增 new, 保留 kept, 转入 moved in from another title, 退出 leaves, 不予 refused, 暂缓 held, 待定
 * open. */
Str round_movement(const Candidate *k);

/* What changed for a candidate since the freeze. */
typedef struct CandidateDiff {
    int64_t candidate;
    Outcome before, after;
    Str *changed; /* FEEL names of facts that differ */
    int nchanged;
} CandidateDiff;
/* Of all candidates, those whose facts changed. */
bool round_diff(Db *db, const Register *reg, const Round *r, CandidateDiff **out, int *n);
/* After a change: decides again at the present seq (again) or keeps the frozen decision, with the
 * reason of the act. Voids signatures. */
bool round_rerun(Db *db, const Register *reg, const Round *r, int64_t id, bool again,
                 const Act *act);

/* Verdicts 决定 for the candidates given; each must be decided, not held back by facts that
 * changed. Signatures given before are void: they are of another content. */
bool round_verdict(Db *db, const Round *r, const int64_t *ids, int n, Str verdict, Str code,
                   const Act *act);
/* The digest of all verdicts with scores and packets: what is signed. */
bool round_content(Db *db, const Round *r, Str *sm3);
/* Signs it; when enough different people have, the round is decided. *given: how many now. */
bool round_sign(Db *db, const Round *r, const Act *act, int *given);

/* Draws the sample with its inspectors (user names); ERR_STATE before the list is closed or when it
 * was drawn. The record is JSON as tests/redraw.py reads it. */
bool round_draw(Db *db, const Round *r, const Str *inspectors, int n, const Act *act, Str *record);
/* The record; empty when there is none. */
bool round_drawn(Db *db, int64_t round, Str *record);
/* Draws again from a record alone: true when it agrees, else *what names the first difference. */
bool round_redraw(Ctx *c, const Json *record, Str *what);
#endif

/* Plays cases of the pack's flows with a cast of people: for the tests of flows. */
#ifndef JIXIA_TESTS_FLOW_PLAY_H
#define JIXIA_TESTS_FLOW_PLAY_H
#include "city/flow/case.h"
#include "city/subject.h"

enum { ACTS_MAX = 40 };
typedef enum Who {
    OFFICE,
    CLERK,
    DISTRICT,
    THERE,
    PARTNER,
    FIRM,
    STRANGER,
    LEADER,
    POLICY,
    PEOPLE
} Who;

typedef struct Play {
    Arena *arena;
    Ctx c;
    Register *reg;
    Db *db;
    int64_t firm, other;
    CaseActor people[PEOPLE];
    CaseFile k;
    int done[ACTS_MAX], refused[ACTS_MAX]; /* acts of the flow played, by number */
    int wrote;                             /* journal entries the case should have */
} Play;

/* What somebody tries. what: an act, or one of open: sign: attach: edit: with what it is about.
 * want: the state the case then stands in, or ! and the code of the refusal. */
typedef struct Step {
    Who who;
    const char *what, *data, *reason, *code, *want;
} Step;

typedef struct Try {
    Play *p;
    const Step *s;
    Str flow, on; /* on: what follows the colon */
    bool (*fn)(Db *, struct Try *, const CaseActor *, const CaseMove *);
} Try;

/* Noon in China of a day. */
void play_today(Play *p, int year, int month, int day);
/* A city with two firms on 24 September 2026 and its people; false (a failure told) when it cannot
 * be made. */
bool play_begin(Play *p);
/* Closes it, also when it did not begin. */
void play_end(Play *p);
/* In a transaction: one step, after tell_apart. */
bool try_tx(Db *db, void *user);
/* Which function a step is for, from the word before its colon. */
void tell_apart(Try *t);
/* Every act of the flow was done at least once and refused at least once. */
void check_all_played(Play *p, const char *flow);
/* What the firm's title 在库 was on a day, as known now: - before it, then held, suspended, ended.
 */
Str title_on(Play *p, int32_t day);
/* The last day of the clock that runs; empty when none does. */
Str due(Play *p);
/* In a transaction: the case as it stands after something that was no step. */
bool again_tx(Db *db, void *user);
/* In a transaction: the firm moves to 370305 on 14 October 2026. */
bool place_tx(Db *db, void *user);
/* In a transaction: the firm is barred from 1 November 2026 for a year. */
bool bar_tx(Db *db, void *user);
/* Plays the steps one after another, each in a transaction, with what the journal says of it. */
void play(Play *p, const char *flow, const Step *steps, int n);
#define PLAY(p, flow, steps) play(p, flow, steps, (int)(sizeof(steps) / sizeof *(steps)))
#endif

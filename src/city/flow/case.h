/* Cases 事项: one thing that runs along a flow (city/flow/flow.h). A case keeps the SM3 of the flow
 * file it was opened under and finishes under that file, whatever was released since.
 *
 * Every change runs in the caller's DB_WRITE transaction: the case with its version raised, one
 * event, clocks, effects and one journal entry, or nothing of it. Two who act on one version: the
 * second gets ERR_STALE. Events of a case never go back in time: when the server's clock stands up
 * to CASE_SKEW_MS behind the last event, the event takes that event's time; when it stands further
 * behind, ERR_STATE says so and nothing is done.
 */
#ifndef JIXIA_CITY_FLOW_CASE_H
#define JIXIA_CITY_FLOW_CASE_H
#include "city/flow/flow.h"
#include "city/register.h"
#include "city/user.h"

enum {
    CASE_SKEW_MS = 5 * 60 * 1000,
    CASE_DATA_MAX = 1 << 20,
    CASE_TEXT_MAX = 4000,
    CASE_FIELD_MAX = 40000
};

/* Who acts, with what bounds their reach: the district of a district clerk, the organisation of a
 * partner, the enterprise of an enterprise account. */
typedef struct CaseActor {
    Str name;
    int64_t user; /* 0: none, as at the command line */
    uint32_t roles;
    Str district;
    int64_t organisation, subject;
    uint32_t viewer; /* in a preview: the roles of who looks; 0: none */
} CaseActor;

/* Who opened a case keeps seeing it, but for accounts that act for somebody else: an enterprise's
 * and a partner's see what they opened while it is their firm's and their organisation's. */
CaseActor case_actor(const User *u);
/* Somebody with every role, for the command line and for what runs by itself. */
CaseActor case_actor_system(Str name);

typedef struct CaseFile {
    int64_t id, version;
    const Flow *flow; /* the one it was opened under */
    const FlowState *state;
    int64_t subject, parent, organisation; /* 0: none */
    Str number, title, division;
    const Json *data;                                      /* object */
    int64_t opened_ms, changed_ms, closed_ms, seq_at_open; /* closed_ms 0: open */
    Str opened_by;
} CaseFile;

typedef struct CaseNew {
    Str flow;
    Str act;         /* the opening act; empty: the first that is for the person */
    int64_t subject; /* 0: none */
    int64_t parent;  /* 0: none */
    int64_t organisation;
    Str title;        /* empty: flow and subject */
    Str division;     /* empty: the subject's assessed unit, else its division */
    const Json *data; /* object or NULL */
    Str code, reason;
    Str done; /* an effect the caller has in hand itself: not run again */
} CaseNew;

typedef struct CaseMove {
    Str act, code, reason;
    const Json *data; /* changes of the case's data (object), or NULL; null takes a field away */
    int64_t version;  /* 0: the newest, whatever it is */
    Str done;         /* an effect the caller has in hand itself: not run again */
} CaseMove;

/* What an effect gets: the case as it stands after the move, and who moved it how. */
typedef struct CaseStep {
    const Register *reg;
    CaseFile *file; /* data may be changed through case_step_data only */
    const FlowAct *act;
    const FlowState *from; /* NULL: the opening */
    const CaseActor *actor;
    const CaseMove *move;
    int64_t event, decision; /* decision 0: none */
    int64_t at_ms, day;      /* day: in China */
    int depth;               /* of effects that act on other cases */
} CaseStep;

/* Opens a case by an opening act; guards, needs and effects as for any act. ERR_DENIED, ERR_RULE.
 */
bool case_open(Db *db, const Register *reg, const CaseNew *n, const CaseActor *actor,
               CaseFile *out);
/* By id; ERR_MISSING. Reads the flow it was opened under from the store when it is no longer the
 * one in force; then it is in the ctx arena. */
bool case_get(Db *db, const Register *reg, int64_t id, CaseFile *out);
/* The same, ERR_MISSING also when the person may not see it (case:read, scope). */
bool case_view(Db *db, const Register *reg, int64_t id, const CaseActor *actor, CaseFile *out);
/* Whether a person may see a case. */
bool case_visible(const CaseFile *k, const CaseActor *actor);

/* Does an act. ERR_STALE (412) when the version is not the newest, ERR_DENIED for whom the act is
 * not for, ERR_STATE (409) when the case is in another state, ERR_RULE (422) when a guard or a need
 * is not met; the message says which. */
bool case_act(Db *db, const Register *reg, int64_t id, const CaseMove *m, const CaseActor *actor,
              CaseFile *out);
/* The act of a flow that has an effect, among those that open a case or those that do not; of
 * several the first whose entry has `key: true` as asked (key empty: any). NULL: none. */
const FlowAct *flow_act_doing(const Flow *f, Str effect, bool opens, Str key, bool is);

/* Changes data without an act (in an open case, by whoever may do some act in its state). Voids
 * signatures: they are on the content. */
bool case_edit(Db *db, const Register *reg, int64_t id, const CaseMove *m, const CaseActor *actor,
               CaseFile *out);
/* Whether a person may write a field, along with an act or without one (NULL). Offices write every
 * field they may read; who acts for themselves (enterprises, partners, reviewers) only what an act
 * of theirs asks for: a firm does not set the term it has to answer in. */
bool case_field_open(const CaseFile *k, const FlowAct *act, const FlowField *f,
                     const CaseActor *actor);
/* Signs an act that needs signatures as it is going to be done (m: act, code, reason): what is
 * signed is the content of the case (id, state, subject, data, documents handed in) and the act
 * with its code and reason; an edit of any of it voids the signature. Code and reason are asked for
 * as by the act itself. Twice the same: nothing. */
bool case_sign(Db *db, const Register *reg, int64_t id, const CaseMove *m, const CaseActor *actor);
/* SM3 of the canonical JSON of id, state, subject, data, documents. Signed is the SM3 of the
 * canonical JSON of act, code, content (this SM3) and reason. */
Str case_content_sm3(Db *db, const CaseFile *k);
typedef struct CaseSignature {
    Str act, actor, code, reason, sm3; /* sm3: of what was signed */
    int64_t at_ms;
    bool holds; /* the content is still what was signed */
} CaseSignature;
/* Every signature ever given, in the order of time. */
bool case_signature_list(Db *db, const CaseFile *k, CaseSignature **out, int *n);
/* How many hold for an act with one code and reason: those with the most, of equals the newest. */
typedef struct CaseSigned {
    int n;
    Str code, reason;
} CaseSigned;
bool case_signatures(Db *db, const CaseFile *k, Str act, CaseSigned *out);
/* How many hold for an act done with this code and reason. */
bool case_signed_for(Db *db, const CaseFile *k, const CaseMove *m, int *n);

typedef struct CaseActOpen {
    const FlowAct *act;
    bool open; /* may be done now */
    Str why;   /* when not: in the language of the ctx */
} CaseActOpen;
/* The acts of the state a case is in that are for this person, and why the closed ones are closed.
 */
bool case_acts_open(Db *db, const Register *reg, const CaseFile *k, const CaseActor *actor,
                    CaseActOpen **out, int *n);
/* Whether an act opens a case and is for a person; whether a flow has such an act. */
bool flow_act_openable(const FlowAct *a, const CaseActor *actor);
bool flow_openable(const Flow *f, const CaseActor *actor);

typedef struct CaseFilter {
    Str flow, state, stage, division, q, opened_by; /* empty: any; q: part of number or title */
    int64_t parent, subject, organisation;          /* 0: any */
    bool open_only;
    int64_t offset, limit; /* limit 0: 100 */
} CaseFilter;
/* Newest change first, only what the actor may see (NULL: all). */
bool case_list(Db *db, const Register *reg, const CaseFilter *f, const CaseActor *actor,
               CaseFile **out, int *n, int64_t *total);

typedef struct CaseEvent {
    int64_t id, at_ms, decision;
    Str actor, role, act, from, to, code, reason, data;
} CaseEvent;
bool case_events(Db *db, int64_t id, CaseEvent **out, int *n);

/* What is said of a case. One that asks is a point of a return for correction: it is answered when
 * the last answer to it is not by who asked. */
typedef struct CaseMessage {
    int64_t id, at_ms, answers; /* answers: the message that asked; 0: none */
    Str actor, role, text, field;
    Str answer; /* the last one to it */
    bool asks, answered;
} CaseMessage;
bool case_messages(Db *db, int64_t id, CaseMessage **out, int *n);
typedef struct CaseSay {
    Str text, field; /* field of the data; empty: the whole */
    bool asks;       /* for offices alone */
    int64_t answers;
} CaseSay;
/* ERR_RULE: no text, no such field, an answer to what does not ask (of this case). */
bool case_say(Db *db, const Register *reg, int64_t id, const CaseSay *m, const CaseActor *actor);

/* Days since 1970-01-01; INT64_MIN: none. */
typedef struct CasePaper {
    int64_t id, sent_day, due_day, answered_day, at_ms;
    Str kind, addressee, answer, number, file, actor;
} CasePaper;
bool case_papers(Db *db, int64_t id, CasePaper **out, int *n);
/* Enters a paper step, for the offices alone (case:paper), or with an id the answer to one: what is
 * given replaces what is not there yet; a day or number that stands is not overwritten (ERR_STATE).
 */
bool case_paper(Db *db, const Register *reg, int64_t id, CasePaper *p, const CaseActor *actor);

typedef struct CaseClock {
    Str name, pause_reason, escalate_to;
    int days, used_days;
    bool working;
    int64_t case_file, started_day, due_day, paused_day, stopped_day; /* INT64_MIN: none */
    int64_t escalated_ms;                                             /* 0: not */
    int left; /* working or calendar days from today to the due day; INT32_MAX: not known */
} CaseClock;
/* The clocks of a case that run or are paused (all: also those that are over). */
bool case_clocks(Db *db, const Register *reg, int64_t id, bool all, CaseClock **out, int *n);

typedef struct CaseTick {
    int escalated, acted;
    int dated;   /* clocks whose due day the calendar now knows */
    int refused; /* acts by clock that failed, logged; tried again the next time */
} CaseTick;
/* What time does to cases: clocks that are over are escalated once (an event and a journal entry)
 * and the acts by clock done; clocks without a due day get one when the calendar reaches it. Each
 * case in a transaction of its own; what one refuses the others do not feel. Repeating it changes
 * nothing. */
bool case_tick(Db *db, const Register *reg, CaseTick *out);

/* For effects: sets a member of the data of the case that moves, part of the same event. */
bool case_step_data(Db *db, CaseStep *s, Str field, const Json *value);
#endif

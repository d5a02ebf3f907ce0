/* Inside of the case engine: shared by case*.c, effects.c, context.c and evidence.c. */
#ifndef JIXIA_CITY_FLOW_CASE_INNER_H
#define JIXIA_CITY_FLOW_CASE_INNER_H
#include "city/flow/calendar.h"
#include "city/flow/case.h"

enum { CASE_DEPTH_MAX = 8 };

Str case_object(Arena *a, int64_t id);  /* case:12 */
Str case_json(Arena *a, const Json *j); /* canonical bytes */
/* Locks the row of a case until the transaction ends, then reads it. Its parent is locked before
 * it: guards ask for the parent's state and data, and acts of the parent lock in the same order. */
bool case_lock(Db *db, const Register *reg, int64_t id, CaseFile *out);
/* The instant an event of the case gets; false (ERR_STATE) when the server's clock stands behind.
 */
bool case_now(Db *db, const CaseFile *k, int64_t *at_ms);
/* Whether the actor opened it and may still see it for that; the same in SQL, of a row k: `name`
 * the actor's, `firm` and `body` what case_acts_for says. */
bool case_opened_by(const CaseFile *k, const CaseActor *actor);
#define CASE_OPENED(name, firm, body)                                                              \
    "(k.opened_by = " name " AND (" firm " = 0 OR coalesce(k.subject, 0) IN (0, " firm             \
    ")) AND (" body " = 0 OR k.organisation IN (0, " body ")))"
/* Whose acts an account's are: the enterprise and the organisation, -1 for one that has none
 * (yet, or any more), 0 for everybody who acts in an office of their own. */
void case_acts_for(const CaseActor *actor, int64_t *firm, int64_t *body);
/* Whether the scope of a right reaches a case for some of these roles; *role gets the first. */
bool case_reach(const char *right, const CaseFile *k, const CaseActor *actor, uint32_t roles,
                int *role);
/* The role an act is done in: one it is for, whose scope reaches the case; -1 for the opener, the
 * clock. False: the act is not for this person. */
bool case_role(const CaseFile *k, const FlowAct *a, const CaseActor *actor, int *role);
Str case_role_text(int role);

/* --- reading (case.c) --- */
/* Rows read first, flows looked up afterwards: a row's text lives until the next one. */
typedef struct RawCase {
    CaseFile file;
    Str flow, sm3, state, data;
} RawCase;
#define CASE_COLUMNS                                                                               \
    "k.id, k.version, k.flow, k.flow_sm3, k.state, k.subject, k.parent, k.number, k.title, "       \
    "k.division, k.organisation, k.data, k.opened_ms, k.opened_by, k.changed_ms, k.closed_ms, "    \
    "k.seq_at_open "
RawCase case_raw(Arena *a, Rows *r);
/* The case of a row; flows (may be NULL) keeps what was looked up, by SM3. */
bool case_finish(Db *db, const Register *reg, RawCase *raw, Map *flows, CaseFile *out);
/* The flow a case was opened under: the one in force, or parsed again from the store. */
const Flow *case_flow_of(Db *db, const Register *reg, Str id, Str sm3);

/* --- guards and needs (case_gate.c) --- */
typedef struct CaseGate {
    Decision decision;
    FactSet facts;
    bool decided;
} CaseGate;
/* Whether an act may be done on a case now, by what the flow asks for; the failure says why not.
 * move NULL: what a person gives along with the act (reason, code, fields) is not asked for. */
bool case_gate(Db *db, const Register *reg, const CaseFile *k, const FlowAct *a,
               const CaseActor *actor, const CaseMove *move, CaseGate *out);
/* Whether code and reason are what an act asks for. */
bool case_gate_said(Ctx *c, const FlowAct *a, const CaseMove *m);
/* The data of the parent, else the case's own. */
bool case_parameters(Db *db, const Register *reg, const CaseFile *k, const Json **out);

/* --- data (case_data.c) --- */
/* The case's data with the members of change: checked against the flow's fields and what the actor
 * may write along with an act (NULL: without one). */
bool case_merge(Ctx *c, const CaseFile *k, const FlowAct *act, const Json *change,
                const CaseActor *actor, const Json **out);

/* --- clocks (case_clock.c) --- */
bool case_clock_move(Db *db, const Register *reg, const CaseFile *k, const FlowAct *a,
                     const FlowState *from, const CaseMove *m, int64_t day);

/* --- events (case_note.c) --- */
typedef struct CaseEventNew {
    int64_t at_ms, decision;
    Str actor, role, act, from, to, code, reason, data;
} CaseEventNew;
/* Adds an event and its journal entry (`action`), and raises the case's version and time. Returns
 * the event's id, 0 on failure. */
int64_t case_event_add(Db *db, CaseFile *k, const CaseEventNew *e, Str action);
#endif

/* Accounts of enterprises 企业账号: a person asks to act for the enterprise with a credit code and
 * shows a proof (an image or PDF, told by its bytes); a clerk reviews it and binds, until a day or
 * until it is ended. Several persons may be bound to one enterprise, a person to one only.
 * Functions that write run inside the caller's DB_WRITE transaction and add their journal entry. */
#ifndef JIXIA_CITY_BINDING_H
#define JIXIA_CITY_BINDING_H
#include "city/user.h"

enum { BINDING_PROOF_MAX = 8 << 20 };

typedef struct Binding {
    int64_t id, user, subject, asked_ms, decided_ms, ended_ms;
    Str user_name, display_name, subject_name, code, unit; /* unit: assessed by, now */
    Str state; /* asked | bound | refused | ended; of a bound one that ran out: ended */
    Str proof_name, proof_type, proof_sm3;
    Str decided_by, reason, ended_by;
    int32_t from, to;
} Binding;

/* ERR_RULE: no enterprise with this code, or the proof is none; ERR_STATE: asked or bound already.
 * Its id, 0 on failure. */
int64_t binding_ask(Db *db, const User *u, Str code, Str proof_name, Str proof, const Act *act);
/* Binds from today until `to` (0: open) or refuses. ERR_STATE when it is not asked any more. */
bool binding_decide(Db *db, int64_t id, bool bind, int32_t to, const Act *act);
/* Ends a bound one today. */
bool binding_end(Db *db, int64_t id, const Act *act);
bool binding_get(Db *db, int64_t id, Binding *out);
/* user 0, unit empty: any. Newest first. */
bool binding_list(Db *db, int64_t user, Str unit, Binding **out, int *n);
bool binding_proof(Db *db, int64_t id, Str *bytes);
#endif

/* Certificates 证书 of the city's own titles, and what anybody can ask about one.
 *
 * A certificate certifies one title record: recognised by a case of this register, of a tier and
 * level the city's own pack names a title for. Its code has 144 random bits; its statement
 * (canonical JSON) is signed with the city's key (SM2 with SM3) when the register has one. What it
 * is worth on a day is not stored: it is the title's status on that day, so that a revocation shows
 * at once. A certificate can be withdrawn by itself (a wrong paper); the title stays.
 */
#ifndef JIXIA_CITY_NOTICE_CERTIFICATE_H
#define JIXIA_CITY_NOTICE_CERTIFICATE_H
#include "city/flow/case.h"
#include "city/notice/notice.h"

enum { CERTIFICATE_CODE_BYTES = 18, CERTIFICATE_MISS_HOUR = 30 };

typedef enum CertificateState {
    CERTIFICATE_VALID,
    CERTIFICATE_NOT_YET,
    CERTIFICATE_SUSPENDED,
    CERTIFICATE_ENDED,   /* the term is over, or the title left the library */
    CERTIFICATE_REVOKED, /* 撤销称号 */
    CERTIFICATE_VOID,    /* the record was a mistake */
    CERTIFICATE_WITHDRAWN,
    CERTIFICATE_STATES
} CertificateState;

/* Days are yyyymmdd; `to` is the first day it no longer holds, 0: none is known. */
typedef struct Certificate {
    int64_t id, title, subject, case_file;
    Str code, number, name, uscc, tier, level, title_name, issuer, document_number;
    int32_t from, to; /* as issued */
    int64_t issued_ms, withdrawn_ms;
    Str issued_by, withdrawn_reason;
    bool demo;
    Str statement, signature, public_key; /* signature empty: not signed */
    CertificateState state;               /* on the day asked for */
    int32_t since, to_now;                /* of the state; the term's end as known now */
    Str name_now;
} Certificate;

Str certificate_state_text(CertificateState s); /* valid, not_yet, suspended, ended, … */

/* Is it one of the city's own titles? */
bool certificate_own(const PackSet *p, Str tier, Str level);
/* Issues a certificate for a title record, in the caller's DB_WRITE transaction. ERR_RULE when it
 * is none of the city's own or does not hold, ERR_STATE when it has one already. */
bool certificate_issue(Db *db, const Register *reg, int64_t title, const Act *act,
                       Certificate *out);
/* ERR_STATE when it was withdrawn before. */
bool certificate_withdraw(Db *db, Certificate *k, const Act *act);
/* With the state on a day (0: today). ERR_MISSING. */
bool certificate_get(Db *db, int64_t id, int32_t day, Certificate *out);
/* By its code: false without failure when there is none. */
bool certificate_by_code(Db *db, Str code, int32_t day, Certificate *out);
/* Newest first; of a subject (0: any). */
bool certificate_list(Db *db, int64_t subject, int64_t offset, int64_t limit, Certificate **out,
                      int *n, int64_t *total);
/* Counts a code that is none, inside a write transaction: ERR_BUSY when this sender (a network
 * address) asks for too many. */
bool certificate_miss(Db *db, Str sender);
/* Whether the statement is signed by its key and the code is its own. */
bool certificate_sound(const Certificate *k);
/* Signs what was issued before the register had a key; *n counts them. */
bool certificate_sign(Db *db, const Register *reg, const Act *act, int *n);
/* The paper, after the template `certificate` of the packs; address: where it is verified. */
bool certificate_paper(Ctx *c, const PackSet *p, const Certificate *k, Str address, Paper *out);

/* certificate.issue {}: for the title the case recorded; nothing when it is none of the city's own.
 */
bool effect_certificate_issue(Db *db, const CaseStep *s, const Json *args);
#endif

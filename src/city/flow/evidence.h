/* Evidence files 证据材料: kept once by the SM3 of their bytes, typed by their bytes and not by
 * their name. A file that says it is something else is refused with what it is. */
#ifndef JIXIA_CITY_FLOW_EVIDENCE_H
#define JIXIA_CITY_FLOW_EVIDENCE_H
#include "city/flow/case.h"

typedef enum EvidenceType {
    EVIDENCE_NONE,
    EVIDENCE_PDF,
    EVIDENCE_PNG,
    EVIDENCE_JPG,
    EVIDENCE_DOCX,
    EVIDENCE_XLSX,
    EVIDENCE_TYPES
} EvidenceType;

enum { EVIDENCE_MAX_MB = 50 };

/* pdf, png, jpg, docx, xlsx; empty for none. */
Str evidence_type_text(EvidenceType t);
EvidenceType evidence_type_find(Str text); /* jpeg is jpg */
Str evidence_media_type(EvidenceType t);   /* application/pdf … */
/* What the bytes are. */
EvidenceType evidence_type(Str bytes);

/* Whether a file may be kept as a document of this kind: its name, its type by its bytes and by its
 * name, its size (ERR_RULE, ERR_LIMIT). */
bool evidence_check(Ctx *c, const FlowDocument *d, Str name, Str bytes);
/* Keeps bytes; the same bytes are kept once. sm3 gets their hash. Inside a write transaction. */
bool evidence_keep(Db *db, Str bytes, EvidenceType *type, Str *sm3);

typedef struct EvidenceFile {
    Str sm3, bytes;
    EvidenceType type;
} EvidenceFile;
bool evidence_get(Db *db, Str sm3, EvidenceFile *out); /* ERR_MISSING */

typedef struct CaseDocument {
    int64_t id, case_file, at_ms, size;
    Str kind, sm3, name, uploaded_by;
    EvidenceType type;
    Grade grade;
    bool withdrawn;
} CaseDocument;

/* Whether a person may hand in a kind of document, and so take it back: that of a flow for the
 * roles it names. */
bool evidence_may_add(const CaseFile *k, const FlowDocument *d, const CaseActor *actor);
/* Adds a file to a case: its kind is one of the flow's, its bytes are of a type the kind allows and
 * of the type its name claims, its size within the kind's limit (ERR_RULE with what it is,
 * ERR_LIMIT). Voids signatures by changing the content. With event and journal entry, in the
 * caller's write transaction. */
bool case_document_add(Db *db, const Register *reg, int64_t id, Str kind, Str name, Str bytes,
                       const CaseActor *actor, CaseDocument *out);
/* Takes a file back (its bytes stay for those who decided by it). Enterprises, partners and
 * reviewers take back only what they handed in (ERR_DENIED). */
bool case_document_withdraw(Db *db, const Register *reg, int64_t id, int64_t document, Str reason,
                            const CaseActor *actor);
/* Those of a case, withdrawn ones only when asked for. */
bool case_documents(Db *db, int64_t id, bool withdrawn, CaseDocument **out, int *n);
/* Opens a file for a person: one of the cases it belongs to must be in the person's scope and its
 * grade one the person may read; otherwise ERR_MISSING, as for a file that is not there, so that
 * guessing says nothing. Reading 敏感 and 商业秘密 adds a journal entry (inside a write
 * transaction).
 */
bool evidence_open(Db *db, const Register *reg, Str sm3, const CaseActor *actor, EvidenceFile *out,
                   CaseDocument *document);
/* Opens a document the caller has the right to show: reading 敏感 and 商业秘密 adds a journal entry
 * in the name of `person` (inside a write transaction). */
bool evidence_read(Db *db, const CaseDocument *d, Str person, EvidenceFile *out);
/* The highest grade a person reads of cases in their scope: sight_of_case. */
Grade evidence_grade_of(const CaseActor *actor);
#endif

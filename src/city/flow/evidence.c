/* Evidence files. See evidence.h. The table file_blob only grows; what a case has of it and who may
 * open it stands in case_document. */
#include "city/flow/evidence.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "city/flow/case_inner.h"
#include "city/people/sight.h"
#include "codec/filekind.h"
#include "codec/unzip.h"

enum { NAME_MAX_CHARS = 200 };

static const struct {
    Str text, media;
} TYPES[EVIDENCE_TYPES] = {
    [EVIDENCE_NONE] = {STR_INIT(""), STR_INIT("application/octet-stream")},
    [EVIDENCE_PDF] = {STR_INIT("pdf"), STR_INIT("application/pdf")},
    [EVIDENCE_PNG] = {STR_INIT("png"), STR_INIT("image/png")},
    [EVIDENCE_JPG] = {STR_INIT("jpg"), STR_INIT("image/jpeg")},
    [EVIDENCE_DOCX] = {STR_INIT("docx"),
                       STR_INIT("application/"
                                "vnd.openxmlformats-officedocument.wordprocessingml.document")},
    [EVIDENCE_XLSX] = {STR_INIT("xlsx"),
                       STR_INIT(
                           "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
};

Str evidence_type_text(EvidenceType t) {
    return TYPES[t].text;
}

Str evidence_media_type(EvidenceType t) {
    return TYPES[t].media;
}

EvidenceType evidence_type_find(Str text) {
    if (str_eq_nocase(text, S("jpeg"))) return EVIDENCE_JPG;
    for (int i = EVIDENCE_NONE + 1; i < EVIDENCE_TYPES; i++)
        if (str_eq_nocase(text, TYPES[i].text)) return (EvidenceType)i;
    return EVIDENCE_NONE;
}

/* --- what the bytes are ------------------------------------------------------------------------
 */

static bool is_docx(Str bytes) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Unzip *z = unzip_open(&c, bytes, S("file"));
    bool found =
        z && unzip_has(z, S("word/document.xml")) && unzip_has(z, S("[Content_Types].xml"));
    if (z) unzip_close(z);
    arena_close(a);
    return found;
}

EvidenceType evidence_type(Str bytes) {
    if (str_starts(bytes, S("\x89PNG\r\n\x1a\n"))) return EVIDENCE_PNG;
    if (str_starts(bytes, S("\xff\xd8\xff"))) return EVIDENCE_JPG;
    switch (file_kind(bytes)) {
    case FILE_PDF: return EVIDENCE_PDF;
    case FILE_XLSX: return EVIDENCE_XLSX;
    case FILE_ZIP: return is_docx(bytes) ? EVIDENCE_DOCX : EVIDENCE_NONE;
    default: return EVIDENCE_NONE;
    }
}

/* What it is, for people. */
static Str what_it_is(const Ctx *c, Str bytes) {
    EvidenceType t = evidence_type(bytes);
    return t ? evidence_type_text(t) : file_kind_text(c->arena, file_kind(bytes), c->lang);
}

static Str extension(Str name) {
    for (ptrdiff_t i = name.n - 1; i >= 0; i--)
        if (name.p[i] == '.') return str_sub(name, i + 1, name.n);
    return S("");
}

static Str types_text(Arena *a, uint32_t types) {
    Buf b = buf_new(a, 200);
    for (int i = EVIDENCE_NONE + 1; i < EVIDENCE_TYPES; i++) {
        if (!(types >> i & 1)) continue;
        if (b.n) buf_lit(&b, "、");
        buf_put(&b, TYPES[i].text);
    }
    return buf_str(&b);
}

static bool check_name(Ctx *c, Str name) {
    bool bad = !name.n || utf8_length(name) > NAME_MAX_CHARS || utf8_invalid_at(name) >= 0;
    for (ptrdiff_t i = 0; i < name.n && !bad; i++)
        bad = (unsigned char)name.p[i] < 0x20 || name.p[i] == '/' || name.p[i] == '\\';
    return !bad || FAIL_AT(c, ERR_RULE, S("/file"), M_FILE_NAME);
}

bool evidence_check(Ctx *c, const FlowDocument *d, Str name, Str bytes) {
    EvidenceType type = evidence_type(bytes), claims = evidence_type_find(extension(name));
    if (!check_name(c, name)) return false;
    if (bytes.n > (ptrdiff_t)d->max_mb << 20)
        return FAIL_AT(c, ERR_LIMIT, S("/file"), M_FILE_LARGE, name,
                       str_printf(c->arena, "%d", d->max_mb));
    if (!type || !(d->types >> type & 1))
        return FAIL_AT(c, ERR_RULE, S("/file"), M_FILE_TYPE, name, what_it_is(c, bytes),
                       types_text(c->arena, d->types));
    return claims == type || FAIL_AT(c, ERR_RULE, S("/file"), M_FILE_LIES, name, extension(name),
                                     what_it_is(c, bytes));
}

/* --- keeping -----------------------------------------------------------------------------------
 */

bool evidence_keep(Db *db, Str bytes, EvidenceType *type, Str *sm3) {
    *type = evidence_type(bytes);
    *sm3 = hash_hex(db_ctx(db)->arena, HASH_SM3, bytes);
    return EXEC(db,
                "INSERT INTO file_blob(sm3, type, size, bytes) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT DO NOTHING",
                db_s(*sm3), db_s(evidence_type_text(*type)), db_i(bytes.n), db_b(bytes));
}

bool evidence_get(Db *db, Str sm3, EvidenceFile *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT type, bytes FROM file_blob WHERE sm3 = $1", db_s(sm3));
    bool found = r && row_next(r);
    if (found)
        *out = (EvidenceFile){.sm3 = sm3,
                              .type = evidence_type_find(row_str(r, 0)),
                              .bytes = str_dup(c->arena, row_str(r, 1))};
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return found || FAIL(c, ERR_MISSING, M_FILE_UNKNOWN);
}

/* --- documents of a case -----------------------------------------------------------------------
 */

/* A record of the office's own work is not for the firm to hand in or take back. */
bool evidence_may_add(const CaseFile *k, const FlowDocument *d, const CaseActor *actor) {
    return case_reach("case:act", k, actor, d->by ? d->by : UINT32_MAX, NULL);
}

/* Who may act on a case may add to it, whatever its state: what is asked for later can be handed in
 * now. */
static bool begin(Db *db, const Register *reg, int64_t id, const CaseActor *actor, CaseFile *k,
                  CaseEventNew *e) {
    Ctx *c = db_ctx(db);
    int role = -1;
    *e = (CaseEventNew){.actor = actor->name, .data = S("{}")};
    if (!case_lock(db, reg, id, k)) return false;
    if (actor->user && !case_visible(k, actor))
        return FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    if (!case_reach("case:act", k, actor, UINT32_MAX, &role))
        return FAIL(c, ERR_DENIED, M_CASE_NOT_YOURS, k->number);
    if (k->closed_ms) return FAIL(c, ERR_STATE, M_CASE_CLOSED, k->number);
    e->role = case_role_text(role);
    e->from = e->to = k->state->id;
    return case_now(db, k, &e->at_ms);
}

bool case_document_add(Db *db, const Register *reg, int64_t id, Str kind, Str name, Str bytes,
                       const CaseActor *actor, CaseDocument *out) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    CaseEventNew e;
    if (!begin(db, reg, id, actor, &k, &e)) return false;
    const FlowDocument *d = flow_document(k.flow, kind);
    if (!d) return FAIL_AT(c, ERR_RULE, S("/kind"), M_FILE_KIND, kind);
    if (!evidence_may_add(&k, d, actor))
        return FAIL_AT(c, ERR_DENIED, S("/kind"), M_FILE_NOT_YOURS, kind);
    *out = (CaseDocument){.case_file = id,
                          .kind = kind,
                          .name = name,
                          .grade = d->grade,
                          .size = bytes.n,
                          .uploaded_by = actor->name,
                          .at_ms = e.at_ms};
    if (!evidence_check(c, d, name, bytes) || !evidence_keep(db, bytes, &out->type, &out->sm3))
        return false;
    out->id = Q_I64(db, 0,
                    "INSERT INTO case_document(case_file, kind, sm3, name, uploaded_by, at_ms, "
                    "grade, withdrawn_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) RETURNING id",
                    db_i(id), db_s(kind), db_s(out->sm3), db_s(name), db_s(actor->name),
                    db_i(e.at_ms), db_i(d->grade));
    e.act = str_cat(c->arena, S("document:"), kind);
    e.reason = name;
    e.data = str_printf(c->arena, "{\"sm3\":\"%.*s\"}", STRF(out->sm3));
    return out->id && case_event_add(db, &k, &e, S("case.document"));
}

/* Who acts for themselves takes back what they handed in, not what others did. */
static bool may_withdraw(Db *db, const CaseFile *k, int64_t document, const CaseActor *actor) {
    Ctx *c = db_ctx(db);
    CaseDocument *all;
    int n;
    bool office = rights_scope(right_find(S("case:act")), actor->roles) > SCOPE_OWN;
    if (!case_documents(db, k->id, false, &all, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (all[i].id != document || all[i].grade > evidence_grade_of(actor)) continue;
        return office || str_eq(all[i].uploaded_by, actor->name) ||
               FAIL(c, ERR_DENIED, M_FILE_NOT_YOURS, all[i].name);
    }
    return FAIL(c, ERR_MISSING, M_FILE_UNKNOWN);
}

bool case_document_withdraw(Db *db, const Register *reg, int64_t id, int64_t document, Str reason,
                            const CaseActor *actor) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    CaseEventNew e;
    int64_t changed;
    if (!begin(db, reg, id, actor, &k, &e)) return false;
    if (!str_trim(reason).n)
        return FAIL_AT(c, ERR_RULE, S("/reason"), M_CASE_NEEDS_REASON, k.number);
    if (!may_withdraw(db, &k, document, actor)) return false;
    DbVal v[] = {db_i(id), db_i(document), db_i(e.at_ms)};
    if (!db_exec(db,
                 "UPDATE case_document SET withdrawn_ms = $3 WHERE case_file = $1 AND id = $2 AND "
                 "withdrawn_ms IS NULL",
                 &changed, 3, v))
        return false;
    if (!changed) return FAIL(c, ERR_MISSING, M_FILE_UNKNOWN);
    e.act = S("document.withdraw");
    e.reason = reason;
    return case_event_add(db, &k, &e, S("case.document.withdraw")) != 0;
}

#define DOCUMENT_COLUMNS                                                                           \
    "d.id, d.case_file, d.at_ms, f.size, d.kind, d.sm3, d.name, d.uploaded_by, f.type, d.grade, "  \
    "d.withdrawn_ms "

static CaseDocument document_of(Arena *a, Rows *r) {
    return (CaseDocument){.id = row_i64(r, 0),
                          .case_file = row_i64(r, 1),
                          .at_ms = row_i64(r, 2),
                          .size = row_i64(r, 3),
                          .kind = str_dup(a, row_str(r, 4)),
                          .sm3 = str_dup(a, row_str(r, 5)),
                          .name = str_dup(a, row_str(r, 6)),
                          .uploaded_by = str_dup(a, row_str(r, 7)),
                          .type = evidence_type_find(row_str(r, 8)),
                          .grade = (Grade)row_i64(r, 9),
                          .withdrawn = !row_null(r, 10)};
}

bool case_documents(Db *db, int64_t id, bool withdrawn, CaseDocument **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT " DOCUMENT_COLUMNS "FROM case_document d JOIN file_blob f ON f.sm3 = d.sm3 "
                "WHERE d.case_file = $1 AND ($2 = 1 OR d.withdrawn_ms IS NULL) ORDER BY d.id",
                db_i(id), db_i(withdrawn));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = document_of(c->arena, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* --- opening -----------------------------------------------------------------------------------
 */

Grade evidence_grade_of(const CaseActor *actor) {
    return sight_of_case(actor->roles, actor->viewer);
}

static bool journal_reading(Db *db, const CaseDocument *d, Str person) {
    Ctx *c = db_ctx(db);
    Str name = d->kind; /* not the file's name: the journal is read by who may not see the case */
    Act act = {.actor = person, .reason = msg_text(c->arena, M_FILE_READ, LANG_ZH, 1, &name)};
    if (d->grade < GRADE_SENSITIVE) return true;
    return journal_add(db, &act, S("file.read"), case_object(c->arena, d->case_file), d->sm3);
}

bool evidence_read(Db *db, const CaseDocument *d, Str person, EvidenceFile *out) {
    return evidence_get(db, d->sm3, out) && journal_reading(db, d, person);
}

bool evidence_open(Db *db, const Register *reg, Str sm3, const CaseActor *actor, EvidenceFile *out,
                   CaseDocument *document) {
    Ctx *c = db_ctx(db);
    CaseDocument *all = NULL;
    int n = 0, cap = 0;
    Rows *r = Q(db,
                "SELECT " DOCUMENT_COLUMNS "FROM case_document d JOIN file_blob f ON f.sm3 = d.sm3 "
                "WHERE d.sm3 = $1 ORDER BY d.id",
                db_s(sm3));
    while (r && row_next(r)) {
        GROW(c->arena, all, n, cap);
        all[n++] = document_of(c->arena, r);
    }
    if (r) rows_close(r);
    for (int i = 0; i < n && ctx_ok(c); i++) {
        CaseFile k;
        if (all[i].grade > evidence_grade_of(actor)) continue;
        if (!case_get(db, reg, all[i].case_file, &k)) return false;
        if (!case_visible(&k, actor)) continue;
        *document = all[i];
        return evidence_read(db, document, actor->name, out);
    }
    return ctx_ok(c) && FAIL(c, ERR_MISSING, M_FILE_UNKNOWN);
}

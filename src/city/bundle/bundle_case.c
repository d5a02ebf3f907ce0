/* Cases in a bundle: the case, its flow, what was done, signed, said and sent, and its documents.
 */
#include "base/date.h"
#include "city/bundle/bundle_inner.h"
#include "city/flow/evidence.h"

static void text(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, json_string(a, value));
}

static Str id_text(Arena *a, int64_t id) {
    return str_printf(a, "%lld", (long long)id);
}

/* Parents first: each round of the loop adds the children of the cases found so far. */
bool bundle_cases(Db *db, int64_t root, int64_t **ids, int *n) {
    Arena *a = db_ctx(db)->arena;
    int cap = 0;
    *ids = NULL;
    *n = 0;
    GROW(a, *ids, *n, cap);
    (*ids)[(*n)++] = root;
    for (int i = 0; i < *n; i++) {
        Rows *r = Q(db, "SELECT id FROM case_file WHERE parent = $1 ORDER BY id", db_i((*ids)[i]));
        while (r && row_next(r)) {
            GROW(a, *ids, *n, cap);
            (*ids)[(*n)++] = row_i64(r, 0);
        }
        if (r) rows_close(r);
    }
    return ctx_ok(db_ctx(db));
}

/* The highest grade of the fields its data may hold. */
static Grade data_grade(const CaseFile *k) {
    Grade g = GRADE_INTERNAL;
    for (int i = 0; i < k->flow->nfields; i++)
        if (k->flow->fields[i].grade > g) g = k->flow->fields[i].grade;
    return g;
}

static bool add_file(Db *db, BundleWriter *w, const CaseFile *k, Grade g, bool whole) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT);
    text(a, o, S("flow"), k->flow->id);
    text(a, o, S("state"), k->state->id);
    text(a, o, S("number"), k->number);
    text(a, o, S("title"), k->title);
    text(a, o, S("division"), k->division);
    text(a, o, S("opened_at"), instant_text(a, k->opened_ms));
    text(a, o, S("opened_by"), k->opened_by);
    json_set(o, S("parent"),
             k->parent ? json_string(a, id_text(a, k->parent)) : json_new(a, JSON_NULL));
    Buf data = buf_new(a, 0);
    if (k->data && whole) json_canonical(&data, k->data);
    text(a, o, S("data"), buf_str(&data));
    json_set(o, S("withheld"), json_bool(a, !whole));
    return bundle_add_json(w, "case", id_text(a, k->id), k->title, g, o);
}

static bool add_events(Db *db, BundleWriter *w, int64_t id, Grade g, bool whole) {
    Arena *a = db_ctx(db)->arena;
    CaseEvent *items;
    int n;
    if (!case_events(db, id, &items, &n)) return false;
    for (int i = 0; i < n; i++) {
        const CaseEvent *e = &items[i];
        Json *o = json_new(a, JSON_OBJECT);
        text(a, o, S("case"), id_text(a, id));
        text(a, o, S("at"), instant_text(a, e->at_ms));
        text(a, o, S("actor"), e->actor);
        text(a, o, S("role"), e->role);
        text(a, o, S("act"), e->act);
        text(a, o, S("from"), e->from);
        text(a, o, S("to"), e->to);
        text(a, o, S("code"), e->code);
        text(a, o, S("reason"), whole ? e->reason : S(""));
        text(a, o, S("data"), whole ? e->data : S(""));
        text(a, o, S("decision"), e->decision ? id_text(a, e->decision) : S(""));
        if (!bundle_add_json(w, "event", id_text(a, e->id), e->act, g, o)) return false;
    }
    return true;
}

static bool add_said(Db *db, BundleWriter *w, int64_t id, Grade g) {
    Arena *a = db_ctx(db)->arena;
    CaseMessage *said;
    CasePaper *papers;
    int n, m;
    if (!case_messages(db, id, &said, &n) || !case_papers(db, id, &papers, &m)) return false;
    for (int i = 0; i < n; i++) {
        Json *o = json_new(a, JSON_OBJECT);
        text(a, o, S("case"), id_text(a, id));
        text(a, o, S("at"), instant_text(a, said[i].at_ms));
        text(a, o, S("actor"), said[i].actor);
        text(a, o, S("text"), said[i].text);
        text(a, o, S("field"), said[i].field);
        json_set(o, S("asks"), json_bool(a, said[i].asks));
        text(a, o, S("answers"), said[i].answers ? id_text(a, said[i].answers) : S(""));
        if (!bundle_add_json(w, "message", id_text(a, said[i].id), said[i].actor, g, o))
            return false;
    }
    for (int i = 0; i < m; i++) {
        Json *o = json_new(a, JSON_OBJECT);
        text(a, o, S("case"), id_text(a, id));
        text(a, o, S("kind"), papers[i].kind);
        text(a, o, S("addressee"), papers[i].addressee);
        text(a, o, S("number"), papers[i].number);
        text(a, o, S("answer"), papers[i].answer);
        text(a, o, S("actor"), papers[i].actor);
        if (!bundle_add_json(w, "paper", id_text(a, papers[i].id), papers[i].kind, g, o))
            return false;
    }
    return true;
}

static bool add_documents(Db *db, BundleWriter *w, int64_t id, int64_t *count) {
    CaseDocument *items;
    int n;
    if (!case_documents(db, id, true, &items, &n)) return false;
    for (int i = 0; i < n; i++) {
        EvidenceFile f;
        if (!evidence_get(db, items[i].sm3, &f)) return false;
        if (!bundle_has(w, "document", f.sm3)) ++*count;
        if (!bundle_add(w, "document", f.sm3, items[i].name, evidence_media_type(f.type),
                        items[i].grade, f.bytes))
            return false;
    }
    return true;
}

/* Every signature ever given; holds: on the content as it is. */
static bool add_signatures(Db *db, BundleWriter *w, const CaseFile *k) {
    Arena *a = db_ctx(db)->arena;
    Str id = id_text(a, k->id);
    CaseSignature *all;
    int n;
    bool ok = case_signature_list(db, k, &all, &n);
    for (int i = 0; ok && i < n; i++) {
        Json *o = json_new(a, JSON_OBJECT);
        text(a, o, S("case"), id);
        text(a, o, S("act"), all[i].act);
        text(a, o, S("actor"), all[i].actor);
        text(a, o, S("code"), all[i].code);
        text(a, o, S("reason"), all[i].reason);
        text(a, o, S("content_sm3"), all[i].sm3);
        text(a, o, S("at"), instant_text(a, all[i].at_ms));
        json_set(o, S("holds"), json_bool(a, all[i].holds));
        ok = bundle_add_json(w, "signature", str_printf(a, "%.*s/%d", STRF(id), i + 1),
                             all[i].actor, GRADE_INTERNAL, o);
    }
    return ok && ctx_ok(db_ctx(db));
}

static bool add_flow(Db *db, BundleWriter *w, const CaseFile *k) {
    bool ok = true;
    if (bundle_has(w, "flow", k->flow->sm3)) return true;
    Rows *r = Q(db, "SELECT bytes FROM rule_content WHERE sm3 = $1", db_s(k->flow->sm3));
    if (r && row_next(r))
        ok = bundle_add(w, "flow", k->flow->sm3, k->flow->id, S("text/plain"), GRADE_PUBLIC,
                        row_str(r, 0));
    if (r) rows_close(r);
    return ok && ctx_ok(db_ctx(db));
}

bool bundle_add_case(Db *db, const Register *r, BundleWriter *w, int64_t id, bool names,
                     BundleReport *report) {
    CaseFile k;
    if (!case_get(db, r, id, &k)) return false;
    Grade g = data_grade(&k);
    bool whole = names || !bundle_withheld(db, id);
    report->cases++;
    return add_flow(db, w, &k) && add_file(db, w, &k, g, whole) &&
           add_events(db, w, id, g, whole) && add_signatures(db, w, &k) &&
           (!whole || (add_said(db, w, id, g) && add_documents(db, w, id, &report->documents)));
}

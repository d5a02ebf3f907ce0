/* A round in a bundle: what was set and frozen, candidates, panel, sheets, verdicts with their
 * signatures, the draw, recommendations, notices with objections, letters, titles, certificates.
 *
 * Invariant: who objected, and what they wrote, is inside only when that was asked for: neither in
 * a row nor in the case, messages and papers of the objection (bundle_withheld).
 */
#include "city/bundle/bundle_inner.h"
#include "city/flow/evidence.h"

/* Rows of a table: the first `nkey` columns name one. $1 is the round, $2 whether what is private
 * is asked for. `object`: what the journal calls it, before the first column; NULL: nothing. */
typedef struct Part {
    const char *kind, *object;
    int nkey;
    Grade grade;
    const char *columns, *sql;
} Part;

#define PART(kind, object, nkey, grade, columns, from)                                             \
    { kind, object, nkey, grade, columns, "SELECT " columns " FROM " from }
#define NOTICES "(SELECT n.id FROM public_notice n WHERE n.round = $1)"
#define CANDIDATES "(SELECT k.id FROM review_candidate k WHERE k.round = $1)"
#define CASES "(SELECT k.case_file FROM review_candidate k WHERE k.round = $1 AND k.case_file > 0)"

static const Part PARTS[] = {
    PART("round", "round:", 1, GRADE_INTERNAL,
         "id, case_file, title, rule, setting, setting_sm3, rule_version, rule_hash, as_of, "
         "as_known_ms, seq, seed, seed_sm3, seed_sha256, list_sha256, created_ms, opened_ms, "
         "listed_ms, assigned_ms, second_ms, scored_ms, decided_ms",
         "review_round WHERE id = $1 AND $2 >= 0"),
    PART("candidate", NULL, 1, GRADE_SENSITIVE,
         "id, case_file, subject, number, field, entered_ms, had, outcome, result, decision, seq, "
         "known_ms, kept, scored, score, verdict, code, reason",
         "review_candidate WHERE round = $1 AND $2 >= 0 ORDER BY id"),
    PART("sponsor", NULL, 3, GRADE_INTERNAL, "candidate, person, organisation",
         "review_sponsor WHERE candidate IN " CANDIDATES
         " AND $2 >= 0 ORDER BY candidate, person, organisation"),
    PART("member", NULL, 2, GRADE_INTERNAL,
         "round, person, organisation, fields, most, chair, gone_ms",
         "review_member WHERE round = $1 AND $2 >= 0 ORDER BY person"),
    PART("wall", NULL, 3, GRADE_INTERNAL, "candidate, person, kind, note, at_ms",
         "review_wall WHERE round = $1 AND $2 >= 0 ORDER BY candidate, person, kind"),
    PART("review", NULL, 1, GRADE_SENSITIVE,
         "id, candidate, person, version, assigned_ms, declared_ms, sheet, saved_ms, first, "
         "submitted_ms, second_ms, ended_ms, ended",
         "review_seat WHERE round = $1 AND $2 >= 0 ORDER BY id"),
    PART("consensus", NULL, 1, GRADE_SENSITIVE, "candidate, value, note, actor, at_ms",
         "review_consensus WHERE candidate IN " CANDIDATES " AND $2 >= 0 ORDER BY candidate"),
    PART("verdict_signature", NULL, 1, GRADE_INTERNAL, "id, object, actor, content_sm3, at_ms",
         "review_signature WHERE object IN (SELECT 'round:' || r.id FROM review_round r WHERE "
         "r.id = $1 UNION SELECT 'consensus:' || k.id FROM review_candidate k WHERE k.round = $1) "
         "AND $2 >= 0 ORDER BY id"),
    PART("draw", NULL, 1, GRADE_INTERNAL, "round, record, actor, at_ms",
         "review_draw WHERE round = $1 AND $2 >= 0"),
    PART("recommendation", "recommendation:", 1, GRADE_INTERNAL,
         "id, subject, firm_name, firm_code, rule, round, case_file, sponsor, organisation, "
         "district, reason, interest, outcome, made_day, made_ms, made_by, withdrawn_ms, "
         "withdrawn_reason",
         "recommendation WHERE round = $1 AND $2 >= 0 ORDER BY id"),
    PART("consent", NULL, 1, GRADE_INTERNAL,
         "id, subject, rule, round, answer, way, document, reason, at_ms, actor",
         "recommendation_consent WHERE round = $1 AND $2 >= 0 ORDER BY id"),
    PART("notice", "notice:", 1, GRADE_INTERNAL,
         "id, state, round, replaces, template, title, content, working_days, from_day, to_day, "
         "take_down_day, sm3, number, site_url, scan_sm3, scan_name, owner, created_ms, "
         "published_by, published_ms, ended_by, ended_ms",
         "public_notice WHERE round = $1 AND $2 >= 0 ORDER BY id"),
    PART("notice_firm", NULL, 2, GRADE_INTERNAL,
         "notice, position, subject, case_file, name, code, district, firm_group, note",
         "notice_firm WHERE notice IN " NOTICES " AND $2 >= 0 ORDER BY notice, position"),
    PART("objection", "objection:", 1, GRADE_INTERNAL,
         "id, notice, position, subject, receipt, channel, state, received_ms, received_day, "
         "registered_by, case_file, answer, closed_by, closed_ms",
         "objection WHERE notice IN " NOTICES " AND $2 >= 0 ORDER BY id"),
    PART("objector", NULL, 1, GRADE_SECRET, "id, person, contact, organisation, text",
         "objection WHERE notice IN " NOTICES " AND $2 = 1 ORDER BY id"),
    PART("title", "title:", 1, GRADE_INTERNAL,
         "id, subject, kind, tier, level, name, publisher, document_number, document, from_day, "
         "to_day, published, case_file, round, actor, reason, recorded_ms, seq",
         "title WHERE round = $1 AND $2 >= 0 ORDER BY id"),
    PART("certificate", "certificate:", 1, GRADE_INTERNAL,
         "id, code, title_record, subject, name, uscc, title, issuer, number, from_day, to_day, "
         "issued_ms, issued_by",
         "certificate WHERE title_record IN (SELECT t.id FROM title t WHERE t.round = $1) AND $2 "
         ">= 0 ORDER BY id"),
    PART("letter", "letter:", 1, GRADE_INTERNAL,
         "id, state, template, case_file, notice, subject, addressee, title, sm3, number, way, "
         "sent_day, delivered_day, proof, proof_sm3, owner, created_ms, sent_by, sent_ms, read_ms",
         "letter WHERE (round = $1 OR notice IN " NOTICES " OR case_file IN " CASES
         ") AND objection = 0 AND $2 >= 0 ORDER BY id"),
};
enum { PART_COUNT = sizeof PARTS / sizeof *PARTS };

/* One row as an object of texts, under the names of its columns; its key from the first ones. */
static Json *row_json(Arena *a, Rows *r, const Part *p, Str *key) {
    Json *o = json_new(a, JSON_OBJECT);
    Str rest = str_from(p->columns);
    *key = S("");
    for (int i = 0; rest.p; i++) {
        Str name = str_trim(str_cut(&rest, ',')), value = str_dup(a, row_str(r, i));
        json_set(o, name, row_null(r, i) ? json_new(a, JSON_NULL) : json_string(a, value));
        if (i < p->nkey) *key = i ? str_printf(a, "%.*s/%.*s", STRF(*key), STRF(value)) : value;
    }
    return o;
}

static bool add_part(Db *db, BundleWriter *w, const Part *p, int64_t round, bool names,
                     Map *wanted) {
    Arena *a = db_ctx(db)->arena;
    Rows *r = Q(db, p->sql, db_i(round), db_i(names));
    bool ok = r != NULL;
    while (ok && row_next(r)) {
        Str key;
        Json *o = row_json(a, r, p, &key);
        if (p->object) map_put(wanted, str_cat(a, str_from(p->object), key), w);
        ok = bundle_add_json(w, p->kind, key, str_printf(a, "%s %.*s", p->kind, STRF(key)),
                             p->grade, o);
    }
    if (r) rows_close(r);
    return ok && ctx_ok(db_ctx(db));
}

/* Notices and letters as they went out, byte for byte; scans of what was stamped. */
static bool add_papers(Db *db, BundleWriter *w, int64_t round) {
    Arena *a = db_ctx(db)->arena;
    Str *scans = NULL;
    int n = 0, cap = 0;
    Rows *r = Q(db,
                "SELECT 'notice/' || id, title, frozen, scan_sm3 FROM public_notice "
                "WHERE round = $1 UNION ALL SELECT 'letter/' || id, title, frozen, scan_sm3 "
                "FROM letter WHERE objection = 0 AND (round = $1 OR notice IN " NOTICES
                " OR case_file IN " CASES ")",
                db_i(round));
    bool ok = r != NULL;
    while (ok && row_next(r)) {
        if (!row_null(r, 2))
            ok = bundle_add(w, "frozen", str_dup(a, row_str(r, 0)), str_dup(a, row_str(r, 1)),
                            S("application/json"), GRADE_INTERNAL, row_str(r, 2));
        if (row_str(r, 3).n == 0) continue;
        GROW(a, scans, n, cap);
        scans[n++] = str_dup(a, row_str(r, 3));
    }
    if (r) rows_close(r);
    for (int i = 0; ok && i < n; i++) {
        EvidenceFile f;
        ok = bundle_has(w, "document", scans[i]) ||
             (evidence_get(db, scans[i], &f) &&
              bundle_add(w, "document", f.sm3, S("scan"), evidence_media_type(f.type),
                         GRADE_INTERNAL, f.bytes));
    }
    return ok && ctx_ok(db_ctx(db));
}

bool bundle_add_round(Db *db, BundleWriter *w, int64_t round, bool names, Map *wanted) {
    for (int i = 0; i < PART_COUNT; i++)
        if (!add_part(db, w, &PARTS[i], round, names, wanted)) return false;
    return add_papers(db, w, round);
}

bool bundle_withheld(Db *db, int64_t kase) {
    return Q_I64(db, 0, "SELECT count(*) FROM objection WHERE case_file = $1", db_i(kase)) > 0;
}

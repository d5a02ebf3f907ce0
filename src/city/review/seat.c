/* Seats and sheets: declaring interests, scoring in two passes, consensus, closing. See panel.h. */
#include "base/date.h"
#include "base/hash.h"
#include "city/review/panel.h"
#include "city/review/round_parts.h"
#include "store/counter.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 24 * 3600 * 1000, COMMENT_MAX = 4000 };

#define COLUMNS                                                                                    \
    "s.id, s.round, s.candidate, s.version, s.person, s.sheet, s.first, s.ended, s.assigned_ms, "  \
    "s.declared_ms, s.saved_ms, s.submitted_ms, s.second_ms, s.ended_ms, k.number"

static void read_row(Arena *a, Rows *q, Seat *s) {
    *s = (Seat){.id = row_i64(q, 0),
                .round = row_i64(q, 1),
                .candidate = row_i64(q, 2),
                .version = row_i64(q, 3),
                .person = str_dup(a, row_str(q, 4)),
                .sheet = str_dup(a, row_str(q, 5)),
                .first = str_dup(a, row_str(q, 6)),
                .ended = str_dup(a, row_str(q, 7)),
                .number = str_dup(a, row_str(q, 14))};
    int64_t *const moments[] = {&s->assigned_ms,  &s->declared_ms, &s->saved_ms,
                                &s->submitted_ms, &s->second_ms,   &s->ended_ms};
    for (int i = 0; i < 6; i++) *moments[i] = row_i64(q, 8 + i);
}

static bool read_rows(Db *db, Rows *q, Seat **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    while (q && row_next(q)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, q, &(*out)[(*n)++]);
    }
    if (q) rows_close(q);
    return ctx_ok(c);
}

#define LIST                                                                                       \
    "SELECT " COLUMNS " FROM review_seat s JOIN review_candidate k ON k.id = s.candidate "         \
    "WHERE s.ended_ms = 0 AND "
#define ORDER " ORDER BY s.candidate, s.person, s.id"

bool seat_list(Db *db, int64_t round, Seat **out, int *n) {
    return read_rows(db, Q(db, LIST "s.round = $1" ORDER, db_i(round)), out, n);
}

/* Who left the panel has no seat any more for themselves; what they handed in counts. */
#define STAYED                                                                                     \
    " AND NOT EXISTS (SELECT 1 FROM review_member m WHERE m.round = s.round AND "                  \
    "m.person = s.person AND m.gone_ms > 0)"

bool seat_list_mine(Db *db, Str person, Seat **out, int *n) {
    return read_rows(db, Q(db, LIST "s.person = $1" STAYED ORDER, db_s(person)), out, n);
}

bool seat_list_of(Db *db, int64_t candidate, Seat **out, int *n) {
    return read_rows(db,
                     Q(db,
                       LIST "s.candidate = $1 AND s.round = (SELECT c.round FROM review_candidate "
                            "c WHERE c.id = $1)" ORDER,
                       db_i(candidate)),
                     out, n);
}

bool seat_get(Db *db, int64_t id, Str person, Seat *out) {
    Ctx *c = db_ctx(db);
    Rows *q = Q(db,
                "SELECT " COLUMNS " FROM review_seat s JOIN review_candidate k "
                "ON k.id = s.candidate WHERE s.id = $1 AND s.person = $2 AND s.ended_ms = 0" STAYED,
                db_i(id), db_s(person));
    bool there = q && row_next(q);
    if (there) read_row(c->arena, q, out);
    if (q) rows_close(q);
    return ctx_ok(c) && (there || FAIL(c, ERR_MISSING, M_SEAT_MISSING));
}

static bool in_time(Ctx *c, const Round *r) {
    if (r->scored_ms) return FAIL(c, ERR_STATE, M_ROUND_SCORED);
    int64_t today = (c->now_ms + CHINA_MS) / DAY_MS;
    return today <= r->setting.score_by ||
           FAIL(c, ERR_STATE, M_SEAT_LATE, date_text(c->arena, r->setting.score_by));
}

bool seat_declare(Db *db, const Round *r, const Seat *s, bool interest, Str note, const Act *act,
                  bool *lacking) {
    Ctx *c = db_ctx(db);
    AssignOut out;
    *lacking = false;
    if (!in_time(c, r)) return false;
    if (s->declared_ms) return FAIL(c, ERR_STATE, M_SEAT_DECLARED);
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("candidate"), json_string(c->arena, s->number));
    json_set(o, S("interest"), json_bool(c->arena, interest));
    json_set(o, S("note"), json_string(c->arena, note));
    /* thousands declare that they have none: the office's own acts on the round go on meanwhile */
    if (interest && !review_touch(db, r->id)) return false;
    if (!review_note(db, act, S("review.declare"), r->id, o)) return false;
    if (!interest)
        return EXEC(db, "UPDATE review_seat SET declared_ms = $1 WHERE id = $2", db_i(c->now_ms),
                    db_i(s->id));
    if (!EXEC(db, "UPDATE review_seat SET ended_ms = $1, ended = 'interest' WHERE id = $2",
              db_i(c->now_ms), db_i(s->id)) ||
        !EXEC(db,
              "INSERT INTO review_wall(round, candidate, person, kind, note, at_ms) "
              "VALUES ($1, $2, $3, 'declared', $4, $5) ON CONFLICT DO NOTHING",
              db_i(r->id), db_i(s->candidate), db_s(s->person), db_s(note), db_i(c->now_ms)) ||
        !panel_refill(db, r, act, &out))
        return false;
    *lacking = out.lacks > 0;
    return true;
}

/* --- sheets ----------------------------------------------------------------------------------- */

static Vote vote_of(Str text) {
    return str_eq(text, S("yes"))       ? VOTE_YES
           : str_eq(text, S("no"))      ? VOTE_NO
           : str_eq(text, S("abstain")) ? VOTE_ABSTAIN
                                        : VOTE_NONE;
}

/* Marks and comments as far as given; submit asks for all of them. */
static bool check_sheet(Ctx *c, const RoundSetting *s, const Json *sheet, bool submit) {
    const Json *marks = json_get(sheet, S("marks")), *comments = json_get(sheet, S("comments"));
    for (int i = 0; i < s->score.criteria; i++) {
        const RoundCriterion *k = &s->criteria[i];
        Str text = json_get_str(marks, k->id), said = str_trim(json_get_str(comments, k->id));
        Str at = str_printf(c->arena, "/marks/%.*s", STRF(k->id));
        Dec m = {0};
        if (said.n > COMMENT_MAX) return FAIL_AT(c, ERR_RULE, at, M_SEAT_COMMENT, k->title);
        if (!text.n) {
            if (submit) return FAIL_AT(c, ERR_RULE, at, M_SEAT_NO_MARK, k->title);
            continue;
        }
        if (!dec_parse(text, &m) || !score_mark_valid(&m, k->top))
            return FAIL_AT(c, ERR_RULE, at, M_SEAT_MARK, k->title, text,
                           str_printf(c->arena, "%d", k->top));
        if (submit && score_mark_extreme(&m, k->top) && !said.n)
            return FAIL_AT(c, ERR_RULE, at, M_SEAT_COMMENT, k->title);
    }
    if (submit && s->score.method == SCORE_VOTE && !vote_of(json_get_str(sheet, S("vote"))))
        return FAIL_AT(c, ERR_RULE, S("/vote"), M_SEAT_NO_MARK, S("vote"));
    return true;
}

bool seat_save(Db *db, const Round *r, const Seat *s, int64_t version, const Json *sheet,
               bool submit, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    bool second = r->second_ms > 0;
    if (!in_time(c, r)) return false;
    if (!s->declared_ms) return FAIL(c, ERR_STATE, M_SEAT_DECLARE);
    if (s->submitted_ms && !second) return FAIL(c, ERR_STATE, M_SEAT_DONE);
    if (!check_sheet(c, &r->setting, sheet, submit || second)) return false;
    Str text = review_text(c->arena, sheet);
    int64_t now = c->now_ms;
    if (!db_exec(db,
                 "UPDATE review_seat SET version = version + 1, sheet = $1, saved_ms = $2, "
                 "first = CASE WHEN $3 = 1 AND first = '' THEN $1 ELSE first END, "
                 "submitted_ms = CASE WHEN $3 = 1 AND submitted_ms = 0 THEN $2 ELSE submitted_ms "
                 "END, second_ms = CASE WHEN $4 = 1 THEN $2 ELSE second_ms END "
                 "WHERE id = $5 AND version = $6 AND ended_ms = 0",
                 &changed, 6,
                 (DbVal[]){db_s(text), db_i(now), db_i(submit), db_i(second), db_i(s->id),
                           db_i(version)}))
        return false;
    if (!changed) return FAIL(c, ERR_STALE, M_SEAT_STALE);
    if (!submit && !second) return true; /* a draft is no act yet: nothing follows from it */
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("seat"), json_int(c->arena, s->id));
    json_set(o, S("sheet_sm3"), json_string(c->arena, hash_hex(c->arena, HASH_SM3, text)));
    return review_note(db, act, second ? S("review.second") : S("review.submit"), r->id, o);
}

/* --- documents -------------------------------------------------------------------------------- */

bool seat_documents(Db *db, const Round *r, const Seat *s, CaseDocument **out, int *n, int *later) {
    Candidate k;
    CaseDocument *all;
    int count, kept = 0;
    *n = *later = 0;
    if (!round_candidate(db, s->candidate, &k)) return false;
    if (!k.case_file || !s->declared_ms || r->scored_ms) return true;
    if (!case_documents(db, k.case_file, false, &all, &count)) return false;
    for (int i = 0; i < count; i++)
        if (all[i].grade <= GRADE_SENSITIVE) all[kept++] = all[i];
    *out = all;
    *(r->second_ms ? n : later) = kept;
    return true;
}

bool seat_document(Db *db, const Round *r, const Seat *s, int64_t id, CaseDocument *out,
                   EvidenceFile *file) {
    CaseDocument *all = NULL;
    int n, later;
    if (!seat_documents(db, r, s, &all, &n, &later)) return false;
    for (int i = 0; i < n; i++)
        if (all[i].id == id) return *out = all[i], evidence_read(db, out, s->person, file);
    return FAIL(db_ctx(db), ERR_MISSING, M_FILE_UNKNOWN);
}

/* --- the second pass -------------------------------------------------------------------------- */

static int64_t open_sheets(Db *db, int64_t round) {
    return Q_I64(db, 0,
                 "SELECT count(*) FROM review_seat WHERE round = $1 AND ended_ms = 0 AND "
                 "submitted_ms = 0",
                 db_i(round));
}

bool panel_second(Db *db, const Round *r, const Act *act) {
    Ctx *c = db_ctx(db);
    if (!in_time(c, r) || !review_touch(db, r->id)) return false;
    if (!r->assigned_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_LISTED);
    int64_t open = open_sheets(db, r->id);
    if (open)
        return FAIL(c, ERR_STATE, M_PANEL_OPEN_SHEETS,
                    str_printf(c->arena, "%lld", (long long)open));
    return review_moment(db, "UPDATE review_round SET second_ms = $1 WHERE id = $2", r->id) &&
           review_note(db, act, S("panel.second"), r->id, NULL);
}

/* --- consensus -------------------------------------------------------------------------------- */

static bool consensus_round(Ctx *c, const Round *r) {
    return r->setting.score.method == SCORE_CONSENSUS ? in_time(c, r)
                                                      : FAIL(c, ERR_STATE, M_CONSENSUS_ONLY);
}

bool panel_consensus(Db *db, const Round *r, int64_t candidate, Str value, Str note,
                     const Act *act) {
    Ctx *c = db_ctx(db);
    Dec v, most = dec_int(100);
    Candidate k;
    if (!consensus_round(c, r) || !review_touch(db, r->id) || !round_candidate(db, candidate, &k))
        return false;
    if (!dec_parse(value, &v) || dec_sign(&v) < 0 || dec_cmp(&v, &most) > 0)
        return FAIL(c, ERR_RULE, M_SEAT_MARK, k.number, value, S("100"));
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("candidate"), json_string(c->arena, k.number));
    json_set(o, S("value"), json_string(c->arena, value));
    return EXEC(db,
                "INSERT INTO review_consensus(candidate, value, note, actor, at_ms) VALUES "
                "($1, $2, $3, $4, $5) ON CONFLICT (candidate) DO UPDATE SET value = $2, "
                "note = $3, actor = $4, at_ms = $5",
                db_i(candidate), db_s(value), db_s(note), db_s(act->actor), db_i(c->now_ms)) &&
           review_note(db, act, S("panel.consensus"), r->id, o);
}

/* The value and the digest that is signed; empty: none recorded. */
static bool consensus_of(Db *db, int64_t candidate, Str *value, Str *sm3) {
    Ctx *c = db_ctx(db);
    Rows *q =
        Q(db, "SELECT value, note FROM review_consensus WHERE candidate = $1", db_i(candidate));
    *value = *sm3 = S("");
    if (q && row_next(q)) {
        *value = str_dup(c->arena, row_str(q, 0));
        Str text = str_printf(c->arena, "%lld\n%.*s\n%.*s", (long long)candidate, STRF(*value),
                              STRF(row_str(q, 1)));
        *sm3 = hash_hex(c->arena, HASH_SM3, text);
    }
    if (q) rows_close(q);
    return ctx_ok(c);
}

bool panel_sign(Db *db, const Round *r, int64_t candidate, const Act *act) {
    Ctx *c = db_ctx(db);
    Str value, sm3, object = str_printf(c->arena, "consensus:%lld", (long long)candidate);
    if (!consensus_round(c, r) || !review_touch(db, r->id) ||
        !consensus_of(db, candidate, &value, &sm3))
        return false;
    if (!Q_I64(db, 0,
               "SELECT count(*) FROM review_seat WHERE candidate = $1 AND person = $2 AND "
               "ended_ms = 0 AND declared_ms > 0",
               db_i(candidate), db_s(act->actor)) ||
        !sm3.n)
        return FAIL(c, ERR_MISSING, M_SEAT_MISSING);
    if (Q_I64(db, 0,
              "SELECT count(*) FROM review_signature WHERE object = $1 AND content_sm3 = $2 AND "
              "actor = $3",
              db_s(object), db_s(sm3), db_s(act->actor)))
        return FAIL(c, ERR_STATE, M_SIGN_TWICE, act->actor);
    int64_t id = counter_take(db, S("review_signature"), 1);
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("content_sm3"), json_string(c->arena, sm3));
    return id &&
           EXEC(db,
                "INSERT INTO review_signature(id, object, actor, content_sm3, at_ms) VALUES "
                "($1, $2, $3, $4, $5)",
                db_i(id), db_s(object), db_s(act->actor), db_s(sm3), db_i(c->now_ms)) &&
           review_note(db, act, S("panel.sign"), r->id, o);
}

/* --- results ---------------------------------------------------------------------------------- */

static ScoreSheet sheet_of(Ctx *c, const RoundSetting *s, Str text) {
    const Json *j = json_parse(c, text, S("sheet")), *marks = json_get(j, S("marks"));
    Dec *m = NEW_N(c->arena, Dec, s->score.criteria + 1);
    for (int i = 0; i < s->score.criteria; i++)
        if (!dec_parse(json_get_str(marks, s->criteria[i].id), &m[i])) m[i] = dec_int(0);
    return (ScoreSheet){.mark = m, .vote = vote_of(json_get_str(j, S("vote")))};
}

static bool consensus_results(Db *db, const Round *r, PanelView *v) {
    for (int f = 0; f < v->nfiles; f++) {
        Str value, sm3;
        Dec d = {0};
        if (!consensus_of(db, v->files[f].id, &value, &sm3)) return false;
        int64_t signs = Q_I64(
            db, 0, "SELECT count(*) FROM review_signature WHERE object = $1 AND content_sm3 = $2",
            db_s(str_printf(db_ctx(db)->arena, "consensus:%lld", (long long)v->files[f].id)),
            db_s(sm3));
        bool has = value.n && dec_parse(value, &d);
        v->file[f].result = score_consensus(&r->setting.score, has ? &d : NULL, (int)signs);
    }
    return ctx_ok(db_ctx(db));
}

static int index_of(const PanelView *v, Str person) {
    for (int m = 0; m < v->nmembers; m++)
        if (str_eq(v->members[m].person, person)) return m;
    return 0;
}

bool panel_view(Db *db, const Round *r, PanelView *v) {
    Ctx *c = db_ctx(db);
    Seat *seats;
    int n, sheets = 0, f = 0;
    int64_t total;
    *v = (PanelView){0};
    CandidateFilter all = {.round = r->id, .had = -1};
    if (!round_candidates(db, &all, &v->files, &v->nfiles, &total) ||
        !panel_members(db, r->id, &v->members, &v->nmembers) || !seat_list(db, r->id, &seats, &n))
        return false;
    v->seats = n;
    v->file = NEW_N(c->arena, FileStats, v->nfiles + 1);
    v->member = NEW_N(c->arena, ReviewerStats, v->nmembers + 1);
    PanelSheet *sheet = NEW_N(c->arena, PanelSheet, n + 1);
    for (int i = 0; i < n; i++) {
        if (!seats[i].submitted_ms) continue;
        while (f < v->nfiles && v->files[f].id < seats[i].candidate) f++;
        sheet[sheets++] =
            (PanelSheet){f, index_of(v, seats[i].person), sheet_of(c, &r->setting, seats[i].sheet)};
    }
    v->submitted = sheets;
    panel_stats(c->arena, &r->setting.score, sheet, sheets, v->nfiles, v->nmembers,
                r->setting.has_minimum ? &r->setting.minimum : NULL, v->file, v->member);
    return r->setting.score.method != SCORE_CONSENSUS || consensus_results(db, r, v);
}

static bool keep_result(Db *db, const Round *r, const Candidate *k, const ScoreResult *s) {
    Arena *a = db_ctx(db)->arena;
    bool vote = r->setting.score.method == SCORE_VOTE, ready = s->state == SCORE_READY;
    Str text = !ready ? S("")
               : vote ? str_printf(a, "%d", s->yes)
                      : dec_fixed(a, &s->value, r->setting.score.decimals);
    return EXEC(db, "UPDATE review_candidate SET scored = $1, score = $2 WHERE id = $3",
                db_i(ready ? (vote && !s->passed ? 2 : 1) : 0), db_s(text), db_i(k->id));
}

bool panel_close(Db *db, const Round *r, bool lacking, const Act *act) {
    Ctx *c = db_ctx(db);
    PanelView v;
    int without = 0;
    if (r->scored_ms) return FAIL(c, ERR_STATE, M_ROUND_SCORED);
    if (!r->assigned_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_LISTED);
    if (!review_touch(db, r->id) || !panel_view(db, r, &v)) return false;
    for (int f = 0; f < v.nfiles; f++) {
        without += v.file[f].result.state != SCORE_READY;
        if (!keep_result(db, r, &v.files[f], &v.file[f].result)) return false;
    }
    if (without && !lacking)
        return FAIL(c, ERR_RULE, M_PANEL_OPEN_SHEETS, str_printf(c->arena, "%d", without));
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("without"), json_int(c->arena, without));
    json_set(o, S("sheets"), json_int(c->arena, v.submitted));
    return review_moment(db, "UPDATE review_round SET scored_ms = $1 WHERE id = $2", r->id) &&
           review_note(db, act, S("panel.close"), r->id, o);
}

/* Candidates: open recommendations of one enterprise for one rule and round, read together. See
 * recommend.h. */
#include <stdlib.h>

#include "city/library/recommend.h"
#include "city/subject_row.h"

static const Str CONSENTS[] = {STR_INIT("asked"), STR_INIT("given"), STR_INIT("declined")};

Str consent_text(Consent c) {
    return CONSENTS[c];
}

/* --- joining ------------------------------------------------------------------------------------
 */

static int by_candidate(const void *px, const void *py) {
    const Recommendation *x = px, *y = py;
    int d = (x->subject > y->subject) - (x->subject < y->subject);
    if (!d) d = str_cmp(x->rule, y->rule);
    if (!d) d = (x->round > y->round) - (x->round < y->round);
    return d ? d : (x->id > y->id) - (x->id < y->id);
}

static bool same_candidate(const Recommendation *x, const Recommendation *y) {
    return x->subject == y->subject && str_eq(x->rule, y->rule) && x->round == y->round;
}

static bool in_list(Str list, Str word) {
    while (list.n)
        if (str_eq(str_cut(&list, ','), word)) return true;
    return false;
}

static bool same_sponsor(const Recommendation *x, const Recommendation *y) {
    if (x->sponsor.organisation || y->sponsor.organisation)
        return x->sponsor.organisation == y->sponsor.organisation;
    return str_eq(x->sponsor.kind, y->sponsor.kind) &&
           str_eq(x->sponsor.district, y->sponsor.district);
}

/* The newest word of the firm or of one merged with it. */
static bool read_consent(Db *db, Candidate *k) {
    Ctx *c = db_ctx(db);
    int64_t *members, newest = 0;
    int n;
    if (!subject_members(db, k->subject, &members, &n)) return false;
    for (int i = 0; i < n; i++) {
        Rows *r = Q(db,
                    "SELECT id, answer, way, document, at_ms, actor FROM recommendation_consent "
                    "WHERE subject = $1 AND rule = $2 AND round = $3 ORDER BY id DESC LIMIT 1",
                    db_i(members[i]), db_s(k->rule), db_i(k->round));
        if (r && row_next(r) && row_i64(r, 0) > newest) {
            newest = row_i64(r, 0);
            k->consent = str_eq(row_str(r, 1), S("given")) ? CONSENT_GIVEN : CONSENT_DECLINED;
            k->consent_way = str_dup(c->arena, row_str(r, 2));
            k->consent_document = str_dup(c->arena, row_str(r, 3));
            k->consent_ms = row_i64(r, 4);
            k->consent_by = str_dup(c->arena, row_str(r, 5));
        }
        if (r) rows_close(r);
    }
    return ctx_ok(c);
}

static Candidate join(Arena *a, const Recommendation *items, int n) {
    Candidate k = {.id = items[0].id,
                   .subject = items[0].subject,
                   .rule = items[0].rule,
                   .round = items[0].round,
                   .first_ms = items[0].made_ms,
                   .last_ms = items[n - 1].made_ms,
                   .outcome = items[n - 1].outcome,
                   .kinds = S("")};
    for (int i = 0; i < n; i++) {
        bool before = false;
        for (int j = 0; j < i; j++) before |= same_sponsor(&items[i], &items[j]);
        k.sponsors += !before;
        if (in_list(k.kinds, items[i].sponsor.kind)) continue;
        k.kinds = k.kinds.n ? str_printf(a, "%.*s,%.*s", STRF(k.kinds), STRF(items[i].sponsor.kind))
                            : items[i].sponsor.kind;
    }
    return k;
}

static int newest_first(const void *px, const void *py) {
    const Candidate *x = px, *y = py;
    if (x->last_ms != y->last_ms) return x->last_ms < y->last_ms ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

bool candidate_list(Db *db, const RecommendFilter *f, Candidate **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    RecommendFilter all = *f;
    Recommendation *items;
    int count, cap = 0;
    all.open_only = true;
    all.offset = all.limit = 0;
    *out = NULL;
    *n = 0;
    if (!recommend_list(db, &all, &items, &count, total)) return false;
    if (count > 1) qsort(items, (size_t)count, sizeof *items, by_candidate);
    for (int i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && same_candidate(&items[i], &items[end]);) end++;
        if (!items[i].subject) continue;
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = join(c->arena, items + i, end - i);
    }
    if (*n > 1) qsort(*out, (size_t)*n, sizeof **out, newest_first);
    *total = *n;
    int64_t from = f->offset < *n ? f->offset : *n;
    *out += from;
    *n -= (int)from;
    if (f->limit && *n > f->limit) *n = (int)f->limit;
    for (int i = 0; i < *n; i++)
        if (!read_consent(db, &(*out)[i])) return false;
    return true;
}

bool candidate_get(Db *db, int64_t id, Candidate *out) {
    Ctx *c = db_ctx(db);
    Recommendation o;
    Candidate *all;
    int n;
    int64_t total;
    if (!recommend_get(db, id, &o)) return false;
    RecommendFilter f = {.subject = o.subject, .rule = o.rule, .round = o.round};
    if (o.subject && !candidate_list(db, &f, &all, &n, &total)) return false;
    if (!o.subject || n != 1)
        return FAIL(c, ERR_MISSING, M_RECOMMEND_MISSING,
                    str_printf(c->arena, "%lld", (long long)id));
    *out = all[0];
    return true;
}

/* --- the firm's answer --------------------------------------------------------------------------
 */

bool candidate_consent(Db *db, int64_t id, bool given, Str document, const Act *act) {
    Ctx *c = db_ctx(db);
    Recommendation k;
    Str answer = given ? S("given") : S("declined");
    if (!recommend_get(db, id, &k)) return false;
    if (!k.subject)
        return FAIL(c, ERR_MISSING, M_RECOMMEND_MISSING,
                    str_printf(c->arena, "%lld", (long long)id));
    return EXEC(db,
                "INSERT INTO recommendation_consent(subject, rule, round, answer, way, document, "
                "reason, at_ms, actor) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                db_i(k.subject), db_s(k.rule), db_i(k.round), db_s(answer),
                db_s(document.n ? S("paper") : S("account")), db_s(document), db_s(act->reason),
                db_i(c->now_ms), db_s(act->actor)) &&
           journal_add(db, act, S("recommendation.consent"),
                       str_printf(c->arena, "subject:%lld", (long long)k.subject),
                       str_printf(c->arena, "%.*s\n%lld\n%.*s\n%.*s", STRF(k.rule),
                                  (long long)k.round, STRF(answer), STRF(document)));
}

/* --- near duplicates ----------------------------------------------------------------------------
 */

static bool spoken_of(Db *db, Str name, int64_t subject) {
    return Q_I64(db, 0,
                 "SELECT count(*) FROM match_confirmation WHERE line_key = $1 AND subject = $2 "
                 "AND same = 0",
                 db_s(subject_key(db_ctx(db)->arena, name)), db_i(subject)) > 0;
}

static bool add_pair(Db *db, const Candidate *x, const Candidate *y, Str name,
                     const MatchCandidate *hit, CandidatePair **out, int *n, int *cap) {
    Ctx *c = db_ctx(db);
    Subject other;
    if (!subject_get(db, y->subject, &other)) return false;
    if (spoken_of(db, name, y->subject) || spoken_of(db, other.name, x->subject)) return ctx_ok(c);
    GROW(c->arena, *out, *n, *cap);
    (*out)[(*n)++] = (CandidatePair){.candidate = x->id,
                                     .other = y->id,
                                     .subject = x->subject,
                                     .other_subject = y->subject,
                                     .name = name,
                                     .other_name = other.name,
                                     .score = hit->score};
    return ctx_ok(c);
}

bool candidate_near(Db *db, const CodeLists *places, CandidatePair **out, int *n) {
    Ctx *c = db_ctx(db);
    Candidate *all;
    int count, cap = 0;
    int64_t total;
    *out = NULL;
    *n = 0;
    if (!candidate_list(db, &(RecommendFilter){.round = -1}, &all, &count, &total)) return false;
    for (int i = 0; i < count; i++) {
        Subject who;
        Match m;
        if (!subject_get(db, all[i].subject, &who) || !match_lines(db, places, &who.name, 1, &m))
            return false;
        for (int k = 0; k < m.n; k++)
            for (int j = i + 1; j < count; j++) {
                bool fit = m.candidates[k].score >= MATCH_PERSON &&
                           m.candidates[k].subject == all[j].subject &&
                           all[j].subject != all[i].subject && str_eq(all[i].rule, all[j].rule) &&
                           all[i].round == all[j].round;
                if (fit &&
                    !add_pair(db, &all[i], &all[j], who.name, &m.candidates[k], out, n, &cap))
                    return false;
            }
    }
    return ctx_ok(c);
}

bool candidate_settle(Db *db, int64_t subject, int64_t other, bool same, const Act *act) {
    Subject a, b;
    if (same) return subject_merge(db, subject, other, act) > 0;
    return subject_get(db, subject, &a) && subject_get(db, other, &b) &&
           match_confirm(db, a.name, b.id, false, act) &&
           match_confirm(db, b.name, a.id, false, act);
}

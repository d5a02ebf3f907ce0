/* Lists of cases. One query text for each way into the table, because a condition that may be off
 * (`$7 = 0 OR …`) leads to no index; the count reads an index alone unless words are looked for.
 */
#include "city/flow/case_inner.h"

/* Ways in, the narrowest first. */
enum { WAY_SUBJECT, WAY_OPENER, WAY_PARENT, WAY_OWN, WAY_ANY, WAYS };

/* What a filter says in SQL; the scope of the actor is part of it, so that totals tell nothing. */
#define FILTER                                                                                     \
    "($1 = '' OR k.flow = $1) AND ($2 = '' OR k.state = $2) "                                      \
    "AND ($3 = '' OR k.stage = $3) AND ($4 = '' OR k.division = $4) "                              \
    "AND ($6 = '' OR k.opened_by = $6) AND ($7 = 0 OR k.parent = $7) "                             \
    "AND ($8 = 0 OR k.subject = $8) AND ($9 = 0 OR k.organisation = $9) "                          \
    "AND ($10 = 0 OR k.closed_ms IS NULL) "
/* Flows may be for fewer roles than their cases would be (Flow.view): those an actor's scope does
 * not reach are named in lists, |flow|flow|. */
#define EXCEPT(list) "(" list " = '' OR " list " NOT LIKE '%|' || k.flow || '|%')"
#define BY_ALL "($11 = 1 AND " EXCEPT("$18") ")"
#define BY_OPENER CASE_OPENED("$12", "$16", "$17")
#define BY_DISTRICT "($13 <> '' AND k.division = $13 AND " EXCEPT("$19") ")"
#define MINE "(($14 <> 0 AND k.subject = $14) OR ($15 <> 0 AND k.organisation = $15))"
#define BY_OWN "(" EXCEPT("$20") " AND " MINE ")"
#define SCOPE "AND (" BY_ALL " OR " BY_OPENER " OR " BY_DISTRICT " OR " BY_OWN ") "
#define NO_WORDS "AND $5 = '' "
#define WORDS "AND ($5 = '' OR k.number LIKE $5 OR k.title LIKE $5) "

#define COUNT(way, words) "SELECT count(*) FROM case_file k WHERE " way FILTER words SCOPE
#define ROWS(way, words)                                                                           \
    "SELECT " CASE_COLUMNS "FROM case_file k WHERE " way FILTER words SCOPE                        \
    "ORDER BY k.changed_ms DESC, k.id DESC LIMIT $21 OFFSET $22"
/* Of an account that acts for itself: each of the alternatives has an index. */
#define OF_OWN                                                                                     \
    "k.id IN (SELECT o.id FROM case_file o WHERE o.opened_by = $12 UNION "                         \
    "SELECT o.id FROM case_file o WHERE $14 <> 0 AND o.subject = $14 UNION "                       \
    "SELECT o.id FROM case_file o WHERE $15 <> 0 AND o.organisation > 0 AND o.organisation = "     \
    "$15) AND "
#define WAYS_OF(make, words)                                                                       \
    {                                                                                              \
        make("k.subject = $8 AND ", words), make("k.opened_by = $6 AND ", words),                  \
            make("k.parent = $7 AND ", words), make(OF_OWN, words), make("", words)                \
    }
static const char *const COUNTS[2][WAYS] = {WAYS_OF(COUNT, NO_WORDS), WAYS_OF(COUNT, WORDS)};
static const char *const LISTS[2][WAYS] = {WAYS_OF(ROWS, NO_WORDS), WAYS_OF(ROWS, WORDS)};

enum { FILTER_ARGS = 20 };

/* The flows of the pack whose cases this scope of the actor's roles does not reach. */
static Str flows_except(Arena *a, const PackSet *p, const CaseActor *actor, RightScope scope) {
    const Right *right = right_find(S("case:read"));
    Buf b = buf_new(a, 0);
    for (int i = 0; actor && i < p->nflows; i++) {
        const Flow *f = p->flows[i];
        bool reaches = !f->view;
        for (int k = 0; k < ROLES; k++)
            reaches |= (actor->roles & f->view) >> k & 1 && right_scope(right, (Role)k) == scope;
        if (!reaches) buf_printf(&b, "%s%.*s|", b.n ? "" : "|", STRF(f->id));
    }
    return buf_str(&b);
}

/* What the rights say; cases of flows the pack has no more are looked at one by one besides. */
static void filter_args(Arena *a, const PackSet *p, const CaseFilter *f, const CaseActor *actor,
                        DbVal *v) {
    RightScope s = actor ? rights_scope(right_find(S("case:read")), actor->roles) : SCOPE_ALL;
    bool district = false;
    for (int i = 0; actor && i < ROLES; i++)
        district |= actor->roles >> i & 1 &&
                    right_scope(right_find(S("case:read")), (Role)i) == SCOPE_DISTRICT;
    Str like = f->q.n ? str_printf(a, "%%%.*s%%", STRF(f->q)) : S("");
    v[0] = db_s(f->flow);
    v[1] = db_s(f->state);
    v[2] = db_s(f->stage);
    v[3] = db_s(f->division);
    v[4] = db_s(like);
    v[5] = db_s(f->opened_by);
    v[6] = db_i(f->parent);
    v[7] = db_i(f->subject);
    v[8] = db_i(f->organisation);
    v[9] = db_i(f->open_only);
    v[10] = db_i(s == SCOPE_ALL);
    v[11] = db_s(actor ? actor->name : S(""));
    v[12] = db_s(district ? actor->district : S(""));
    v[13] = db_i(actor && s >= SCOPE_OWN ? actor->subject : 0);
    v[14] = db_i(actor && s >= SCOPE_OWN ? actor->organisation : 0);
    int64_t firm = 0, body = 0;
    if (actor) case_acts_for(actor, &firm, &body);
    v[15] = db_i(firm);
    v[16] = db_i(body);
    v[17] = db_s(flows_except(a, p, actor, SCOPE_ALL));
    v[18] = db_s(flows_except(a, p, actor, SCOPE_DISTRICT));
    v[19] = db_s(flows_except(a, p, actor, SCOPE_OWN));
}

static int way_of(const CaseFilter *f, const DbVal *v) {
    if (f->subject) return WAY_SUBJECT;
    if (f->opened_by.n) return WAY_OPENER;
    if (f->parent) return WAY_PARENT;
    return v[10].i || v[12].s.n ? WAY_ANY : WAY_OWN;
}

bool case_list(Db *db, const Register *reg, const CaseFilter *f, const CaseActor *actor,
               CaseFile **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    DbVal v[FILTER_ARGS + 2];
    RawCase *raw = NULL;
    int nraw = 0, cap = 0, words = f->q.n > 0;
    Map flows = map_new(c->arena);
    filter_args(c->arena, reg->pack, f, actor, v);
    v[FILTER_ARGS] = db_i(f->limit > 0 ? f->limit : 100);
    v[FILTER_ARGS + 1] = db_i(f->offset);
    int way = way_of(f, v);
    *n = 0;
    Rows *r = db_query(db, LISTS[words][way], FILTER_ARGS + 2, v);
    while (r && row_next(r)) {
        GROW(c->arena, raw, nraw, cap);
        raw[nraw++] = case_raw(c->arena, r);
    }
    if (r) rows_close(r);
    *out = NEW_N(c->arena, CaseFile, nraw + 1);
    for (int i = 0; i < nraw && ctx_ok(c); i++) {
        if (!case_finish(db, reg, &raw[i], &flows, &(*out)[*n])) return false;
        if (!actor || case_visible(&(*out)[*n], actor)) (*n)++;
    }
    if (total) *total = db_one_i64(db, 0, COUNTS[words][way], FILTER_ARGS, v);
    if (total && *n < nraw) *total -= nraw - *n;
    return ctx_ok(c);
}

/* See flow_play.h. */
#include "tests/unit/flow_play.h"

#include "base/clock.h"
#include "base/date.h"
#include "city/flow/evidence.h"
#include "city/library/title.h"
#include "tests/test.h"

enum { DAY_MS = 24 * 3600 * 1000 };
static const Act ACT = {STR_INIT("test"), STR_INIT("测试")};

static bool firms(Db *db, void *user) {
    Play *p = user;
    SubjectNew a = {.kind = SUBJECT_ENTERPRISE,
                    .name = S("甲公司"),
                    .uscc = S("91370300MA3BXX0A17"),
                    .unit = S("370303"),
                    .since = 20200101};
    SubjectNew b = {.kind = SUBJECT_ENTERPRISE,
                    .name = S("乙公司"),
                    .uscc = S("91370300MA3BXX0B14"),
                    .division = S("370305")};
    p->firm = subject_add(db, &a, &ACT);
    p->other = subject_add(db, &b, &ACT);
    return p->firm && p->other;
}

/* Noon in China of a day. */
void play_today(Play *p, int year, int month, int day) {
    p->c.now_ms = date_to_days(year, month, day) * DAY_MS + 4 * 3600 * 1000LL;
}

bool play_begin(Play *p) {
    static const struct {
        const char *name;
        Role role;
    } CAST[PEOPLE] = {[OFFICE] = {"office", ROLE_CLERK_OFFICE},
                      [CLERK] = {"clerk", ROLE_CLERK_OFFICE},
                      [DISTRICT] = {"district", ROLE_CLERK_DISTRICT},
                      [THERE] = {"there", ROLE_CLERK_DISTRICT},
                      [PARTNER] = {"partner", ROLE_PARTNER},
                      [FIRM] = {"firm", ROLE_ENTERPRISE},
                      [STRANGER] = {"stranger", ROLE_ENTERPRISE},
                      [LEADER] = {"leader", ROLE_LEADER},
                      [POLICY] = {"policy", ROLE_POLICY}};
    InitReport report;
    *p = (Play){.arena = arena_open(0)};
    p->c = ctx_new(p->arena, 0);
    play_today(p, 2026, 9, 24);
    Str url = test_db_url(p->arena);
    if (register_init(&p->c, url, S("packs/zibo"), &ACT, &report))
        p->reg = register_open(&p->c, url, 4);
    p->db = p->reg ? db_borrow(&p->c, p->reg->store) : NULL;
    bool ok = p->db && tx_run(p->db, DB_WRITE, firms, p);
    for (int i = 0; i < PEOPLE; i++)
        p->people[i] =
            (CaseActor){.name = str_from(CAST[i].name), .user = i + 1, .roles = 1u << CAST[i].role};
    p->people[DISTRICT].district = S("370303");
    p->people[THERE].district = S("370305");
    p->people[PARTNER].organisation = 7;
    p->people[FIRM].subject = p->firm;
    p->people[STRANGER].subject = p->other;
    if (!ok)
        test_failed(__FILE__, __LINE__,
                    str_z(p->arena, note_text(p->arena, &p->c.err.note, LANG_EN)));
    return ok;
}

void play_end(Play *p) {
    if (p->db) db_return(p->db);
    register_close(p->reg);
    arena_close(p->arena);
}

/* --- steps -------------------------------------------------------------------------------------
 */

static bool do_open(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    CaseNew n = {.flow = t->flow,
                 .act = t->on,
                 .subject = t->p->firm,
                 .data = m->data,
                 .reason = m->reason,
                 .code = m->code};
    return case_open(db, t->p->reg, &n, who, &t->p->k);
}

static bool do_sign(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    return case_sign(db, t->p->reg, t->p->k.id, m, who);
}

static bool do_attach(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    static const Str PDF = STR_INIT("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
    CaseDocument d;
    (void)m;
    return case_document_add(db, t->p->reg, t->p->k.id, t->on, S("a.pdf"), PDF, who, &d);
}

static bool do_edit(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    return case_edit(db, t->p->reg, t->p->k.id, m, who, &t->p->k);
}

static bool do_act(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    return case_act(db, t->p->reg, t->p->k.id, m, who, &t->p->k);
}

bool try_tx(Db *db, void *user) {
    Try *t = user;
    Play *p = t->p;
    const Step *s = t->s;
    Str text = str_from(s->data ? s->data : "");
    CaseMove m = {.act = t->on, .reason = str_from(s->reason), .code = str_from(s->code)};
    if (text.n) m.data = json_parse(&p->c, str_dup(p->arena, text), S("data"));
    return t->fn(db, t, &p->people[s->who], &m) && case_get(db, p->reg, p->k.id, &p->k);
}

void tell_apart(Try *t) {
    static const struct {
        const char *head;
        bool (*fn)(Db *, Try *, const CaseActor *, const CaseMove *);
    } HEADS[] = {
        {"open:", do_open}, {"sign:", do_sign}, {"attach:", do_attach}, {"edit:", do_edit}};
    t->on = str_from(t->s->what);
    t->fn = do_act;
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        Str head = str_from(HEADS[i].head);
        if (!str_starts(t->on, head)) continue;
        t->on = str_sub(t->on, head.n, t->on.n);
        t->fn = HEADS[i].fn;
    }
}

static void count(Play *p, Str flow, const Try *t, bool ok) {
    const Flow *f = flow_find(p->reg->pack, flow);
    const CaseActor *who = &p->people[t->s->who];
    for (int i = 0; f && i < f->nacts && (t->fn == do_act || t->fn == do_open); i++) {
        const FlowAct *a = &f->acts[i];
        if (t->on.n ? str_eq(a->id, t->on) : flow_act_openable(a, who))
            (ok ? p->done : p->refused)[i]++;
    }
    if (t->fn == do_open && ok) p->wrote = 0;
    p->wrote += ok;
}

/* What was done is the last thing the journal says of the case; what was refused is not in it. */
static void check_journal(Play *p, const Try *t, bool ok) {
    Str object = str_printf(p->arena, "case:%lld", (long long)p->k.id);
    JournalEntry *e;
    int n;
    CHECK(journal_list(p->db, object, 0, 200, &e, &n));
    CHECK_INT(n, p->wrote);
    if (!ok || n != p->wrote) return;
    CHECK_STR(e[0].actor, p->people[t->s->who].name);
    if (t->s->reason) CHECK_STR(e[0].reason, str_from(t->s->reason));
}

void play(Play *p, const char *flow, const Step *steps, int n) {
    for (int i = 0; i < n; i++) {
        Try t = {.p = p, .s = &steps[i], .flow = str_from(flow)};
        Str want = str_from(steps[i].want);
        CaseFile before = p->k;
        test_case_begin(flow, str_printf(p->arena, "%d %s", i + 1, steps[i].what));
        tell_apart(&t);
        bool ok = tx_run(p->db, DB_WRITE, try_tx, &t);
        count(p, t.flow, &t, ok);
        Str got = ok ? p->k.state->id : str_cat(p->arena, S("!"), msg_code(p->c.err.note.msg));
        CHECK_STR(got, want);
        ctx_clear(&p->c);
        if (!ok) p->k = before;
        if (p->k.id) check_journal(p, &t, ok);
        test_case_end();
    }
}

/* Every act of the flow was done at least once and refused at least once. */
void check_all_played(Play *p, const char *flow) {
    const Flow *f = flow_find(p->reg->pack, str_from(flow));
    CHECK(f && f->nacts <= ACTS_MAX);
    for (int i = 0; f && i < f->nacts; i++) {
        test_case_begin(flow, f->acts[i].id);
        CHECK(p->done[i] > 0);
        CHECK(p->refused[i] > 0);
        test_case_end();
    }
    JournalReport r;
    int64_t sealed;
    CHECK(journal_seal(p->db, 1000, &sealed) && sealed > 0);
    CHECK(journal_verify(p->db, &r));
    CHECK_INT(r.bad, 0);
    CHECK_INT(r.unsealed, 0);
}

/* --- titles and clocks -------------------------------------------------------------------------
 */

/* What the firm's title 在库 was on a day, as known now: - before it, then held, suspended, ended.
 */
Str title_on(Play *p, int32_t day) {
    FactAt at = {.as_of = day, .as_known = INT64_MAX, .seq = INT64_MAX};
    TitleBook b;
    CHECK(title_book(p->db, p->firm, &at, &b));
    if (b.n == 0 || b.status[b.n - 1].state == TITLE_NOT_YET) return S("-");
    return title_state_text(b.status[b.n - 1].state);
}

/* The last day of the clock that runs; empty when none does. */
Str due(Play *p) {
    CaseClock *k;
    int n;
    CHECK(case_clocks(p->db, p->reg, p->k.id, false, &k, &n) && n <= 1);
    return n == 1 && k->due_day != INT64_MIN ? date_text(p->arena, k->due_day) : S("");
}

/* The case as it stands after something that was no step. */
bool again_tx(Db *db, void *user) {
    Play *p = user;
    return case_get(db, p->reg, p->k.id, &p->k);
}

bool place_tx(Db *db, void *user) {
    Play *p = user;
    return subject_place(db, p->firm, PLACE_ASSESSED, S("370305"), 20261014, &ACT);
}

bool bar_tx(Db *db, void *user) {
    Play *p = user;
    TitleEventNew e = {.subject = p->firm,
                       .kind = TITLE_BAR,
                       .day = 20261101,
                       .bar_until = 20271101,
                       .document = S("决定书 1 号")};
    return title_event(db, p->reg->pack, &e, &ACT) != 0;
}

/* Flows: what is read, what is refused and with which line; the calendar of working days. */
#include "city/flow/flow.h"

#include "base/date.h"
#include "base/file.h"
#include "city/flow/calendar.h"
#include "tests/pack_fixture.h"
#include "tests/test.h"

typedef struct World {
    Arena *arena;
    Ctx c;
    PackSet *pack;
} World;

static bool begin(World *w) {
    w->arena = arena_open(0);
    w->c = ctx_new(w->arena, 0);
    w->c.lang = LANG_EN;
    w->pack = test_packs(&w->c);
    return w->pack != NULL;
}

static void end(World *w) {
    pack_close(w->pack);
    arena_close(w->arena);
}

static int64_t day(const char *text) {
    int64_t d = 0;
    CHECK(date_parse(str_from(text), &d));
    return d;
}

/* --- calendar ----------------------------------------------------------------------------------
 */

static void added(World *w, const char *from, int n, const char *want) {
    int64_t d = 0;
    CHECK(workday_add(&w->c, pack_calendar(w->pack), day(from), n, &d));
    CHECK_STR(date_text(w->arena, d), str_from(want));
}

TEST(flow_calendar_counts) {
    World w = {0};
    if (begin(&w)) {
        added(&w, "2026-09-30", 1, "2026-10-08");  /* over the National Day holiday */
        added(&w, "2026-09-18", 1, "2026-09-20");  /* a Sunday that is worked */
        added(&w, "2026-10-09", 1, "2026-10-10");  /* a Saturday that is worked */
        added(&w, "2026-10-08", -1, "2026-09-30"); /* back again */
        added(&w, "2026-02-16", 0, "2026-02-24");  /* a holiday: the next working day */
        added(&w, "2026-02-24", 0, "2026-02-24");
        added(&w, "2025-12-31", 1, "2026-01-04"); /* over the end of a year, to a worked Sunday */
        added(&w, "2022-12-30", 1, "2023-01-03"); /* 31 December free by the next year's notice */
        added(&w, "2020-01-23", 1, "2020-02-03"); /* the holiday that was made longer */
        added(&w, "2019-04-30", 1, "2019-05-05"); /* the one that was moved */
        added(&w, "2026-11-23", 5, "2026-11-30");
        added(&w, "2026-12-30", 1, "2026-12-31");
    }
    end(&w);
}

TEST(flow_calendar_between) {
    World w = {0};
    int n = 0;
    if (begin(&w)) {
        const Calendar *k = pack_calendar(w.pack);
        CHECK(workday_between(&w.c, k, day("2026-09-30"), day("2026-10-10"), &n));
        CHECK_INT(n, 3);
        CHECK(workday_between(&w.c, k, day("2026-10-10"), day("2026-09-30"), &n));
        CHECK_INT(n, -3);
        CHECK(workday_between(&w.c, k, day("2026-10-01"), day("2026-10-01"), &n));
        CHECK_INT(n, 0);
        /* adding and counting agree on every day of two years */
        for (int64_t d = day("2024-12-20"); d < day("2026-06-01"); d++) {
            int64_t to = 0;
            CHECK(workday_add(&w.c, k, d, 9, &to));
            CHECK(workday_between(&w.c, k, d, to, &n));
            CHECK_INT(n, 9);
        }
        /* the working days of a year as the notice makes them: 365 - 104 + 6 worked week-end days
         * - 33 free days, 14 of them at week-ends */
        CHECK(workday_between(&w.c, k, day("2026-01-01"), day("2026-12-31"), &n));
        CHECK_INT(n, 248);
    }
    end(&w);
}

TEST(flow_calendar_ends) {
    World w = {0};
    int64_t d = 0;
    bool working;
    if (begin(&w)) {
        const Calendar *k = pack_calendar(w.pack);
        CHECK_INT(k->from_year, 2019);
        CHECK_INT(k->to_year, 2026);
        CHECK(!workday_add(&w.c, k, day("2026-12-31"), 1, &d));
        CHECK_INT(w.c.err.code, ERR_RULE);
        CHECK_STR(msg_code(w.c.err.note.msg), S("calendar.year"));
        CHECK_STR(w.c.err.note.args[0], S("2027"));
        ctx_clear(&w.c);
        CHECK(!workday_is(&w.c, k, day("2018-12-29"), &working));
        ctx_clear(&w.c);
        CHECK(!workday_add(&w.c, k, day("2026-01-05"), 2000000000, &d));
        ctx_clear(&w.c);
        CHECK_INT(china_day(-1), 0);
        CHECK_INT(china_day(-8 * 3600 * 1000 - 1), -1);
        CHECK_INT(china_day(16 * 3600 * 1000), 1);
        for (int i = 0; i < k->n; i++) CHECK(k->days[i].document != NULL);
    }
    end(&w);
}

static Str calendar_error(World *w, Str csv) {
    Ctx c = ctx_new(w->arena, 0);
    PackSet p = *w->pack;
    PackFile file = {.pack = S("cn"), .path = S("calendar.csv"), .bytes = csv};
    p.files = &file;
    p.nfiles = 1;
    return calendar_parse(&c, &p) ? S("") : msg_code(c.err.note.msg);
}

TEST(flow_calendar_bad) {
    World w = {0};
    if (begin(&w)) {
        CHECK_STR(calendar_error(&w, S("day,kind,name,document\n2026-01-01,free,x,HOL-2026\n")),
                  S("calendar.row"));
        CHECK_STR(calendar_error(&w, S("h\n2026-02-30,holiday,x,HOL-2026\n")), S("calendar.row"));
        CHECK_STR(calendar_error(&w, S("h\n2026-01-01,holiday,x,NONE\n")), S("calendar.row"));
        CHECK_STR(calendar_error(&w, S("h\n2026-01-01,holiday\n")), S("calendar.row"));
        CHECK_STR(calendar_error(&w, S("h\n2026-01-01,holiday,x,HOL-2026\n"
                                       "2026-01-01,holiday,x,HOL-2026\n")),
                  S("calendar.twice"));
        CHECK_STR(calendar_error(&w, S("h\n2024-01-01,holiday,x,HOL-2024\n"
                                       "2026-01-01,holiday,x,HOL-2026\n")),
                  S("calendar.gap"));
        CHECK_STR(calendar_error(&w, S("h\n")), S(""));
    }
    end(&w);
}

/* --- reading -----------------------------------------------------------------------------------
 */

#define HEAD                                                                                       \
    "id: t\ntitle: {zh: 试}\nsubject: none\nstatus: DEMO\nfields:\n"                              \
    "  - {name: n, type: number}\nstart: a\nstates:\n"
#define STATES "  - {id: a}\n  - {id: b, final: true}\n"
#define ACTS "acts:\n  - {id: o, title: {zh: 开}, opens: true, by: [leader]}\n"
#define GO "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader]}\n"

/* The code of the first finding and its line; empty when the flow is good. */
static Str finding(World *w, const char *text) {
    Ctx c = ctx_new(w->arena, 0);
    PackFile *f = NEW(w->arena, PackFile);
    *f = (PackFile){.pack = S("x"), .path = S("flows/t.yaml"), .bytes = str_from(text)};
    if (flow_parse(&c, w->pack, f)) return S("");
    Str place = c.err.note.place;
    return str_printf(w->arena, "%.*s %.*s", STRF(msg_code(c.err.note.msg)),
                      STRF(str_sub(place, S("packs/x/flows/").n, place.n)));
}

TEST(flow_good) {
    World w = {0};
    if (begin(&w)) {
        CHECK_STR(finding(&w, HEAD STATES ACTS GO), S(""));
        CHECK(w.pack->nflows >= 6);
        const Flow *f = flow_find(w.pack, S("question"));
        CHECK(f && flow_act(f, S("退回")) && flow_act(f, S("退回"))->reason);
        CHECK(flow_find(w.pack, S("nothing")) == NULL);
    }
    end(&w);
}

static const struct {
    const char *text, *want;
} FINDINGS[] = {
    {HEAD STATES ACTS GO "colour: red\n", "flow.unknown_key t.yaml:14"},
    {HEAD "  - {id: a}\n  - {id: a}\n  - {id: b, final: true}\n" ACTS GO, "flow.twice t.yaml:10"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [z], to: b, by: [leader]}\n",
     "flow.state t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: z, by: [leader]}\n",
     "flow.state t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [b], to: a, by: [leader]}\n",
     "flow.final t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [king]}\n",
     "flow.role t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b}\n", "flow.nobody t.yaml:13"},
    {HEAD STATES "  - {id: c}\n" ACTS GO, "flow.unreached t.yaml:11"},
    {HEAD STATES ACTS, "flow.dead_end t.yaml:9"},
    {HEAD STATES "acts:\n" GO, "flow.opens t.yaml"},
    {HEAD STATES ACTS GO "    effects: [{do: fly}]\n", "yaml"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "effects: [{do: notfy}]}\n",
     "flow.effect t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "effects: [{do: data.set, feild: n}]}\n",
     "flow.unknown_key t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "pause: c}\n",
     "flow.clock t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "when: 数据.m > 1, unmet: {zh: 否}}\n",
     "flow.when t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "when: '数据.n >', unmet: {zh: 否}}\n",
     "flow.when t.yaml:13"},
    /* what is no text, number or truth value would ask for nothing if it were passed over */
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "when: false}\n",
     "flow.key t.yaml:13"},
    /* a guard says in words what it wants */
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "when: 数据.n > 1}\n",
     "flow.key t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "when: 数据.n > 1, unmet: {en: too few}}\n",
     "flow.key t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "needs: {reason: yes}}\n",
     "flow.key t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "needs: {signatures: two}}\n",
     "flow.key t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "effects: [{do: data.set, field: m, value: x}]}\n",
     "flow.field t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "effects: [{do: notify, to: king, zh: x}]}\n",
     "flow.role t.yaml:13"},
    {HEAD "  - {id: a}\n  - {id: c, clock: {name: t, days: 3}}\n  - {id: b, final: true}\n" ACTS GO
          "  - {id: on, title: {zh: 去}, from: [a], to: c, by: [leader]}\n"
          "  - {id: off, title: {zh: 去}, from: [c], to: b, by: [leader]}\n"
          "  - {id: wait, title: {zh: 停}, from: [a], by: [leader], pause: t}\n",
     "flow.clock t.yaml:17"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "when: 金额 > 1, unmet: {zh: 否}}\n",
     "flow.when t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "rule: {id: zibo/none, outcome: [met]}}\n",
     "flow.rule t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "needs: {documents: [x]}}\n",
     "flow.document t.yaml:13"},
    {HEAD STATES ACTS GO "parent: nothing\n", "flow.unknown t.yaml"},
    /* a key nobody knows, at every depth */
    {"id: t\ntitle: {zh: 试, de: x}\n", "flow.unknown_key t.yaml:2"},
    {HEAD STATES ACTS GO "basis: {document: CIVIL, artikel: 三}\n", "flow.unknown_key t.yaml:14"},
    {HEAD "  - {id: a, finale: true}\n  - {id: b, final: true}\n" ACTS GO,
     "flow.unknown_key t.yaml:9"},
    {HEAD "  - {id: a, clock: {days: 3, escalate: leader}}\n  - {id: b, final: true}\n" ACTS GO,
     "flow.unknown_key t.yaml:9"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], then: c}\n",
     "flow.unknown_key t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "needs: {fileds: [n]}}\n",
     "flow.unknown_key t.yaml:13"},
    {HEAD STATES ACTS "  - {id: go, title: {zh: 去}, from: [a], to: b, by: [leader], "
                      "rule: {id: zibo/gazelle, outcomes: [met]}}\n",
     "flow.unknown_key t.yaml:13"},
    {HEAD STATES ACTS GO "documents:\n  - {id: d, title: {zh: 件}, types: [pdf], mb: 3}\n",
     "flow.unknown_key t.yaml:15"},
    {HEAD STATES ACTS GO "codes:\n  - {id: c, title: {zh: 码}, text: x}\n",
     "flow.unknown_key t.yaml:15"},
    /* a grade that is no text would have been 内部 */
    {HEAD STATES ACTS GO "documents:\n  - {id: d, title: {zh: 件}, types: [pdf], grade: [敏感]}\n",
     "flow.key t.yaml:15"},
    {"[]", "flow.key t.yaml:1"},
    {"", "flow.key t.yaml"},
    {"id: t\n", "flow.key t.yaml:1"},
};

TEST(flow_findings) {
    World w = {0};
    if (begin(&w)) {
        for (size_t i = 0; i < sizeof FINDINGS / sizeof *FINDINGS; i++) {
            Str got = finding(&w, FINDINGS[i].text), want = str_from(FINDINGS[i].want);
            /* what is no YAML at all is the business of the YAML reader */
            if (str_eq(want, S("yaml")) && got.n && !str_starts(got, S("flow."))) continue;
            CHECK_STR(got, want);
        }
    }
    end(&w);
}

/* The failure of a whole pack names what it is about, as the finding does. */
TEST(flow_failure_names_what_it_is_about) {
    World w = {0};
    if (begin(&w)) {
        Ctx c = ctx_new(w.arena, 0);
        PackFile f = {.pack = S("x"),
                      .path = S("flows/t.yaml"),
                      .bytes = S(HEAD "  - {id: c}\n" STATES ACTS GO)};
        CHECK(flow_parse(&c, w.pack, &f) == NULL);
        CHECK_STR(note_text(w.arena, &c.err.note, LANG_EN), note_text(w.arena, c.notes, LANG_EN));
        CHECK(str_find(note_text(w.arena, &c.err.note, LANG_EN), S("“c”")) >= 0);
    }
    end(&w);
}

/* Of a case that was opened under it, what the packs no longer have is no finding. */
TEST(flow_stored) {
    static const char OLD[] =
        "id: t\ntitle: {zh: 试}\nsubject: enterprise\nstatus: V\nstart: a\nstates:\n" STATES ACTS GO
        "  - {id: rule, title: {zh: 决}, from: [a], to: b, by: [leader], "
        "needs: {reason: yes}, rule: {id: zibo/gone, outcome: [met]}}\n"
        "basis: {document: GONE}\nparent: gone\n";
    World w = {0};
    if (begin(&w)) {
        Ctx c = ctx_new(w.arena, 0);
        PackFile f = {.pack = S("x"), .path = S("flows/t.yaml"), .bytes = str_from(OLD)};
        CHECK(flow_parse(&c, w.pack, &f) == NULL);
        ctx_clear(&c);
        const Flow *flow = flow_parse_stored(&c, w.pack, &f);
        CHECK(flow && flow->nacts == 3 && flow->basis.document == NULL);
        if (flow) CHECK_STR(flow_act(flow, S("rule"))->rule, S("zibo/gone"));
    }
    end(&w);
}

TEST(flow_hostile) {
    World w = {0};
    if (begin(&w)) {
        Buf deep = buf_new(w.arena, 0), many = buf_new(w.arena, 0);
        for (int i = 0; i < 20000; i++) buf_lit(&deep, "[");
        CHECK(finding(&w, str_z(w.arena, buf_str(&deep))).n > 0);
        buf_lit(&many, HEAD);
        for (int i = 0; i < 10000; i++) buf_printf(&many, "  - {id: s%d}\n", i);
        buf_lit(&many, ACTS);
        CHECK_STR(finding(&w, str_z(w.arena, buf_str(&many))), S("flow.many t.yaml:1"));
    }
    end(&w);
}

/* The search for the smallest change against trying every value, on expressions that rise, fall,
 * jump and repeat; tables; dates; choices; hostile axes. */
#include "base/rng.h"
#include "dmn/distance.h"
#include "tests/test.h"

enum { SIZE = 41 }; /* values 0 … 40 of a, b and k */

static const char HEAD[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='t' name='t'>"
    "<inputData id='ia' name='a'><variable name='a' typeRef='%s'/></inputData>"
    "<inputData id='ib' name='b'><variable name='b' typeRef='number'/></inputData>"
    "<inputData id='ik' name='k'><variable name='k' typeRef='number'/></inputData>"
    "<decision id='dd' name='d'><variable name='d'/>"
    "<informationRequirement><requiredInput href='#ia'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#ib'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#ik'/></informationRequirement>";

typedef struct World {
    Arena *a; /* of all of it */
    NearModel q;
    NearAxis axes[3];
    NearInput inputs[3];
    Val given[8];
    Near s;
} World;

/* A model whose decision is given as XML; values of a, b, k. In w->a. */
static void world(World *w, const char *type, Str logic) {
    Arena *a = w->a;
    Ctx c = ctx_new(a, 0);
    Buf b = buf_new(a, 0);
    buf_printf(&b, HEAD, type);
    buf_put(&b, logic);
    buf_lit(&b, "</decision></definitions>");
    DmnSource source = {S("t.dmn"), buf_str(&b)};
    DmnModel *m = dmn_load(&c, &source, 1);
    CHECK(m != NULL);
    *w = (World){.a = a};
    w->q = (NearModel){.model = m,
                       .decision = dmn_find(m, S("d")),
                       .given = w->given,
                       .axes = w->axes,
                       .inputs = w->inputs};
    w->s = (Near){.keep = a,
                  .scratch = arena_child(a, 0),
                  .probe = near_model_probe,
                  .user = &w->q,
                  .budget = 1000000};
    static const char *const NAMES[] = {"a", "b", "k"};
    for (int i = 0; i < 3; i++) {
        w->inputs[i] = (NearInput){.node = dmn_find(m, str_from(NAMES[i]))};
        w->axes[i] = (NearAxis){.path = (uint16_t)(10 + i),
                                .step = dec_int(1),
                                .up = true,
                                .down = true,
                                .min = val_int(0),
                                .max = val_int(SIZE - 1)};
    }
}

static void stand(World *w, const Val v[3]) {
    for (int i = 0; i < 3; i++) {
        w->axes[i].now = v[i];
        w->given[w->inputs[i].node->index] = v[i];
    }
}

static Str literal(Arena *a, Str text) {
    return str_printf(a, "<literalExpression><text><![CDATA[%.*s]]></text></literalExpression>",
                      STRF(text));
}

static bool true_at(World *w, const NearPut *put, int n) {
    ArenaMark mark = arena_mark(w->s.scratch);
    bool yes = val_is(w->s.probe(w->s.user, w->s.scratch, put, n), true);
    arena_rewind(w->s.scratch, mark);
    return yes;
}

static Str random_text(Arena *a, Rng *r) {
    static const char *const FORMS[] = {
        "a * %d + b * %d >= %d * 20",
        "modulo(a + b, %d + 3) = %d and a != %d",
        "a / (b + 1) >= %d / 4 and k < %d * 4 + 3 and b >= %d - 4",
        "if a > %d then b >= %d * 3 else k <= %d",
        "floor(a / (%d + 1)) + b > %d * 5 or k = %d * 4",
        "abs(a - b) < %d and k >= %d + %d",
        "(a - %d) * (a - %d) <= b + %d - 3",
        "a in [%d .. %d * 4] and b not in (%d .. 30)",
        "min(a, b, k) >= %d and max(a, b) <= 40 - %d and sum(a, b, k) > %d",
        "a ** 2 + b ** 2 = %d ** 2 + %d ** 2 and k > %d",
        "(if k > %d then a else 40 - a) >= 20 + %d and b * 2 != %d",
        "b >= 0.05 * %d * a and a >= 30 - %d and k >= %d",
    };
    int x[3];
    for (int i = 0; i < 3; i++) x[i] = (int)rng_below(r, 9);
    Str form = str_from(FORMS[rng_below(r, sizeof FORMS / sizeof *FORMS)]);
    Buf b = buf_new(a, 0);
    int k = 0;
    for (ptrdiff_t i = 0; i < form.n; i++) {
        if (form.p[i] == '%' && i + 1 < form.n)
            buf_printf(&b, "%d", x[k++ % 3]), i++;
        else
            buf_char(&b, form.p[i]);
    }
    return buf_str(&b);
}

/* The distance of the nearest value that makes it true; 0: none. */
static int64_t brute(World *w, int axis) {
    const NearAxis *x = &w->axes[axis];
    for (int64_t d = 1; d < SIZE; d++)
        for (int sign = 1; sign >= -1; sign -= 2) {
            int64_t v = x->now.i + sign * d;
            if (v < 0 || v >= SIZE) continue;
            NearPut put = {x, val_int(v)};
            if (true_at(w, &put, 1)) return d;
        }
    return 0;
}

static void check_single(World *w, int axis) {
    int64_t want = brute(w, axis);
    NearResult r = near_single(&w->s, &w->axes[axis], NULL, 0);
    CHECK(r.kind == (want ? NEAR_FOUND : NEAR_NEVER));
    if (r.kind != NEAR_FOUND) return;
    CHECK(r.value.tag == V_NUM);
    int64_t got = r.value.i - w->axes[axis].now.i;
    CHECK((got < 0 ? -got : got) == want);
}

/* One step of a value back to where it is. */
static Val back(const NearAxis *x, Val v) {
    return val_int(v.i > x->now.i ? v.i - 1 : v.i + 1);
}

static void check_pair(World *w, int i, int k) {
    NearResult xs, ys;
    NearKind kind = near_pair(&w->s, &w->axes[i], &w->axes[k], &xs, &ys);
    CHECK(kind != NEAR_UNPROVED);
    bool any = false;
    NearPut put[2] = {{&w->axes[i], val_null()}, {&w->axes[k], val_null()}};
    for (int64_t x = 0; kind == NEAR_NEVER && x < SIZE; x++)
        for (int64_t y = 0; y < SIZE; y++) {
            put[0].value = val_int(x);
            put[1].value = val_int(y);
            any = any || true_at(w, put, 2);
        }
    CHECK(!any);
    if (kind != NEAR_FOUND) return;
    put[0].value = xs.value;
    put[1].value = ys.value;
    CHECK(true_at(w, put, 2));
    put[0].value = back(&w->axes[i], xs.value);
    CHECK(!true_at(w, put, 2));
    put[0].value = xs.value;
    put[1].value = back(&w->axes[k], ys.value);
    CHECK(!true_at(w, put, 2));
}

TEST(distance_agrees_with_trying_every_value) {
    Rng r = rng_new(20221122);
    int singles = 0, pairs = 0;
    for (int i = 0; i < 400; i++) {
        World w = {.a = arena_open(0)};
        Str text = random_text(w.a, &r);
        world(&w, "number", literal(w.a, text));
        Val v[3];
        for (int k = 0; k < 3; k++) v[k] = val_int((int64_t)rng_below(&r, SIZE));
        stand(&w, v);
        if (true_at(&w, NULL, 0)) {
            arena_close(w.a);
            continue;
        }
        bool alone = false;
        for (int k = 0; k < 3; k++) {
            check_single(&w, k);
            alone = alone || brute(&w, k) > 0;
        }
        singles += alone;
        for (int k = 0; k < 3 && !alone; k++) {
            check_pair(&w, k, (k + 1) % 3);
            pairs++;
        }
        arena_close(w.a);
    }
    CHECK(singles > 100);
    CHECK(pairs > 50);
}

/* A yearly growth: three factors of a number of 34 digits; the answer is exact to the cent. */
TEST(distance_exact_to_the_step) {
    World w = {.a = arena_open(0)};
    world(&w, "number", literal(w.a, S("a >= b * (1 + 0.2) ** 3 and a > k")));
    Val v[3] = {val_int(60000000), val_int(0), val_int(50000000)};
    Dec base = dec_scaled(4912345678, -2);
    v[1] = val_num(w.a, &base);
    stand(&w, v);
    w.axes[0].max = val_null();
    w.axes[0].step = dec_scaled(1, -2);
    NearResult r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_FOUND);
    Dec d = val_dec(r.value);
    CHECK_STR(dec_text(w.a, &d), S("84885333.32")); /* 49123456.78 * 1.728 = 84885333.31584 */
    CHECK(w.s.used < 200);
    arena_close(w.a);
}

static Str rule(Arena *a, const char *x, const char *y, const char *out) {
    return str_printf(a,
                      "<rule><inputEntry><text><![CDATA[%s]]></text></inputEntry><inputEntry><text>"
                      "<![CDATA[%s]]></text></inputEntry><outputEntry><text>\"%s\"</text>"
                      "</outputEntry></rule>",
                      x, y, out);
}

TEST(distance_to_a_tier_of_a_table) {
    World w = {.a = arena_open(0)};
    Buf b = buf_new(w.a, 0);
    buf_lit(&b, "<decisionTable hitPolicy='FIRST'>"
                "<input><inputExpression><text>a</text></inputExpression></input>"
                "<input><inputExpression><text>b</text></inputExpression></input><output/>");
    buf_put(&b, rule(w.a, ">= 30", ">= 10", "大"));
    buf_put(&b, rule(w.a, ">= 12", ">= 10", "中"));
    buf_put(&b, rule(w.a, "-", "-", "小"));
    buf_lit(&b, "</decisionTable>");
    world(&w, "number", buf_str(&b));
    Val v[3] = {val_int(5), val_int(20), val_int(0)}, *cuts;
    stand(&w, v);
    CHECK(near_cuts(w.a, w.q.model, w.inputs[0].node, S(""), &cuts) == 2);
    CHECK(cuts[0].i == 12 && cuts[1].i == 30);
    w.axes[0].cuts = cuts;
    w.axes[0].ncuts = 2;
    w.q.want = val_str(S("大"));
    NearResult r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_FOUND && r.value.i == 30);
    w.q.want = val_str(S("中"));
    r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_FOUND && r.value.i == 12);
    CHECK(near_single(&w.s, &w.axes[1], NULL, 0).kind == NEAR_NEVER);
    v[1] = val_int(3);
    stand(&w, v);
    NearResult x, y;
    CHECK(near_pair(&w.s, &w.axes[0], &w.axes[1], &x, &y) == NEAR_FOUND);
    CHECK(x.value.i == 12 && y.value.i == 10);
    arena_close(w.a);
}

TEST(distance_of_dates_and_choices) {
    World w = {.a = arena_open(0)};
    world(&w, "date", literal(w.a, S("a <= date(\"2020-02-29\") - duration(\"P1Y\")")));
    Val v[3] = {val_date(18400), val_int(0), val_int(0)};
    stand(&w, v);
    w.axes[0].min = w.axes[0].max = val_null();
    NearResult r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_FOUND && r.value.tag == V_DATE && r.value.i == 17955); /* 2019-02-28 */
    w.axes[0].down = false;
    CHECK(near_single(&w.s, &w.axes[0], NULL, 0).kind == NEAR_NEVER);
    world(&w, "string", literal(w.a, S("a in (\"甲\", \"乙\") and b >= 3")));
    Val *cuts, t[3] = {val_str(S("丙")), val_int(5), val_int(0)};
    CHECK(near_cuts(w.a, w.q.model, w.inputs[0].node, S(""), &cuts) == 2);
    w.axes[0].choices = cuts;
    w.axes[0].nchoices = 2;
    stand(&w, t);
    r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_FOUND && r.nvalues == 2);
    t[1] = val_int(1);
    stand(&w, t);
    NearResult y;
    CHECK(near_single(&w.s, &w.axes[0], NULL, 0).kind == NEAR_NEVER);
    CHECK(near_pair(&w.s, &w.axes[0], &w.axes[1], &r, &y) == NEAR_FOUND);
    CHECK(y.value.i == 3);
    arena_close(w.a);
}

/* A missing fact: not met stays not met until the change leaves only it to decide. */
TEST(distance_behind_a_missing_fact) {
    World w = {.a = arena_open(0)};
    world(&w, "number", literal(w.a, S("a >= 10 and (k > 5 or a >= 25 and b = 1)")));
    Val v[3] = {val_int(3), val_int(0), val_null()};
    v[2] = unknown_fact(w.a, 12, val_null(), val_null(), NULL, 0, false, false);
    stand(&w, v);
    NearResult r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_OPEN && r.value.i == 10);
    CHECK(r.nask == 1 && r.ask[0] == 12);
    v[1] = val_int(1);
    stand(&w, v);
    r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_FOUND && r.value.i == 25);
    arena_close(w.a);
}

TEST(distance_gives_up_openly) {
    World w = {.a = arena_open(0)};
    world(&w, "number", literal(w.a, S("modulo(a, 1000003) = 17")));
    Val v[3] = {val_int(18), val_int(0), val_int(0)};
    stand(&w, v);
    w.axes[0].max = val_null();
    w.axes[0].down = false;
    NearResult r = near_single(&w.s, &w.axes[0], NULL, 0);
    CHECK(r.kind == NEAR_UNPROVED);
    CHECK(w.s.used <= NEAR_AXIS_BUDGET);
    w.s.budget = 0;
    CHECK(near_single(&w.s, &w.axes[0], NULL, 0).kind == NEAR_UNPROVED);
    w.s.budget = 100;
    w.axes[0].step = dec_int(0); /* no grid: nothing to search */
    CHECK(near_single(&w.s, &w.axes[0], NULL, 0).kind == NEAR_NEVER);
    w.axes[0].step = dec_scaled(1, -120); /* too fine for the value */
    CHECK(near_single(&w.s, &w.axes[0], NULL, 0).kind == NEAR_NEVER);
    arena_close(w.a);
}

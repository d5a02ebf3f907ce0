/* Traces as text. See trace_text.h. */
#include "dmn/trace_text.h"

#include "dmn/trace.h"

enum { INDENT_MAX = 20, VALUE_BYTES_MAX = 400, TEXT_BYTES_MAX = 300 };

typedef struct Text {
    DmnEval *e;
    const Trace *t;
    Arena *a;
    Lang lang;
    Buf *b;
    int left; /* items that may still be shown */
} Text;

static Str shortened(Arena *a, Str s, ptrdiff_t max) {
    if (s.n <= max) return s;
    while (max > 0 && ((unsigned char)s.p[max] & 0xC0) == 0x80) max--;
    return str_cat(a, str_sub(s, 0, max), S("…"));
}

static Str value(const Text *x, Val v) {
    Buf b = buf_new(x->a, 2 * VALUE_BYTES_MAX);
    if (v.tag == V_FUNCTION) return S("function");
    val_literal(&b, v);
    return shortened(x->a, buf_str(&b), VALUE_BYTES_MAX);
}

/* The source of a node on one line. */
static Str source(const Text *x, IrId node) {
    Str s = shortened(x->a, str_trim(ir_text(dmn_feel(x->e)->prog, node)), TEXT_BYTES_MAX);
    char *p = arena_copy(x->a, s.p ? s.p : "", (size_t)s.n);
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (p[i] == '\n' || p[i] == '\r' || p[i] == '\t') p[i] = ' ';
    return (Str){p, s.n};
}

static Str number(const Text *x, int n) {
    return str_printf(x->a, "%d", n);
}

#define SAY(x, ...) say_((x), FAIL_ARGS_(__VA_ARGS__))
static void say_(Text *x, Msg msg, int n, const Str *args) {
    buf_put(x->b, msg_text(x->a, msg, x->lang, n, args + 1));
}

static void indent(Text *x, int depth) {
    for (int i = 0; i < depth && i < INDENT_MAX; i++) buf_lit(x->b, "  ");
}

/* --- tables -------------------------------------------------------------------------------------
 */

static void say_cut(Text *x, const DmnTableView *v, int rule, int column) {
    DmnCut cut;
    if (!dmn_cut(x->e, v, rule, column, &cut)) return;
    if (cut.up) SAY(x, cut.up_reaches ? M_TRACE_UP_TO : M_TRACE_ABOVE, value(x, cut.up_at));
    if (cut.down) SAY(x, cut.down_reaches ? M_TRACE_DOWN_TO : M_TRACE_BELOW, value(x, cut.down_at));
    for (int i = 0; i < cut.nvalues; i++) SAY(x, M_TRACE_IS, value(x, cut.values[i]));
}

static void say_failed(Text *x, const DmnTableView *v, int rule, int column) {
    const IrTableInput *in = &v->table->inputs[column];
    Str cell = shortened(x->a, v->source->table->rules[rule].in[column].text, TEXT_BYTES_MAX);
    SAY(x, M_TRACE_FAILED, number(x, rule + 1), number(x, column + 1), in->label,
        value(x, v->inputs[column]), cell);
    if (!dmn_is_near(v, rule, column)) return;
    SAY(x, M_TRACE_NEAR);
    say_cut(x, v, rule, column);
}

static void say_maybe(Text *x, const DmnTableView *v, int rule) {
    int k = 0, n = v->table->ninputs;
    while (k < n - 1 && v->cells[rule * n + k] != CELL_UNKNOWN) k++;
    SAY(x, M_TRACE_MAYBE, number(x, rule + 1), number(x, k + 1), v->table->inputs[k].label);
}

static void say_rule(Text *x, const DmnTableView *v, int rule) {
    Str no = number(x, rule + 1);
    int n = v->table->noutputs, failing = dmn_first_failing(v, rule);
    if (failing >= 0) {
        say_failed(x, v, rule, failing);
    } else if (v->rules[rule] == CELL_UNKNOWN) {
        say_maybe(x, v, rule);
    } else if (v->rules[rule] == CELL_NOT_REACHED) {
        SAY(x, M_TRACE_UNTESTED, no);
    } else if (!v->used[rule]) {
        SAY(x, M_TRACE_MATCHED, no);
    } else {
        Buf outs = buf_new(x->a, 0);
        for (int k = 0; k < n; k++) {
            if (k) buf_lit(&outs, ", ");
            if (v->table->outputs[k].label.n && n > 1) {
                buf_put(&outs, v->table->outputs[k].label);
                buf_lit(&outs, " = ");
            }
            buf_put(&outs, value(x, v->outputs[rule * n + k]));
        }
        SAY(x, M_TRACE_USED, no, buf_str(&outs));
    }
}

static void say_table(Text *x, int record, int depth) {
    static const Str POLICIES[] = {
        [HIT_UNIQUE] = STR_INIT("U"),     [HIT_ANY] = STR_INIT("A"),
        [HIT_PRIORITY] = STR_INIT("P"),   [HIT_FIRST] = STR_INIT("F"),
        [HIT_RULE_ORDER] = STR_INIT("R"), [HIT_OUTPUT_ORDER] = STR_INIT("O"),
        [HIT_COLLECT] = STR_INIT("C"),
    };
    const DmnTableView *v = dmn_trace_table(x->e, record);
    const IrTable *t = v->table;
    SAY(x, M_TRACE_TABLE, t->name, POLICIES[t->policy], number(x, t->nrules), value(x, v->result));
    for (int k = 0; k < t->ninputs; k++) {
        buf_char(x->b, '\n');
        indent(x, depth + 1);
        SAY(x, M_TRACE_COLUMN, number(x, k + 1), t->inputs[k].label, value(x, v->inputs[k]));
    }
    for (int i = 0; i < t->nrules && x->left > 0; i++, x->left--) {
        buf_char(x->b, '\n');
        indent(x, depth + 1);
        say_rule(x, v, i);
    }
}

/* --- records ------------------------------------------------------------------------------------
 */

static Str node_name(const Text *x, const TraceRec *r) {
    return dmn_model(x->e)->nodes[r->detail]->name;
}

static Str pooled(const Text *x, const TraceRec *r) {
    Buf b = buf_new(x->a, 0);
    for (int i = 0; i < r->pooled; i++) {
        if (i) buf_put(&b, x->lang == LANG_EN ? S(", ") : S("，"));
        buf_put(&b, value(x, x->t->pool[r->detail + i]));
    }
    return buf_str(&b);
}

static void say_value(Text *x, const TraceRec *r) {
    Str v = value(x, r->value), text;
    const Note *why = val_null_note(r->value);
    Val before = r->pooled ? x->t->pool[r->detail] : val_null();
    switch ((TraceKind)r->kind) {
    case TRACE_INPUT:
        if (why && why->msg == M_DMN_INPUT_MISSING)
            SAY(x, M_TRACE_INPUT_MISSING, node_name(x, r));
        else
            SAY(x, M_TRACE_INPUT, node_name(x, r), v);
        return;
    case TRACE_DECISION: SAY(x, M_TRACE_DECISION, node_name(x, r), v); return;
    case TRACE_SERVICE: SAY(x, M_TRACE_SERVICE, node_name(x, r), v); return;
    case TRACE_COMPARE: SAY(x, M_TRACE_COMPARE, source(x, r->node), pooled(x, r), v); return;
    case TRACE_COERCE: SAY(x, M_TRACE_COERCE, source(x, r->node), value(x, before), v); return;
    case TRACE_NULL:
        text = why ? note_text(x->a, why, x->lang) : S("null");
        SAY(x, M_TRACE_NULL, text);
        return;
    case TRACE_CLAMP:
        SAY(x, M_TRACE_CLAMP, source(x, r->node), v, number(x, r->spare + 1), pooled(x, r));
        return;
    case TRACE_ROUND: SAY(x, M_TRACE_ROUND, source(x, r->node), value(x, before), v); return;
    default: SAY(x, M_TRACE_CALL, source(x, r->node), v); return;
    }
}

/* How deep a record lies among those that stand for themselves. */
static int depth_of(const Trace *t, const TraceRec *r) {
    int depth = 0;
    for (int i = r->parent; i >= 0 && depth < INDENT_MAX; i = t->recs[i].parent)
        depth += dmn_trace_stands(&t->recs[i]);
    return depth;
}

static Str print(void *user, int items) {
    Text *x = user;
    Buf b = buf_new(x->a, 0);
    int all = dmn_trace_items(x->e);
    x->b = &b;
    x->left = items;
    for (int i = 0; i < x->t->n && x->left > 0; i++) {
        const TraceRec *r = &x->t->recs[i];
        int depth = depth_of(x->t, r);
        if (r->kind == TRACE_RULE && r->detail < 0) {
            indent(x, depth);
            SAY(x, M_TRACE_DEFAULT, value(x, r->value));
            buf_char(&b, '\n');
        }
        if (!dmn_trace_stands(r)) continue;
        x->left--;
        indent(x, depth);
        if (r->kind == TRACE_TABLE)
            say_table(x, i, depth);
        else
            say_value(x, r);
        buf_char(&b, '\n');
    }
    if (items < all) SAY(x, M_TRACE_CUT, number(x, items), number(x, all));
    if (items >= all && x->t->full) SAY(x, M_TRACE_FULL);
    if (items < all || x->t->full) buf_char(&b, '\n');
    return buf_str(&b);
}

Str dmn_trace_text(DmnEval *e, Lang lang, size_t limit_bytes) {
    Text x = {.e = e, .t = dmn_trace(e), .a = dmn_feel(e)->arena, .lang = lang};
    if (!x.t) return (Str){0};
    return dmn_trace_fit(x.a, dmn_trace_items(e), limit_bytes, print, &x);
}

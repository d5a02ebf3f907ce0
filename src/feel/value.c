/* Values: equality, order, text. See value.h. Recursion goes as deep as the value; the evaluator
 * bounds the depth of what it builds. */
#include "feel/value.h"

#include <string.h>

#include "base/utf8.h"
#include "feel/temporal.h"

const Note *val_null_note(Val v) {
    return v.tag == V_NULL && v.p ? ((const Null *)v.p)->note : NULL;
}

bool ctx_get(Val context, Str key, Val *out) {
    if (context.tag != V_CONTEXT) return false;
    const Context *c = val_ctx(context);
    for (int i = 0; i < c->n; i++) {
        if (c->keys[i].n != key.n) continue;
        if (c->keys[i].p != key.p && memcmp(c->keys[i].p, key.p, (size_t)key.n) != 0) continue;
        *out = c->vals[i];
        return true;
    }
    return false;
}

/* --- equality --------------------------------------------------------------------------------- */

/* Truth of one pair inside a list, context or range: not comparable counts as different. left is
 * what the walk may still cost. */
typedef bool SameFn(Val x, Val y, int64_t *left);

static bool equal_inside(Val x, Val y, int64_t *left) {
    return val_equal_within(x, y, left) > 0;
}

/* A list or context inside another costs its own entries: the outermost ones are free. */
static bool pair_same(Val x, Val y, SameFn *same, int64_t *left) {
    if (x.tag == V_LIST || x.tag == V_CONTEXT)
        *left -= 1 + (x.tag == V_LIST ? (int64_t)x.n : val_ctx(x)->n) / 8;
    return *left >= 0 && same(x, y, left);
}

static bool lists_same(Val x, Val y, SameFn *same, int64_t *left) {
    if (x.n != y.n) return false;
    if (x.p == y.p) return true;
    for (uint32_t i = 0; i < x.n; i++) {
        if (!pair_same(val_items(x)[i], val_items(y)[i], same, left)) return false;
    }
    return true;
}

static bool contexts_same(Val x, Val y, SameFn *same, int64_t *left) {
    const Context *c = val_ctx(x);
    if (c == val_ctx(y)) return true;
    if (c->n != val_ctx(y)->n) return false;
    for (int i = 0; i < c->n; i++) {
        Val other;
        if (!ctx_get(y, c->keys[i], &other) || !pair_same(c->vals[i], other, same, left))
            return false;
    }
    return true;
}

static bool ranges_same(const Range *x, const Range *y, SameFn *same, int64_t *left) {
    if (x->op != y->op) return false;
    if (x->op == RANGE_INTERVAL && (x->lo_closed != y->lo_closed || x->hi_closed != y->hi_closed))
        return false;
    return same(x->lo, y->lo, left) && same(x->hi, y->hi, left);
}

/* Both of one kind and neither null; the other kinds are left to the caller. */
static bool same_inside(Val x, Val y, SameFn *same, int64_t *left) {
    switch (x.tag) {
    case V_BOOL: return (x.i != 0) == (y.i != 0);
    case V_STRING: return str_eq(val_text(x), val_text(y));
    case V_LIST: return lists_same(x, y, same, left);
    case V_CONTEXT: return contexts_same(x, y, same, left);
    case V_RANGE: return ranges_same(x.p, y.p, same, left);
    default: return x.p == y.p;
    }
}

static int num_cmp(Val x, Val y) {
    if (x.tag == V_NUM && y.tag == V_NUM && x.exp == y.exp) return (x.i > y.i) - (x.i < y.i);
    Dec d = val_dec(x), e = val_dec(y);
    return dec_cmp(&d, &e);
}

int val_equal_within(Val x, Val y, int64_t *left) {
    int cmp;
    if (x.tag == V_NULL || y.tag == V_NULL) return x.tag == y.tag ? 1 : -1;
    if (val_is_num(x) && val_is_num(y)) return num_cmp(x, y) == 0 ? 1 : -1;
    if (x.tag != y.tag) return 0;
    if (val_is_temporal(x)) return temporal_compare(x, y, &cmp) && cmp == 0 ? 1 : -1;
    bool equal = same_inside(x, y, equal_inside, left);
    return *left < 0 ? 0 : equal ? 1 : -1;
}

int val_equal(Val x, Val y) {
    int64_t left = VAL_WALK;
    return val_equal_within(x, y, &left);
}

bool val_compare(Val x, Val y, int *cmp) {
    if (val_is_num(x) && val_is_num(y)) {
        *cmp = num_cmp(x, y);
        return true;
    }
    if (x.tag != y.tag) return false;
    if (x.tag == V_STRING) {
        int c = str_cmp(val_text(x), val_text(y));
        *cmp = (c > 0) - (c < 0);
        return true;
    }
    return temporal_compare(x, y, cmp);
}

static bool times_same(const Time *x, const Time *y) {
    return x->nanos == y->nanos && x->zone.kind == y->zone.kind &&
           (x->zone.kind != ZONE_OFFSET || x->zone.offset == y->zone.offset) &&
           (x->zone.kind != ZONE_NAME || x->zone.id == y->zone.id);
}

bool val_same_within(Val x, Val y, int64_t *left) {
    if (x.tag == V_NULL || y.tag == V_NULL) return x.tag == y.tag;
    if (val_is_num(x) && val_is_num(y)) return num_cmp(x, y) == 0;
    if (x.tag != y.tag) return false;
    const DateTime *d = x.p, *e = y.p;
    switch (x.tag) {
    case V_DATE:
    case V_MONTHS: return x.i == y.i;
    case V_DAYS: return x.i == y.i && x.n == y.n;
    case V_TIME: return times_same(x.p, y.p);
    case V_DATETIME: return d->days == e->days && times_same(&d->time, &e->time);
    default: return same_inside(x, y, val_same_within, left);
    }
}

bool val_same(Val x, Val y) {
    int64_t left = VAL_WALK;
    return val_same_within(x, y, &left);
}

/* Counts what is inside; false when that is more than *left. */
static bool count_within(Val v, int64_t *left) {
    if (v.tag != V_LIST && v.tag != V_CONTEXT) return --*left >= 0;
    const Val *items = v.tag == V_LIST ? val_items(v) : val_ctx(v)->vals;
    int64_t n = v.tag == V_LIST ? (int64_t)v.n : val_ctx(v)->n;
    if (val_nesting(v) == 0) return (*left -= n + 1) >= 0;
    for (int64_t i = 0; i < n; i++)
        if (!count_within(items[i], left)) return false;
    return --*left >= 0;
}

bool val_fits(Val v, int64_t most) {
    return count_within(v, &most);
}

/* --- text ------------------------------------------------------------------------------------- */

static void print_quoted(Buf *b, Str s) {
    buf_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)c);
        } else if (c == '\n') {
            buf_lit(b, "\\n");
        } else if (c == '\r') {
            buf_lit(b, "\\r");
        } else if (c == '\t') {
            buf_lit(b, "\\t");
        } else if (c < 0x20) {
            buf_printf(b, "\\u%04X", c);
        } else {
            buf_char(b, (char)c);
        }
    }
    buf_char(b, '"');
}

/* A key that reads back as one name without quotes: letters, digits and _, single blanks inside. */
static bool key_is_plain(Str key) {
    if (!key.n || (key.p[0] >= '0' && key.p[0] <= '9')) return false;
    for (ptrdiff_t i = 0; i < key.n;) {
        ptrdiff_t at = i;
        uint32_t c = utf8_next(key, &i);
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                      (c >= 0xC0 && c <= 0x1FFF && c != 0xD7 && c != 0xF7) ||
                      (c >= 0x3040 && c <= 0xD7FF);
        bool digit = c >= '0' && c <= '9';
        bool blank = c == ' ' && at > 0 && i < key.n && key.p[at - 1] != ' ';
        if (!letter && !digit && !blank) return false;
    }
    return true;
}

typedef enum Form { FORM_BARE, FORM_INSIDE, FORM_LITERAL } Form;
static void print_val(Buf *b, Val v, Form form);

static void print_context(Buf *b, const Context *c, Form form) {
    buf_char(b, '{');
    for (int i = 0; i < c->n; i++) {
        if (i) buf_lit(b, ", ");
        if (key_is_plain(c->keys[i]))
            buf_put(b, c->keys[i]);
        else
            print_quoted(b, c->keys[i]);
        buf_lit(b, ": ");
        print_val(b, c->vals[i], form);
    }
    buf_char(b, '}');
}

static void print_range(Buf *b, const Range *r, Form form) {
    static const char *const OPS[] = {"", "=", "!=", "<", "<=", ">", ">="};
    if (r->op != RANGE_INTERVAL) {
        buf_printf(b, "(%s", OPS[r->op]);
        print_val(b, r->lo.tag == V_NULL ? r->hi : r->lo, form);
        buf_char(b, ')');
        return;
    }
    buf_char(b, r->lo_closed ? '[' : '(');
    print_val(b, r->lo, form);
    buf_lit(b, "..");
    print_val(b, r->hi, form);
    buf_char(b, r->hi_closed ? ']' : ')');
}

static void print_num(Buf *b, Val v) {
    char text[DEC_TEXT_MAX];
    Dec d = val_dec(v);
    int n = dec_print(text, &d);
    buf_put(b, str_of(text, (size_t)n));
}

static void print_list(Buf *b, Val v, Form form) {
    buf_char(b, '[');
    for (uint32_t i = 0; i < v.n; i++) {
        if (i) buf_lit(b, ", ");
        print_val(b, val_items(v)[i], form);
    }
    buf_char(b, ']');
}

static void print_val(Buf *b, Val v, Form form) {
    if (b->over) return; /* a list may stand in itself many times: no work for what is cut off */
    Form inside = form == FORM_BARE ? FORM_INSIDE : form;
    if (val_is_temporal(v)) {
        if (form == FORM_LITERAL) buf_lit(b, "@\"");
        temporal_print(b, v);
        if (form == FORM_LITERAL) buf_char(b, '"');
        return;
    }
    switch (v.tag) {
    case V_BOOL: buf_put(b, v.i ? S("true") : S("false")); return;
    case V_NUM:
    case V_BIGNUM: print_num(b, v); return;
    case V_STRING:
        if (form == FORM_BARE)
            buf_put(b, val_text(v));
        else
            print_quoted(b, val_text(v));
        return;
    case V_LIST: print_list(b, v, inside); return;
    case V_CONTEXT: print_context(b, v.p, inside); return;
    case V_RANGE: print_range(b, v.p, inside); return;
    case V_FUNCTION: buf_lit(b, "function"); return;
    case V_UNKNOWN: buf_lit(b, "unknown"); return;
    default: buf_lit(b, "null"); return;
    }
}

void val_string(Buf *b, Val v) {
    print_val(b, v, FORM_BARE);
}

void val_literal(Buf *b, Val v) {
    print_val(b, v, FORM_LITERAL);
}

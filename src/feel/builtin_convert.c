/* number, string and range: text to values and back (DMN 10.3.4.1). */
#include "feel/builtin.h"
#include "feel/temporal.h"

/* The text without group separators and with a point: what dec_parse reads. */
static Str plain_number(Arena *a, Str s, Str group, Str point) {
    Buf b = buf_new(a, (size_t)s.n + 1);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (group.n && s.p[i] == group.p[0]) continue;
        if (s.p[i] == '.' && point.n && point.p[0] != '.') return S("");
        buf_char(&b, point.n && s.p[i] == point.p[0] ? '.' : s.p[i]);
    }
    return buf_str(&b);
}

/* A separator argument: null, or one of the characters in allowed. */
static bool separator(Val v, const char *allowed, Str *out) {
    *out = (Str){0};
    if (v.tag == V_NULL) return true;
    *out = val_text(v);
    for (const char *c = allowed; *c; c++) {
        if (out->n == 1 && out->p[0] == *c) return true;
    }
    return false;
}

Val bi_number(Eval *e, const Val *args, int n) {
    Str group, point;
    Val by = arg_at(args, n, 1), at = arg_at(args, n, 2);
    if (args[0].tag == V_NULL) return fn_null_arg(e, "number", "from");
    if (!separator(by, " ,.", &group)) return fn_range(e, "number", "grouping separator", by);
    if (!separator(at, ",.", &point) || (point.n && group.n && point.p[0] == group.p[0]))
        return fn_range(e, "number", "decimal separator", at);
    Dec d;
    if (!dec_parse(plain_number(e->arena, val_text(args[0]), group, point), &d))
        return FEEL_NULL(e, M_FEEL_FN_TEXT, S("number"), val_text(args[0]));
    return val_num(e->arena, &d);
}

enum { STRING_MAX = 8 << 20 };

Val bi_string(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL || args[0].tag == V_STRING) return args[0];
    if (e->steps < 0) return fn_limit(e, "string");
    Buf b = buf_new(e->arena, STRING_MAX); /* a small value can have a long text: see value.h */
    val_string(&b, args[0]);
    return b.over || !spend(e, (int64_t)b.n / 8) ? fn_limit(e, "string") : val_str(buf_str(&b));
}

/* --- range ------------------------------------------------------------------------------------ */

/* A string literal at the start of *s, without quotes; *s moves behind it. Escapes are not needed
 * in the ends of a range: a backslash only protects a quote or a backslash. */
static bool read_string(Arena *a, Str *s, Str *out) {
    if (s->n < 2 || s->p[0] != '"') return false;
    Buf b = buf_new(a, (size_t)s->n);
    ptrdiff_t i = 1;
    for (; i < s->n && s->p[i] != '"'; i++) {
        if (s->p[i] == '\\' && i + 1 < s->n && (s->p[i + 1] == '"' || s->p[i + 1] == '\\')) i++;
        buf_char(&b, s->p[i]);
    }
    if (i >= s->n) return false;
    *out = buf_str(&b);
    *s = str_sub(*s, i + 1, s->n);
    return true;
}

/* date("…"), time("…"), date and time("…"), duration("…"). */
static bool read_call(Eval *e, Str *s, Val *out) {
    static const struct {
        Str name;
        Val (*fn)(Eval *e, const Val *args, int n);
    } CALLS[] = {{STR_INIT("date and time"), bi_date_and_time},
                 {STR_INIT("date"), bi_date},
                 {STR_INIT("time"), bi_time},
                 {STR_INIT("duration"), bi_duration}};
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        if (!str_starts(*s, CALLS[i].name)) continue;
        Str rest = str_trim(str_sub(*s, CALLS[i].name.n, s->n)), text;
        if (!str_starts(rest, S("("))) continue;
        rest = str_trim(str_sub(rest, 1, rest.n));
        if (!read_string(e->arena, &rest, &text)) return false;
        rest = str_trim(rest);
        if (!str_starts(rest, S(")"))) return false;
        *s = str_sub(rest, 1, rest.n);
        Val v = val_str(text);
        *out = CALLS[i].fn(e, &v, 1);
        return out->tag != V_NULL;
    }
    return false;
}

/* One end of a range: a number, a string, an at-literal or a call above. */
static bool read_end(Eval *e, Str *s, Val *out) {
    Str text;
    *s = str_trim(*s);
    if (str_starts(*s, S("\""))) {
        if (!read_string(e->arena, s, &text)) return false;
        *out = val_str(text);
        return true;
    }
    if (str_starts(*s, S("@"))) {
        *s = str_sub(*s, 1, s->n);
        return read_string(e->arena, s, &text) && temporal_parse_literal(e->arena, text, out);
    }
    ptrdiff_t n = 0;
    while (n < s->n && ((s->p[n] >= '0' && s->p[n] <= '9') || s->p[n] == '-' || s->p[n] == '.')) {
        if (n + 1 < s->n && s->p[n] == '.' && s->p[n + 1] == '.') break;
        n++;
    }
    Dec d;
    if (n == 0) return read_call(e, s, out);
    if (!dec_parse(str_sub(*s, 0, n), &d)) return false;
    *out = val_num(e->arena, &d);
    *s = str_sub(*s, n, s->n);
    return true;
}

static bool read_range(Eval *e, Str s, Range *r) {
    int cmp;
    s = str_trim(s);
    if (s.n < 4 || (s.p[0] != '[' && s.p[0] != '(' && s.p[0] != ']')) return false;
    char close = s.p[s.n - 1];
    if (close != ']' && close != ')' && close != '[') return false;
    *r = (Range){.op = RANGE_INTERVAL, .lo_closed = s.p[0] == '[', .hi_closed = close == ']'};
    s = str_sub(s, 1, s.n - 1);
    if (!read_end(e, &s, &r->lo)) return false;
    s = str_trim(s);
    if (!str_starts(s, S(".."))) return false;
    s = str_sub(s, 2, s.n);
    if (!read_end(e, &s, &r->hi) || str_trim(s).n) return false;
    return val_compare(r->lo, r->hi, &cmp) && cmp <= 0;
}

Val bi_range(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "range", "from");
    Range *r = NEW(e->arena, Range);
    if (!read_range(e, val_text(args[0]), r))
        return FEEL_NULL(e, M_FEEL_FN_TEXT, S("range"), val_text(args[0]));
    return val_range(r);
}

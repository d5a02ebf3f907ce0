/* Values, requirements and gaps in people's words. See report.h. */
#include "base/date.h"
#include "city/pack_names.h"
#include "city/report.h"

/* 1234567.5 → 1,234,567.5 */
static Str grouped(Arena *a, Str digits) {
    ptrdiff_t point = str_find(digits, S("."));
    ptrdiff_t whole = point < 0 ? digits.n : point, sign = digits.n && digits.p[0] == '-';
    Buf b = buf_new(a, 4096);
    for (ptrdiff_t i = 0; i < whole; i++) {
        if (i > sign && (whole - i) % 3 == 0) buf_char(&b, ',');
        buf_char(&b, digits.p[i]);
    }
    buf_put(&b, str_sub(digits, whole, digits.n));
    return buf_str(&b);
}

static Str trimmed_fixed(Arena *a, const Dec *x, int scale) {
    Str s = dec_fixed(a, x, scale);
    Dec again;
    return dec_parse(s, &again) ? dec_text(a, &again) : s;
}

enum { EXACT = -1 }; /* a scale: all digits */

static Str scaled(Arena *a, const Dec *x, int exp, int scale, const char *unit) {
    Dec factor = dec_scaled(1, exp), y;
    if (!dec_mul(&y, x, &factor)) return dec_text(a, x);
    Str digits = scale == EXACT ? dec_text(a, &y) : trimmed_fixed(a, &y, scale);
    return str_cat(a, grouped(a, digits), str_from(unit));
}

static Str number_text(Arena *a, const Dec *x, Str unit, Lang lang, bool exact) {
    Dec size, wan = dec_int(10000), yi = dec_int(100000000);
    dec_abs(&size, x);
    if (str_eq(unit, S("比率"))) return scaled(a, x, 2, exact ? EXACT : 2, "%");
    if (str_eq(unit, S("元")) && lang == LANG_ZH) {
        if (dec_cmp(&size, &yi) >= 0 && !exact) return scaled(a, x, -8, 4, " 亿元");
        if (dec_cmp(&size, &wan) >= 0) return scaled(a, x, -4, exact ? EXACT : 2, " 万元");
    }
    Str text = grouped(a, dec_text(a, x));
    return unit.n ? str_printf(a, "%.*s %.*s", STRF(text), STRF(unit)) : text;
}

static Str said(Arena *a, Msg m, Lang lang, Str arg) {
    return msg_text(a, m, lang, 1, &arg);
}

/* Bounds that say nothing: nought and the widest ones a dictionary gives. */
static bool says_nothing(Val v, bool lower) {
    if (v.tag == V_DATE) {
        int32_t year = date_from_days(v.i).year;
        return lower ? year < 1900 : year > 2999;
    }
    if (v.tag == V_NULL || !val_is_num(v)) return v.tag == V_NULL;
    Dec d = val_dec(v), size, most = dec_scaled(1, 18), nought = dec_int(0);
    dec_abs(&size, &d);
    return dec_cmp(&size, &most) >= 0 || (lower && dec_cmp(&d, &nought) <= 0);
}

/* What is known of an unknown: 不低于 …, 不晚于 …; both joined. */
static Str bounds_text(Arena *a, const Unknown *u, Str unit, Lang lang) {
    Str out = S("");
    bool date = u->lo.tag == V_DATE || u->hi.tag == V_DATE;
    if (!says_nothing(u->lo, true))
        out = said(a, date ? M_REPORT_NOT_BEFORE : M_REPORT_AT_LEAST, lang,
                   report_value(a, u->lo, unit, lang));
    if (says_nothing(u->hi, false)) return out.n ? out : S("—");
    Str high = said(a, date ? M_REPORT_NOT_AFTER : M_REPORT_AT_MOST, lang,
                    report_value(a, u->hi, unit, lang));
    return out.n ? str_printf(a, "%.*s %.*s", STRF(out), STRF(high)) : high;
}

Str report_value(Arena *a, Val v, Str unit, Lang lang) {
    if (v.tag == V_NULL) return S("—");
    if (v.tag == V_UNKNOWN) return bounds_text(a, v.p, unit, lang);
    if (val_is_num(v)) {
        Dec d = val_dec(v);
        return number_text(a, &d, unit, lang, false);
    }
    if (v.tag == V_BOOL && lang == LANG_ZH) return v.i ? S("是") : S("否");
    if (v.tag == V_BOOL) return v.i ? S("yes") : S("no");
    Buf b = buf_new(a, 4096);
    val_string(&b, v);
    return buf_str(&b);
}

Str report_exact(Arena *a, Val v, Str unit, Lang lang) {
    if (!val_is_num(v)) return report_value(a, v, unit, lang);
    Dec d = val_dec(v);
    return number_text(a, &d, unit, lang, true);
}

Str report_condition_value(Arena *a, const ConditionResult *k, Lang lang) {
    Str text = k->value.tag == V_NULL ? S("") : report_value(a, k->value, k->unit, lang);
    return str_eq(text, S("—")) ? S("") : text;
}

Str report_condition_required(Arena *a, const ConditionResult *k, Lang lang) {
    if (k->required.n == 0 || k->bar.tag == V_NULL) return k->required;
    if (k->bar.tag == V_BOOL && (k->op == IR_EQ || k->op == IR_NE))
        return report_value(a, val_bool((k->bar.i != 0) == (k->op == IR_EQ)), S(""), lang);
    ptrdiff_t blank = str_find(k->required, S(" "));
    if (blank < 0) return k->required;
    return str_printf(a, "%.*s %.*s", STRF(str_sub(k->required, 0, blank)),
                      STRF(report_value(a, k->bar, k->unit, lang)));
}

/* The distance without its sign; false when it is no quantity. */
static bool distance(Arena *a, const ConditionResult *k, Lang lang, Str *out) {
    enum { DAY_S = 86400 };
    Val v = k->gap;
    if (val_is_num(v)) {
        Dec d = val_dec(v), size;
        dec_abs(&size, &d);
        *out = number_text(a, &size, k->unit, lang, false);
        return true;
    }
    int64_t size = v.i < 0 ? -v.i : v.i;
    if (v.tag == V_DAYS)
        *out = said(a, M_REPORT_DAYS, lang, str_printf(a, "%lld", (long long)(size / DAY_S)));
    else if (v.tag == V_MONTHS)
        *out = said(a, M_REPORT_MONTHS, lang, str_printf(a, "%lld", (long long)size));
    return v.tag == V_DAYS || v.tag == V_MONTHS;
}

Str report_condition_gap(Arena *a, const ConditionResult *k, Lang lang) {
    Str text;
    if (k->gap.tag == V_NULL || !distance(a, k, lang, &text)) return S("");
    bool time = k->gap.tag != V_NUM && k->gap.tag != V_BIGNUM;
    Msg m = time                               ? M_REPORT_APART
            : k->op == IR_GE || k->op == IR_GT ? M_REPORT_SHORT
            : k->op == IR_LE || k->op == IR_LT ? M_REPORT_OVER
                                               : M_REPORT_APART;
    return said(a, m, lang, text);
}

Str report_condition_source(Arena *a, const Decision *d, const ConditionResult *k, Lang lang) {
    Buf b = buf_new(a, 4096);
    for (Str rest = k->source, sep = S("、"); rest.n;) {
        ptrdiff_t at = str_find(rest, sep);
        Str code = at < 0 ? rest : str_sub(rest, 0, at);
        rest = at < 0 ? S("") : str_sub(rest, at + sep.n, rest.n);
        if (b.n) buf_put(&b, lang == LANG_EN ? S(", ") : sep);
        buf_put(&b, pack_source_title(a, d->pack, code, lang));
    }
    if (k->borrowed.n) buf_put(&b, said(a, M_REPORT_BORROWED, lang, k->borrowed));
    return buf_str(&b);
}

/* --- order -------------------------------------------------------------------------------------
 */

static int place_of(Outcome o) {
    return o == OUTCOME_NOT_MET ? 0 : o == OUTCOME_MET ? 2 : 1;
}

/* A way stands on its own when the condition it is a way of is not listed. */
static bool is_way(const Decision *d, int i) {
    Str of = d->conditions[i].condition->way_of;
    for (int k = 0; of.n && k < d->nconditions; k++)
        if (k != i && str_eq(d->conditions[k].condition->decision, of)) return true;
    return false;
}

typedef struct Order {
    const Decision *d;
    int *items, *depths;
    int n;
} Order;

/* A condition, then the ways to meet it: the failed first, then the open ones, then the met. */
static void put_one(Order *o, int i, int depth) {
    const Decision *d = o->d;
    for (int k = 0; k < o->n; k++)
        if (o->items[k] == i) return;
    o->items[o->n] = i;
    o->depths[o->n++] = depth;
    for (int place = 0; place < 3; place++)
        for (int k = 0; k < d->nconditions; k++)
            if (is_way(d, k) && place_of(d->conditions[k].outcome) == place &&
                str_eq(d->conditions[k].condition->way_of, d->conditions[i].condition->decision))
                put_one(o, k, depth + 1);
}

int *report_order(Arena *a, const Decision *d, int **depths) {
    Order o = {.d = d,
               .items = NEW_N(a, int, d->nconditions + 1),
               .depths = NEW_N(a, int, d->nconditions + 1)};
    for (int place = 0; place < 3; place++)
        for (int i = 0; i < d->nconditions; i++)
            if (!is_way(d, i) && place_of(d->conditions[i].outcome) == place) put_one(&o, i, 0);
    for (int i = 0; i < d->nconditions; i++) put_one(&o, i, 0); /* ways in a circle */
    if (depths) *depths = o.depths;
    return o.items;
}

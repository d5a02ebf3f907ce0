/* A decision as a page for people. Words come from the table of texts; layout by indentation only,
 * so that mixed Chinese and ASCII line up in every font. */
#include "base/date.h"
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

static Str scaled(Arena *a, const Dec *x, int exp, int scale, const char *unit) {
    Dec factor = dec_scaled(1, exp), y;
    if (!dec_mul(&y, x, &factor)) return dec_text(a, x);
    return str_cat(a, grouped(a, trimmed_fixed(a, &y, scale)), str_from(unit));
}

static Str number_text(Arena *a, const Dec *x, Str unit, Lang lang) {
    Dec size, wan = dec_int(10000), yi = dec_int(100000000);
    dec_abs(&size, x);
    if (str_eq(unit, S("比率"))) return scaled(a, x, 2, 2, "%");
    if (str_eq(unit, S("元")) && lang == LANG_ZH) {
        if (dec_cmp(&size, &yi) >= 0) return scaled(a, x, -8, 4, " 亿元");
        if (dec_cmp(&size, &wan) >= 0) return scaled(a, x, -4, 2, " 万元");
    }
    Str text = grouped(a, dec_text(a, x));
    return unit.n ? str_printf(a, "%.*s %.*s", STRF(text), STRF(unit)) : text;
}

Str report_value(Arena *a, Val v, Str unit, Lang lang) {
    if (v.tag == V_NULL || v.tag == V_UNKNOWN) return S("—");
    if (val_is_num(v)) {
        Dec d = val_dec(v);
        return number_text(a, &d, unit, lang);
    }
    if (v.tag == V_BOOL && lang == LANG_ZH) return v.i ? S("是") : S("否");
    Buf b = buf_new(a, 4096);
    val_string(&b, v);
    return buf_str(&b);
}

typedef struct Page {
    Arena *a;
    Buf *b;
    Lang lang;
} Page;

static void put(Page *p, Str s) {
    buf_put(p->b, s);
}

static void say(Page *p, Msg m) {
    put(p, msg_text(p->a, m, p->lang, 0, NULL));
}

#define SAY(p, m, ...)                                                                             \
    put((p), msg_text((p)->a, (m), (p)->lang, (int)(sizeof((Str[]){__VA_ARGS__}) / sizeof(Str)),   \
                      (Str[]){__VA_ARGS__}))

static Str or_dash(Str s) {
    return s.n ? s : S("—");
}

static void put_basis(Page *p, const Basis *b, Status status) {
    if (!b->document) {
        say(p, M_REPORT_NO_BASIS);
        return;
    }
    put(p, p->lang == LANG_ZH ? S("《") : S("“"));
    put(p, b->document->title);
    put(p, p->lang == LANG_ZH ? S("》") : S("” "));
    put(p, b->document->number);
    if (b->article.n) {
        put(p, S(" "));
        put(p, b->article);
    }
    static const Msg STATUS[] = {MSG_NONE, M_STATUS_V, M_STATUS_COPY, M_STATUS_I, M_STATUS_DEMO};
    if (status == STATUS_NONE) return;
    put(p, p->lang == LANG_ZH ? S("（") : S(" ("));
    say(p, STATUS[status]);
    put(p, p->lang == LANG_ZH ? S("）") : S(")"));
}

static Str mark(Outcome o) {
    return o == OUTCOME_MET ? S("✓") : o == OUTCOME_NOT_MET ? S("✗") : S("？");
}

/* "≤ 500" with its number in people's form. */
static Str required_text(Page *p, const ConditionResult *k) {
    ptrdiff_t blank = str_find(k->required, S(" "));
    Dec d;
    if (blank < 0 || !dec_parse(str_sub(k->required, blank + 1, k->required.n), &d))
        return k->required;
    return str_printf(p->a, "%.*s %.*s", STRF(str_sub(k->required, 0, blank)),
                      STRF(number_text(p->a, &d, k->unit, p->lang)));
}

static void put_condition(Page *p, const ConditionResult *k) {
    const RuleCondition *c = k->condition;
    Str text = p->lang == LANG_EN && c->text_en.n ? c->text_en : c->text_zh;
    buf_printf(p->b, "  %.*s %.*s\n", STRF(mark(k->outcome)), STRF(text));
    if (k->value.tag != V_NULL || k->required.n) {
        put(p, S("      "));
        SAY(p, M_REPORT_VALUE, report_value(p->a, k->value, k->unit, p->lang),
            or_dash(required_text(p, k)));
        if (k->gap.tag != V_NULL)
            SAY(p, M_REPORT_GAP, report_value(p->a, k->gap, k->unit, p->lang));
        put(p, S("\n"));
    }
    if (k->outcome == OUTCOME_UNDECIDABLE || k->outcome == OUTCOME_NEEDS_PERSON) {
        put(p, S("      "));
        say(p, outcome_message(k->outcome));
        put(p, S("\n"));
    }
    put(p, S("      "));
    SAY(p, M_REPORT_SOURCE, or_dash(k->source));
    put_basis(p, &c->basis, c->status);
    if (c->fixed && k->outcome == OUTCOME_NOT_MET) say(p, M_REPORT_FIXED);
    put(p, S("\n"));
}

static void put_head(Page *p, const Decision *d) {
    const Rule *r = d->rule;
    if (d->demo) {
        say(p, M_REPORT_DEMO);
        put(p, S("\n"));
    }
    if (d->subject.n || d->subject_name.n) {
        SAY(p, M_REPORT_SUBJECT, or_dash(d->subject_name), or_dash(d->subject));
        put(p, S("\n"));
    }
    Str title = p->lang == LANG_EN && r->title_en.n ? r->title_en : r->title_zh;
    SAY(p, M_REPORT_RULE, title, r->id, or_dash(d->version ? d->version->id : S("")));
    put(p, S("\n"));
    SAY(p, M_REPORT_DATES, date_text(p->a, d->as_of), str_printf(p->a, "%d", d->year));
    if (d->as_known_ms) SAY(p, M_REPORT_KNOWN, instant_text(p->a, d->as_known_ms));
    put(p, S("\n"));
    SAY(p, M_REPORT_OUTCOME, msg_text(p->a, outcome_message(d->outcome), p->lang, 0, NULL));
    if (d->why != MSG_NONE) {
        put(p, p->lang == LANG_ZH ? S("：") : S(": "));
        say(p, d->why);
    }
    put(p, S("\n"));
    if (d->result.tag != V_NULL && d->result.tag != V_UNKNOWN && d->version) {
        SAY(p, M_REPORT_RESULT, report_value(p->a, d->result, d->version->unit, p->lang));
        put(p, S("\n"));
    }
    if (!d->version) return;
    say(p, M_REPORT_BASIS);
    put_basis(p, &d->version->basis, d->version->status);
    put(p, S("\n"));
    if (d->validity == VALIDITY_UNCHECKED) {
        SAY(p, M_REPORT_UNCHECKED, date_text(p->a, d->version->last_seen));
        put(p, S("\n"));
    }
}

static void put_missing(Page *p, const Decision *d) {
    static const Msg KINDS[] = {M_MISSING_FACT, M_MISSING_PERSON, M_MISSING_BASIS};
    if (d->nmissing) {
        say(p, M_REPORT_MISSING);
        put(p, S("\n"));
    }
    for (int i = 0; i < d->nmissing; i++) {
        buf_printf(p->b, "  · %.*s  ", STRF(d->missing[i].name));
        say(p, KINDS[d->missing[i].kind]);
        put(p, S("\n"));
    }
    if (!d->version || d->version->nmissing == 0) return;
    say(p, M_REPORT_MISSING_BASIS);
    put(p, S("\n"));
    for (int i = 0; i < d->version->nmissing; i++) {
        const MissingBasis *m = &d->version->missing[i];
        Str text = p->lang == LANG_EN && m->en.n ? m->en : m->zh;
        buf_printf(p->b, "  · %.*s\n", STRF(text));
    }
}

void report_text(Buf *b, const Decision *d, Lang lang) {
    Page p = {.a = b->arena, .b = b, .lang = lang};
    put_head(&p, d);
    if (d->nconditions) {
        say(&p, M_REPORT_CONDITIONS);
        put(&p, S("\n"));
    }
    for (int i = 0; i < d->nconditions; i++) put_condition(&p, &d->conditions[i]);
    put_missing(&p, d);
    for (int i = 0; i < d->nerrors; i++) {
        buf_printf(b, "  ! %.*s\n", STRF(note_text(p.a, &d->errors[i], lang)));
    }
}

/* Distance in people's words. See distance.h. */
#include "base/date.h"
#include "city/distance.h"
#include "city/report.h"

static Str said1(Arena *a, Msg m, Lang lang, Str x) {
    return msg_text(a, m, lang, 1, &x);
}

static Str said2(Arena *a, Msg m, Lang lang, Str x, Str y) {
    Str args[] = {x, y};
    return msg_text(a, m, lang, 2, args);
}

static Str said3(Arena *a, Msg m, Lang lang, Str x, Str y, Str z) {
    Str args[] = {x, y, z};
    return msg_text(a, m, lang, 3, args);
}

static Str word(Arena *a, Msg m, Lang lang) {
    return msg_text(a, m, lang, 0, NULL);
}

/* --- parts --------------------------------------------------------------------------------------
 */

static Str label(const Indicator *i, Lang lang) {
    return lang == LANG_EN && i->en.n ? i->en : i->zh;
}

static Str name_of(Arena *a, const Indicator *i, int32_t year, Lang lang) {
    Str name = label(i, lang);
    if (!year) return name;
    return str_printf(a, lang == LANG_ZH ? "%.*s（%d 年）" : "%.*s (%d)", STRF(name), year);
}

Str distance_fact_name(Arena *a, const DistanceFact *f, Lang lang) {
    return name_of(a, f->indicator, f->year, lang);
}

Str distance_value(Arena *a, Val v, const Indicator *i, Lang lang) {
    if (v.tag == V_LIST && v.n == 0) return word(a, M_REPORT_NONE, lang);
    return report_exact(a, v, i->unit, lang);
}

Str distance_amount(Arena *a, const DistanceChange *c, Lang lang) {
    if (!val_is_num(c->change)) return S("");
    Dec d = val_dec(c->change);
    dec_abs(&d, &d);
    if (c->to.tag == V_DATE) return said1(a, M_REPORT_DAYS, lang, dec_text(a, &d));
    return report_exact(a, val_num(a, &d), c->fact.indicator->unit, lang);
}

Str distance_condition(const Decision *d, const DmnNode *n, Lang lang) {
    for (int i = 0; i < d->nconditions; i++) {
        const RuleCondition *c = d->conditions[i].condition;
        if (d->conditions[i].node == n)
            return lang == LANG_EN && c->text_en.n ? c->text_en : c->text_zh;
    }
    return n->name;
}

static Str choices(Arena *a, const DistanceChange *c, Lang lang) {
    Buf b = buf_new(a, 8192);
    for (int i = 0; i < c->nvalues || i == 0; i++) {
        Val v = c->nvalues ? c->values[i] : c->to;
        if (i) buf_put(&b, word(a, M_DISTANCE_OR, lang));
        buf_put(&b,
                said1(a, M_DISTANCE_QUOTED, lang, distance_value(a, v, c->fact.indicator, lang)));
    }
    return buf_str(&b);
}

static Str change_text(Arena *a, const DistanceChange *c, Lang lang) {
    Str name = distance_fact_name(a, &c->fact, lang), amount = distance_amount(a, c, lang);
    Str to = distance_value(a, c->to, c->fact.indicator, lang);
    Str from = distance_value(a, c->fact.now, c->fact.indicator, lang);
    if (amount.n == 0) return said3(a, M_DISTANCE_BECOMES, lang, name, from, choices(a, c, lang));
    Dec d = val_dec(c->change);
    bool more = dec_sign(&d) > 0, date = c->to.tag == V_DATE;
    Msg m = date ? (more ? M_DISTANCE_LATER : M_DISTANCE_EARLIER)
                 : (more ? M_DISTANCE_UP : M_DISTANCE_DOWN);
    return said3(a, m, lang, name, amount, to);
}

static Str changes_text(Arena *a, const DistanceEntry *e, Lang lang) {
    Str first = e->nchanges ? change_text(a, &e->changes[0], lang) : S("");
    if (e->nchanges < 2) return first;
    return str_cat(a, str_cat(a, first, word(a, M_DISTANCE_AND, lang)),
                   change_text(a, &e->changes[1], lang));
}

typedef struct Listing {
    Buf b;
    Lang lang;
    int n;
} Listing;

static void listed(Listing *l, Str item) {
    if (l->n++) buf_put(&l->b, l->lang == LANG_ZH ? S("；") : S("; "));
    buf_put(&l->b, item);
}

static Str conditions_text(Arena *a, const Decision *d, const DistanceEntry *e, Lang lang) {
    Listing l = {buf_new(a, 16384), lang, 0};
    for (int i = 0; i < e->nconditions; i++)
        listed(&l, distance_condition(d, e->conditions[i], lang));
    return buf_str(&l.b);
}

/* 成立日期 2001-05-08；营业收入（2018 年）1,000 万元 */
static Str facts_text(Arena *a, const DistanceEntry *e, Lang lang) {
    Listing l = {buf_new(a, 16384), lang, 0};
    for (int i = 0; i < e->nfacts; i++) {
        const DistanceFact *f = &e->facts[i];
        Str name = distance_fact_name(a, f, lang);
        bool plain = f->now.tag != V_LIST || f->now.n == 0;
        Str value = plain ? distance_value(a, f->now, f->indicator, lang) : S("");
        listed(&l, value.n ? str_printf(a, "%.*s %.*s", STRF(name), STRF(value)) : name);
    }
    return buf_str(&l.b);
}

/* The first few by name, the rest by number. */
static Str missing_text(Arena *a, const Decision *d, const DistanceEntry *e, Lang lang) {
    enum { NAMED = 5 };
    Listing l = {buf_new(a, 16384), lang, 0};
    for (int i = 0; i < e->nmissing && i < NAMED; i++) {
        const Missing *m = &e->missing[i];
        listed(&l, name_of(a, m->indicator, m->lag < 0 ? 0 : d->year - m->lag, lang));
    }
    if (e->nmissing <= NAMED) return buf_str(&l.b);
    Str count = str_printf(a, "%d", e->nmissing);
    return said2(a, M_DISTANCE_AMONG, lang, buf_str(&l.b), count);
}

/* --- sentences ----------------------------------------------------------------------------------
 */

/* Which year's figure is meant, and when that year ends. */
static Str year_text(Arena *a, const Decision *d, const DistanceEntry *e, Lang lang) {
    int32_t year = 0;
    for (int i = 0; i < e->nchanges; i++)
        if (e->changes[i].fact.year > year) year = e->changes[i].fact.year;
    if (!year) return S("");
    Str this = str_printf(a, "%d", year), next = str_printf(a, "%d", year + 1);
    int64_t end = date_to_days(year, 12, 31);
    if (end >= d->as_of) return said2(a, M_DISTANCE_YEAR_OPEN, lang, this, date_text(a, end));
    return said3(a, M_DISTANCE_YEAR_CLOSED, lang, this, next,
                 date_text(a, date_to_days(year + 1, 12, 31)));
}

static Str until_text(Arena *a, const Decision *d, const DistanceEntry *e, Lang lang) {
    if (e->by == DISTANCE_NO_DAY) return S("");
    Str day = date_text(a, e->by);
    if (!e->ends) return said1(a, M_DISTANCE_UNTIL_RULE, lang, day);
    return said2(a, M_DISTANCE_UNTIL, lang, day, distance_condition(d, e->ends, lang));
}

static Str obstacle_text(Arena *a, const Decision *d, const DistanceEntry *e, Lang lang) {
    static const Msg TEXTS[] = {
        [DISTANCE_FACT] = M_DISTANCE_FACT,     [DISTANCE_PAST] = M_DISTANCE_PAST,
        [DISTANCE_JUDGED] = M_DISTANCE_JUDGED, [DISTANCE_BOUND] = M_DISTANCE_BOUND,
        [DISTANCE_ONEWAY] = M_DISTANCE_ONEWAY, [DISTANCE_RECORD] = M_DISTANCE_RECORD,
        [DISTANCE_TEXT] = M_DISTANCE_TEXT,     [DISTANCE_BUDGET] = M_DISTANCE_BUDGET};
    Str conditions = conditions_text(a, d, e, lang);
    if (e->nfacts == 0) return said1(a, M_DISTANCE_NOTHING, lang, conditions);
    Str text = said2(a, TEXTS[e->why], lang, facts_text(a, e, lang), conditions);
    if (e->by == DISTANCE_NO_DAY) return text;
    return str_cat(a, text, said1(a, M_DISTANCE_ENDED, lang, date_text(a, e->by)));
}

Str distance_sentence(Arena *a, const Decision *d, const DistanceEntry *e, Lang lang) {
    switch (e->kind) {
    case DISTANCE_SINGLE:
    case DISTANCE_PAIR:
        return str_cat(a,
                       str_cat(a, said1(a, M_DISTANCE_THEN, lang, changes_text(a, e, lang)),
                               year_text(a, d, e, lang)),
                       until_text(a, d, e, lang));
    case DISTANCE_WAIT: return said1(a, M_DISTANCE_WAIT, lang, date_text(a, e->by));
    case DISTANCE_BLOCKED:
        if (e->why == DISTANCE_MISSING)
            return said2(a, M_DISTANCE_MISSING, lang, changes_text(a, e, lang),
                         missing_text(a, d, e, lang));
        return said1(a, M_DISTANCE_JOINT, lang, conditions_text(a, d, e, lang));
    default: return obstacle_text(a, d, e, lang);
    }
}

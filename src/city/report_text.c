/* A decision as a page for people. Words come from the table of texts; layout by indentation only,
 * so that mixed Chinese and ASCII line up in every font. */
#include "base/date.h"
#include "city/distance.h"
#include "city/pack_names.h"
#include "city/report.h"

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

static void put_condition(Page *p, const Decision *d, const ConditionResult *k, int depth) {
    const RuleCondition *c = k->condition;
    Str indent = str_sub(S("                    "), 0, 2 + 4 * depth);
    Str text = p->lang == LANG_EN && c->text_en.n ? c->text_en : c->text_zh;
    Str value = report_condition_value(p->a, k, p->lang);
    Str required = report_condition_required(p->a, k, p->lang);
    Str gap = report_condition_gap(p->a, k, p->lang);
    buf_printf(p->b, "%.*s%.*s %.*s\n", STRF(indent), STRF(mark(k->outcome)), STRF(text));
    if (value.n || required.n) {
        buf_printf(p->b, "%.*s    ", STRF(indent));
        SAY(p, M_REPORT_VALUE, or_dash(value), or_dash(required));
        if (gap.n) buf_printf(p->b, "%s%.*s", p->lang == LANG_ZH ? "　" : "  ", STRF(gap));
        put(p, S("\n"));
    }
    if (k->outcome == OUTCOME_UNDECIDABLE || k->outcome == OUTCOME_NEEDS_PERSON) {
        buf_printf(p->b, "%.*s    ", STRF(indent));
        say(p, outcome_message(k->outcome));
        put(p, S("\n"));
    }
    buf_printf(p->b, "%.*s    ", STRF(indent));
    SAY(p, M_REPORT_SOURCE, or_dash(report_condition_source(p->a, d, k, p->lang)));
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

static void put_distance(Page *p, const Decision *d) {
    const Distance *all = d->distance;
    if (!all || all->n == 0) return;
    say(p, M_DISTANCE_HEAD);
    if (all->stopped) say(p, M_DISTANCE_STOPPED);
    put(p, S("\n"));
    for (int i = 0; i < all->n; i++) {
        put(p, S("  · "));
        put(p, distance_sentence(p->a, d, &all->entries[i], p->lang));
        put(p, S("\n"));
    }
}

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 }; /* days of the city */

/* A fact as it decided: name, year, value, source, the day it became known. */
static void put_fact(Page *p, const Decision *d, const FactUse *f) {
    Val v = f->value;
    Unknown bounds = {.lo = f->lo, .hi = f->hi};
    if (!f->has_value) v = (Val){.tag = V_UNKNOWN, .p = &bounds};
    Str label = p->lang == LANG_EN && f->indicator->en.n ? f->indicator->en : f->indicator->zh;
    buf_printf(p->b, "  · %.*s", STRF(label));
    if (f->year) buf_printf(p->b, " %d", f->year);
    put(p, p->lang == LANG_ZH ? S("：") : S(": "));
    if (f->none)
        say(p, M_REPORT_NONE);
    else
        put(p, report_value(p->a, v, f->indicator->unit, p->lang));
    if (f->source.n) {
        put(p, S("  "));
        put(p, pack_source_title(p->a, d->pack, f->source, p->lang));
    }
    if (f->known_ms > 0) {
        put(p, S("  "));
        SAY(p, M_REPORT_KNOWN_ON, date_text(p->a, (f->known_ms + CHINA_MS) / DAY_MS));
    }
    put(p, S("\n"));
}

static void put_facts(Page *p, const Decision *d) {
    if (d->nfacts == 0) return;
    say(p, M_REPORT_FACTS);
    put(p, S("\n"));
    for (int i = 0; i < d->nfacts; i++) put_fact(p, d, d->facts[i]);
}

void report_text(Buf *b, const Decision *d, Lang lang) {
    Page p = {.a = b->arena, .b = b, .lang = lang};
    put_head(&p, d);
    if (d->nconditions) {
        say(&p, M_REPORT_CONDITIONS);
        put(&p, S("\n"));
    }
    int *depths;
    const int *order = report_order(p.a, d, &depths);
    for (int i = 0; i < d->nconditions; i++)
        put_condition(&p, d, &d->conditions[order[i]], depths[i]);
    put_distance(&p, d);
    put_missing(&p, d);
    for (int i = 0; i < d->nerrors; i++) {
        buf_printf(b, "  ! %.*s\n", STRF(note_text(p.a, &d->errors[i], lang)));
    }
    put_facts(&p, d);
}

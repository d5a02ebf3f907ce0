/* Facts of the register as a decision reads them: stored texts become FEEL values, events become
 * lists, the pack's precedence becomes the ranking. */
#include "base/date.h"
#include "city/factset.h"
#include "city/library/authorisation.h"

/* The rank of a source class for an indicator. Firm-level figures of the statistics bureau are no
 * source of decisions, nor are values known to be reading errors. */
static int8_t rank_of(const Indicator *i, Str grade) {
    const SourceClass *k = source_class(grade);
    if (k && !k->decides) return -1;
    for (int p = 0; p < i->nprecedence; p++)
        if (str_eq(i->precedence[p], grade)) return (int8_t)p;
    ptrdiff_t last = k ? k - SOURCE_CLASSES : SOURCE_CLASS_COUNT;
    return (int8_t)(i->nprecedence + last);
}

/* Proofs an enterprise authorised are read inside what the authorisation says only: those
 * indicators, that term, until it is withdrawn. Each such source belongs to one enterprise. */
static bool limit_authorised(Db *db, const FactAt *at, FactNames *out) {
    for (int k = 0; k < out->nsources; k++) {
        int64_t id = authorisation_of_source(out->sources[k].code);
        Authorisation a;
        if (!id) continue;
        bool there = Q_I64(db, 0, "SELECT count(*) FROM authorisation WHERE id = $1", db_i(id));
        if (there && !authorisation_get(db, id, &a)) return false;
        for (int i = 0; i < out->nindicators; i++)
            if (out->indicators[i] && (!there || !authorisation_covers(&a, out->indicators[i]->code,
                                                                       at->as_of, at->as_known)))
                out->ranks[i * out->nsources + k] = -1;
    }
    return ctx_ok(db_ctx(db));
}

bool fact_names(Db *db, const PackSet *p, const FactAt *at, FactNames *out) {
    Ctx *c = db_ctx(db);
    Str *codes;
    Source *sources;
    *out = (FactNames){0};
    if (!indicator_list(db, &codes, &out->nindicators)) return false;
    if (!source_list(db, &sources, &out->nsources)) return false;
    out->sources = sources;
    out->indicators = NEW_N(c->arena, const Indicator *, out->nindicators + 1);
    out->ranks = NEW_N(c->arena, int8_t, out->nindicators * out->nsources + 1);
    for (int i = 0; i < out->nindicators; i++) {
        out->indicators[i] = pack_indicator(p, codes[i]);
        for (int k = 0; out->indicators[i] && k < out->nsources; k++)
            out->ranks[i * out->nsources + k] = rank_of(out->indicators[i], sources[k].grade);
    }
    out->coverage = coverage_read(db, at);
    return limit_authorised(db, at, out) && ctx_ok(c);
}

static int rank(const void *user, int32_t indicator, int source) {
    const FactNames *n = user;
    if (indicator < 1 || indicator > n->nindicators || source < 1 || source > n->nsources) return 0;
    return n->ranks[(indicator - 1) * n->nsources + source - 1];
}

FactRank fact_names_rank(const FactNames *n) {
    return (FactRank){.rank = rank, .user = n};
}

/* The FEEL value of a stored fact; V_NULL when the text does not fit the type. */
static Val stored_value(Arena *a, const Indicator *i, const Fact *f) {
    Ctx c = ctx_new(a, 0);
    Val v = val_null();
    Json j = {.kind = JSON_STRING, .text = f->value};
    if (f->type == FACT_CONTEXT) {
        Json *o = json_parse(&c, f->value, i->name);
        Json list = {.kind = JSON_ARRAY, .count = 1, .first = o, .last = o};
        if (o && fact_value(&c, i, &list, i->name, &v)) return val_items(v)[0];
        return val_null();
    }
    if (i->type == IND_LIST) {
        int64_t day;
        return date_parse(f->value, &day) ? val_date(day) : val_str(f->value);
    }
    return fact_value(&c, i, &j, i->name, &v) ? v : val_null();
}

static void describe(FactUse *u, const FactNames *n, const Fact *f) {
    u->source = f->source >= 1 && f->source <= n->nsources ? n->sources[f->source - 1].code : S("");
    u->received = f->received;
    u->unit_received = f->unit_received;
    u->evidence = f->evidence;
    u->known_ms = f->known_ms;
    u->seq = f->seq;
    u->from = f->from;
}

static FactUse use_of_slot(Arena *a, const FactNames *n, const Indicator *i, const FactSlot *s) {
    FactUse u = {.indicator = i, .year = i->period == PERIOD_YEARLY ? s->period : 0};
    const Fact *shown = s->value ? s->value : s->lower ? s->lower : s->upper;
    if (s->value) {
        u.none = s->value->type == FACT_NONE;
        if (!u.none) u.value = stored_value(a, i, s->value);
        u.has_value = !u.none && u.value.tag != V_NULL;
    }
    if (s->lower) u.lo = stored_value(a, i, s->lower);
    if (s->upper) u.hi = stored_value(a, i, s->upper);
    if (shown) describe(&u, n, shown);
    u.passed_over = s->n_all - (s->value != NULL) - (s->lower != NULL) - (s->upper != NULL);
    return u;
}

/* All events of an indicator become one list; a known none gives the empty list. */
static FactUse use_of_events(Arena *a, const FactNames *n, const Indicator *i, const FactSlot *s,
                             int slots) {
    FactUse u = {.indicator = i, .has_value = true};
    Val *items = NEW_N(a, Val, slots + 1);
    int count = 0;
    for (int k = 0; k < slots; k++) {
        u.passed_over += s[k].n_all - (s[k].value != NULL);
        if (!s[k].value) continue;
        describe(&u, n, s[k].value);
        if (s[k].value->type != FACT_NONE) items[count++] = stored_value(a, i, s[k].value);
    }
    u.value = val_list(items, count);
    return u;
}

static bool counts(const FactSlot *s) {
    return s->value || s->lower || s->upper;
}

static bool covered(const FactNames *n, int32_t indicator, const Indicator *i, const FactAt *at) {
    if (!i->absent_none || !n->coverage) return false;
    return coverage_holds(n->coverage, indicator, at->as_of, 0);
}

FactSet factset_from_view(Arena *a, const FactNames *n, const FactView *v, const Subject *subject,
                          const FactAt *at) {
    static const Str KINDS[] = {STR_INIT(""), STR_INIT("enterprise"), STR_INIT("person"),
                                STR_INIT("city")};
    FactSet set = {.subject = subject->code,
                   .name = subject->name,
                   .demo = subject->demo,
                   .kind = KINDS[subject->kind]};
    set.facts = NEW_N(a, FactUse, v->n + n->nindicators + 1);
    int k = 0;
    /* Both the view and our order go by stored id; the final order is the pack's. */
    for (int32_t id = 1; id <= n->nindicators; id++) {
        const Indicator *i = n->indicators[id - 1];
        int from = k;
        while (k < v->n && v->slots[k].indicator == id) k++;
        if (!i) continue;
        bool any = false;
        for (int s = from; s < k; s++) any |= counts(&v->slots[s]);
        if (any && i->period == PERIOD_EVENT) {
            set.facts[set.n++] = use_of_events(a, n, i, v->slots + from, k - from);
        } else if (any) {
            for (int s = from; s < k; s++)
                if (counts(&v->slots[s])) set.facts[set.n++] = use_of_slot(a, n, i, &v->slots[s]);
        } else if (covered(n, id, i, at)) {
            set.facts[set.n++] = (FactUse){.indicator = i, .none = true};
        }
    }
    factset_sort(&set);
    return set;
}

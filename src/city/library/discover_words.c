/* What a discovery says of one enterprise, in words and as JSON. The row of a discovery says only
 * where to look; the decision and its distance are made again for the rows that are shown. */
#include "city/library/discover_words.h"
#include "base/date.h"
#include "city/library/discover.h"

static const Msg LABELS[DISCOVER_CLASSES] = {
    M_DISCOVER_PASSES, M_DISCOVER_ONE_FACT, M_DISCOVER_CLOSE,  M_DISCOVER_MANY_FACTS,
    M_DISCOVER_PERSON, M_DISCOVER_FAR,      M_DISCOVER_OUTSIDE};

Msg discover_class_message(DiscoverClass k) {
    return LABELS[k];
}

Str discover_fact_name(Arena *a, const PackSet *p, int indicator, int lag, int year, Lang lang) {
    const Indicator *i = p->indicators[indicator];
    DistanceFact f = {.indicator = i, .year = lag < 0 ? 0 : year - lag, .lag = lag};
    return distance_fact_name(a, &f, lang);
}

bool discover_words(Db *db, const Register *r, const FactNames *names, const Discovery *d,
                    const DiscoverRow *row, DiscoverWords *out) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    FactSet set;
    *out = (DiscoverWords){.lacks = S(""), .change = S(""), .by = S("")};
    if (row->class == DISCOVER_ONE_FACT)
        out->lacks = discover_fact_name(a, r->pack, row->indicator, row->lag, d->year, c->lang);
    if (row->class != DISCOVER_CLOSE) return true;
    if (!register_facts(db, names, row->subject, &d->at, &set)) return false;
    DecideOptions o = {.as_of = d->as_of, .as_known_ms = d->at.as_known, .seq = d->at.seq};
    Decision *made = NEW(a, Decision);
    int32_t effort;
    *made = decide(a, r->book, d->rule, &set, &o);
    made->distance = distance_find(a, r->book, &set, &o, made);
    out->decision = made;
    out->nearest = discover_nearest(made->distance, d->as_of, &effort);
    if (!out->nearest) return true;
    out->change = distance_sentence(a, made, out->nearest, c->lang);
    if (out->nearest->by != DISTANCE_NO_DAY) out->by = date_text(a, out->nearest->by);
    return true;
}

/* Sums over a snapshot. See overview.h. */
#include "city/overview.h"

#include <stdlib.h>

typedef struct Node {
    Tally tally;
    struct Node *next;
} Node;

typedef struct Tallies {
    Arena *arena;
    Map by_code;
    Node *first, *last;
    int n;
} Tallies;

static Tally *tally(Tallies *t, Str code, Str name) {
    Node *k = map_get(&t->by_code, code);
    if (k) return &k->tally;
    k = NEW(t->arena, Node);
    k->tally = (Tally){.code = code, .name = name.n ? name : code};
    if (t->last) t->last->next = k;
    if (!t->first) t->first = k;
    t->last = k;
    t->n++;
    map_put(&t->by_code, code, k);
    return &k->tally;
}

/* In order of being made, what has no code last. */
static Tally *listed(const Tallies *t, int *n) {
    Tally *out = NEW_N(t->arena, Tally, t->n + 1);
    *n = 0;
    for (const Node *k = t->first; k; k = k->next)
        if (k->tally.code.n) out[(*n)++] = k->tally;
    for (const Node *k = t->first; k; k = k->next)
        if (!k->tally.code.n) out[(*n)++] = k->tally;
    return out;
}

Tally *overview_places(Arena *a, const CodeLists *l, const Snapshot *s, int *n) {
    Tallies t = {.arena = a, .by_code = map_new(a)};
    for (int i = 0; i < l->ndivisions; i++) tally(&t, l->divisions[i].code, l->divisions[i].name);
    for (int64_t i = 0; i < s->n; i++) {
        Str division = s->texts[s->division[i]], unit = s->texts[s->unit[i]];
        if (division.n || !unit.n) tally(&t, division, division_name(l, division))->n++;
        if (unit.n && !str_eq(unit, division)) tally(&t, unit, division_name(l, unit))->n++;
    }
    return listed(&t, n);
}

Tally *overview_industries(Arena *a, const CodeLists *l, const Snapshot *s, int *n) {
    Tallies t = {.arena = a, .by_code = map_new(a)};
    for (int64_t i = 0; i < s->n; i++) {
        Str code = s->texts[s->industry[i]];
        const Industry *section = industry_section(l, code);
        tally(&t, section ? section->code : code, section ? section->name : S(""))->n++;
    }
    Tally *all = listed(&t, n), *out = NEW_N(a, Tally, *n + 1);
    int at = 0;
    for (int i = 0; i < l->nindustries; i++) /* in the order of the standard */
        for (int k = 0; k < *n; k++)
            if (all[k].code.n && str_eq(all[k].code, l->industries[i].code)) out[at++] = all[k];
    for (int k = 0; k < *n; k++)
        if (!map_has(&l->industry, all[k].code)) out[at++] = all[k];
    return out;
}

static bool reads(const CompiledVersion *cv, const Indicator *i) {
    for (int k = 0; cv && k < cv->ninputs; k++)
        if (cv->inputs[k].indicator == i) return true;
    return false;
}

static int by_rules(const void *x, const void *y) {
    const Completeness *a = x, *b = y;
    if (a->rules != b->rules) return a->rules < b->rules ? 1 : -1;
    return (a->indicator->id > b->indicator->id) - (a->indicator->id < b->indicator->id);
}

Completeness *overview_completeness(Arena *a, const Rulebook *b, const Snapshot *s, int *n) {
    const PackSet *p = b->pack;
    Completeness *out = NEW_N(a, Completeness, p->nindicators + 1);
    *n = 0;
    for (int k = 0; k < p->nindicators; k++) {
        const Indicator *i = p->indicators[k];
        Completeness c = {.indicator = i, .have = s->has[k], .conflicts = s->differs[k]};
        for (int r = 0; i->by == BY_DATA && r < p->nrules; r++) {
            const RuleVersion *v = rule_version_on(p->rules[r], s->as_of);
            if (!v || !str_eq(p->rules[r]->subject, S("enterprise"))) continue;
            c.rules += reads(rulebook_version(b, v), i);
        }
        if (c.rules) out[(*n)++] = c;
    }
    if (*n > 1) qsort(out, (size_t)*n, sizeof *out, by_rules);
    return out;
}

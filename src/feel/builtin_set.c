/* union, distinct values and duplicate values (DMN 10.3.4.4) with a hash table, so that the time
 * grows with the length of the list. Equal values have equal hashes; values that are only equal
 * after some thought (lists, contexts, ranges) share one hash and are compared one by one. */
#include "feel/builtin.h"
#include "feel/temporal.h"

typedef struct Set {
    const Val *items;
    int *slots; /* index of an item + 1; 0: free */
    uint32_t mask;
} Set;

static uint64_t mix(uint64_t x, uint64_t tag) {
    x = (x + tag * 0x9E3779B97F4A7C15U) * 0xBF58476D1CE4E5B9U;
    return x ^ x >> 29;
}

/* Compatible with val_equal: times and date-times by the second they compare by. */
static uint64_t hash(Val v) {
    const Time *t = v.p;
    Dec d;
    switch (v.tag) {
    case V_NUM:
    case V_BIGNUM: d = val_dec(v); return mix(dec_hash(&d), V_NUM);
    case V_STRING: return mix(str_hash(val_text(v)), V_STRING);
    case V_BOOL:
    case V_DATE:
    case V_MONTHS: return mix((uint64_t)v.i, v.tag);
    case V_DAYS: return mix((uint64_t)v.i ^ (uint64_t)v.n << 32, V_DAYS);
    case V_DATETIME: return mix((uint64_t)temporal_instant_s(v.p), V_DATETIME);
    case V_TIME:
        if (t->zone.kind != ZONE_NONE) return V_TIME;
        return mix((uint64_t)(t->nanos / NANOS_PER_S), V_TIME);
    default: return v.tag;
    }
}

static Set set_new(Arena *a, const Val *items, int n) {
    uint32_t size = 16;
    while (size < (uint32_t)n * 2) size *= 2;
    return (Set){.items = items, .slots = NEW_N(a, int, size), .mask = size - 1};
}

/* The slot of item i: of an equal item put before, or the free one it would take. */
static int *slot_of(Eval *e, const Set *s, int i) {
    uint32_t at = (uint32_t)hash(s->items[i]) & s->mask;
    for (; s->slots[at]; at = (at + 1) & s->mask) {
        e->steps--;
        if (e->steps < 0) break;
        if (val_equal_within(s->items[s->slots[at] - 1], s->items[i], &e->steps) > 0) break;
    }
    return &s->slots[at];
}

/* The items without repetitions, in order of first occurrence; or (twice) those that occur more
 * than once. */
static Val select_items(Eval *e, const char *fn, Val list, bool twice) {
    int n = (int)list.n, count = 0;
    const Val *items = val_items(list);
    Set set = set_new(e->arena, items, n);
    Val *out = NEW_N(e->arena, Val, n);
    bool *repeated = NEW_N(e->arena, bool, n);
    for (int i = 0; i < n; i++) {
        if (!spend(e, 1)) return fn_limit(e, fn);
        int *slot = slot_of(e, &set, i);
        if (*slot)
            repeated[*slot - 1] = true;
        else
            *slot = i + 1;
        if (*slot != i + 1) continue;
        if (!twice) out[count++] = items[i];
    }
    for (int i = 0; twice && i < n; i++) {
        if (repeated[i]) out[count++] = items[i];
    }
    return e->steps < 0 ? fn_limit(e, fn) : new_list(out, count);
}

Val bi_union(Eval *e, const Val *args, int n) {
    Val all = bi_concatenate(e, args, n);
    return all.tag == V_LIST ? select_items(e, "union", all, false) : all;
}

Val bi_distinct_values(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "distinct values", "list");
    return select_items(e, "distinct values", args[0], false);
}

Val bi_duplicate_values(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "duplicate values", "list");
    return select_items(e, "duplicate values", args[0], true);
}

/* List functions (DMN 10.3.4.4) that keep or move elements. Those that never look at elements carry
 * unknown elements along; an unknown list, position or length makes the result unknown. */
#include "feel/builtin.h"

static bool equal(Eval *e, Val x, Val y) {
    return val_equal_within(x, y, &e->steps) > 0;
}

static Val *copy_items(Eval *e, Val list) {
    Val *out = NEW_N(e->arena, Val, list.n);
    for (uint32_t i = 0; i < list.n; i++) out[i] = val_items(list)[i];
    return out;
}

Val bi_list_contains(Eval *e, const Val *args, int n) {
    Val list = args[0], element = args[1];
    if (list.tag == V_NULL) return fn_null_arg(e, "list contains", "list");
    if (val_unknown(list)) return val_of_truths(e, val_may_null(list) ? 7 : 3, args, n);
    if (!spend(e, list.n)) return fn_limit(e, "list contains");
    unsigned truths = 1;
    bool free = !val_has_unknown(list) && !val_has_unknown(element);
    for (uint32_t i = 0; i < list.n; i++) {
        if (free) {
            if (equal(e, val_items(list)[i], element)) return val_bool(true);
            if (e->steps < 0) return fn_limit(e, "list contains");
            continue;
        }
        unsigned t = val_truths(feel_equal(e, val_items(list)[i], element));
        if (t == 2) return val_bool(true);
        truths |= t & 2;
    }
    return free ? val_bool(false) : val_of_truths(e, truths, args, n);
}

Val bi_count(Eval *e, const Val *args, int n) {
    if (args[0].tag == V_NULL) return fn_null_arg(e, "count", "list");
    if (val_unknown(args[0]))
        return unknown_hull(e, val_int(0), val_null(), val_may_null(args[0]), args, n);
    return val_int(args[0].n);
}

static Val replace_matching(Eval *e, Val list, Val match, Val item) {
    Val *out = NEW_N(e->arena, Val, list.n);
    for (uint32_t i = 0; i < list.n; i++) {
        Val pair[2] = {val_items(list)[i], item};
        Val hit = feel_call(e, match, pair, 2);
        if (hit.tag != V_BOOL) return fn_type(e, "list replace", "match", hit);
        out[i] = hit.i ? item : pair[0];
    }
    return new_list(out, (int)list.n);
}

Val bi_list_replace(Eval *e, const Val *args, int n) {
    (void)n;
    int at;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "list replace", "list");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "list replace", "position");
    if (args[1].tag == V_FUNCTION) return replace_matching(e, args[0], args[1], args[2]);
    if (!index_of_position(args[1], (int)args[0].n, &at))
        return fn_range(e, "list replace", "position", args[1]);
    Val *out = copy_items(e, args[0]);
    out[at] = args[2];
    return new_list(out, (int)args[0].n);
}

Val bi_sublist(Eval *e, const Val *args, int n) {
    int start;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "sublist", "list");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "sublist", "start position");
    if (any_unknown(args, n)) return unknown_of(e, args, n);
    if (!index_of_position(args[1], (int)args[0].n, &start))
        return fn_range(e, "sublist", "start position", args[1]);
    int64_t length = (int64_t)args[0].n - start;
    if (n > 2) {
        int64_t wanted;
        if (!int_of(args[2], &wanted)) return fn_type(e, "sublist", "length", args[2]);
        if (wanted < 0 || wanted > length) return fn_range(e, "sublist", "length", args[2]);
        length = wanted;
    }
    return val_list(val_items(args[0]) + start, (int)length);
}

/* lists: each argument is a list whose items are taken; otherwise only the first is. */
static Val joined(Eval *e, const char *fn, const Val *args, int n, bool lists) {
    int64_t total = 0;
    for (int i = 0; i < n; i++) {
        if ((i == 0 || lists) && args[i].tag == V_NULL) return fn_null_arg(e, fn, "list");
        if ((i == 0 || lists) && val_unknown(args[i])) return unknown_of(e, args, n);
        total += i == 0 || lists ? args[i].n : 1;
    }
    if (total > e->max_list || !spend(e, total)) return fn_limit(e, fn);
    Val *out = NEW_N(e->arena, Val, total);
    int at = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && !lists) {
            out[at++] = args[i];
            continue;
        }
        for (uint32_t k = 0; k < args[i].n; k++) out[at++] = val_items(args[i])[k];
    }
    return new_list(out, at);
}

Val bi_append(Eval *e, const Val *args, int n) {
    return joined(e, "append", args, n, false);
}

Val bi_concatenate(Eval *e, const Val *args, int n) {
    return joined(e, "concatenate", args, n, true);
}

Val bi_insert_before(Eval *e, const Val *args, int n) {
    int at;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "insert before", "list");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "insert before", "position");
    if (any_unknown(args, n < 2 ? n : 2)) return unknown_of(e, args, n);
    if (!index_of_position(args[1], (int)args[0].n, &at))
        return fn_range(e, "insert before", "position", args[1]);
    Val *out = NEW_N(e->arena, Val, args[0].n + 1);
    for (int i = 0; i <= (int)args[0].n; i++)
        out[i] = i == at ? args[2] : val_items(args[0])[i - (i > at)];
    return new_list(out, (int)args[0].n + 1);
}

Val bi_remove(Eval *e, const Val *args, int n) {
    int at;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "remove", "list");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "remove", "position");
    if (any_unknown(args, n)) return unknown_of(e, args, n);
    if (!index_of_position(args[1], (int)args[0].n, &at))
        return fn_range(e, "remove", "position", args[1]);
    Val *out = NEW_N(e->arena, Val, args[0].n);
    int count = (int)args[0].n - 1;
    for (int i = 0; i < count; i++) out[i] = val_items(args[0])[i + (i >= at)];
    return new_list(out, count);
}

Val bi_reverse(Eval *e, const Val *args, int n) {
    if (args[0].tag == V_NULL) return fn_null_arg(e, "reverse", "list");
    if (val_unknown(args[0])) return unknown_of(e, args, n);
    Val *out = NEW_N(e->arena, Val, args[0].n);
    for (uint32_t i = 0; i < args[0].n; i++) out[i] = val_items(args[0])[args[0].n - 1 - i];
    return new_list(out, (int)args[0].n);
}

Val bi_index_of(Eval *e, const Val *args, int n) {
    (void)n;
    Val list = args[0];
    if (list.tag == V_NULL) return fn_null_arg(e, "index of", "list");
    if (!spend(e, list.n)) return fn_limit(e, "index of");
    Val *out = NEW_N(e->arena, Val, list.n);
    int count = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        if (equal(e, val_items(list)[i], args[1])) out[count++] = val_int((int64_t)i + 1);
        if (e->steps < 0) return fn_limit(e, "index of");
    }
    return new_list(out, count);
}

/* Counts the leaves of nested lists. Each item visited is a step: one list may be shared at every
 * level, and then there are far more visits than lists. */
static bool count_leaves(Eval *e, Val list, int64_t *count) {
    if (!spend(e, list.n)) return false;
    for (uint32_t i = 0; i < list.n; i++) {
        Val v = val_items(list)[i];
        if (v.tag != V_LIST)
            ++*count;
        else if (!count_leaves(e, v, count))
            return false;
    }
    return *count <= e->max_list;
}

static Val *copy_leaves(Val list, Val *out) {
    for (uint32_t i = 0; i < list.n; i++) {
        Val v = val_items(list)[i];
        if (v.tag == V_LIST)
            out = copy_leaves(v, out);
        else
            *out++ = v;
    }
    return out;
}

Val bi_flatten(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "flatten", "list");
    int64_t count = 0;
    if (!count_leaves(e, args[0], &count)) return fn_limit(e, "flatten");
    Val *out = NEW_N(e->arena, Val, count);
    copy_leaves(args[0], out);
    return new_list(out, (int)count);
}

/* Merges from[lo, mid) and from[mid, hi) into to; stable. False when precedes gave no boolean:
 * *why is the null then. */
static bool merge(Eval *e, Val precedes, const Val *from, Val *to, const int at[3], Val *why) {
    int lo = at[0], mid = at[1], hi = at[2];
    int i = lo, j = mid;
    for (int k = lo; k < hi; k++) {
        if (i < mid && j < hi) {
            Val pair[2] = {from[j], from[i]};
            Val less = feel_call(e, precedes, pair, 2);
            if (less.tag != V_BOOL) {
                *why = fn_type(e, "sort", "precedes", less);
                return false;
            }
            to[k] = less.i ? from[j++] : from[i++];
        } else {
            to[k] = i < mid ? from[i++] : from[j++];
        }
    }
    return true;
}

Val bi_sort(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "sort", "list");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "sort", "precedes");
    int count = (int)args[0].n;
    Val *from = copy_items(e, args[0]);
    Val *to = NEW_N(e->arena, Val, count);
    for (int width = 1; width < count; width *= 2) {
        for (int lo = 0; lo < count; lo += 2 * width) {
            int mid = lo + width < count ? lo + width : count;
            int hi = lo + 2 * width < count ? lo + 2 * width : count;
            Val why;
            if (!merge(e, args[1], from, to, (int[]){lo, mid, hi}, &why)) return why;
        }
        Val *swap = from;
        from = to;
        to = swap;
    }
    return new_list(from, count);
}

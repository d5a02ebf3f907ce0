/* Context functions (DMN 10.3.4.8). Entries are only moved, so unknown entries are carried along;
 * an unknown context or key makes the result unknown. */
#include "feel/builtin.h"

Val bi_get_value(Eval *e, const Val *args, int n) {
    Val out;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "get value", "m");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "get value", "key");
    if (any_unknown(args, n)) return unknown_of(e, args, n);
    if (ctx_get(args[0], val_text(args[1]), &out)) return out;
    return FEEL_NULL(e, M_FEEL_FN_KEY, val_text(args[1]));
}

Val bi_get_entries(Eval *e, const Val *args, int n) {
    static const Str KEYS[] = {STR_INIT("key"), STR_INIT("value")};
    if (args[0].tag == V_NULL) return fn_null_arg(e, "get entries", "m");
    if (any_unknown(args, n)) return unknown_of(e, args, n);
    const Context *c = val_ctx(args[0]);
    Val *entries = NEW_N(e->arena, Val, c->n);
    for (int i = 0; i < c->n; i++) {
        Val *pair = NEW_N(e->arena, Val, 2);
        pair[0] = val_str(c->keys[i]);
        pair[1] = c->vals[i];
        entries[i] = new_context(e->arena, KEYS, pair, 2);
    }
    return new_list(entries, c->n);
}

Val bi_context(Eval *e, const Val *args, int n) {
    (void)n;
    Val list = args[0];
    if (list.tag == V_NULL) return fn_null_arg(e, "context", "entries");
    Map seen = map_new(e->arena);
    Str *keys = NEW_N(e->arena, Str, list.n);
    Val *vals = NEW_N(e->arena, Val, list.n);
    for (uint32_t i = 0; i < list.n; i++) {
        Val entry = val_items(list)[i], key;
        if (!ctx_get(entry, S("key"), &key) || key.tag != V_STRING ||
            !ctx_get(entry, S("value"), &vals[i]))
            return fn_type(e, "context", "entries", entry);
        keys[i] = val_text(key);
        if (map_has(&seen, keys[i])) return FEEL_NULL(e, M_FEEL_FN_TWICE, S("context"), keys[i]);
        map_put(&seen, keys[i], keys);
    }
    return new_context(e->arena, keys, vals, (int)list.n);
}

/* A copy of c with key set to value, in its place or at the end. */
static Val with_entry(Eval *e, const Context *c, Str key, Val value) {
    Str *keys = NEW_N(e->arena, Str, c->n + 1);
    Val *vals = NEW_N(e->arena, Val, c->n + 1);
    int at = c->n;
    for (int i = 0; i < c->n; i++) {
        keys[i] = c->keys[i];
        vals[i] = c->vals[i];
        if (str_eq(keys[i], key)) at = i;
    }
    keys[at] = key;
    vals[at] = value;
    return new_context(e->arena, keys, vals, c->n + (at == c->n));
}

/* context put along a path of n keys; what stands on the way must be contexts. */
static Val put_path(Eval *e, Val context, const Val *keys, int n, Val value) {
    Val *levels = NEW_N(e->arena, Val, n);
    for (int i = 0; i < n; i++) {
        if (keys[i].tag != V_STRING) return fn_type(e, "context put", "keys", keys[i]);
        if (context.tag != V_CONTEXT) return fn_type(e, "context put", "context", context);
        levels[i] = context;
        if (i + 1 < n && !ctx_get(context, val_text(keys[i]), &context))
            return FEEL_NULL(e, M_FEEL_FN_KEY, val_text(keys[i]));
    }
    for (int i = n; i-- > 0;) value = with_entry(e, levels[i].p, val_text(keys[i]), value);
    return value;
}

Val bi_context_put(Eval *e, const Val *args, int n) {
    Val keys = args[1];
    if (args[0].tag == V_NULL) return fn_null_arg(e, "context put", "context");
    if (keys.tag == V_NULL) return fn_null_arg(e, "context put", "key");
    if (val_unknown(args[0]) || val_has_unknown(keys)) return unknown_of(e, args, n);
    if (keys.tag != V_LIST) return put_path(e, args[0], &keys, 1, args[2]);
    if (keys.n == 0) return fn_range(e, "context put", "keys", keys);
    for (uint32_t i = 0; i + 1 < keys.n; i++) { /* an unknown on the way */
        Val at = args[0];
        for (uint32_t k = 0; k <= i; k++) {
            if (val_items(keys)[k].tag != V_STRING ||
                !ctx_get(at, val_text(val_items(keys)[k]), &at))
                break;
            if (val_unknown(at)) return unknown_of(e, args, n);
        }
    }
    return put_path(e, args[0], val_items(keys), (int)keys.n, args[2]);
}

Val bi_context_merge(Eval *e, const Val *args, int n) {
    (void)n;
    Val list = args[0];
    if (list.tag == V_NULL) return fn_null_arg(e, "context merge", "contexts");
    int total = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        Val c = val_items(list)[i];
        if (c.tag != V_CONTEXT) return fn_type(e, "context merge", "contexts", c);
        total += val_ctx(c)->n;
    }
    Map places = map_new(e->arena);
    Str *keys = NEW_N(e->arena, Str, total);
    Val *vals = NEW_N(e->arena, Val, total);
    int count = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        const Context *c = val_ctx(val_items(list)[i]);
        for (int k = 0; k < c->n; k++) {
            Val *place = map_get(&places, c->keys[k]);
            if (!place) {
                keys[count] = c->keys[k];
                place = &vals[count++];
                map_put(&places, c->keys[k], place);
            }
            *place = c->vals[k];
        }
    }
    return new_context(e->arena, keys, vals, count);
}

/* String functions (DMN 10.3.4.3). Lengths and positions count code points. */
#include "base/utf8.h"
#include "feel/builtin.h"
#include "feel/regex.h"
#include "feel/textcase.h"

/* The first n arguments are strings (the evaluator let only strings and null pass)? Otherwise *out
 * is the null. */
static bool strings(Eval *e, const char *fn, const Val *args, int n, const char *const *params,
                    Val *out) {
    for (int i = 0; i < n; i++) {
        if (args[i].tag == V_STRING) continue;
        *out = fn_type(e, fn, params[i], args[i]);
        return false;
    }
    return true;
}

static const char *const STRING_MATCH[] = {"string", "match"};

Val bi_substring(Eval *e, const Val *args, int n) {
    if (args[0].tag == V_NULL) return fn_null_arg(e, "substring", "string");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "substring", "start position");
    Str s = val_text(args[0]);
    ptrdiff_t total = utf8_length(s);
    int start;
    if (total > INT32_MAX || !index_of_position(args[1], (int)total, &start))
        return fn_range(e, "substring", "start position", args[1]);
    int64_t length = total - start;
    if (n > 2) {
        int64_t wanted;
        if (!int_of(args[2], &wanted)) return fn_type(e, "substring", "length", args[2]);
        if (wanted < 0) return fn_range(e, "substring", "length", args[2]);
        if (wanted < length) length = wanted;
    }
    ptrdiff_t from = utf8_offset(s, start);
    Str rest = str_sub(s, from, s.n);
    return val_str(str_sub(rest, 0, utf8_offset(rest, (ptrdiff_t)length)));
}

Val bi_string_length(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "string length", "string");
    return val_int(utf8_length(val_text(args[0])));
}

Val bi_upper_case(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "upper case", "string");
    return val_str(text_upper(e->arena, val_text(args[0])));
}

Val bi_lower_case(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "lower case", "string");
    return val_str(text_lower(e->arena, val_text(args[0])));
}

Val bi_substring_before(Eval *e, const Val *args, int n) {
    Val out;
    if (!strings(e, "substring before", args, n, STRING_MATCH, &out)) return out;
    Str s = val_text(args[0]);
    ptrdiff_t at = str_find(s, val_text(args[1]));
    return val_str(str_sub(s, 0, at < 0 ? 0 : at));
}

Val bi_substring_after(Eval *e, const Val *args, int n) {
    Val out;
    if (!strings(e, "substring after", args, n, STRING_MATCH, &out)) return out;
    Str s = val_text(args[0]), match = val_text(args[1]);
    ptrdiff_t at = str_find(s, match);
    return val_str(at < 0 ? S("") : str_sub(s, at + match.n, s.n));
}

Val bi_contains(Eval *e, const Val *args, int n) {
    Val out;
    if (!strings(e, "contains", args, n, STRING_MATCH, &out)) return out;
    return val_bool(str_find(val_text(args[0]), val_text(args[1])) >= 0);
}

Val bi_starts_with(Eval *e, const Val *args, int n) {
    Val out;
    if (!strings(e, "starts with", args, n, STRING_MATCH, &out)) return out;
    return val_bool(str_starts(val_text(args[0]), val_text(args[1])));
}

Val bi_ends_with(Eval *e, const Val *args, int n) {
    Val out;
    if (!strings(e, "ends with", args, n, STRING_MATCH, &out)) return out;
    return val_bool(str_ends(val_text(args[0]), val_text(args[1])));
}

/* --- regular expressions ---------------------------------------------------------------------- */

static Val regex_null(Eval *e, const char *fn, RegexStatus status, Str pattern, Str flags,
                      Str replacement) {
    Str name = str_from(fn);
    switch (status) {
    case REGEX_BAD_FLAGS: return FEEL_NULL(e, M_FEEL_FN_FLAGS, name, flags);
    case REGEX_BAD_REPLACEMENT: return FEEL_NULL(e, M_FEEL_FN_REPLACEMENT, name, replacement);
    case REGEX_LIMIT: return fn_limit(e, fn);
    default: return FEEL_NULL(e, M_FEEL_FN_PATTERN, name, pattern);
    }
}

Val bi_matches(Eval *e, const Val *args, int n) {
    static const char *const PARAMS[] = {"input", "pattern"};
    Val out, flags = arg_at(args, n, 2);
    if (!strings(e, "matches", args, 2, PARAMS, &out)) return out;
    Str f = flags.tag == V_STRING ? val_text(flags) : S("");
    bool hit;
    RegexStatus status =
        regex_matches(e->arena, e->regex_steps, val_text(args[0]), val_text(args[1]), f, &hit);
    if (status != REGEX_OK) return regex_null(e, "matches", status, val_text(args[1]), f, S(""));
    return val_bool(hit);
}

Val bi_replace(Eval *e, const Val *args, int n) {
    static const char *const PARAMS[] = {"input", "pattern", "replacement"};
    Val out, flags = arg_at(args, n, 3);
    if (!strings(e, "replace", args, 3, PARAMS, &out)) return out;
    Str f = flags.tag == V_STRING ? val_text(flags) : S(""), result;
    RegexStatus status = regex_replace(e->arena, e->regex_steps, val_text(args[0]),
                                       val_text(args[1]), val_text(args[2]), f, &result);
    if (status != REGEX_OK)
        return regex_null(e, "replace", status, val_text(args[1]), f, val_text(args[2]));
    return val_str(result);
}

Val bi_split(Eval *e, const Val *args, int n) {
    static const char *const PARAMS[] = {"string", "delimiter"};
    Val out;
    (void)n;
    if (!strings(e, "split", args, 2, PARAMS, &out)) return out;
    Str *parts;
    int count;
    RegexStatus status =
        regex_split(e->arena, e->regex_steps, val_text(args[0]), val_text(args[1]), &parts, &count);
    if (status != REGEX_OK) return regex_null(e, "split", status, val_text(args[1]), S(""), S(""));
    Val *items = NEW_N(e->arena, Val, count);
    for (int i = 0; i < count; i++) items[i] = val_str(parts[i]);
    return new_list(items, count);
}

/* Nulls are left out (DMN 10.3.4.4). */
Val bi_string_join(Eval *e, const Val *args, int n) {
    Val list = args[0], delimiter = arg_at(args, n, 1);
    if (list.tag == V_NULL) return fn_null_arg(e, "string join", "list");
    Buf b = buf_new(e->arena, 0);
    bool first = true;
    for (uint32_t i = 0; i < list.n; i++) {
        Val v = val_items(list)[i];
        if (v.tag == V_NULL) continue;
        if (v.tag != V_STRING) return fn_type(e, "string join", "list", v);
        if (!first && delimiter.tag == V_STRING) buf_put(&b, val_text(delimiter));
        buf_put(&b, val_text(v));
        first = false;
    }
    return b.over ? fn_limit(e, "string join") : val_str(buf_str(&b));
}

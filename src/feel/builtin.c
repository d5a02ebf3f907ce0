/* The table of built-in functions (DMN 10.3.4) and what they share. Parameter names and sets are
 * those of the standard; the evaluator checks number and types of arguments against them. */
#include "feel/builtin.h"

#include <string.h>

#include "feel/temporal.h"

#define P1(name, t)                                                                                \
    {                                                                                              \
        1, 1, {name}, {                                                                            \
            t                                                                                      \
        }                                                                                          \
    }
#define P2(n1, t1, n2, t2)                                                                         \
    {                                                                                              \
        2, 2, {n1, n2}, {                                                                          \
            t1, t2                                                                                 \
        }                                                                                          \
    }
#define P3(n1, t1, n2, t2, n3, t3)                                                                 \
    {                                                                                              \
        3, 3, {n1, n2, n3}, {                                                                      \
            t1, t2, t3                                                                             \
        }                                                                                          \
    }
#define MANY(name, t)                                                                              \
    {                                                                                              \
        1, BUILTIN_MANY, {name}, {                                                                 \
            t                                                                                      \
        }                                                                                          \
    }
/* One list, or its elements as arguments. */
#define LIST_OR_ITEMS                                                                              \
    { P1("list", T_LIST), MANY("c", T_ANY) }
#define NUMBER_SCALE P2("n", T_NUMBER, "scale", T_NUMBER)
#define RANGE_PAIR P2("range1", T_RANGE, "range2", T_RANGE)
#define POINT_RANGE P2("point", T_ANY, "range", T_RANGE)
#define RANGE_POINT P2("range", T_RANGE, "point", T_ANY)
#define POINT_PAIR P2("point1", T_ANY, "point2", T_ANY)

const Builtin BUILTINS[] = {
    /* conversion */
    {"date",
     bi_date,
     T_DATE,
     false,
     BU_LIFT,
     2,
     {P1("from", T_ANY), P3("year", T_NUMBER, "month", T_NUMBER, "day", T_NUMBER)}},
    {"date and time",
     bi_date_and_time,
     T_DATETIME,
     false,
     BU_LIFT,
     2,
     {P1("from", T_ANY), P2("date", T_ANY, "time", T_TIME)}},
    {"time",
     bi_time,
     T_TIME,
     false,
     BU_LIFT,
     2,
     {P1("from", T_ANY),
      {3, 4, {"hour", "minute", "second", "offset"}, {T_NUMBER, T_NUMBER, T_NUMBER, T_DAYS}}}},
    {"number",
     bi_number,
     T_NUMBER,
     false,
     BU_LIFT,
     2,
     {P1("from", T_STRING),
      P3("from", T_STRING, "grouping separator", T_STRING, "decimal separator", T_STRING)}},
    {"string", bi_string, T_STRING, false, BU_LIFT, 1, {P1("from", T_ANY)}},
    {"duration", bi_duration, T_ANY, false, BU_LIFT, 1, {P1("from", T_ANY)}},
    {"years and months duration",
     bi_ym_duration,
     T_MONTHS,
     false,
     BU_LIFT,
     1,
     {P2("from", T_ANY, "to", T_ANY)}},
    {"context", bi_context, T_CONTEXT, false, BU_LIFT, 1, {P1("entries", T_LIST)}},
    {"range", bi_range, T_RANGE, false, BU_LIFT, 1, {P1("from", T_STRING)}},
    /* boolean */
    {"not", bi_not, T_BOOLEAN, false, BU_AWARE, 1, {P1("negand", T_ANY)}},
    {"is", bi_is, T_BOOLEAN, false, BU_LIFT, 1, {P2("value1", T_ANY, "value2", T_ANY)}},
    /* strings */
    {"substring",
     bi_substring,
     T_STRING,
     false,
     BU_LIFT,
     1,
     {{2, 3, {"string", "start position", "length"}, {T_STRING, T_NUMBER, T_NUMBER}}}},
    {"string length", bi_string_length, T_NUMBER, false, BU_LIFT, 1, {P1("string", T_STRING)}},
    {"upper case", bi_upper_case, T_STRING, false, BU_LIFT, 1, {P1("string", T_STRING)}},
    {"lower case", bi_lower_case, T_STRING, false, BU_LIFT, 1, {P1("string", T_STRING)}},
    {"substring before",
     bi_substring_before,
     T_STRING,
     false,
     BU_LIFT,
     1,
     {P2("string", T_STRING, "match", T_STRING)}},
    {"substring after",
     bi_substring_after,
     T_STRING,
     false,
     BU_LIFT,
     1,
     {P2("string", T_STRING, "match", T_STRING)}},
    {"contains",
     bi_contains,
     T_BOOLEAN,
     false,
     BU_LIFT,
     1,
     {P2("string", T_STRING, "match", T_STRING)}},
    {"starts with",
     bi_starts_with,
     T_BOOLEAN,
     false,
     BU_LIFT,
     1,
     {P2("string", T_STRING, "match", T_STRING)}},
    {"ends with",
     bi_ends_with,
     T_BOOLEAN,
     false,
     BU_LIFT,
     1,
     {P2("string", T_STRING, "match", T_STRING)}},
    {"matches",
     bi_matches,
     T_BOOLEAN,
     false,
     BU_LIFT,
     1,
     {{2, 3, {"input", "pattern", "flags"}, {T_STRING, T_STRING, T_STRING}}}},
    {"replace",
     bi_replace,
     T_STRING,
     false,
     BU_LIFT,
     1,
     {{3,
       4,
       {"input", "pattern", "replacement", "flags"},
       {T_STRING, T_STRING, T_STRING, T_STRING}}}},
    {"split", bi_split, T_LIST, false, BU_LIFT, 1, {P2("string", T_STRING, "delimiter", T_STRING)}},
    {"string join",
     bi_string_join,
     T_STRING,
     false,
     BU_LIFT,
     1,
     {{1, 2, {"list", "delimiter"}, {T_LIST, T_STRING}}}},
    /* lists */
    {"list contains",
     bi_list_contains,
     T_BOOLEAN,
     false,
     BU_AWARE,
     1,
     {P2("list", T_LIST, "element", T_ANY)}},
    {"list replace",
     bi_list_replace,
     T_LIST,
     false,
     BU_LIFT,
     2,
     {P3("list", T_LIST, "match", T_FUNCTION, "newItem", T_ANY),
      P3("list", T_LIST, "position", T_NUMBER, "newItem", T_ANY)}},
    {"count", bi_count, T_NUMBER, false, BU_AWARE, 1, {P1("list", T_LIST)}},
    {"min", bi_min, T_ANY, false, BU_AWARE, 2, LIST_OR_ITEMS},
    {"max", bi_max, T_ANY, false, BU_AWARE, 2, LIST_OR_ITEMS},
    {"sum", bi_sum, T_ANY, false, BU_AWARE, 2, LIST_OR_ITEMS},
    {"mean", bi_mean, T_ANY, false, BU_AWARE, 2, LIST_OR_ITEMS},
    {"product", bi_product, T_NUMBER, false, BU_AWARE, 2, LIST_OR_ITEMS},
    {"median", bi_median, T_NUMBER, false, BU_LIFT, 2, LIST_OR_ITEMS},
    {"stddev", bi_stddev, T_NUMBER, false, BU_LIFT, 2, LIST_OR_ITEMS},
    {"mode", bi_mode, T_LIST, false, BU_LIFT, 2, LIST_OR_ITEMS},
    {"all", bi_all, T_BOOLEAN, false, BU_AWARE, 2, LIST_OR_ITEMS},
    {"any", bi_any, T_BOOLEAN, false, BU_AWARE, 2, LIST_OR_ITEMS},
    {"sublist",
     bi_sublist,
     T_LIST,
     false,
     BU_AWARE,
     1,
     {{2, 3, {"list", "start position", "length"}, {T_LIST, T_NUMBER, T_NUMBER}}}},
    {"append",
     bi_append,
     T_LIST,
     false,
     BU_AWARE,
     1,
     {{2, BUILTIN_MANY, {"list", "item"}, {T_LIST, T_ANY}}}},
    {"concatenate", bi_concatenate, T_LIST, false, BU_AWARE, 1, {MANY("list", T_LIST)}},
    {"insert before",
     bi_insert_before,
     T_LIST,
     false,
     BU_AWARE,
     1,
     {P3("list", T_LIST, "position", T_NUMBER, "newItem", T_ANY)}},
    {"remove", bi_remove, T_LIST, false, BU_AWARE, 1, {P2("list", T_LIST, "position", T_NUMBER)}},
    {"reverse", bi_reverse, T_LIST, false, BU_AWARE, 1, {P1("list", T_LIST)}},
    {"index of", bi_index_of, T_LIST, false, BU_LIFT, 1, {P2("list", T_LIST, "match", T_ANY)}},
    {"union", bi_union, T_LIST, false, BU_LIFT, 1, {MANY("list", T_LIST)}},
    {"distinct values", bi_distinct_values, T_LIST, false, BU_LIFT, 1, {P1("list", T_LIST)}},
    {"duplicate values", bi_duplicate_values, T_LIST, false, BU_LIFT, 1, {P1("list", T_LIST)}},
    {"flatten", bi_flatten, T_LIST, false, BU_LIFT, 1, {P1("list", T_LIST)}},
    {"sort", bi_sort, T_LIST, false, BU_LIFT, 1, {P2("list", T_LIST, "precedes", T_FUNCTION)}},
    /* numbers */
    {"decimal", bi_decimal, T_NUMBER, false, BU_AWARE, 1, {NUMBER_SCALE}},
    {"floor", bi_floor, T_NUMBER, false, BU_AWARE, 2, {P1("n", T_NUMBER), NUMBER_SCALE}},
    {"ceiling", bi_ceiling, T_NUMBER, false, BU_AWARE, 2, {P1("n", T_NUMBER), NUMBER_SCALE}},
    {"round up", bi_round_up, T_NUMBER, false, BU_AWARE, 1, {NUMBER_SCALE}},
    {"round down", bi_round_down, T_NUMBER, false, BU_AWARE, 1, {NUMBER_SCALE}},
    {"round half up", bi_round_half_up, T_NUMBER, false, BU_AWARE, 1, {NUMBER_SCALE}},
    {"round half down", bi_round_half_down, T_NUMBER, false, BU_AWARE, 1, {NUMBER_SCALE}},
    {"abs", bi_abs, T_ANY, false, BU_AWARE, 1, {P1("n", T_ANY)}},
    {"modulo",
     bi_modulo,
     T_NUMBER,
     false,
     BU_LIFT,
     1,
     {P2("dividend", T_NUMBER, "divisor", T_NUMBER)}},
    {"sqrt", bi_sqrt, T_NUMBER, false, BU_LIFT, 1, {P1("number", T_NUMBER)}},
    {"log", bi_log, T_NUMBER, false, BU_LIFT, 1, {P1("number", T_NUMBER)}},
    {"exp", bi_exp, T_NUMBER, false, BU_LIFT, 1, {P1("number", T_NUMBER)}},
    {"odd", bi_odd, T_BOOLEAN, false, BU_LIFT, 1, {P1("number", T_NUMBER)}},
    {"even", bi_even, T_BOOLEAN, false, BU_LIFT, 1, {P1("number", T_NUMBER)}},
    /* dates */
    {"day of year", bi_day_of_year, T_NUMBER, false, BU_LIFT, 1, {P1("date", T_ANY)}},
    {"day of week", bi_day_of_week, T_STRING, false, BU_LIFT, 1, {P1("date", T_ANY)}},
    {"month of year", bi_month_of_year, T_STRING, false, BU_LIFT, 1, {P1("date", T_ANY)}},
    {"week of year", bi_week_of_year, T_NUMBER, false, BU_LIFT, 1, {P1("date", T_ANY)}},
    {"now", bi_now, T_DATETIME, true, BU_LIFT, 1, {{0}}},
    {"today", bi_today, T_DATE, true, BU_LIFT, 1, {{0}}},
    /* contexts */
    {"get value", bi_get_value, T_ANY, false, BU_AWARE, 1, {P2("m", T_CONTEXT, "key", T_STRING)}},
    {"get entries", bi_get_entries, T_LIST, false, BU_AWARE, 1, {P1("m", T_CONTEXT)}},
    {"context put",
     bi_context_put,
     T_CONTEXT,
     false,
     BU_AWARE,
     2,
     {P3("context", T_CONTEXT, "key", T_STRING, "value", T_ANY),
      P3("context", T_CONTEXT, "keys", T_LIST, "value", T_ANY)}},
    {"context merge", bi_context_merge, T_CONTEXT, false, BU_LIFT, 1, {P1("contexts", T_LIST)}},
    /* ranges (DMN table 78) */
    {"before",
     bi_before,
     T_BOOLEAN,
     false,
     BU_LIFT,
     4,
     {RANGE_PAIR, POINT_RANGE, RANGE_POINT, POINT_PAIR}},
    {"after",
     bi_after,
     T_BOOLEAN,
     false,
     BU_LIFT,
     4,
     {RANGE_PAIR, POINT_RANGE, RANGE_POINT, POINT_PAIR}},
    {"meets", bi_meets, T_BOOLEAN, false, BU_LIFT, 1, {RANGE_PAIR}},
    {"met by", bi_met_by, T_BOOLEAN, false, BU_LIFT, 1, {RANGE_PAIR}},
    {"overlaps", bi_overlaps, T_BOOLEAN, false, BU_LIFT, 1, {RANGE_PAIR}},
    {"overlaps before", bi_overlaps_before, T_BOOLEAN, false, BU_LIFT, 1, {RANGE_PAIR}},
    {"overlaps after", bi_overlaps_after, T_BOOLEAN, false, BU_LIFT, 1, {RANGE_PAIR}},
    {"finishes", bi_finishes, T_BOOLEAN, false, BU_LIFT, 2, {RANGE_PAIR, POINT_RANGE}},
    {"finished by", bi_finished_by, T_BOOLEAN, false, BU_LIFT, 2, {RANGE_PAIR, RANGE_POINT}},
    {"includes", bi_includes, T_BOOLEAN, false, BU_LIFT, 2, {RANGE_PAIR, RANGE_POINT}},
    {"during", bi_during, T_BOOLEAN, false, BU_LIFT, 2, {RANGE_PAIR, POINT_RANGE}},
    {"starts", bi_starts, T_BOOLEAN, false, BU_LIFT, 2, {RANGE_PAIR, POINT_RANGE}},
    {"started by", bi_started_by, T_BOOLEAN, false, BU_LIFT, 2, {RANGE_PAIR, RANGE_POINT}},
    {"coincides", bi_coincides, T_BOOLEAN, false, BU_LIFT, 2, {RANGE_PAIR, POINT_PAIR}},
};
const int BUILTIN_COUNT = (int)(sizeof BUILTINS / sizeof BUILTINS[0]);

/* --- shared helpers --------------------------------------------------------------------------- */

/* A short text of a value for a finding. */
static Str short_text(Eval *e, Val v) {
    Buf b = buf_new(e->arena, 80);
    val_literal(&b, v);
    return b.over ? str_cat(e->arena, buf_str(&b), S("…")) : buf_str(&b);
}

Val fn_null_arg(Eval *e, const char *fn, const char *param) {
    return FEEL_NULL(e, M_FEEL_FN_NULL, str_from(fn), str_from(param));
}

Val fn_type(Eval *e, const char *fn, const char *param, Val v) {
    if (v.tag == V_NULL) return fn_null_arg(e, fn, param);
    return FEEL_NULL(e, M_FEEL_FN_TYPE, str_from(fn), str_from(param), short_text(e, v));
}

Val fn_range(Eval *e, const char *fn, const char *param, Val v) {
    return FEEL_NULL(e, M_FEEL_FN_RANGE, str_from(fn), str_from(param), short_text(e, v));
}

Val fn_result(Eval *e, const char *fn) {
    return FEEL_NULL(e, M_FEEL_FN_RESULT, str_from(fn));
}

Val fn_order(Eval *e, const char *fn, Val x, Val y) {
    return FEEL_NULL(e, M_FEEL_FN_ORDER, str_from(fn), short_text(e, x), short_text(e, y));
}

Val fn_limit(Eval *e, const char *fn) {
    return FEEL_NULL(e, M_FEEL_FN_LIMIT, str_from(fn));
}

bool items_of(const Val *args, int n, const Val **items, int *count) {
    *items = args;
    *count = n;
    if (n != 1 || args[0].tag == V_UNKNOWN) return true;
    if (args[0].tag != V_LIST) return args[0].tag != V_NULL;
    *items = val_items(args[0]);
    *count = (int)args[0].n;
    return true;
}

bool any_unknown(const Val *args, int n) {
    for (int i = 0; i < n; i++) {
        if (val_unknown(args[i])) return true;
    }
    return false;
}

bool spend(Eval *e, int64_t steps) {
    e->steps -= steps;
    return e->steps >= 0;
}

bool int_of(Val v, int64_t *out) {
    if (!val_is_num(v)) return false;
    Dec d = val_dec(v);
    return dec_trunc_i64(&d, out);
}

Val new_list(Val *items, int n) {
    return val_list(items, n);
}

Val new_context(Arena *a, const Str *keys, const Val *vals, int n) {
    Context *c = NEW(a, Context);
    *c = (Context){.n = n, .keys = keys, .vals = vals};
    return val_context(c);
}

bool index_of_position(Val position, int n, int *index) {
    int64_t p;
    if (!int_of(position, &p) || p == 0 || p > n || p < -(int64_t)n) return false;
    *index = (int)(p > 0 ? p - 1 : p + n);
    return true;
}

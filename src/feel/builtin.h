/* Inside the built-in functions: shared helpers and the functions of the table in builtin.c. Not
 * for other modules; they use the table through feel.h. */
#ifndef JIXIA_FEEL_BUILTIN_H
#define JIXIA_FEEL_BUILTIN_H
#include "feel/feel.h"

/* Why a built-in gives null. fn is the function's FEEL name, param the parameter's. */
Val fn_null_arg(Eval *e, const char *fn, const char *param);     /* the argument is null */
Val fn_type(Eval *e, const char *fn, const char *param, Val v);  /* it has a wrong kind */
Val fn_range(Eval *e, const char *fn, const char *param, Val v); /* it is out of range */
Val fn_result(Eval *e, const char *fn);                          /* no number results */
Val fn_order(Eval *e, const char *fn, Val x, Val y);             /* not comparable */
Val fn_limit(Eval *e, const char *fn);                           /* a limit was reached */

/* An argument by position; null when it was not given. */
static inline Val arg_at(const Val *args, int n, int i) {
    return i < n ? args[i] : val_null();
}
/* The items of a function that takes either one list or its elements: true and the items, or false
 * when the single argument is null. */
bool items_of(const Val *args, int n, const Val **items, int *count);
/* Some argument is unknown (not looking into lists). */
bool any_unknown(const Val *args, int n);
/* Charges work to the budget of the evaluation; false when it is used up. */
bool spend(Eval *e, int64_t steps);
/* A number cut to an integer; false when it does not fit. */
bool int_of(Val v, int64_t *out);
Val new_list(Val *items, int n);
Val new_context(Arena *a, const Str *keys, const Val *vals, int n);
/* Position 1 … n or -1 … -n as an index; false when outside. */
bool index_of_position(Val position, int n, int *index);

#define BI(name) Val name(Eval *e, const Val *args, int n)
/* builtin_number.c */
BI(bi_decimal);
BI(bi_floor);
BI(bi_ceiling);
BI(bi_round_up);
BI(bi_round_down);
BI(bi_round_half_up);
BI(bi_round_half_down);
BI(bi_abs);
BI(bi_modulo);
BI(bi_sqrt);
BI(bi_log);
BI(bi_exp);
BI(bi_odd);
BI(bi_even);
BI(bi_not);
BI(bi_is);
/* builtin_string.c */
BI(bi_substring);
BI(bi_string_length);
BI(bi_upper_case);
BI(bi_lower_case);
BI(bi_substring_before);
BI(bi_substring_after);
BI(bi_contains);
BI(bi_starts_with);
BI(bi_ends_with);
BI(bi_matches);
BI(bi_replace);
BI(bi_split);
BI(bi_string_join);
/* builtin_list.c */
BI(bi_list_contains);
BI(bi_list_replace);
BI(bi_count);
BI(bi_sublist);
BI(bi_append);
BI(bi_concatenate);
BI(bi_insert_before);
BI(bi_remove);
BI(bi_reverse);
BI(bi_index_of);
BI(bi_flatten);
BI(bi_sort);
/* builtin_set.c */
BI(bi_union);
BI(bi_distinct_values);
BI(bi_duplicate_values);
/* builtin_aggregate.c */
BI(bi_min);
BI(bi_max);
BI(bi_sum);
BI(bi_mean);
BI(bi_product);
BI(bi_median);
BI(bi_stddev);
BI(bi_mode);
BI(bi_all);
BI(bi_any);
/* builtin_temporal.c */
BI(bi_date);
BI(bi_time);
BI(bi_date_and_time);
BI(bi_duration);
BI(bi_ym_duration);
BI(bi_day_of_year);
BI(bi_day_of_week);
BI(bi_month_of_year);
BI(bi_week_of_year);
BI(bi_now);
BI(bi_today);
/* builtin_convert.c */
BI(bi_number);
BI(bi_string);
BI(bi_range);
/* builtin_context.c */
BI(bi_get_value);
BI(bi_get_entries);
BI(bi_context);
BI(bi_context_put);
BI(bi_context_merge);
/* builtin_range.c */
BI(bi_before);
BI(bi_after);
BI(bi_meets);
BI(bi_met_by);
BI(bi_overlaps);
BI(bi_overlaps_before);
BI(bi_overlaps_after);
BI(bi_finishes);
BI(bi_finished_by);
BI(bi_includes);
BI(bi_during);
BI(bi_starts);
BI(bi_started_by);
BI(bi_coincides);
#undef BI
#endif

/* See json_out.h. */
#include "http/json_out.h"

#include "base/date.h"

void out_instant(Arena *a, Json *o, Str key, int64_t ms) {
    out_opt(a, o, key, ms ? instant_text(a, ms) : S(""));
}

void out_day(Arena *a, Json *o, Str key, int64_t day) {
    bool open = day == INT64_MAX || day == INT64_MIN;
    out_opt(a, o, key, open ? S("") : date_text(a, day));
}

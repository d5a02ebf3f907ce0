/* Checks of days and lengths, with their errors; see fits.h. */
#include "city/fits.h"

#include "base/date.h"

bool day_fits(Ctx *c, int32_t day) {
    int64_t days;
    return day == 0 || date_from_int(day, &days) ||
           FAIL(c, ERR_INPUT, M_CITY_BAD_DAY, str_printf(c->arena, "%d", day));
}

bool length_fits(Ctx *c, Str text, int most) {
    return text.n <= most ||
           FAIL(c, ERR_LIMIT, M_CITY_TOO_LONG, str_printf(c->arena, "%lld", (long long)text.n),
                str_printf(c->arena, "%d", most));
}

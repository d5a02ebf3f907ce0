/* Numbers, dates, times and durations as text: what is read is written and read the same; zone
 * offsets stay within a day. The first byte picks the reader. */
#include "base/utf8.h"
#include "codec/numtext.h"
#include "codec/xlsx.h"
#include "decimal/dec.h"
#include "feel/temporal.h"
#include "tests/fuzz/fuzz.h"

static Str shown(Arena *a, Val v) {
    Buf b = buf_new(a, 0);
    temporal_print(&b, v);
    return buf_str(&b);
}

static void temporal(Arena *a, Str s) {
    Val v, again, sum;
    if (!temporal_parse_literal(a, s, &v)) return;
    Str text = shown(a, v);
    if (!temporal_parse_literal(a, text, &again)) fuzz_show("not read back", text);
    HOLDS(temporal_parse_literal(a, text, &again));
    HOLDS(v.tag == again.tag && val_same(v, again));
    HOLDS(str_eq(text, shown(a, again)));
    if (v.tag == V_DATETIME) {
        const DateTime *d = v.p;
        int32_t off = temporal_offset(d->time.zone, d->days, d->time.nanos);
        HOLDS(off > -SECONDS_PER_DAY && off < SECONDS_PER_DAY);
        temporal_instant_s(d);
    }
    Val day = temporal_days(86399, 999999999), month = temporal_months(13);
    if (temporal_add(a, v, day, &sum)) shown(a, sum);
    if (temporal_sub(a, v, month, &sum)) shown(a, sum);
    if (temporal_mul(a, v, val_int(-7), &sum)) shown(a, sum);
    if (temporal_div(a, v, val_int(3), &sum) && val_is_temporal(sum)) shown(a, sum);
    if (temporal_neg(v, &sum)) shown(a, sum);
}

static void number(Arena *a, Str s) {
    Dec x, y, r;
    if (!dec_parse(s, &x)) return;
    Str text = dec_text(a, &x);
    HOLDS(dec_parse(text, &y) && dec_cmp(&x, &y) == 0 && dec_hash(&x) == dec_hash(&y));
    HOLDS(str_eq(text, dec_text(a, &y)));
    HOLDS(dec_sub(&r, &x, &y) && dec_is_zero(&r));
    dec_fixed(a, &x, 2);
    if (dec_round(&r, &x, 2, DEC_HALF_UP)) dec_text(a, &r);
}

void fuzz_one(Ctx *c, Str data) {
    NumText num;
    NumScale unit;
    int64_t days;
    Str rest;
    if (data.n < 1 || data.n > 400 || utf8_invalid_at(data) >= 0) return;
    Str s = str_sub(data, 1, data.n);
    switch ((unsigned char)data.p[0] % 4) {
    case 0: temporal(c->arena, s); break;
    case 1: number(c->arena, s); break;
    case 2:
        if (num_read(c->arena, s, &num) == NUM_OK && num.big) number(c->arena, num.text);
        num_head_unit(s, &unit, &rest);
        num_unit(s, &unit);
        break;
    default:
        if (date_read(s, &days) == DATE_OK) HOLDS(days > -4000000 && days < 4000000);
        year_read(s);
        xlsx_number(c->arena, s);
        xlsx_is_date_format(s);
    }
}

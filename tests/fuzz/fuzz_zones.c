/* Zone files: whatever the bytes, the reader answers; a file it takes is whole (no byte fewer, none
 * more) and says only what src/feel/zone.c can use. The bytes are also read as a rule of their own:
 * rules are short, and rarely met by chance behind a header. */
#include "tests/fuzz/fuzz.h"
#include "tools/tzif.h"

static void check_day(const TzifDay *d) {
    HOLDS(d->seconds > -168 * 3600 && d->seconds < 168 * 3600);
    if (d->kind == 'M')
        HOLDS(d->month >= 1 && d->month <= 12 && d->week >= 1 && d->week <= 5 && d->day >= 0 &&
              d->day <= 6);
    else
        HOLDS((d->kind == 'J' && d->day >= 1 && d->day <= 365) ||
              (d->kind == 'N' && d->day >= 0 && d->day <= 365));
}

static void put_seconds(Buf *b, int s) {
    unsigned n = (unsigned)(s < 0 ? -s : s);
    buf_printf(b, "%s%u:%02u:%02u", s < 0 ? "-" : "", n / 3600, n / 60 % 60, n % 60);
}

static void put_day(Buf *b, const TzifDay *d) {
    if (d->kind == 'M')
        buf_printf(b, ",M%d.%d.%d/", d->month, d->week, d->day);
    else
        buf_printf(b, ",%s%d/", d->kind == 'J' ? "J" : "", d->day);
    put_seconds(b, d->seconds);
}

/* A rule written out again reads the same. */
static void check_rule(Arena *a, const TzifRule *r) {
    TzifRule again;
    Buf b = buf_new(a, 1 << 10);
    check_day(&r->start);
    check_day(&r->end);
    buf_lit(&b, "ABC");
    put_seconds(&b, -r->std);
    if (r->has_dst) {
        buf_lit(&b, "<+09>");
        /* an hour ahead when not said, also where a day and an hour could not be said */
        if (r->dst != r->std + 3600) put_seconds(&b, -r->dst);
        put_day(&b, &r->start);
        put_day(&b, &r->end);
    }
    Str text = buf_str(&b);
    HOLDS(!tzif_rule(text.p, (size_t)text.n, &again));
    HOLDS(again.std == r->std && again.dst == r->dst && again.has_dst == r->has_dst);
    const TzifDay *days[][2] = {{&r->start, &again.start}, {&r->end, &again.end}};
    for (int i = 0; i < 2; i++) {
        const TzifDay *x = days[i][0], *y = days[i][1];
        HOLDS(x->kind == y->kind && x->month == y->month && x->week == y->week &&
              x->day == y->day && x->seconds == y->seconds);
    }
}

void fuzz_one(Ctx *c, Str data) {
    const uint8_t *bytes = (const uint8_t *)data.p;
    size_t size = (size_t)data.n;
    Tzif z, other;
    TzifRule rule;
    if (!tzif_rule(data.p, size, &rule)) check_rule(c->arena, &rule);
    if (tzif_read(bytes, size, &z)) return;
    check_rule(c->arena, &z.rule);
    HOLDS(z.ntypes >= 1 && z.ntypes <= TZIF_TYPES_MAX && z.ntimes <= TZIF_TIMES_MAX);
    for (size_t i = 0; i < z.ntypes; i++)
        HOLDS(tzif_offset(&z, i) > -25 * 3600 && tzif_offset(&z, i) < 26 * 3600);
    for (size_t i = 0; i < z.ntimes; i++) {
        HOLDS(tzif_at_type(&z, i) >= 0 && (size_t)tzif_at_type(&z, i) < z.ntypes);
        if (i) HOLDS(tzif_at(&z, i) > tzif_at(&z, i - 1));
    }
    HOLDS(tzif_read(bytes, size - 1, &other));
    Buf more = buf_new(c->arena, 1 << 20);
    buf_put(&more, data);
    buf_char(&more, ' ');
    HOLDS(tzif_read((const uint8_t *)buf_str(&more).p, size + 1, &other));
}

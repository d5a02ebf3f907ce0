/* What a made-up firm looks like. Ranges are chosen so that every outcome of every rule occurs
 * somewhere; they are no statistics of any city. See demo.h. */
#include "city/demo_firm.h"

#include "city/demo.h"

enum { FACTS_MAX = 256, MISSING_PER_MILLE = 60, CONFLICT_PER_MILLE = 30, YUAN_PER_WAN = 10000 };

const Str DEMO_CODES[DEMO_INDICATORS] = {
    [DI_INDUSTRY] = STR_INIT("industry_code"),
    [DI_FOUNDED] = STR_INIT("founded_on"),
    [DI_DIVISION] = STR_INIT("registered_division"),
    [DI_ZONE] = STR_INIT("functional_zone"),
    [DI_LEGAL] = STR_INIT("is_legal_person"),
    [DI_RESIDENT] = STR_INIT("is_resident_enterprise"),
    [DI_BOOKS] = STR_INIT("book_based_tax"),
    [DI_LISTED] = STR_INIT("is_listed"),
    [DI_NEEQ] = STR_INIT("on_neeq"),
    [DI_CONTROLLED] = STR_INIT("listed_controlled"),
    [DI_KX_IP1] = STR_INIT("kx_ip1"),
    [DI_KX_IP2] = STR_INIT("kx_ip2"),
    [DI_IP1] = STR_INIT("ip1"),
    [DI_IP2] = STR_INIT("ip2"),
    [DI_INVENTIONS] = STR_INIT("invention_patents"),
    [DI_UTILITIES] = STR_INIT("utility_models"),
    [DI_QUALITY] = STR_INIT("quality_system_cert"),
    [DI_BRAND] = STR_INIT("own_brand"),
    [DI_HITECH_FIELD] = STR_INIT("product_in_hitech_field"),
    [DI_RESTRICTED] = STR_INIT("restricted_product"),
    [DI_ABNORMAL] = STR_INIT("in_abnormal_list"),
    [DI_DISHONEST] = STR_INIT("in_dishonest_list"),
    [DI_ACCIDENTS] = STR_INIT("safety_accidents"),
    [DI_LARGER_ACCIDENTS] = STR_INIT("larger_safety_accidents"),
    [DI_DATA_INCIDENTS] = STR_INIT("data_incidents"),
    [DI_QUALITY_ACCIDENTS] = STR_INIT("quality_accidents"),
    [DI_ENVIRONMENT] = STR_INIT("environment_offences"),
    [DI_MISCONDUCT] = STR_INIT("research_misconduct"),
    [DI_EVASION] = STR_INIT("tax_evasion"),
    [DI_OTHER_OFFENCES] = STR_INIT("other_offences"),
    [DI_HN] = STR_INIT("is_hn"),
    [DI_KX] = STR_INIT("is_kx"),
    [DI_TITLES] = STR_INIT("title_records"),
    [DI_REVENUE] = STR_INIT("revenue"),
    [DI_MAIN_REVENUE] = STR_INIT("main_revenue"),
    [DI_SALES] = STR_INIT("sales_revenue"),
    [DI_EMPLOYEES] = STR_INIT("employees"),
    [DI_STAFF_TOTAL] = STR_INIT("staff_total"),
    [DI_TECH_STAFF] = STR_INIT("tech_staff"),
    [DI_RD_STAFF] = STR_INIT("rd_staff"),
    [DI_ASSETS] = STR_INIT("assets"),
    [DI_LIABILITIES] = STR_INIT("liabilities"),
    [DI_COSTS] = STR_INIT("cost_expense_total"),
    [DI_PROFIT] = STR_INIT("net_profit"),
    [DI_RD] = STR_INIT("rd_expense"),
};

/* From low to high, both included. */
static int64_t between(Rng *r, int64_t low, int64_t high) {
    return low + (int64_t)rng_below(r, (uint64_t)(high - low + 1));
}

static bool chance(Rng *r, int64_t per_mille) {
    return between(r, 0, 999) < per_mille;
}

/* --- the firm -----------------------------------------------------------------------------------
 */

/* Units without a code lie inside the others: only those with one are places of registration. */
const DemoUnit *demo_unit(const DemoWorld *w, Rng *r) {
    int n = 0;
    while (n < w->nunits && w->units[n].division.n) n++;
    return &w->units[rng_below(r, (uint64_t)n)];
}

static const DemoDivision *pick_division(const DemoWorld *w, Rng *r) {
    int64_t at = (int64_t)rng_below(r, (uint64_t)w->total);
    int low = 0, high = w->ndivisions - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (w->divisions[middle].up_to > at)
            high = middle;
        else
            low = middle + 1;
    }
    return &w->divisions[low];
}

static DemoSize pick_size(Rng *r) {
    int64_t at = between(r, 0, 999);
    return at < 820 ? DEMO_MICRO : at < 965 ? DEMO_SMALL : at < 994 ? DEMO_MEDIUM : DEMO_LARGE;
}

/* Half of the firms are younger than ten years. */
static int32_t pick_founded(Rng *r) {
    int64_t year = chance(r, 500) ? between(r, 2012, 2021) : between(r, 1985, 2011);
    return (int32_t)(year * 10000 + between(r, 1, 12) * 100 + between(r, 1, 28));
}

static Str pick_name(Arena *a, Rng *r, Str industry, int64_t number) {
    static const char *const FIRST[] = {"鼎", "恒", "瑞", "华", "齐", "盛", "新", "金",
                                        "泰", "宏", "润", "博", "科", "海", "正", "东"};
    static const char *const SECOND[] = {"源", "达", "丰", "信", "创", "诚", "通", "旺",
                                         "和", "阳", "辉", "力", "联", "昌", "腾", "睿"};
    return str_printf(a, "演示%s%s%.*s有限公司%07lld", FIRST[rng_below(r, 16)],
                      SECOND[rng_below(r, 16)], STRF(industry), (long long)number);
}

DemoFirm demo_firm(Arena *a, const DemoWorld *w, Rng *r, int64_t number) {
    DemoFirm f = {.unit = demo_unit(w, r)};
    const DemoDivision *d = pick_division(w, r);
    f.section = d->section;
    f.industry = d->nclasses ? d->classes[rng_below(r, (uint64_t)d->nclasses)] : d->code;
    f.size = pick_size(r);
    f.founded = pick_founded(r);
    f.technical = f.section == 'I' || f.section == 'M' ? chance(r, 500)
                  : f.section == 'C'                   ? chance(r, 250)
                                                       : chance(r, 15);
    f.name = pick_name(a, r, d->name, number);
    const DemoUnit *zone = &w->units[rng_below(r, (uint64_t)w->nunits)];
    if (!zone->division.n && chance(r, 400)) f.zone = zone->unit;
    return f;
}

/* --- facts --------------------------------------------------------------------------------------
 */

typedef struct Draft {
    Arena *arena;
    const DemoWorld *world;
    Rng *rng;
    const DemoFirm *firm;
    FactNew *facts;
    int n;
} Draft;

static void put(Draft *d, DemoIndicator i, int32_t period, FactType type, Str value, int source) {
    if (d->n == FACTS_MAX) return;
    d->facts[d->n++] = (FactNew){.indicator = d->world->indicators[i],
                                 .period = period,
                                 .type = type,
                                 .value = value,
                                 .source = source};
}

/* An attribute, unless it happens to be missing. */
static void attribute(Draft *d, DemoIndicator i, FactType type, Str value) {
    if (!chance(d->rng, MISSING_PER_MILLE)) put(d, i, 0, type, value, d->world->source);
}

static void flag(Draft *d, DemoIndicator i, bool value) {
    attribute(d, i, FACT_BOOLEAN, value ? S("true") : S("false"));
}

static void count(Draft *d, DemoIndicator i, int64_t value) {
    attribute(d, i, FACT_NUMBER, str_printf(d->arena, "%lld", (long long)value));
}

/* A figure of a year: sometimes missing, sometimes told otherwise by a second source. */
static void figure(Draft *d, DemoIndicator i, int32_t year, int64_t value) {
    if (chance(d->rng, MISSING_PER_MILLE)) return;
    Str text = str_printf(d->arena, "%lld", (long long)value);
    put(d, i, year, FACT_NUMBER, text, d->world->source);
    if (!chance(d->rng, CONFLICT_PER_MILLE)) return;
    int64_t other = value / 100 * between(d->rng, 80, 120);
    text = str_printf(d->arena, "%lld", (long long)other);
    put(d, i, year, FACT_NUMBER, text, d->world->other_source);
}

static void registration(Draft *d) {
    const DemoFirm *f = d->firm;
    Str founded = str_printf(d->arena, "%04d-%02d-%02d", f->founded / 10000, f->founded / 100 % 100,
                             f->founded % 100);
    put(d, DI_INDUSTRY, 0, FACT_TEXT, f->industry, d->world->source);
    attribute(d, DI_FOUNDED, FACT_DATE, founded);
    put(d, DI_DIVISION, 0, FACT_TEXT, f->unit->division, d->world->source);
    if (f->zone.n) attribute(d, DI_ZONE, FACT_TEXT, f->zone);
    flag(d, DI_LISTED, f->size >= DEMO_MEDIUM && chance(d->rng, 10));
}

/* What only firms that once applied for something have on file. */
static void application(Draft *d) {
    Rng *r = d->rng;
    flag(d, DI_LEGAL, true);
    flag(d, DI_RESIDENT, true);
    flag(d, DI_BOOKS, !chance(r, 50));
    flag(d, DI_NEEQ, chance(r, 20));
    flag(d, DI_CONTROLLED, chance(r, 20));
    flag(d, DI_QUALITY, chance(r, 600));
    flag(d, DI_BRAND, chance(r, 400));
    flag(d, DI_HITECH_FIELD, chance(r, 700));
    flag(d, DI_RESTRICTED, chance(r, 20));
    flag(d, DI_ABNORMAL, chance(r, 10));
    flag(d, DI_DISHONEST, chance(r, 5));
    int64_t inventions = chance(r, 400) ? between(r, 1, 12) : 0, utilities = between(r, 0, 25);
    count(d, DI_INVENTIONS, inventions);
    count(d, DI_UTILITIES, utilities);
    count(d, DI_KX_IP1, inventions);
    count(d, DI_KX_IP2, utilities);
    count(d, DI_IP1, inventions);
    count(d, DI_IP2, utilities);
    for (int i = DI_ACCIDENTS; i <= DI_OTHER_OFFENCES; i++)
        attribute(d, (DemoIndicator)i, FACT_NONE, S(""));
    flag(d, DI_HN, chance(r, 250));
    flag(d, DI_KX, chance(r, 350));
}

/* A title on record: the publisher is as made up as the rest. */
static void title(Draft *d) {
    int32_t day = (int32_t)(between(d->rng, 2019, 2021) * 10000 + between(d->rng, 1, 12) * 100 +
                            between(d->rng, 1, 28));
    Str value =
        str_printf(d->arena,
                   "{\"发布单位\":\"演示发布单位\",\"方式\":\"认定\",\"日期\":\"%04d-%02d-%02d\","
                   "\"是否首次\":true,\"称号\":\"瞪羚\",\"级别\":\"%s\"}",
                   day / 10000, day / 100 % 100, day % 100, chance(d->rng, 500) ? "省" : "市");
    put(d, DI_TITLES, day, FACT_CONTEXT, value, d->world->source);
}

/* Growth of one year in per mille: how a firm does is drawn once, each year varies around it. */
static int64_t growth(Rng *r, int path) {
    static const int LOW[] = {-250, -60, 20, 120, 250}, HIGH[] = {20, 110, 220, 380, 900};
    return between(r, LOW[path], HIGH[path]);
}

typedef struct Books {
    int64_t staff, revenue; /* 人, 元 */
} Books;

static void year_of(Draft *d, int32_t year, const Books *b) {
    Rng *r = d->rng;
    const DemoFirm *f = d->firm;
    int64_t cost = b->revenue / 1000 * between(r, 820, 1040);
    int64_t assets = b->revenue / 100 * between(r, 40, 220);
    figure(d, DI_REVENUE, year, b->revenue);
    figure(d, DI_EMPLOYEES, year, b->staff);
    figure(d, DI_ASSETS, year, assets);
    if (f->size == DEMO_MICRO && !f->technical) return;
    figure(d, DI_LIABILITIES, year, assets / 100 * between(r, 15, 95));
    figure(d, DI_PROFIT, year, (b->revenue - cost) / 4 * 3);
    figure(d, DI_MAIN_REVENUE, year, b->revenue / 1000 * between(r, 850, 1000));
    if (!f->technical) return;
    int64_t technical = b->staff * between(r, 5, 45) / 100;
    figure(d, DI_SALES, year, b->revenue);
    figure(d, DI_COSTS, year, cost);
    figure(d, DI_STAFF_TOTAL, year, b->staff);
    figure(d, DI_TECH_STAFF, year, technical);
    figure(d, DI_RD_STAFF, year, technical * between(r, 40, 100) / 100);
    figure(d, DI_RD, year, b->revenue / 1000 * between(r, 5, 130));
}

static void books(Draft *d) {
    static const int STAFF_LOW[] = {1, 10, 150, 600}, STAFF_HIGH[] = {18, 290, 980, 6000};
    Rng *r = d->rng;
    const DemoFirm *f = d->firm;
    int path = (int)between(r, 0, 999);
    path = path < 200 ? 0 : path < 620 ? 1 : path < 880 ? 2 : path < 965 ? 3 : 4;
    Books b = {.staff = between(r, STAFF_LOW[f->size], STAFF_HIGH[f->size])};
    b.revenue = b.staff * between(r, 12, 160) * YUAN_PER_WAN;
    int32_t first = f->founded / 10000 > DEMO_FIRST_YEAR ? f->founded / 10000 : DEMO_FIRST_YEAR;
    if (f->size == DEMO_MICRO && !f->technical) first = DEMO_LAST_YEAR - 1;
    for (int32_t year = first; year <= DEMO_LAST_YEAR; year++) {
        year_of(d, year, &b);
        int64_t per_mille = growth(r, path);
        b.revenue += b.revenue / 1000 * per_mille;
        b.staff += b.staff * per_mille / 2000;
    }
}

int demo_facts(Arena *a, const DemoWorld *w, Rng *r, const DemoFirm *f, FactNew **out) {
    Draft d = {.arena = a, .world = w, .rng = r, .firm = f, .facts = NEW_N(a, FactNew, FACTS_MAX)};
    registration(&d);
    if (f->technical) application(&d);
    if (f->technical && chance(r, 15)) title(&d);
    books(&d);
    *out = d.facts;
    return d.n;
}

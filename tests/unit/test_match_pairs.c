/* How well names are matched: 1,600 labelled pairs made of real company names. Half are ways people
 * write a firm's name, half are names of other firms, real or near misses of a real one. Every
 * fourth company is kept out of the register: whatever its name finds is wrong. */
#include "base/file.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "city/match.h"
#include "codec/csv.h"
#include "store/db.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
enum { NAMES_MOST = 400, PAIRS = 1600, SEED = 20261123 };

typedef struct Company {
    Str code, name, former, brief;
    int64_t subject; /* 0: not in the register */
} Company;

typedef struct Names {
    Arena *arena;
    Company list[NAMES_MOST];
    int n;
    CodeLists places;
    Str towns[64]; /* names of the province's cities */
    int ntowns;
    Rng rng;
} Names;

static Str text_of(Ctx *c, Str path) {
    Str bytes = {0};
    CHECK(file_read(c, path, 1 << 20, &bytes));
    return bytes;
}

static void read_companies(Ctx *c, Names *x) {
    Csv csv = csv_open(c->arena, text_of(c, S("tests/data/names/listed-companies.csv")), ',');
    CsvRow row;
    Map seen = map_new(c->arena);
    csv_next(&csv, &row);
    while (csv_next(&csv, &row)) {
        Str code = str_dup(c->arena, row.cells[0]), name = str_dup(c->arena, row.cells[1]);
        Company *last = x->n ? &x->list[x->n - 1] : NULL;
        if (last && str_eq(last->code, code)) {
            last->former = last->name;
            last->name = name;
        } else if (!map_has(&seen, name)) { /* one company may have two kinds of shares */
            map_put(&seen, name, NULL);
            x->list[x->n++] =
                (Company){.code = code, .name = name, .brief = str_dup(c->arena, row.cells[2])};
        }
    }
}

static void read_places(Ctx *c, Names *x) {
    Csv csv = csv_open(c->arena, text_of(c, S("packs/cn/tables/gbt2260.csv")), ',');
    CsvRow row;
    x->places.place = map_new(c->arena);
    csv_next(&csv, &row);
    while (csv_next(&csv, &row)) {
        Str code = str_dup(c->arena, row.cells[0]);
        Str *name = NEW(c->arena, Str);
        *name = str_dup(c->arena, row.cells[1]);
        map_put(&x->places.place, code, name);
        bool city = str_starts(code, S("37")) && str_ends(code, S("00")) &&
                    !str_ends(code, S("0000")) && str_ends(*name, S("市"));
        if (city && x->ntowns < 64) x->towns[x->ntowns++] = str_sub(*name, 0, name->n - S("市").n);
    }
}

static int below(Names *x, int n) {
    return (int)rng_below(&x->rng, (uint64_t)n);
}

static Str cat(Names *x, Str a, Str b) {
    return str_cat(x->arena, a, b);
}

static Str stem(Str name) {
    Str form = S("股份有限公司");
    return str_ends(name, form) ? str_sub(name, 0, name.n - form.n) : name;
}

/* The characters [from, to) of a text. */
static Str chars(Str s, ptrdiff_t from, ptrdiff_t to) {
    ptrdiff_t at = 0, a = 0, b = s.n;
    for (ptrdiff_t i = 0; at < s.n; i++) {
        if (i == from) a = at;
        if (i == to) b = at;
        utf8_next(s, &at);
    }
    return str_sub(s, a, b);
}

static bool placed(const Names *x, Str s, Str *place) {
    *place = S("山东");
    if (str_starts(s, *place)) return true;
    for (int i = 0; i < x->ntowns; i++)
        if (str_starts(s, *place = x->towns[i])) return true;
    return false;
}

/* A character of another company's name put in place of one of the text's. */
static Str one_changed(Names *x, Str s) {
    Str other = stem(x->list[below(x, x->n)].name);
    int n = (int)utf8_length(s), k = (int)utf8_length(other), at = below(x, n), from = below(x, k);
    Str changed =
        cat(x, cat(x, chars(s, 0, at), chars(other, from, from + 1)), chars(s, at + 1, n));
    return str_eq(changed, s) ? cat(x, s, S("新")) : changed;
}

/* A way to write the company's name. */
static Str written(Names *x, const Company *k) {
    static const Str FORMS[] = {STR_INIT("有限公司"), STR_INIT("公司"), STR_INIT(""),
                                STR_INIT("有限责任公司"), STR_INIT("股份公司")};
    Str s = stem(k->name), place;
    switch (below(x, 20)) {
    case 0:
    case 1:
    case 2: return cat(x, S("　"), cat(x, k->name, S(" ")));
    case 3:
    case 4:
        return cat(x, cat(x, chars(s, 0, 2), S(" ")), cat(x, chars(s, 2, 99), S("股份有限公司")));
    case 5:
    case 6:
    case 7:
    case 8: return cat(x, s, FORMS[below(x, 5)]);
    case 9:
    case 10: return placed(x, s, &place) ? cat(x, str_sub(s, place.n, s.n), FORMS[below(x, 5)]) : s;
    case 11:
    case 12: return k->brief;
    case 13: return k->former.n ? k->former : k->code;
    case 14:
        return placed(x, s, &place) && str_eq(place, S("山东"))
                   ? cat(x, S("山东省"), cat(x, str_sub(s, place.n, s.n), S("股份有限公司")))
                   : k->name;
    case 15:
    case 16: return cat(x, one_changed(x, s), S("股份有限公司"));           /* a slip of the pen */
    case 17: return cat(x, chars(s, 0, utf8_length(s) - 2), S("有限公司")); /* cut short */
    default: return cat(x, str_sub(k->name, 0, s.n), S("（股份）有限公司"));
    }
}

/* The name of a firm that is not this one, though near it. */
static Str near_miss(Names *x, const Company *k) {
    static const Str BRANCH[] = {STR_INIT("销售"), STR_INIT("进出口"), STR_INIT("集团"),
                                 STR_INIT("科技"), STR_INIT("（淄博）")};
    Str s = stem(k->name), place, town = x->towns[below(x, x->ntowns)];
    int n = (int)utf8_length(s);
    switch (below(x, 5)) {
    case 0: /* the same word in another town, or a branch there */
        if (!placed(x, s, &place)) return cat(x, town, k->name);
        return str_eq(place, town) ? cat(x, S("青岛淄博"), k->name)
                                   : cat(x, town, str_sub(k->name, place.n, k->name.n));
    case 1: { /* the trade of another company */
        Str other = stem(x->list[below(x, x->n)].name);
        Str tail = chars(other, utf8_length(other) - 2, 99);
        Str made = cat(x, chars(s, 0, n - 2), tail);
        return cat(x, str_eq(made, s) ? cat(x, s, S("投资")) : made, S("股份有限公司"));
    }
    case 2: return cat(x, cat(x, s, BRANCH[below(x, 5)]), S("有限公司"));
    case 3: return cat(x, one_changed(x, s), S("有限公司"));
    default: /* another company of the group */
        return cat(x, chars(s, 0, n - 2),
                   str_ends(s, S("控股")) ? S("置业有限公司") : S("控股有限公司"));
    }
}

static void fill(StoreFixture *f, Names *x) {
    CHECK(tx_begin(f->db, DB_WRITE));
    for (int i = 0; i < x->n; i++) {
        Company *k = &x->list[i];
        if (i % 4 == 3) continue;
        k->subject = subject_add(f->db,
                                 &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                               .name = k->former.n ? k->former : k->name,
                                               .stock = k->code},
                                 &ACT);
        if (k->former.n)
            CHECK(subject_identify(f->db, k->subject,
                                   &(Identifier){S("name"), k->name, 20200101, 0, false}, &ACT));
    }
    CHECK(tx_commit(f->db));
}

/* Whose name it really is: a made-up name can be that of another company of the list. */
static int64_t truth(const Names *x, Str name, int64_t otherwise) {
    for (int i = 0; i < x->n; i++)
        if (str_eq(name, x->list[i].name) || str_eq(name, x->list[i].former))
            return x->list[i].subject;
    return otherwise;
}

TEST(match_pairs_of_real_names) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    Names *x = NEW(f.arena, Names);
    x->arena = f.arena;
    x->rng = rng_new(SEED);
    read_companies(&f.ctx, x);
    read_places(&f.ctx, x);
    CHECK(x->n >= 280 && x->ntowns >= 14);
    fill(&f, x);
    Str *lines = NEW_N(f.arena, Str, PAIRS);
    int64_t *want = NEW_N(f.arena, int64_t, PAIRS);
    for (int i = 0; i < PAIRS; i++) {
        Company *k = &x->list[below(x, x->n)];
        bool same = i % 2 == 0;
        while (same && !k->subject) k = &x->list[below(x, x->n)];
        lines[i] = same || !k->subject ? written(x, k) : near_miss(x, k);
        want[i] = same ? k->subject : truth(x, lines[i], 0);
    }
    Match *out = NEW_N(f.arena, Match, PAIRS);
    CHECK(match_lines(f.db, &x->places, lines, PAIRS, out));
    int right = 0, wrong = 0, positives = 0;
    for (int i = 0; i < PAIRS; i++) {
        positives += want[i] != 0;
        if (!out[i].sure) continue;
        bool good = out[i].candidates[0].subject == want[i];
        right += good;
        wrong += !good;
        if (!good)
            printf("# match_pairs: %.*s taken for %.*s\n", STRF(lines[i]),
                   STRF(out[i].candidates[0].name));
    }
    printf("# match_pairs: %d pairs, precision %.4f, recall %.4f\n", PAIRS,
           right / (double)(right + wrong), right / (double)positives);
    CHECK(right * 1000 >= (right + wrong) * 995);
    CHECK(right * 100 >= positives * 60);
    store_fixture_close(&f);
}

TEST(match_confirmations_are_remembered) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t a = subject_add(
        f.db, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = S("淄博恒达机械有限公司")}, &ACT);
    int64_t b = subject_add(
        f.db, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = S("淄博恒达机电有限公司")}, &ACT);
    Str line = S("淄博恒达机");
    Match m;
    CHECK(match_lines(f.db, NULL, &line, 1, &m) && !m.sure && m.n == 2);
    CHECK(match_confirm(f.db, line, a, true, &ACT) && match_confirm(f.db, line, b, false, &ACT));
    CHECK(match_lines(f.db, NULL, &line, 1, &m) && m.sure && m.n == 1);
    CHECK_INT(m.candidates[0].subject, a);
    CHECK_INT(m.candidates[0].by, MATCH_CONFIRMED);
    CHECK(match_confirm(f.db, S("淄博 恒达机"), a, false, &ACT));
    CHECK(match_lines(f.db, NULL, &line, 1, &m) && !m.sure && m.n == 0);
    CHECK(!match_confirm(f.db, S(" （） "), 99, true, &ACT));
    ctx_clear(&f.ctx);
    store_fixture_close(&f);
}

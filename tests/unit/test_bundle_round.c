/* The bundle of a whole round: what is in it, that nobody who objected is, that 200 flipped bits
 * are each found. */
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "city/bundle/bundle.h"
#include "city/bundle/bundle_inner.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { FLIPS = 200 };

typedef struct Made {
    HttpFixture *f;
    Arena *arena;
    Ctx c;
    Str path;
    SignKey *key;
} Made;

static Made open_made(void) {
    Made m = {.f = http_fixture(), .arena = arena_open(0)};
    m.c = ctx_new(m.arena, m.f->now_ms);
    Str folder = str_from(test_folder()), key = path_join(m.arena, folder, S("round.pem"));
    m.path = path_join(m.arena, folder, S("round.zbb"));
    if (!file_exists(m.arena, key)) CHECK(sign_new(&m.c, key));
    m.key = sign_open(&m.c, key);
    CHECK(m.key != NULL);
    return m;
}

static void close_made(Made *m) {
    sign_close(m->key);
    CHECK(ctx_ok(&m->c));
    arena_close(m->arena);
}

static BundleReport make(Made *m, bool names) {
    BundleReport r;
    BundleWish w = {.round = 1, .names = names, .act = {S("tester"), S("test")}};
    CHECK(bundle_make(&m->c, m->f->reg, &w, m->key, m->path, &r));
    return r;
}

static int64_t count(Made *m, const char *kind) {
    Store *s = store_open(&m->c, str_cat(m->arena, S("single:"), m->path), false, 1);
    Db *db = db_borrow(&m->c, s);
    int64_t n = Q_I64(db, 0, "SELECT count(*) FROM item WHERE kind = $1", db_s(str_from(kind)));
    db_return(db);
    store_close(s);
    return n;
}

/* A notice of round 1 with an objection under a real name. */
static void object(Made *m) {
    static bool done;
    Db *db = db_borrow(&m->c, m->f->reg->store);
    if (!done)
        CHECK(EXEC(db,
                   "INSERT INTO public_notice(id, version, state, round, template, title, "
                   "content, sm3, number, site_url, scan_sm3, scan_name, owner, created_ms, "
                   "changed_ms, published_by, ended_by) VALUES(9001, 1, 0, 1, '', '公示', '{}', "
                   "'', '', '', '', '', 'wang', 0, 0, '', '')") &&
              EXEC(db, "INSERT INTO objection(id, version, notice, position, receipt, channel, "
                       "state, person, contact, organisation, text, sender_sm3, received_ms, "
                       "received_day, registered_by, answer, closed_by) VALUES(9001, 1, 9001, 1, "
                       "'R-9001', 0, 0, '实名者甲', '139-0000', '', '不符合条件', '', 0, 20220101, "
                       "'wang', '', '')"));
    done = true;
    db_return(db);
}

TEST(bundle_of_a_round_has_all_of_it_but_who_objected) {
    Made m = open_made();
    BundleCheck k;
    Str bytes, html;
    object(&m);
    BundleReport r = make(&m, false);
    CHECK(bundle_verify(&m.c, m.path, &k));
    for (int i = 0; i < k.n; i++)
        fprintf(stderr, "%s %.*s %.*s\n", k.findings[i].what, STRF(k.findings[i].name),
                STRF(k.findings[i].text));
    CHECK(k.n == 0 && k.decisions == r.decisions && k.replayed == r.decisions);
    CHECK_STR(k.object, S("round:1"));
    static const char *const KINDS[] = {"round",     "candidate", "member", "review", "notice",
                                        "objection", "key",       "rule",   "journal"};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) CHECK(count(&m, KINDS[i]) > 0);
    CHECK_INT(count(&m, "objector"), 0);
    CHECK(file_read(&m.c, m.path, BUNDLE_MAX, &bytes));
    CHECK(str_find(bytes, S("实名者甲")) < 0 && str_find(bytes, S("139-0000")) < 0);
    CHECK(bundle_reader(&m.c, m.path, &html) && str_find(html, S("R-9001")) > 0);
    CHECK(str_find(html, S("实名者甲")) < 0);
    make(&m, true);
    CHECK(bundle_verify(&m.c, m.path, &k) && k.n == 0);
    CHECK_STR(k.grade, S("商业秘密"));
    CHECK_INT(count(&m, "objector"), 1);
    BundleWish none = {.round = 424242, .act = {S("tester"), S("test")}};
    CHECK(!bundle_make(&m.c, m.f->reg, &none, m.key, m.path, &r) && m.c.err.code == ERR_MISSING);
    ctx_clear(&m.c);
    close_made(&m);
}

TEST(bundle_of_a_round_tells_each_of_200_flipped_bits) {
    Made m = open_made();
    Str bytes;
    Rng rng = rng_new(20261123);
    make(&m, false);
    CHECK(file_read(&m.c, m.path, BUNDLE_MAX, &bytes));
    Str copy = str_dup(m.arena, bytes);
    for (int i = 0; i < FLIPS; i++) {
        Arena *own = arena_open(0);
        Ctx c = ctx_new(own, m.f->now_ms);
        size_t at = (size_t)rng_below(&rng, (uint64_t)copy.n);
        BundleCheck k;
        char *byte = (char *)(uintptr_t)copy.p + at;
        *byte = (char)(*byte ^ 1 << (int)rng_below(&rng, 8));
        CHECK(file_write(&c, m.path, copy));
        /* unreadable is found, too */
        CHECK(!bundle_verify(&c, m.path, &k) || (k.n > 0 && k.findings[0].name.n > 0));
        *byte = bytes.p[at];
        arena_close(own);
    }
    close_made(&m);
}

/* Following, and what a person may see of what they follow. See notify.h. */
#include "city/bundle/notify.h"
#include "city/flow/case.h"
#include "city/people/sight.h"
#include "city/subject.h"

enum { FOLLOW_MOST = 1000, OBJECT_MAX = 200 };

static bool case_seen(Db *db, const Register *reg, const User *u, int64_t id) {
    CaseFile k;
    Ctx *c = db_ctx(db);
    CaseActor actor = case_actor(u);
    if (case_view(db, reg, id, &actor, &k)) return true;
    if (c->err.code == ERR_MISSING) ctx_clear(c);
    return false;
}

static bool round_seen(Db *db, const Register *reg, const User *u, int64_t id) {
    if (rights_scope(right_find(S("round:read")), u->roles) == SCOPE_ALL) return true;
    int64_t own = Q_I64(db, 0, "SELECT case_file FROM review_round WHERE id = $1", db_i(id));
    return own && case_seen(db, reg, u, own);
}

static bool enterprise_seen(Db *db, const Register *reg, const User *u, int64_t id) {
    Sight s;
    int64_t root = subject_root(db, id);
    return root && sight_open(db, reg->pack, u, &s) && sight_knows(&s, root);
}

typedef struct Kind {
    Str begin, right;
    bool (*seen)(Db *db, const Register *reg, const User *u, int64_t id); /* NULL: as the right */
} Kind;
static const Kind KINDS[] = {
    {STR_INIT("enterprise:"), STR_INIT("enterprise:read"), enterprise_seen},
    {STR_INIT("rule:"), STR_INIT("rule:read"), NULL},
    {STR_INIT("case:"), STR_INIT("case:read"), case_seen},
    {STR_INIT("round:"), STR_INIT("case:read"), round_seen},
    {STR_INIT("notice:"), STR_INIT("public:read"), NULL},
};

bool notice_visible(Db *db, const Register *reg, const User *u, Str object) {
    if (object.n > OBJECT_MAX) return false;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        const Kind *k = &KINDS[i];
        int64_t id;
        if (!str_starts(object, k->begin) || object.n == k->begin.n) continue;
        RightScope s = rights_scope(right_find(k->right), u->roles);
        if (s == SCOPE_NONE) return false;
        if (!k->seen || !reg) return s == SCOPE_ALL;
        return str_to_i64(str_sub(object, k->begin.n, object.n), &id) && k->seen(db, reg, u, id);
    }
    return false;
}

bool follow_set(Db *db, const Register *reg, const User *u, Str object, bool on) {
    Ctx *c = db_ctx(db);
    if (!on)
        return EXEC(db, "DELETE FROM follow WHERE app_user = $1 AND object = $2", db_i(u->id),
                    db_s(object));
    if (!notice_visible(db, reg, u, object))
        return ctx_ok(c) && FAIL(c, ERR_DENIED, M_NOTIFY_FOLLOW, object);
    int64_t have = Q_I64(db, 0, "SELECT count(*) FROM follow WHERE app_user = $1", db_i(u->id));
    if (have >= FOLLOW_MOST)
        return FAIL(c, ERR_LIMIT, M_NOTIFY_FOLLOW_MANY, str_printf(c->arena, "%d", FOLLOW_MOST));
    return EXEC(db,
                "INSERT INTO follow(app_user, object, since_ms) VALUES($1, $2, $3) "
                "ON CONFLICT(app_user, object) DO NOTHING",
                db_i(u->id), db_s(object), db_i(c->now_ms));
}

bool follow_list(Db *db, int64_t user, Follow **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r =
        Q(db, "SELECT object, since_ms FROM follow WHERE app_user = $1 ORDER BY since_ms, object",
          db_i(user));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (Follow){str_dup(c->arena, row_str(r, 0)), row_i64(r, 1)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

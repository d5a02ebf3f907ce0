/* Merging two subjects, and undoing it. See subject.h.
 *
 * Nothing moves: the absorbed row points to the kept one, readers follow. So the undoing is exact,
 * also when facts were added to either in between. */
#include "city/subject.h"
#include "city/subject_row.h"
#include "store/counter.h"

static Str pair(Arena *a, int64_t kept, int64_t absorbed) {
    return str_printf(a, "%lld\n%lld", (long long)kept, (long long)absorbed);
}

static Str object_of(Arena *a, int64_t id) {
    return str_printf(a, "subject:%lld", (long long)id);
}

int64_t subject_merge(Db *db, int64_t kept, int64_t absorbed, const Act *act) {
    Ctx *c = db_ctx(db);
    if (!subject_lock(db)) return 0;
    int64_t to = subject_root(db, kept), from = subject_root(db, absorbed);
    if (!to || !from) {
        FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT,
             str_printf(c->arena, "id:%lld", (long long)(to ? absorbed : kept)));
        return 0;
    }
    if (to == from) {
        FAIL(c, ERR_STATE, M_CITY_SAME_SUBJECT);
        return 0;
    }
    int64_t seq = counter_take(db, S("seq"), 1);
    int64_t id = !seq ? 0
                      : Q_I64(db, 0,
                              "INSERT INTO merger(kept, absorbed, made_ms, actor, reason, seq) "
                              "VALUES($1, $2, $3, $4, $5, $6) RETURNING id",
                              db_i(to), db_i(from), db_i(c->now_ms), db_s(act->actor),
                              db_s(act->reason), db_i(seq));
    bool ok =
        id && EXEC(db, "UPDATE subject SET merged_into = $2 WHERE id = $1", db_i(from), db_i(to)) &&
        journal_add(db, act, S("subject.merge"), object_of(c->arena, to), pair(c->arena, to, from));
    return ok ? id : 0;
}

bool subject_unmerge(Db *db, int64_t merger, const Act *act) {
    Ctx *c = db_ctx(db);
    if (!subject_lock(db)) return false;
    int64_t kept = 0, absorbed = 0;
    Rows *r = Q(db, "SELECT kept, absorbed FROM merger WHERE id = $1 AND undone_ms IS NULL",
                db_i(merger));
    if (row_next(r)) {
        kept = row_i64(r, 0);
        absorbed = row_i64(r, 1);
    }
    rows_close(r);
    if (!kept)
        return FAIL(c, ERR_STATE, M_CITY_NO_MERGER,
                    str_printf(c->arena, "%lld", (long long)merger));
    int64_t seq = counter_take(db, S("seq"), 1);
    return seq &&
           EXEC(db,
                "UPDATE merger SET undone_ms = $2, undone_by = $3, undone_reason = $4, "
                "undone_seq = $5 WHERE id = $1",
                db_i(merger), db_i(c->now_ms), db_s(act->actor), db_s(act->reason), db_i(seq)) &&
           EXEC(db, "UPDATE subject SET merged_into = NULL WHERE id = $1", db_i(absorbed)) &&
           journal_add(db, act, S("subject.unmerge"), object_of(c->arena, kept),
                       pair(c->arena, kept, absorbed));
}

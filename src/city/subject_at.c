/* Subjects as a reader at an older seq sees them: mergers made later do not hold, mergers undone
 * later still do. Mostly nothing was merged since, and the rows of today serve. See subject.h. */
#include "city/subject.h"
#include "city/subject_row.h"

bool subject_mergers_at(Db *db, int64_t seq, SubjectMergers *out) {
    Ctx *c = db_ctx(db);
    int64_t most = Q_I64(db, 0, "SELECT count(*) FROM merger WHERE seq <= $1", db_i(seq));
    *out = (SubjectMergers){.kept = NEW_N(c->arena, int64_t, most + 1),
                            .absorbed = NEW_N(c->arena, int64_t, most + 1)};
    Rows *r = Q(db,
                "SELECT kept, absorbed FROM merger WHERE seq <= $1 "
                "AND (undone_ms IS NULL OR COALESCE(undone_seq, 0) > $1) ORDER BY id",
                db_i(seq));
    while (out->n < most && row_next(r)) {
        out->kept[out->n] = row_i64(r, 0);
        out->absorbed[out->n++] = row_i64(r, 1);
    }
    rows_close(r);
    return ctx_ok(c);
}

int64_t subject_climb(const SubjectMergers *m, int64_t id) {
    for (int hops = 0; hops <= m->n; hops++) {
        int64_t up = 0;
        for (int i = 0; i < m->n && !up; i++)
            if (m->absorbed[i] == id) up = m->kept[i];
        if (!up) return id;
        id = up;
    }
    return id;
}

bool subject_members_at(Db *db, int64_t id, int64_t seq, int64_t *root, int64_t **ids, int *n) {
    Ctx *c = db_ctx(db);
    SubjectMergers m;
    int cap = 0;
    if (Q_I64(db, 0, "SELECT count(*) FROM merger WHERE seq > $1 OR undone_seq > $1", db_i(seq)) ==
        0) {
        *root = subject_root(db, id);
        if (!*root) *root = id; /* no such subject: a group of its own */
        return ctx_ok(c) && subject_members(db, *root, ids, n);
    }
    if (!subject_mergers_at(db, seq, &m)) return false;
    *root = subject_climb(&m, id);
    *ids = NULL;
    *n = 0;
    GROW(c->arena, *ids, *n, cap);
    (*ids)[(*n)++] = *root;
    for (int i = 0; i < *n && *n <= m.n + 1; i++)
        for (int k = 0; k < m.n; k++) {
            if (m.kept[k] != (*ids)[i]) continue;
            GROW(c->arena, *ids, *n, cap);
            (*ids)[(*n)++] = m.absorbed[k];
        }
    return true;
}

int64_t subject_holder(Db *db, Str scheme, Str value) {
    int64_t id = 0;
    Str key = subject_key(db_ctx(db)->arena, value);
    if (str_eq(scheme, S("id"))) return str_to_i64(key, &id) ? id : 0;
    return Q_I64(db, 0, "SELECT min(subject) FROM identifier WHERE scheme = $1 AND key = $2",
                 db_s(scheme), db_s(key));
}

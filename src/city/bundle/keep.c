/* Keeping a run. See keep.h. Packets are made while the evaluation reads, on another connection, so
 * the run sees one state of the register whatever is written meanwhile. */
#include "city/bundle/keep.h"

enum { PART = 500 };

typedef struct Keeper {
    Ctx c;
    Db *db;
    Act act;
    Arena *arena; /* of c; rewound after each decision */
    int64_t kept;
    int in_part; /* decisions of the open transaction */
} Keeper;

static bool end_part(Keeper *k) {
    if (!k->in_part) return true;
    if (!tx_commit(k->db)) return false;
    k->kept += k->in_part;
    k->in_part = 0;
    return true;
}

static bool keep_row(void *user, const Subject *subject, const FactSet *facts, const Decision *d) {
    Keeper *k = user;
    if (d->outcome == OUTCOME_NOT_APPLICABLE) return true;
    if (!k->in_part && !tx_begin(k->db, DB_WRITE)) return false;
    ArenaMark m = arena_mark(k->arena);
    if (!decision_keep(k->db, subject->id, d, facts, &k->act)) return false;
    arena_rewind(k->arena, m);
    return ++k->in_part < PART || end_part(k);
}

bool register_evaluate_keep(Ctx *c, const Register *r, EvaluateOptions o, const Act *act,
                            EvaluateReport *out, int64_t *kept) {
    Keeper k = {.act = *act, .arena = arena_open(0)};
    k.c = ctx_new(k.arena, c->now_ms);
    k.db = db_borrow(&k.c, r->store);
    o.row = keep_row;
    o.user = &k;
    o.whole = true;
    bool ok = k.db && register_evaluate(c, r, &o, out) && ctx_ok(&k.c) && end_part(&k);
    if (k.in_part && k.db) tx_rollback(k.db);
    int64_t sealed = 1;
    while (ok && sealed) ok = journal_seal(k.db, 0, &sealed);
    *kept = k.kept;
    if (k.db) db_return(k.db);
    ctx_adopt(c, &k.c);
    arena_close(k.arena);
    return ok && ctx_ok(c);
}

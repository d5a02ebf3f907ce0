/* Sources and indicator ids. See source.h. */
#include "city/source.h"

#include "store/counter.h"

int source_id(Db *db, Str code, Str title, Str note, bool create) {
    Ctx *c = db_ctx(db);
    int64_t id = Q_I64(db, 0, "SELECT id FROM source WHERE code = $1", db_s(code));
    if (id || !ctx_ok(c)) return (int)id;
    if (!create) {
        FAIL(c, ERR_MISSING, M_CITY_NO_SOURCE, code);
        return 0;
    }
    id = counter_take(db, S("source"), 1); /* from here on the counter's row is ours */
    if (!id) return 0;
    int64_t there = Q_I64(db, 0, "SELECT id FROM source WHERE code = $1", db_s(code));
    if (there || !ctx_ok(c)) {
        EXEC(db, "UPDATE counter SET next = next - 1 WHERE name = 'source'");
        return (int)there;
    }
    bool ok = EXEC(db, "INSERT INTO source(id, code, title, note) VALUES($1, $2, $3, $4)", db_i(id),
                   db_s(code), db_s(title), db_s(note));
    return ok ? (int)id : 0;
}

bool source_list(Db *db, Source **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT id, code, title, note FROM source ORDER BY id");
    while (row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        Str code = str_dup(c->arena, row_str(r, 1));
        ptrdiff_t slash = str_find(code, S("/"));
        (*out)[(*n)++] = (Source){.id = (int)row_i64(r, 0),
                                  .code = code,
                                  .grade = slash < 0 ? code : str_sub(code, 0, slash),
                                  .title = str_dup(c->arena, row_str(r, 2)),
                                  .note = str_dup(c->arena, row_str(r, 3))};
    }
    rows_close(r);
    return ctx_ok(c);
}

int indicator_id(Db *db, Str code, bool create) {
    Ctx *c = db_ctx(db);
    int64_t id = Q_I64(db, 0, "SELECT id FROM indicator WHERE code = $1", db_s(code));
    if (id || !create || !ctx_ok(c)) return (int)id;
    id = counter_take(db, S("indicator"), 1);
    if (!id) return 0;
    int64_t there = Q_I64(db, 0, "SELECT id FROM indicator WHERE code = $1", db_s(code));
    if (there || !ctx_ok(c)) {
        EXEC(db, "UPDATE counter SET next = next - 1 WHERE name = 'indicator'");
        return (int)there;
    }
    bool ok = EXEC(db, "INSERT INTO indicator(id, code) VALUES($1, $2)", db_i(id), db_s(code));
    return ok ? (int)id : 0;
}

bool indicator_list(Db *db, Str **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT code FROM indicator ORDER BY id");
    while (row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = str_dup(c->arena, row_str(r, 0));
    }
    rows_close(r);
    return ctx_ok(c);
}

/* Sources and indicator ids. See source.h. */
#include "city/source.h"

#include "store/counter.h"

const SourceClass SOURCE_CLASSES[] = {
    {STR_INIT("audit_report"), STR_INIT("赋码审计报告"), STR_INIT("Coded audit report"), true,
     false, false},
    {STR_INIT("authorised_proof"), STR_INIT("企业授权证明"),
     STR_INIT("Proof authorised by the firm"), true, false, false},
    {STR_INIT("department"), STR_INIT("部门答复"), STR_INIT("Answer of a department"), true, false,
     false},
    {STR_INIT("statistics"), STR_INIT("统计部门"), STR_INIT("Statistics department"), false, false,
     true},
    {STR_INIT("annual_report"), STR_INIT("公开年报"), STR_INIT("Published annual report"), true,
     false, false},
    {STR_INIT("list"), STR_INIT("公布名单"), STR_INIT("Published list"), true, false, false},
    {STR_INIT("self_report"), STR_INIT("企业自报"), STR_INIT("Self-report"), true, false, false},
    {STR_INIT("expert"), STR_INIT("专家意见"), STR_INIT("Expert opinion"), true, false, false},
    {STR_INIT("official"), STR_INIT("人工确认"), STR_INIT("Confirmed by an official"), true, false,
     false},
    {STR_INIT("demo"), STR_INIT("演示数据"), STR_INIT("Demonstration data"), true, true, false},
    {STR_INIT("suspect"), STR_INIT("存疑数据"), STR_INIT("Suspect data"), false, false, false},
};
const int SOURCE_CLASS_COUNT = sizeof SOURCE_CLASSES / sizeof *SOURCE_CLASSES;

const SourceClass *source_class(Str code) {
    ptrdiff_t slash = str_find(code, S("/"));
    Str grade = slash < 0 ? code : str_sub(code, 0, slash);
    for (int i = 0; i < SOURCE_CLASS_COUNT; i++)
        if (str_eq(SOURCE_CLASSES[i].id, grade)) return &SOURCE_CLASSES[i];
    return NULL;
}

bool source_is_taken(Ctx *c, Str code) {
    const SourceClass *k = source_class(code);
    return !k || !k->refused ||
           FAIL(c, ERR_RULE, M_SOURCE_REFUSED, c->lang == LANG_EN ? k->en : k->zh);
}

int source_id(Db *db, Str code, Str title, Str note, bool create) {
    Ctx *c = db_ctx(db);
    if (create && !source_is_taken(c, code)) return 0;
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

/* Files made for drafts: the refused rows, and the empty sheet to fill in. See draft.h. */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/secret.h"
#include "codec/numtext.h"
#include "job/draft.h"
#include "job/export.h"

/* A path of our own in the folder for temporary files. */
static Str temporary(Arena *a, bool xlsx) {
    const char *folder = getenv("TMPDIR");
    Str name = str_printf(a, "jixia-%.*s.%s", STRF(secret_token(a, 18)), xlsx ? "xlsx" : "csv");
    return path_join(a, folder && *folder ? str_from(folder) : S("/tmp"), name);
}

static bool take_file(Ctx *c, Str path, bool written, Str *bytes) {
    bool ok = written && file_read(c, path, (size_t)256 << 20, bytes);
    unlink(str_z(c->arena, path));
    return ok;
}

Grade draft_grade(const PackSet *pack, const Draft *d) {
    const Json *list = json_get(d->report, S("columns"));
    Grade most = GRADE_INTERNAL;
    for (const Json *e = list ? list->first : NULL; e; e = e->next) {
        const Indicator *i = pack_indicator(pack, json_get_str(e, S("field")));
        if (i && i->grade > most) most = i->grade;
    }
    return most;
}

bool draft_refused(Db *db, const PackSet *pack, const Draft *d, bool xlsx, Str mark, Str *bytes) {
    Ctx *c = db_ctx(db);
    static const int64_t none[1];
    DraftQuery q = {.rows = none};
    DraftLines lines;
    Str path = temporary(c->arena, xlsx);
    if (!draft_lines(db, pack, d, &q, &lines)) return false;
    return take_file(c, path, import_write_refused(c, &lines.report, mark, path), bytes);
}

/* --- the template ----------------------------------------------------------------------------- */

/* The head of a field with the unit people fill in. */
static Str head_of(Arena *a, const Indicator *ind) {
    NumScale scale;
    if (ind->type != IND_NUMBER && ind->type != IND_INTEGER) return ind->zh;
    if (str_eq(ind->unit, S("比率"))) return str_cat(a, ind->zh, S("（%）"));
    if (!num_unit(ind->unit, &scale)) return ind->zh;
    Str unit = scale.unit == NUM_UNIT_YUAN ? S("万元") : ind->unit;
    return str_printf(a, "%.*s（%.*s）", STRF(ind->zh), STRF(unit));
}

enum { FIXED_HEADS = 3 };
static const Str FIXED[FIXED_HEADS] = {STR_INIT("企业名称"), STR_INIT("统一社会信用代码"),
                                       STR_INIT("年度")};

/* Fields of the dictionary under heads that differ from each other and from the fixed ones. */
static bool choose(Ctx *c, const PackSet *pack, Str fields, const Indicator **list, int *n) {
    Map seen = map_new(c->arena);
    *n = 0;
    for (int i = 0; i < FIXED_HEADS; i++) map_put(&seen, FIXED[i], NULL);
    for (int i = 0; i < pack->nindicators && !fields.n; i++) {
        Indicator *ind = pack->indicators[i];
        if (ind->by == BY_BASIS || map_has(&seen, ind->zh)) continue;
        map_put(&seen, ind->zh, ind);
        list[(*n)++] = ind;
    }
    for (Str rest = fields; fields.n && rest.p;) {
        Str code = str_trim(str_cut(&rest, ','));
        const Indicator *ind = pack_indicator(pack, code);
        if (!ind || ind->by == BY_BASIS) return FAIL(c, ERR_RULE, M_IMPORT_FIELD, code);
        if (map_has(&seen, ind->zh)) continue;
        map_put(&seen, ind->zh, pack->indicators[ind->id]);
        list[(*n)++] = ind;
    }
    return true;
}

static Str remark_of(Arena *a, const Indicator *ind) {
    Buf b = buf_new(a, 0);
    buf_put(&b, ind->definition);
    for (int i = 0; i < ind->nvalues; i++) {
        buf_put(&b, i ? S("、") : S("；可填："));
        buf_put(&b, ind->values[i]);
    }
    if (ind->type == IND_BOOLEAN) buf_lit(&b, "；填是或否");
    if (ind->type == IND_DATE) buf_lit(&b, "；日期写成 2021-06-30");
    if (ind->type == IND_LIST) buf_lit(&b, "；填日期，多个之间用顿号，没有填无");
    return buf_str(&b);
}

bool draft_template(Ctx *c, const PackSet *pack, Str fields, bool xlsx, Str *bytes) {
    const Indicator **list = NEW_N(c->arena, const Indicator *, pack->nindicators);
    int n = 0, heads = 2;
    bool yearly = false;
    if (!choose(c, pack, fields, list, &n)) return false;
    Str *head = NEW_N(c->arena, Str, n + 3);
    head[0] = FIXED[0];
    head[1] = FIXED[1];
    for (int i = 0; i < n; i++) yearly |= list[i]->period == PERIOD_YEARLY;
    if (yearly) head[heads++] = FIXED[2];
    int first = heads;
    for (int i = 0; i < n; i++) head[heads++] = head_of(c->arena, list[i]);
    Str path = temporary(c->arena, xlsx);
    Export *e = export_open(c, path, S("导入"), head, heads);
    if (!e) return false;
    export_remark(e, S("说明"),
                  S("每行一家企业（年度指标每行一年）；不知道的留空；代码列设为文本"));
    for (int i = 0; i < n; i++) export_remark(e, head[first + i], remark_of(c->arena, list[i]));
    return take_file(c, path, export_close(e, true), bytes);
}

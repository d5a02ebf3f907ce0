/* What an import answers: JSON, and the file of refused rows. See import.h. */
#include "base/file.h"
#include "codec/csv.h"
#include "job/export.h"
#include "job/import.h"
#include "job/xlsx_write.h"

static void problem_json(JsonWriter *w, const ImportProblem *p, Lang lang) {
    Arena *a = w->buf->arena;
    jw_object(w);
    jw_key(w, S("row"));
    jw_int(w, p->row);
    jw_key(w, S("column"));
    jw_str(w, p->column);
    jw_key(w, S("code"));
    jw_str(w, msg_code(p->note.msg));
    jw_key(w, S("text"));
    jw_str(w, note_text(a, &p->note, lang));
    jw_key(w, S("hint"));
    jw_str(w, note_hint(a, &p->note, lang));
    jw_key(w, S("value"));
    jw_str(w, p->value);
    jw_object_end(w);
}

static void problems_json(JsonWriter *w, Str key, const ImportReport *r, int severity, Lang lang) {
    jw_key(w, key);
    jw_array(w);
    for (int i = 0; i < r->problem_count; i++)
        if (r->problems[i].note.severity == severity) problem_json(w, &r->problems[i], lang);
    jw_array_end(w);
}

void import_json(JsonWriter *w, const ImportReport *r, Lang lang) {
    const struct {
        Str key;
        int64_t value;
    } numbers[] = {{S("rows"), r->rows},
                   {S("accepted"), r->accepted},
                   {S("refused"), r->refused},
                   {S("warnings"), r->warnings},
                   {S("skipped"), r->skipped},
                   {S("facts"), r->facts},
                   {S("new_subjects"), r->new_subjects},
                   {S("batch"), r->batch},
                   {S("seq"), r->seq},
                   {S("head_row"), r->head_row},
                   {S("read_ms"), r->read_ms},
                   {S("store_ms"), r->store_ms}};
    jw_object(w);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        jw_key(w, numbers[i].key);
        jw_int(w, numbers[i].value);
    }
    jw_key(w, S("source"));
    jw_str(w, r->source);
    jw_key(w, S("sha256"));
    jw_str(w, r->sha256);
    jw_key(w, S("sheet"));
    jw_str(w, r->sheet);
    problems_json(w, S("errors"), r, 0, lang);
    problems_json(w, S("warning_list"), r, 1, lang);
    jw_key(w, S("warning_list_cut"));
    jw_bool(w, r->warnings_cut);
    jw_object_end(w);
}

/* All reasons of a refused row in one text. */
static Str reasons(Arena *a, const ImportReport *r, const RefusedRow *x, Lang lang) {
    Buf b = buf_new(a, 0);
    for (int i = x->problem; i < x->problem + x->problems; i++) {
        const ImportProblem *p = &r->problems[i];
        if (p->note.severity != 0) continue;
        if (b.n) buf_lit(&b, "；");
        if (p->column.n) {
            buf_put(&b, p->column);
            buf_lit(&b, "：");
        }
        buf_put(&b, note_text(a, &p->note, lang));
        Str hint = note_hint(a, &p->note, lang);
        if (!hint.n) continue;
        buf_lit(&b, "（");
        buf_put(&b, hint);
        buf_lit(&b, "）");
    }
    return buf_str(&b);
}

static Str row_head(Lang lang) {
    return lang == LANG_EN ? S("row") : S("原行号");
}

static Str reason_head(Lang lang) {
    return lang == LANG_EN ? S("reason") : S("原因");
}

static bool refused_csv(Ctx *c, const ImportReport *r, Str mark, Str path) {
    Buf b = buf_new(c->arena, 0);
    csv_begin(&b);
    csv_text(&b, row_head(c->lang), true);
    for (int i = 0; i < r->head_count; i++) csv_text(&b, r->heads[i], false);
    csv_text(&b, reason_head(c->lang), false);
    csv_end_row(&b);
    for (int64_t k = 0; k < r->refused; k++) {
        const RefusedRow *x = &r->refused_rows[k];
        csv_number(&b, str_printf(c->arena, "%lld", (long long)x->row), true);
        for (int i = 0; i < r->head_count; i++) csv_text(&b, i < x->n ? x->cells[i] : S(""), false);
        csv_text(&b, reasons(c->arena, r, x, c->lang), false);
        csv_end_row(&b);
    }
    if (mark.n) {
        csv_text(&b, str_cat(c->arena, S(EXPORT_MARK_ZH), mark), true);
        csv_end_row(&b);
    }
    if (b.over) return FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
    return file_write(c, path, buf_str(&b));
}

static bool refused_xlsx(Ctx *c, const ImportReport *r, Str mark, Str path) {
    XlsxWriter *w = xlsx_create(c, path, S("拒收的行"));
    if (!w) return false;
    Str *heads = NEW_N(c->arena, Str, r->head_count + 2);
    heads[0] = row_head(c->lang);
    for (int i = 0; i < r->head_count; i++) heads[i + 1] = r->heads[i];
    heads[r->head_count + 1] = reason_head(c->lang);
    xlsx_heads(w, heads, r->head_count + 2);
    for (int64_t k = 0; k < r->refused; k++) {
        const RefusedRow *x = &r->refused_rows[k];
        xlsx_decimal(w, str_printf(c->arena, "%lld", (long long)x->row));
        for (int i = 0; i < r->head_count; i++) xlsx_text(w, i < x->n ? x->cells[i] : S(""));
        xlsx_text(w, reasons(c->arena, r, x, c->lang));
        xlsx_end_row(w);
    }
    xlsx_remark(w, S("说明"), S("以下各行未入库；改正后可整表重新导入，首列和末列不会被读取"));
    if (mark.n) {
        xlsx_remark(w, S("水印"), mark);
        xlsx_page_marks(w, mark);
    }
    return xlsx_finish(w);
}

Grade import_grade(const PackSet *pack, const ImportReport *r) {
    Grade most = GRADE_INTERNAL;
    for (int i = 0; i < r->head_count; i++) {
        const Indicator *k = pack_indicator(pack, r->columns[i].field);
        if (k && k->grade > most) most = k->grade;
    }
    return most;
}

bool import_write_refused(Ctx *c, const ImportReport *r, Str mark, Str path) {
    return str_ends(path, S(".xlsx")) ? refused_xlsx(c, r, mark, path)
                                      : refused_csv(c, r, mark, path);
}

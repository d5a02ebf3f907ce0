/* Tables to files. See export.h. */
#include "job/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "codec/csv.h"
#include "job/xlsx_write.h"

enum { FLUSH_BYTES = 1 << 20, SHEET_ROWS = 1048576 };
enum { CHINA_MS = 8 * 3600 * 1000, MINUTE_MS = 60000, DAY_MINUTES = 24 * 60 };

Str export_mark(Ctx *c, Str who, Grade grade) {
    Arena *a = c->arena;
    int64_t minutes = (c->now_ms + CHINA_MS) / MINUTE_MS;
    Str when = str_printf(a, "%.*s %02d:%02d", STRF(date_text(a, minutes / DAY_MINUTES)),
                          (int)(minutes / 60 % 24), (int)(minutes % 60));
    Str args[] = {who, when, grade_text(grade)};
    return msg_text(a, M_EXPORT_WATERMARK_TEXT, c->lang, 3, args);
}

struct Export {
    Ctx *c;
    Str path, temporary;
    XlsxWriter *xlsx; /* or NULL: CSV */
    FILE *file;
    Arena *arena;
    Buf line; /* CSV not written yet */
    bool first;
    int64_t rows;
};

static bool failed(Export *e) {
    return FAIL(e->c, ERR_STORE, M_IO_WRITE, e->path,
                str_dup(e->c->arena, str_from(strerror(errno))));
}

static bool open_csv(Export *e) {
    e->temporary = str_cat(e->c->arena, e->path, S(".part"));
    e->file = fopen(str_z(e->c->arena, e->temporary), "wb");
    if (!e->file) return failed(e);
    e->line = buf_new(e->arena, (size_t)64 << 20);
    csv_begin(&e->line);
    return true;
}

static bool flush(Export *e) {
    bool ok = fwrite(e->line.p, 1, e->line.n, e->file) == e->line.n;
    if (e->line.over) return FAIL(e->c, ERR_LIMIT, M_LIMIT_MEMORY);
    e->line.n = 0;
    return ok || failed(e);
}

Export *export_open(Ctx *c, Str path, Str sheet, const Str *heads, int n) {
    Export *e = NEW(c->arena, Export);
    *e = (Export){.c = c, .path = path, .first = true, .arena = arena_child(c->arena, 0)};
    if (str_ends(path, S(".xlsx"))) {
        e->xlsx = xlsx_create(c, path, sheet);
        if (e->xlsx) xlsx_heads(e->xlsx, heads, n);
        e->rows = 1;
    } else if (open_csv(e)) {
        for (int i = 0; i < n; i++) export_text(e, heads[i]);
        export_end_row(e);
    }
    if (e->xlsx || e->file) return e;
    arena_close(e->arena);
    return NULL;
}

void export_text(Export *e, Str s) {
    if (e->xlsx)
        xlsx_text(e->xlsx, s);
    else
        csv_text(&e->line, s, e->first);
    e->first = false;
}

void export_number(Export *e, Str canonical) {
    if (e->xlsx)
        xlsx_decimal(e->xlsx, canonical);
    else
        csv_number(&e->line, canonical, e->first);
    e->first = false;
}

void export_date(Export *e, Str iso) {
    if (e->xlsx)
        xlsx_date(e->xlsx, iso);
    else
        csv_text(&e->line, iso, e->first);
    e->first = false;
}

bool export_end_row(Export *e) {
    e->first = true;
    e->rows++;
    if (!ctx_ok(e->c)) return false;
    if (!e->xlsx) {
        csv_end_row(&e->line);
        return e->line.n < FLUSH_BYTES || flush(e);
    }
    if (e->rows > SHEET_ROWS)
        return FAIL(e->c, ERR_LIMIT, M_EXPORT_ROWS, str_printf(e->c->arena, "%d", SHEET_ROWS));
    xlsx_end_row(e->xlsx);
    return true;
}

void export_remark(Export *e, Str label, Str text) {
    if (e->xlsx) xlsx_remark(e->xlsx, label, text);
}

void export_watermark(Export *e, Str label, Str text) {
    if (e->xlsx) {
        xlsx_remark(e->xlsx, label, text);
        xlsx_page_marks(e->xlsx, text);
    } else {
        export_text(e, str_printf(e->c->arena, "【%.*s】%.*s", STRF(label), STRF(text)));
        csv_end_row(&e->line);
    }
}

static bool close_csv(Export *e, bool keep) {
    const char *temporary = str_z(e->c->arena, e->temporary);
    bool ok = !keep || (flush(e) && (fflush(e->file) == 0 || failed(e)) &&
                        (fsync(fileno(e->file)) == 0 || failed(e)));
    fclose(e->file);
    if (ok && keep)
        ok = rename(temporary, str_z(e->c->arena, e->path)) == 0 || failed(e);
    else
        unlink(temporary);
    return ok;
}

bool export_close(Export *e, bool keep) {
    keep = keep && ctx_ok(e->c);
    bool ok = true;
    if (e->file)
        ok = close_csv(e, keep);
    else if (keep)
        ok = xlsx_finish(e->xlsx);
    else
        xlsx_drop(e->xlsx);
    arena_close(e->arena);
    return ok && ctx_ok(e->c);
}

/* Tables as files. See table_out.h. The writer of workbooks needs a file: it stands in the folder
 * for temporary files while it is written and is gone before the answer leaves, also when memory
 * ran out in between (Request.temporary). */
#include "http/table_out.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/secret.h"
#include "http/json_out.h"

enum { FILE_MAX = 256 << 20 };

bool table_form(Request *r, TableForm *out) {
    Str format = http_query(r, S("format"));
    *out = TABLE_JSON;
    if (format.n == 0) {
        if (http_accepts(r, S("text/csv"))) *out = TABLE_CSV;
        if (http_accepts(r, S("spreadsheetml"))) *out = TABLE_XLSX;
        return true;
    }
    if (str_eq(format, S("csv"))) *out = TABLE_CSV;
    if (str_eq(format, S("xlsx"))) *out = TABLE_XLSX;
    return *out != TABLE_JSON || str_eq(format, S("json")) ||
           HTTP_INVALID(r, S("?format"), M_HTTP_QUERY, S("format"), format);
}

/* Exports are a right of their own. */
static bool may_export(Request *r) {
    const Right *right = right_find(S("enterprise:export"));
    if (right && r->user && rights_scope(right, r->user->roles) != SCOPE_NONE) return true;
    return FAIL(r->c, ERR_DENIED, M_HTTP_DENIED, S("enterprise:export"));
}

Export *table_begin(Request *r, TableForm form, Str sheet, const Str *heads, int n) {
    Arena *a = r->c->arena;
    const char *folder = getenv("TMPDIR");
    if (!may_export(r)) return NULL;
    r->temporary = str_printf(a, "%s/jixia-%.*s.%s", folder && *folder ? folder : "/tmp",
                              STRF(secret_token(a, 12)), form == TABLE_XLSX ? "xlsx" : "csv");
    return export_open(r->c, r->temporary, sheet, heads, n);
}

static Str word(const Request *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

void table_remarks(Request *r, Export *e, Str count) {
    Arena *a = r->c->arena;
    export_remark(e, word(r, M_EXPORT_AS_OF), date_text(a, r->as_of));
    export_remark(e, word(r, M_EXPORT_AS_KNOWN), instant_text(a, r->at.as_known));
    if (count.n) export_remark(e, word(r, M_EXPORT_COUNT), count);
    for (int i = 0; i < r->nquery; i++)
        export_remark(
            e, word(r, M_EXPORT_FILTER),
            str_printf(a, "%.*s = %.*s", STRF(r->query[i].name), STRF(r->query[i].value)));
    export_remark(e, word(r, M_EXPORT_BY), r->user ? r->user->name : S(""));
    export_remark(e, word(r, M_EXPORT_AT), instant_text(a, r->c->now_ms));
    export_remark(e, S(""), word(r, M_EXPORT_UNITS));
}

void table_reply(Request *r, Response *out, Str bytes, Str name, bool xlsx) {
    Arena *a = r->c->arena;
    out->status = 200;
    out->body = bytes;
    out->type = xlsx ? S(XLSX_TYPE) : S("text/csv; charset=utf-8");
    /* the header takes no other letters (RFC 8187) */
    out->filename = str_cat(a, url_part(a, name), xlsx ? S(".xlsx") : S(".csv"));
}

void table_grade(Request *r, Grade grade) {
    if ((int)grade > r->grade) r->grade = (int)grade;
}

Str table_mark(Request *r) {
    Grade grade = r->grade > GRADE_INTERNAL ? (Grade)r->grade : GRADE_INTERNAL;
    r->marked = true;
    return export_mark(r->c, r->user ? r->user->name : S(""), grade);
}

void table_unmarked(Request *r) {
    r->marked = true;
}

bool table_end(Request *r, Export *e, bool keep, Str name, Response *out) {
    Arena *a = r->c->arena;
    if (keep) export_watermark(e, word(r, M_EXPORT_WATERMARK), table_mark(r));
    Str bytes;
    bool xlsx = str_ends(r->temporary, S(".xlsx"));
    bool ok = export_close(e, keep) && keep && file_read(r->c, r->temporary, FILE_MAX, &bytes);
    unlink(str_z(a, r->temporary));
    r->temporary = S("");
    if (!ok) return false;
    name = str_printf(a, "%.*s-%.*s", STRF(name), STRF(date_text(a, r->as_of)));
    table_reply(r, out, bytes, name, xlsx);
    return true;
}

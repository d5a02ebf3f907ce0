/* Imports, their columns and their rows as the contract writes them. */
#include "http/api_import.h"
#include "http/json_out.h"

static Str id_text(Arena *a, int64_t id) {
    return str_printf(a, "%lld", (long long)id);
}

static void out_year(Arena *a, Json *o, Str key, int64_t year) {
    out_opt(a, o, key, year ? id_text(a, year) : S(""));
}

Str import_etag(const Request *r, const Draft *d) {
    return str_printf(r->c->arena, "import-%lld-%lld", (long long)d->id, (long long)d->version);
}

static void file_answer(Arena *a, Json *o, const Draft *d) {
    Json *f = out_object(a, o, S("file"));
    Str kind = json_get_str(d->report, S("kind"));
    out_str(a, f, S("name"), d->name);
    out_int(a, f, S("size"), d->size);
    out_str(a, f, S("sha256"), d->sha256);
    out_str(a, f, S("kind"), kind);
    out_opt(a, f, S("encoding"), json_get_str(d->report, S("encoding")));
    out_opt(a, f, S("sheet"), json_get_str(d->report, S("sheet")));
    Json *list = out_list(a, f, S("sheets"));
    const Json *sheets = json_get(d->report, S("sheets"));
    for (const Json *e = sheets ? sheets->first : NULL; e; e = e->next)
        json_push(list, json_string(a, json_str(e, S(""))));
    out_opt(a, f, S("said"), draft_said(d->name, kind));
}

static void columns_answer(Arena *a, Json *o, const Draft *d) {
    Json *list = out_list(a, o, S("columns"));
    const Json *columns = json_get(d->report, S("columns"));
    int k = 0;
    for (const Json *e = columns ? columns->first : NULL; e; e = e->next) {
        Json *col = out_item(a, list);
        out_int(a, col, S("index"), k++);
        out_str(a, col, S("head"), json_get_str(e, S("head")));
        out_opt(a, col, S("field"), json_get_str(e, S("field")));
        out_opt(a, col, S("unit"), json_get_str(e, S("unit")));
        out_bool(a, col, S("unit_sure"), json_get_bool(e, S("unit_sure"), true));
        out_year(a, col, S("period"), json_get_i64(e, S("year"), 0));
        out_str(a, col, S("by"), json_get_str(e, S("by")));
        Json *samples = out_list(a, col, S("samples"));
        const Json *given = json_get(e, S("samples"));
        for (const Json *s = given ? given->first : NULL; s; s = s->next)
            json_push(samples, json_string(a, json_str(s, S(""))));
    }
}

static Msg message_of(Str code) {
    for (int m = MSG_NONE + 1; m < MSG_COUNT; m++)
        if (str_eq(msg_code((Msg)m), code)) return (Msg)m;
    return M_BUG;
}

/* Why columns need a person, as a Problem; null when they do not. */
static void problem_answer(Request *r, Json *o, const Draft *d) {
    Arena *a = r->c->arena;
    const Json *p = json_get(d->report, S("problem"));
    if (!p || d->state != DRAFT_MAPPING) {
        out_null(a, o, S("problem"));
        return;
    }
    Note n = {.msg = message_of(json_get_str(p, S("code")))};
    const Json *args = json_get(p, S("args"));
    for (const Json *e = args ? args->first : NULL; e && n.nargs < MSG_ARGS_MAX; e = e->next)
        n.args[n.nargs++] = json_str(e, S(""));
    Json *j = out_object(a, o, S("problem"));
    Str text = note_text(a, &n, r->c->lang);
    out_str(a, j, S("type"), S("/problems/mapping"));
    out_str(a, j, S("title"), text);
    out_int(a, j, S("status"), 422);
    out_str(a, j, S("detail"), text);
    out_str(a, j, S("hint"), msg_text(a, M_DRAFT_MAP, r->c->lang, 0, NULL));
}

static void same_answer(Request *r, Json *o, const Draft *d) {
    Arena *a = r->c->arena;
    DraftState state;
    int64_t created_ms = 0, id = draft_same(r->db, d, &state, &created_ms);
    if (!id) {
        out_null(a, o, S("same_as"));
        return;
    }
    Json *same = out_object(a, o, S("same_as"));
    out_str(a, same, S("id"), id_text(a, id));
    out_str(a, same, S("state"), draft_state_text(state));
    out_instant(a, same, S("created_at"), created_ms);
}

static void counts_answer(Arena *a, Json *o, const Draft *d) {
    out_int(a, o, S("rows"), d->rows);
    out_int(a, o, S("accepted"), d->accepted);
    out_int(a, o, S("refused"), d->refused);
    out_int(a, o, S("warnings"), d->warnings);
}

static void history_answer(Arena *a, Json *o, const Draft *d) {
    out_instant(a, o, S("created_at"), d->created_ms);
    out_str(a, o, S("created_by"), d->owner);
    out_instant(a, o, S("committed_at"), d->committed_ms);
    out_opt(a, o, S("committed_by"), d->committed_by);
    json_set(o, S("seq"), d->seq ? json_int(a, d->seq) : json_new(a, JSON_NULL));
    out_instant(a, o, S("reversed_at"), d->reversed_ms);
    out_opt(a, o, S("reason"), d->reason);
}

Json *import_answer(Request *r, const Draft *d) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    const Json *report = d->report;
    int64_t first = json_get_i64(report, S("first_head_row"), 0);
    int64_t last = json_get_i64(report, S("head_row"), 0);
    out_str(a, o, S("id"), id_text(a, d->id));
    out_str(a, o, S("state"), draft_state_text(d->state));
    file_answer(a, o, d);
    out_opt(a, o, S("layout"), d->mapping.layout);
    out_opt(a, o, S("source"), d->source);
    out_year(a, o, S("period"), json_get_i64(report, S("year"), 0));
    out_instant(a, o, S("known_at"), d->mapping.known_ms);
    out_opt(a, o, S("unit"), json_get_str(report, S("unit")));
    Json *heads = out_list(a, o, S("head_rows"));
    if (first && first < last) json_push(heads, json_int(a, first));
    if (last) json_push(heads, json_int(a, last));
    columns_answer(a, o, d);
    counts_answer(a, o, d);
    out_int(a, o, S("skipped"), json_get_i64(report, S("skipped"), 0));
    out_int(a, o, S("facts"), d->facts);
    out_int(a, o, S("subjects_new"), json_get_i64(report, S("new_subjects"), 0));
    out_int(a, o, S("subjects_known"), json_get_i64(report, S("known_subjects"), 0));
    same_answer(r, o, d);
    history_answer(a, o, d);
    problem_answer(r, o, d);
    out_str(a, o, S("done"), S("1"));
    return ctx_ok(r->c) ? o : NULL;
}

Json *import_row_answer(Request *r, const Draft *d) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), id_text(a, d->id));
    out_str(a, o, S("state"), draft_state_text(d->state));
    out_str(a, o, S("file"), d->name);
    out_opt(a, o, S("source"), d->source);
    out_instant(a, o, S("created_at"), d->created_ms);
    out_str(a, o, S("created_by"), d->owner);
    counts_answer(a, o, d);
    out_int(a, o, S("facts"), d->facts);
    return o;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void error_answer(Request *r, const ImportReport *report, const ImportProblem *p,
                         Json *list) {
    Arena *a = r->c->arena;
    Json *e = out_item(a, list);
    bool column = p->index >= 0 && p->index < report->head_count;
    json_set(e, S("column"), column ? json_int(a, p->index) : json_new(a, JSON_NULL));
    out_opt(a, e, S("head"), p->column);
    out_opt(a, e, S("field"), column ? report->columns[p->index].field : S(""));
    out_str(a, e, S("code"), msg_code(p->note.msg));
    out_str(a, e, S("text"), note_text(a, &p->note, r->c->lang));
    out_opt(a, e, S("hint"), note_hint(a, &p->note, r->c->lang));
    out_opt(a, e, S("value"), p->value);
}

static void edited_answer(Arena *a, const Draft *d, int64_t row, Json *list) {
    for (int i = 0; i < d->nedits && d->edits[i].row <= row; i++)
        if (d->edits[i].row == row) json_push(list, json_int(a, d->edits[i].column));
}

void import_lines_answer(Request *r, const Draft *d, const DraftLines *lines, Json *list) {
    Arena *a = r->c->arena;
    const ImportReport *report = &lines->report;
    for (int i = 0; i < lines->n; i++) {
        const DraftLine *line = &lines->items[i];
        Json *o = out_item(a, list);
        out_int(a, o, S("row"), line->row);
        out_str(a, o, S("state"), line->state);
        Json *cells = out_list(a, o, S("cells"));
        int n = line->n > report->head_count ? line->n : report->head_count;
        for (int k = 0; k < n; k++)
            json_push(cells, json_string(a, k < line->n ? line->cells[k] : S("")));
        edited_answer(a, d, line->row, out_list(a, o, S("edited")));
        for (int severity = 0; severity < 2; severity++) {
            Json *found = out_list(a, o, severity ? S("warnings") : S("errors"));
            for (int k = line->first; k < line->first + line->problems; k++)
                if (report->problems[k].note.severity == severity)
                    error_answer(r, report, &report->problems[k], found);
        }
        if (!line->name.n) {
            out_null(a, o, S("subject"));
            continue;
        }
        Json *who = out_object(a, o, S("subject"));
        out_opt(a, who, S("id"), line->subject ? id_text(a, line->subject) : S(""));
        out_str(a, who, S("name"), line->name);
    }
}

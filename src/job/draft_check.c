/* Checking a draft: its mapping and edits become the options of an import that writes nothing; what
 * it reports becomes the draft's state. See draft.h. */
#include <stdlib.h>

#include "base/hash.h"
#include "job/draft.h"

bool draft_options(Ctx *c, const PackSet *pack, const Draft *d, Str bytes, ImportOptions *out) {
    const DraftMapping *m = &d->mapping;
    Str said = S("");
    if (file_kind(bytes) == FILE_CSV) said = draft_said(d->name, S("csv"));
    if (file_kind(bytes) == FILE_XLSX) said = draft_said(d->name, S("xlsx"));
    if (file_kind(bytes) == FILE_XLS) said = draft_said(d->name, S("xls"));
    /* The content decides; the name goes without the extension that says something else. */
    Str name = said.n ? str_sub(d->name, 0, d->name.n - said.n - 1) : d->name;
    *out = (ImportOptions){.name = name,
                           .bytes = bytes,
                           .sheet = m->sheet,
                           .source = m->source,
                           .known_ms = m->known_ms,
                           .year = m->year,
                           .again = true,
                           .unit = m->unit,
                           .edits = d->edits,
                           .nedits = d->nedits,
                           .choices = m->choices,
                           .nchoices = m->nchoices,
                           .mapping = true};
    if (!m->layout.n) return true;
    out->layout = import_layout(c, pack, m->layout);
    return out->layout != NULL;
}

/* --- the report that is kept ------------------------------------------------------------------ */

static void put(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, json_string(a, value));
}

static void put_int(Arena *a, Json *o, Str key, int64_t value) {
    json_set(o, key, json_int(a, value));
}

static Str by_text(ImportBy by) {
    static const Str texts[] = {STR_INIT("none"), STR_INIT("alias"), STR_INIT("layout"),
                                STR_INIT("person")};
    return texts[by];
}

static void report_columns(Arena *a, Json *o, const ImportReport *r) {
    Json *list = json_set(o, S("columns"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < r->head_count; i++) {
        const ImportColumn *col = &r->columns[i];
        Json *e = json_push(list, json_new(a, JSON_OBJECT));
        put(a, e, S("head"), col->head);
        put(a, e, S("field"), col->field);
        put(a, e, S("unit"), col->unit);
        json_set(e, S("unit_sure"), json_bool(a, col->unit_sure));
        put_int(a, e, S("year"), col->year);
        put(a, e, S("by"), by_text(col->by));
        Json *samples = json_set(e, S("samples"), json_new(a, JSON_ARRAY));
        for (int k = 0; k < col->sample_count; k++)
            json_push(samples, json_string(a, col->samples[k]));
    }
}

static Str kind_text(const ImportReport *r) {
    if (r->kind == FILE_XLSX) return S("xlsx");
    if (r->kind == FILE_XLS) return S("xls");
    return r->separator == '\t' ? S("tsv") : S("csv");
}

static void report_failure(Arena *a, Json *o, const Err *e) {
    Json *p = json_set(o, S("problem"), json_new(a, JSON_OBJECT));
    put(a, p, S("code"), msg_code(e->note.msg));
    Json *args = json_set(p, S("args"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < e->note.nargs; i++) json_push(args, json_string(a, e->note.args[i]));
}

const Json *draft_report(Ctx *c, const ImportReport *r) {
    Arena *a = c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    put(a, o, S("kind"), kind_text(r));
    if (r->kind == FILE_CSV) put(a, o, S("encoding"), text_encoding_name(r->encoding));
    put(a, o, S("sheet"), r->sheet);
    Json *sheets = json_set(o, S("sheets"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < r->sheet_count; i++) json_push(sheets, json_string(a, r->sheets[i]));
    put_int(a, o, S("first_head_row"), r->first_head_row);
    put_int(a, o, S("head_row"), r->head_row);
    put_int(a, o, S("year"), r->year);
    put(a, o, S("unit"), r->unit);
    put_int(a, o, S("skipped"), r->skipped);
    put_int(a, o, S("new_subjects"), r->new_subjects);
    put_int(a, o, S("known_subjects"), r->known_subjects);
    report_columns(a, o, r);
    if (!ctx_ok(c)) report_failure(a, o, &c->err);
    return o;
}

/* --- checking --------------------------------------------------------------------------------- */

static void keep_counts(Draft *d, const ImportReport *r) {
    d->rows = r->rows;
    d->accepted = r->accepted;
    d->refused = r->refused;
    d->warnings = r->warnings;
    d->facts = r->facts;
    d->source = r->source;
    d->sha256 = r->sha256;
}

bool draft_check(Db *db, const PackSet *pack, Str bytes, Draft *d) {
    Ctx *c = db_ctx(db);
    ImportOptions o;
    ImportReport r;
    if (!draft_options(c, pack, d, bytes, &o)) return false;
    o.dry_run = true;
    bool ok = import_run(c, db, pack, &o, &r);
    if (!ok && !r.unmapped) return false;
    d->report = draft_report(c, &r);
    d->state = ok ? DRAFT_CHECKED : DRAFT_MAPPING;
    d->size = bytes.n;
    ctx_clear(c);
    keep_counts(d, &r);
    return true;
}

/* --- rows ------------------------------------------------------------------------------------- */

typedef struct Collect {
    Arena *arena;
    const DraftQuery *q;
    DraftLines *out;
    int cap, next; /* next of q->rows */
} Collect;

static bool wanted(Collect *k, int64_t row, Str state) {
    const DraftQuery *q = k->q;
    if (q->rows) {
        while (k->next < q->nrows && q->rows[k->next] < row) k->next++;
        return k->next < q->nrows && q->rows[k->next] == row;
    }
    bool listed = q->states.n == 0;
    for (Str rest = q->states; rest.p && !listed;) listed = str_eq(str_cut(&rest, ','), state);
    if (!listed) return false;
    int64_t at = k->out->total++;
    return at >= q->offset && at < q->offset + q->limit;
}

static Str line_state(const ImportLine *l) {
    if (l->skipped) return S("skipped");
    if (l->refused) return S("refused");
    return l->warned ? S("warned") : S("accepted");
}

static void collect(void *user, const ImportLine *l) {
    Collect *k = user;
    Str state = line_state(l);
    if (!wanted(k, l->row, state)) return;
    DraftLines *out = k->out;
    GROW(k->arena, out->items, out->n, k->cap);
    DraftLine *line = &out->items[out->n++];
    *line = (DraftLine){.row = l->row, .n = l->n, .state = state, .subject = l->subject};
    line->name = str_dup(k->arena, l->name);
    line->cells = NEW_N(k->arena, Str, l->n);
    for (int i = 0; i < l->n; i++)
        line->cells[i] = str_dup(k->arena, str_sub(l->cells[i].text, 0, 4096));
}

/* Problems and lines are both in the order of rows. */
static void join_problems(DraftLines *out) {
    int at = 0;
    const ImportReport *r = &out->report;
    for (int i = 0; i < out->n; i++) {
        DraftLine *line = &out->items[i];
        while (at < r->problem_count && r->problems[at].row < line->row) at++;
        line->first = at;
        while (at < r->problem_count && r->problems[at].row == line->row) at++;
        line->problems = at - line->first;
    }
}

bool draft_lines(Db *db, const PackSet *pack, const Draft *d, const DraftQuery *q,
                 DraftLines *out) {
    Ctx *c = db_ctx(db);
    Str bytes;
    ImportOptions o;
    Collect k = {.arena = c->arena, .q = q, .out = out};
    *out = (DraftLines){0};
    if (!draft_bytes(db, d, &bytes) || !draft_options(c, pack, d, bytes, &o)) return false;
    o.dry_run = true;
    o.each = collect;
    o.user = &k;
    bool ok = import_run(c, db, pack, &o, &out->report);
    if (!ok && !out->report.unmapped) return false;
    ctx_clear(c);
    join_problems(out);
    return true;
}

/* --- edits ------------------------------------------------------------------------------------ */

typedef struct Ordered {
    ImportEdit edit;
    int order;
} Ordered;

static int by_place(const void *px, const void *py) {
    const Ordered *x = px, *y = py;
    if (x->edit.row != y->edit.row) return x->edit.row < y->edit.row ? -1 : 1;
    if (x->edit.column != y->edit.column) return x->edit.column < y->edit.column ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static bool same_place(const ImportEdit *x, const ImportEdit *y) {
    return x->row == y->row && x->column == y->column;
}

bool draft_edit(Ctx *c, Draft *d, const ImportEdit *edits, int n) {
    int total = d->nedits + n, kept = 0;
    Ordered *all = NEW_N(c->arena, Ordered, total);
    for (int i = 0; i < total; i++)
        all[i] = (Ordered){i < d->nedits ? d->edits[i] : edits[i - d->nedits], i};
    if (total) qsort(all, (size_t)total, sizeof *all, by_place);
    d->edits = NEW_N(c->arena, ImportEdit, total);
    for (int i = 0; i < total; i++) {
        bool replaced = i + 1 < total && same_place(&all[i].edit, &all[i + 1].edit);
        if (!replaced) d->edits[kept++] = all[i].edit;
    }
    d->nedits = kept;
    if (kept <= DRAFT_EDITS_MAX) return true;
    return FAIL(c, ERR_LIMIT, M_DRAFT_EDITS, str_printf(c->arena, "%d", DRAFT_EDITS_MAX));
}

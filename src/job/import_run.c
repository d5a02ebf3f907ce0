/* The run of an import: blocks of rows, one transaction. See import.h. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/hash.h"
#include "codec/gram.h"
#include "job/export.h"
#include "job/import_plan.h"

enum { ARENA_BYTES_GIB = 4 };

static bool starts_with_any(Str s, const Str *words, int n) {
    for (int i = 0; i < n; i++)
        if (str_starts(s, words[i])) return true;
    return false;
}

/* Blank lines, totals, notes below the table and heads repeated on each page are not data. */
static bool is_not_data(const Import *im, const TableRow *t) {
    static const Str totals[] = {STR_INIT("合计"),  STR_INIT("总计"),  STR_INIT("小计"),
                                 STR_INIT("合 计"), STR_INIT("总 计"), STR_INIT("小 计")};
    static const Str notes[] = {
        STR_INIT("注："),         STR_INIT("注:"),         STR_INIT("说明："),
        STR_INIT("说明:"),        STR_INIT("备注："),      STR_INIT("填表人"),
        STR_INIT("制表"),         STR_INIT("审核人"),      STR_INIT("填报人"),
        STR_INIT("单位负责人"),   STR_INIT("联系电话"),    STR_INIT("数据来源"),
        STR_INIT("资料来源"),     STR_INIT("填报日期"),    STR_INIT("填表说明"),
        STR_INIT(EXPORT_MARK_ZH), STR_INIT(EXPORT_MARK_EN)};
    if (t->problem != MSG_NONE) return false;
    int k = 0;
    while (k < t->n && t->cells[k].text.n == 0 && t->cells[k].kind == CELL_TEXT) k++;
    if (k == t->n) return true;
    int head = im->plan.first_column;
    if (head < t->n && str_eq(str_trim(t->cells[head].text), im->plan.first_head)) return true;
    Str first = str_trim(t->cells[k].text);
    if (first.n == 0) { /* blanks that only look like content */
        for (int i = k; i < t->n; i++)
            if (str_trim(t->cells[i].text).n || t->cells[i].kind != CELL_TEXT) return false;
        return true;
    }
    if ((unsigned char)first.p[0] < 0x80) return false; /* the words below are all Chinese */
    for (int i = 0; i < 6; i++)
        if (str_eq(first, totals[i])) return true;
    return starts_with_any(first, notes, 17);
}

static void keep_refused(Import *im, const Row *row) {
    ImportReport *r = im->report;
    Arena *a = im->c->arena;
    int n = (int)r->refused;
    GROW(a, r->refused_rows, n, r->refused_cap);
    RefusedRow *x = &r->refused_rows[r->refused++];
    *x = (RefusedRow){.row = row->row, .n = row->cell_count};
    x->cells = NEW_N(a, Str, row->cell_count);
    for (int i = 0; i < row->cell_count; i++)
        x->cells[i] = str_dup(a, str_sub(row->cells[i].text, 0, 4096));
}

static void show_row(const Import *im, const Row *row) {
    const Entity *e = row->entity;
    if (!im->o->each) return;
    ImportLine line = {.row = row->row,
                       .cells = row->cells,
                       .n = row->cell_count,
                       .refused = row->refused,
                       .warned = row->warned,
                       .skipped = row->skipped};
    if (e) {
        line.known = e->subject > 0 && !e->fresh;
        line.subject = line.known ? e->subject : 0;
        line.name = e->made.name;
    }
    im->o->each(im->o->user, &line);
}

static bool add_facts(Import *im, const Row *row) {
    Str evidence = row->evidence;
    im->report->facts += row->n;
    if (!im->facts) return true;
    if (!evidence.n)
        evidence = str_printf(im->block, "%.*s:%lld", STRF(im->o->name), (long long)row->row);
    for (int i = 0; i < row->n; i++) {
        const RowFact *f = &row->facts[i];
        bool attribute = f->column->indicator->period == PERIOD_ATTRIBUTE;
        FactNew fact = {.subject = row->entity->subject,
                        .indicator = f->column->stored,
                        .period = f->period,
                        .type = f->type,
                        .kind = f->type == FACT_NUMBER || f->type == FACT_DATE ? f->column->bound
                                                                               : FACT_VALUE,
                        .value = f->value,
                        .received = f->received,
                        .unit_received = f->unit_received,
                        .from = attribute ? row->from : 0,
                        .to = attribute ? row->to : 0,
                        .source = im->source,
                        .evidence = evidence,
                        .known_ms = im->known_ms};
        if (!fact_loader_add(im->facts, &fact)) return false;
    }
    return true;
}

/* Resolves and stores the rows of a block. */
static bool finish_block(Import *im, Row *rows, int n) {
    int64_t start = clock_mono_us();
    if (!import_resolve(im)) return false;
    for (int i = 0; i < n; i++) {
        Row *row = &rows[i];
        if (row->skipped) {
            show_row(im, row);
            continue;
        }
        if (row->entity && !row->entity->subject && im->db)
            PROBLEM(im, row, 0, NULL, row->name, M_ROW_UNKNOWN);
        if (!row->refused && !import_compare(im, row)) return false;
        if (row->refused) {
            keep_refused(im, row);
        } else {
            im->report->accepted++;
            if (!add_facts(im, row)) return false;
        }
        show_row(im, row);
    }
    im->report->store_ms += clock_mono_us() - start;
    arena_reset(im->block);
    return ctx_ok(im->c);
}

/* Puts the cells that a person changed in place of those of the file. */
static void apply_edits(Import *im, TableRow *t) {
    const ImportOptions *o = im->o;
    while (im->edit < o->nedits && o->edits[im->edit].row < t->row) im->edit++;
    if (im->edit == o->nedits || o->edits[im->edit].row != t->row) return;
    int n = t->n;
    for (int i = im->edit; i < o->nedits && o->edits[i].row == t->row; i++)
        if (o->edits[i].column >= n) n = o->edits[i].column + 1;
    Cell *cells = NEW_N(im->block, Cell, n);
    for (int k = 0; k < t->n; k++) cells[k] = t->cells[k];
    for (; im->edit < o->nedits && o->edits[im->edit].row == t->row; im->edit++) {
        const ImportEdit *e = &o->edits[im->edit];
        cells[e->column] = (Cell){.text = e->text};
        if (t->problem != MSG_NONE && t->problem_column == e->column) t->problem = MSG_NONE;
    }
    t->cells = cells;
    t->n = n;
}

static bool is_blank(const TableRow *t) {
    for (int i = 0; i < t->n; i++)
        if (str_trim(t->cells[i].text).n) return false;
    return true;
}

/* The cells as read; those that the table would overwrite are copied. */
static void keep_cells(Import *im, const Table *t, const TableRow *raw, Row *row) {
    row->cell_count = raw->n;
    row->cells = NEW_N(im->block, Cell, raw->n);
    for (int i = 0; i < raw->n; i++) {
        Str s = raw->cells[i].text;
        row->cells[i] = raw->cells[i];
        bool moves =
            t->kind == FILE_CSV && s.n && (s.p < t->text.p || s.p >= t->text.p + t->text.n);
        if (moves) row->cells[i].text = str_dup(im->block, s);
    }
}

/* Reads rows until the block is full; *n how many, *end whether the table is at its end. */
static void read_block(Import *im, Table *t, Row *rows, int *n, bool *end) {
    TableRow raw;
    *n = 0;
    *end = false;
    while (*n < IMPORT_BLOCK_ROWS) {
        if (!table_next(t, &raw)) {
            *end = true;
            return;
        }
        apply_edits(im, &raw);
        if (is_not_data(im, &raw)) {
            if (im->report->skipped++ == 0) im->skipped_first = raw.row;
            if (!im->o->each || is_blank(&raw)) continue;
            rows[*n] = (Row){.row = raw.row, .skipped = true};
            keep_cells(im, t, &raw, &rows[(*n)++]);
            continue;
        }
        if (raw.hidden && im->hidden++ == 0) im->hidden_first = raw.row;
        Row *row = &rows[(*n)++];
        import_check_row(im, &raw, row);
        im->report->rows++;
        if (!row->refused) import_entity(im, row);
        keep_cells(im, t, &raw, row);
    }
}

static bool read_all(Import *im, Table *t) {
    Row *rows = NEW_N(im->keep, Row, IMPORT_BLOCK_ROWS);
    for (bool end = false; !end;) {
        int n = 0;
        int64_t start = clock_mono_us();
        read_block(im, t, rows, &n, &end);
        im->report->read_ms += clock_mono_us() - start;
        if (!finish_block(im, rows, n)) return false;
    }
    if (t->kind == FILE_CSV && t->csv.failed) return FAIL(im->c, ERR_INPUT, M_CSV_QUOTE_OPEN);
    im->report->read_ms /= 1000;
    im->report->store_ms /= 1000;
    return true;
}

/* --- the transaction -------------------------------------------------------------------------- */

static bool names_of_columns(Import *im) {
    for (int i = 0; i < im->plan.n; i++) {
        Column *col = &im->plan.columns[i];
        if (col->as != COL_FACT) continue;
        col->stored = indicator_id(im->db, col->indicator->code, !im->o->dry_run);
        if (!ctx_ok(im->c)) return false;
    }
    return true;
}

static bool says_none(const Column *col) {
    return col->as == COL_FACT && col->indicator->absent_none;
}

/* A list that is said to be complete has a column that absence means something for. */
static bool can_be_complete(const Import *im) {
    if (!im->o->complete_from) return true;
    for (int i = 0; i < im->plan.n; i++)
        if (says_none(&im->plan.columns[i])) return true;
    return FAIL(im->c, ERR_INPUT, M_IMPORT_COMPLETE_NONE);
}

/* What is refused is missing from the list, so it is not complete. */
static bool record_coverage(Import *im) {
    const ImportOptions *o = im->o;
    if (!o->complete_from) return true;
    if (im->report->refused)
        return FAIL(im->c, ERR_INPUT, M_IMPORT_COMPLETE_REFUSED,
                    str_printf(im->c->arena, "%lld", (long long)im->report->refused));
    for (int i = 0; i < im->plan.n; i++) {
        const Column *col = &im->plan.columns[i];
        if (says_none(col) && !coverage_add(im->db, im->batch, col->stored, o->complete_from,
                                            o->complete_to, im->source))
            return false;
    }
    return true;
}

static bool begin(Import *im) {
    const ImportOptions *o = im->o;
    ImportReport *r = im->report;
    int64_t before = batch_of_file(im->db, r->sha256);
    if (!ctx_ok(im->c)) return false;
    if (before && !o->again)
        return FAIL(im->c, ERR_STATE, M_IMPORT_SAME_FILE,
                    str_printf(im->c->arena, "%lld", (long long)before));
    if (!names_of_columns(im) || !can_be_complete(im)) return false;
    if (o->dry_run) return true;
    im->source = source_id(im->db, r->source, (Str){0}, (Str){0}, true);
    BatchNew b = {.origin = o->name, .origin_sha256 = r->sha256, .known_ms = im->known_ms};
    im->batch = im->source ? batch_new(im->db, &b) : 0;
    im->facts = im->batch ? fact_loader_open(im->db, im->batch) : NULL;
    im->subjects = im->facts ? subject_loader_open(im->db) : NULL;
    return im->subjects != NULL;
}

static bool close_loaders(Import *im) {
    bool ok = true;
    if (im->subjects) ok = subject_loader_close(im->subjects);
    if (im->facts) ok = fact_loader_close(im->facts) && ok;
    im->subjects = NULL;
    im->facts = NULL;
    return ok;
}

static bool publish(Import *im) {
    ImportReport *r = im->report;
    if (!import_learn(im) || !record_coverage(im)) return false;
    if (!batch_publish(im->db, im->batch, &im->o->act, &r->seq)) return false;
    r->batch = im->batch;
    if (im->o->finish && !im->o->finish(im->db, im->o->user, r)) return false;
    return tx_commit(im->db);
}

static bool run_stored(Import *im, Table *t) {
    if (!im->db) return read_all(im, t);
    if (!tx_begin(im->db, im->o->dry_run ? DB_READ : DB_WRITE)) return false;
    bool ok = begin(im) && read_all(im, t);
    ok = close_loaders(im) && ok;
    bool something = im->report->facts > 0 || im->report->new_subjects > 0 || im->o->finish ||
                     im->o->complete_from;
    if (ok && !im->o->dry_run && something && publish(im)) return true;
    tx_rollback(im->db);
    return ok && ctx_ok(im->c);
}

/* --- around it -------------------------------------------------------------------------------- */

static int by_row(const void *px, const void *py) {
    const ImportProblem *x = px, *y = py;
    return (x->row > y->row) - (x->row < y->row);
}

/* Problems were found in two passes over each block: puts them in the order of rows. */
static void order_problems(ImportReport *r) {
    if (r->problem_count) qsort(r->problems, (size_t)r->problem_count, sizeof *r->problems, by_row);
    int at = 0;
    for (int i = 0; i < (int)r->refused; i++) {
        RefusedRow *x = &r->refused_rows[i];
        while (at < r->problem_count && r->problems[at].row < x->row) at++;
        x->problem = at;
        while (at < r->problem_count && r->problems[at].row == x->row) at++;
        x->problems = at - x->problem;
    }
}

static Str number(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

static void remarks(Import *im, const Table *t) {
    Ctx *c = im->c;
    Arena *a = c->arena;
    ImportReport *r = im->report;
    if (r->skipped)
        NOTE(c, 2, (Str){0}, M_IMPORT_SKIPPED, number(a, r->skipped), number(a, im->skipped_first));
    if (im->hidden)
        NOTE(c, 2, (Str){0}, M_IMPORT_HIDDEN, number(a, im->hidden), number(a, im->hidden_first));
    if (im->repeated) {
        NOTE(c, 1, (Str){0}, M_ROW_DUPLICATES, number(a, im->repeated),
             number(a, im->repeated_first));
        r->warnings++;
    }
    if (t->book.n > 1) NOTE(c, 2, (Str){0}, M_IMPORT_SHEETS, r->sheet, number(a, t->book.n - 1));
    if (t->bad_bytes)
        NOTE(c, 1, (Str){0}, M_IMPORT_BAD_BYTES, text_encoding_name(t->encoding),
             number(a, t->bad_bytes));
    if (im->compared > 50000) NOTE(c, 1, (Str){0}, M_IMPORT_COMPARED, number(a, 50000));
}

static bool read_options(Import *im, const ImportOptions *o) {
    Str known = json_get_str(o->layout, S("known_at"));
    Str source = json_get_str(o->layout, S("source"));
    im->report->source = o->source.n ? o->source : source.n ? source : S("self_report");
    im->known_ms = o->known_ms;
    if (!source_is_taken(im->c, im->report->source)) return false;
    if (!im->known_ms && known.n && !instant_parse(known, &im->known_ms))
        return FAIL(im->c, ERR_INPUT, M_IMPORT_LAYOUT, known);
    return true;
}

static bool run_table(Import *im, Table *t, const PackSet *pack, const ImportOptions *o) {
    ImportReport *r = im->report;
    r->kind = t->kind;
    r->encoding = t->encoding;
    r->separator = t->csv.sep;
    if (t->sheet) r->sheet = t->sheet->name;
    r->sheets = NEW_N(im->c->arena, Str, t->book.n);
    r->sheet_count = t->book.n;
    for (int i = 0; i < t->book.n; i++) r->sheets[i] = t->book.sheets[i].name;
    im->bad_bytes = t->bad_bytes > 0 || t->kind == FILE_XLS;
    if (!import_plan(im->c, pack, t, o, r, &im->plan)) return false;
    if (!run_stored(im, t)) return false;
    order_problems(r);
    remarks(im, t);
    return true;
}

bool import_run(Ctx *c, Db *db, const PackSet *pack, const ImportOptions *o, ImportReport *out) {
    Arena *keep = arena_open((size_t)ARENA_BYTES_GIB << 30), *block = arena_open(0);
    jmp_buf full;
    arena_trap(keep, &full);
    arena_trap(block, &full);
    jmp_buf *volatile outer = arena_trap(c->arena, &full);
    *out = (ImportReport){0};
    Import *im = NEW(keep, Import);
    *im = (Import){.c = c, .keep = keep, .block = block, .o = o, .report = out, .db = db};
    im->by_uscc = map_new(keep);
    im->by_stock = map_new(keep);
    im->by_id = map_new(keep);
    im->by_name = map_new(keep);
    im->fresh_tail = &im->fresh;
    if (o->dry_run && !db) im->db = NULL;
    bool ok = false;
    if (setjmp(full) == 0) {
        Table t;
        Str sheet = o->sheet.n ? o->sheet : json_get_str(o->layout, S("sheet"));
        out->sha256 = hash_hex(c->arena, HASH_SHA256, o->bytes);
        ok = read_options(im, o) && table_open(c, o->bytes, o->name, sheet, &t) &&
             run_table(im, &t, pack, o);
    } else { /* the transaction is still open: whoever lent the connection takes it back */
        arena_trap(c->arena, outer);
        FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
    }
    arena_trap(c->arena, outer);
    arena_close(block);
    arena_close(keep);
    return ok;
}

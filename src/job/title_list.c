/* Lists of titles. See title_list.h. */
#include "job/title_list.h"

#include "base/date.h"
#include "base/hash.h"
#include "codec/gram.h"
#include "codec/numtext.h"

enum { HEAD_ROWS_MAX = 20, CELL_MAX = 1000 };

typedef enum ListColumn {
    L_CODE,
    L_NAME,
    L_SHORT,
    L_TIER,
    L_LEVEL,
    L_KIND,
    L_FROM,
    L_TO,
    L_LAST,
    L_PUBLISHER,
    L_NUMBER,
    L_DOCUMENT,
    L_FIRST,
    L_COLUMNS
} ListColumn;

enum { WORDS_MAX = 10 };
/* What heads of lists say. The first column that fits counts. */
static const char *const WORDS[L_COLUMNS][WORDS_MAX] = {
    [L_CODE] = {"统一社会信用代码", "信用代码", "社会信用代码", "uscc"},
    [L_NAME] = {"企业名称", "企业全称", "名称", "企业", "公司名称", "单位名称", "申报单位",
                "full_name", "enterprise", "name"},
    [L_SHORT] = {"published_name", "公布名称", "企业简称"},
    [L_TIER] = {"称号", "梯队", "称号名称", "designation", "title", "tier"},
    [L_LEVEL] = {"级别", "称号级别", "level"},
    [L_KIND] = {"记录种类", "方式", "kind"},
    [L_FROM] = {"认定日期", "公布日期", "发布日期", "入库日期", "日期", "自", "from", "date"},
    [L_TO] = {"to"}, /* as the public list has it: the first day it no longer holds */
    [L_LAST] = {"有效期至", "到期日", "至", "valid until"}, /* of a paper: the last day it holds */
    [L_PUBLISHER] = {"认定或发布单位", "认定单位", "发布单位", "publisher"},
    [L_NUMBER] = {"文号", "document_number"},
    [L_DOCUMENT] = {"文件所在", "文件", "依据", "来源", "source_url", "document"},
    [L_FIRST] = {"是否首次", "首次", "first"}};

typedef struct Reading {
    Ctx *c;
    const Library *library;
    const TitleListOptions *o;
    Table table;
    int at[L_COLUMNS]; /* -1: no such column */
    Str heads[L_COLUMNS];
    int64_t head;
    TitleListRow *rows;
    TitleNew *titles; /* of each row */
    int n, cap, titles_cap;
} Reading;

/* --- columns -----------------------------------------------------------------------------------
 */

static int column_of(Arena *a, Str head) {
    Str folded = gram_fold(a, head);
    for (int k = 0; k < L_COLUMNS && folded.n; k++)
        for (int w = 0; w < WORDS_MAX && WORDS[k][w]; w++)
            if (str_eq(folded, gram_fold(a, str_from(WORDS[k][w])))) return k;
    return -1;
}

static void look(Reading *r, const TableRow *row) {
    Arena *a = r->c->arena;
    for (int k = 0; k < L_COLUMNS; k++) r->at[k] = -1;
    for (int i = 0; i < row->n; i++) {
        int k = column_of(a, row->cells[i].text);
        if (k < 0 || r->at[k] >= 0) continue;
        r->at[k] = i;
        r->heads[k] = str_dup(a, str_trim(row->cells[i].text));
    }
}

static bool names_firms(const Reading *r) {
    return r->at[L_CODE] >= 0 || r->at[L_NAME] >= 0 || r->at[L_SHORT] >= 0;
}

static bool row_reads(Ctx *c, const TableRow *row) {
    if (row->problem == MSG_NONE) return true;
    return FAIL_AT(c, ERR_INPUT, str_printf(c->arena, "%lld", (long long)row->row), row->problem);
}

static bool find_heads(Reading *r) {
    TableRow row;
    for (int i = 0; i < HEAD_ROWS_MAX && table_next(&r->table, &row); i++) {
        if (!row_reads(r->c, &row)) return false;
        look(r, &row);
        r->head = row.row;
        if (names_firms(r)) return true;
    }
    return ctx_ok(r->c) && FAIL(r->c, ERR_INPUT, M_LIST_COLUMN, r->o->name);
}

/* --- cells -------------------------------------------------------------------------------------
 */

static bool refuse(Reading *r, TitleListRow *row, ListColumn k, Str value, Msg m, Str arg) {
    if (row->refused) return false;
    row->refused = true;
    row->column = k < L_COLUMNS && r->at[k] >= 0 ? r->heads[k] : S("");
    row->value = value;
    row->note = (Note){.msg = m, .nargs = 1, .args = {arg}};
    return false;
}

static Str cell_of(Reading *r, const TableRow *row, TitleListRow *out, ListColumn k) {
    int at = r->at[k];
    if (at < 0 || at >= row->n) return S("");
    const Cell *cell = &row->cells[at];
    Str text = str_dup(r->c->arena, str_trim(cell->text));
    if (cell->kind == CELL_NO_VALUE || cell->kind == CELL_ERROR) {
        refuse(r, out, k, text, cell->kind == CELL_ERROR ? M_ROW_CELL_ERROR : M_ROW_NO_VALUE, text);
        return S("");
    }
    if (text.n > CELL_MAX || cell->kind == CELL_TOO_LARGE) {
        refuse(r, out, k, str_sub(text, 0, 0), M_CELL_TOO_LARGE, S("1000"));
        return S("");
    }
    return text;
}

static bool day_of(Reading *r, TitleListRow *row, ListColumn k, Str text, int32_t *out) {
    int64_t days = 0, serial = 0;
    if (!text.n) return true;
    DateResult got = date_read(text, &days);
    if (got == DATE_BAD && str_to_i64(text, &serial) && serial >= 10000 && serial < 100000)
        got = date_from_serial(serial, false, &days);
    if (got == DATE_EMPTY) return true;
    if (got == DATE_INCOMPLETE) return refuse(r, row, k, text, M_ROW_DATE_PART, text);
    if (got != DATE_OK)
        return refuse(r, row, k, text, got == DATE_NO_SUCH ? M_ROW_DATE_NONE : M_ROW_DATE, text);
    *out = date_to_int(days);
    return true;
}

typedef struct LevelWord {
    Str word, level;
} LevelWord;

/* 国家级, 省级, national …: the level, and what of the text is left behind the word. */
static Str level_in(Str text, Str *rest) {
    static const LevelWord LEVELS[] = {
        {STR_INIT("国家级"), STR_INIT("国家")},   {STR_INIT("国家"), STR_INIT("国家")},
        {STR_INIT("national"), STR_INIT("国家")}, {STR_INIT("山东省"), STR_INIT("省")},
        {STR_INIT("省级"), STR_INIT("省")},       {STR_INIT("provincial"), STR_INIT("省")},
        {STR_INIT("省"), STR_INIT("省")},         {STR_INIT("淄博市"), STR_INIT("市")},
        {STR_INIT("市级"), STR_INIT("市")},       {STR_INIT("municipal"), STR_INIT("市")},
        {STR_INIT("city"), STR_INIT("市")},       {STR_INIT("市"), STR_INIT("市")}};
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        if (!str_starts(text, LEVELS[i].word)) continue;
        *rest = str_sub(text, LEVELS[i].word.n, text.n);
        return LEVELS[i].level;
    }
    *rest = text;
    return S("");
}

static const LibraryTier *tier_of(const Library *l, Str text) {
    static const Str ENDS[] = {STR_INIT("示范企业"), STR_INIT("培育企业"), STR_INIT("企业")};
    const LibraryTier *t = library_tier(l, text);
    for (int i = 0; !t && i < 3; i++)
        if (str_ends(text, ENDS[i])) t = library_tier(l, str_sub(text, 0, text.n - ENDS[i].n));
    return t;
}

/* 2020年度山东省瞪羚企业: the year in front is no part of the title. */
static Str without_year(Str text) {
    int64_t year;
    Str rest = str_sub(text, 4, text.n);
    bool leads = text.n > 4 && str_to_i64(str_sub(text, 0, 4), &year) && year > 1900 &&
                 str_starts(rest, S("年"));
    if (!leads) return text;
    rest = str_sub(rest, S("年").n, rest.n);
    return str_starts(rest, S("度")) ? str_sub(rest, S("度").n, rest.n) : rest;
}

/* 省级瞪羚企业 says tier and level at once. */
static bool read_tier(Reading *r, TitleListRow *row, Str text, TitleNew *t) {
    Str rest;
    if (!text.n) return true;
    Str bare = without_year(text), level = level_in(bare, &rest);
    const LibraryTier *tier = tier_of(r->library, bare);
    if (!tier) tier = tier_of(r->library, rest);
    if (!tier) return refuse(r, row, L_TIER, text, M_TITLE_TIER, text);
    t->tier = tier->id;
    t->name = text;
    if (level.n) t->level = level;
    return true;
}

static bool read_level(Reading *r, TitleListRow *row, Str text, TitleNew *t) {
    Str rest, level = level_in(text, &rest);
    if (!text.n) return true;
    if (library_has_level(r->library, text)) level = text;
    if (!level.n || (rest.n && !str_eq(level, text)))
        return refuse(r, row, L_LEVEL, text, M_TITLE_LEVEL, text);
    t->level = level;
    return true;
}

static bool read_first(Reading *r, TitleListRow *row, Str text, TitleNew *t) {
    bool yes = str_eq(text, S("是")) || str_eq_nocase(text, S("yes")) || str_eq(text, S("首次"));
    bool no = str_eq(text, S("否")) || str_eq_nocase(text, S("no"));
    if (!text.n) return true;
    if (!yes && !no) return refuse(r, row, L_FIRST, text, M_ROW_BOOLEAN, text);
    t->first = yes ? TITLE_FIRST_YES : TITLE_FIRST_NO;
    return true;
}

static void fill(Str *out, Str text) {
    if (text.n) *out = text;
}

static void read_row(Reading *r, const TableRow *row, TitleListRow *out, TitleNew *t) {
    Str kind = cell_of(r, row, out, L_KIND), code = cell_of(r, row, out, L_CODE);
    Str name = cell_of(r, row, out, L_NAME);
    if (!name.n) name = cell_of(r, row, out, L_SHORT);
    out->line = code.n ? code : name;
    int32_t last = 0;
    if (!t->kind) t->kind = TITLE_RECOGNISED;
    int k = kind.n ? title_kind_find(kind) : (int)t->kind;
    if (k < 0) refuse(r, out, L_KIND, kind, M_TITLE_KIND, kind);
    t->kind = k < 0 ? TITLE_RECOGNISED : (TitleKind)k;
    fill(&t->publisher, cell_of(r, row, out, L_PUBLISHER));
    fill(&t->document_number, cell_of(r, row, out, L_NUMBER));
    fill(&t->document, cell_of(r, row, out, L_DOCUMENT));
    if (!out->line.n) refuse(r, out, L_NAME, S(""), M_TITLE_LIST_FIRM, S(""));
    (void)(read_tier(r, out, cell_of(r, row, out, L_TIER), t) &&
           read_level(r, out, cell_of(r, row, out, L_LEVEL), t) &&
           day_of(r, out, L_FROM, cell_of(r, row, out, L_FROM), &t->from) &&
           day_of(r, out, L_TO, cell_of(r, row, out, L_TO), &t->to) &&
           day_of(r, out, L_LAST, cell_of(r, row, out, L_LAST), &last) &&
           read_first(r, out, cell_of(r, row, out, L_FIRST), t));
    if (last) t->to = title_day_after(last);
    out->tier = t->tier;
    out->level = t->level;
}

static bool is_blank(const TableRow *row) {
    for (int i = 0; i < row->n; i++)
        if (str_trim(row->cells[i].text).n) return false;
    return true;
}

static bool read_rows(Reading *r) {
    TableRow row;
    Ctx *c = r->c;
    if (!table_open(c, r->o->bytes, r->o->name, r->o->sheet, &r->table) || !find_heads(r))
        return false;
    while (table_next(&r->table, &row)) {
        if (!row_reads(c, &row)) return false;
        if (is_blank(&row)) continue;
        if (r->n == TITLE_LIST_ROWS_MAX)
            return FAIL(c, ERR_INPUT, M_LIST_LONG, str_printf(c->arena, "%d", TITLE_LIST_ROWS_MAX));
        int at = r->n++;
        if (at == r->cap) {
            int more = r->cap ? r->cap * 2 : 256;
            TitleListRow *rows = NEW_N(c->arena, TitleListRow, more);
            TitleNew *titles = NEW_N(c->arena, TitleNew, more);
            for (int i = 0; i < at; i++) {
                rows[i] = r->rows[i];
                titles[i] = r->titles[i];
            }
            r->rows = rows;
            r->titles = titles;
            r->cap = more;
        }
        r->rows[at] = (TitleListRow){.row = row.row};
        r->titles[at] = r->o->fill;
        read_row(r, &row, &r->rows[at], &r->titles[at]);
    }
    return ctx_ok(c);
}

/* --- whom a row is about -----------------------------------------------------------------------
 */

static Str names_of(Arena *a, const Match *m) {
    Buf b = buf_new(a, 4096);
    for (int i = 0; i < m->n; i++)
        buf_printf(&b, "%s%.*s", i ? "；" : "", STRF(m->candidates[i].name));
    return buf_str(&b);
}

static bool find_firms(Db *db, const Register *reg, Reading *r) {
    Arena *a = r->c->arena;
    Str *lines = NEW_N(a, Str, r->n + 1);
    Match *found = NEW_N(a, Match, r->n + 1);
    for (int i = 0; i < r->n; i++) lines[i] = r->rows[i].line;
    if (!match_lines(db, &reg->codes, lines, r->n, found)) return false;
    for (int i = 0; i < r->n; i++) {
        TitleListRow *row = &r->rows[i];
        const Match *m = row->match = &found[i];
        bool near = m->n && m->candidates[0].score >= MATCH_PERSON;
        row->found = m->sure ? TITLE_LIST_AUTOMATIC
                     : near  ? TITLE_LIST_PERSON
                             : TITLE_LIST_NOT_FOUND;
        row->subject = r->titles[i].subject = m->sure ? m->candidates[0].subject : 0;
        ListColumn k = r->at[L_NAME] >= 0 ? L_NAME : r->at[L_SHORT] >= 0 ? L_SHORT : L_CODE;
        if (row->found == TITLE_LIST_PERSON)
            refuse(r, row, k, row->line, M_TITLE_LIST_PERSON, names_of(a, m));
        if (row->found == TITLE_LIST_NOT_FOUND)
            refuse(r, row, k, row->line, M_TITLE_LIST_NOT_FOUND, row->line);
    }
    return ctx_ok(r->c);
}

/* --- recording ---------------------------------------------------------------------------------
 */

/* The column a refusal of the record is about, by the place it names. */
static ListColumn column_at(const Reading *r, Str place) {
    static const struct {
        Str place;
        ListColumn k;
    } PLACES[] = {{STR_INIT("/tier"), L_TIER},  {STR_INIT("/level"), L_LEVEL},
                  {STR_INIT("/from"), L_FROM},  {STR_INIT("/to"), L_TO},
                  {STR_INIT("/kind"), L_KIND},  {STR_INIT("/publisher"), L_PUBLISHER},
                  {STR_INIT("/first"), L_FIRST}};
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (str_eq(PLACES[i].place, place))
            return PLACES[i].k == L_TO && r->at[L_LAST] >= 0 ? L_LAST : PLACES[i].k;
    return L_COLUMNS;
}

/* A refusal of one row goes to the row; a failure of the store ends everything. */
static bool add_row(Reading *r, TitleBatch *b, int i) {
    Ctx *c = r->c;
    if (title_batch_add(b, &r->titles[i])) return true;
    ErrCode code = c->err.code;
    if (code != ERR_INPUT && code != ERR_RULE && code != ERR_STATE && code != ERR_MISSING)
        return false;
    Note note = c->err.note;
    ctx_clear(c);
    refuse(r, &r->rows[i], column_at(r, note.place), S(""), note.msg, S(""));
    note.place = S("");
    r->rows[i].note = note;
    return true;
}

static void count(const Reading *r, TitleListReport *out) {
    out->items = r->rows;
    out->n = r->n;
    out->accepted = out->refused = out->person = out->not_found = 0;
    for (int i = 0; i < r->n; i++) {
        const TitleListRow *row = &r->rows[i];
        out->accepted += !row->refused;
        out->refused += row->refused;
        out->person += row->refused && row->note.msg == M_TITLE_LIST_PERSON;
        out->not_found += row->refused && row->note.msg == M_TITLE_LIST_NOT_FOUND;
    }
}

static bool may_record(Ctx *c, const TitleListOptions *o, const TitleListReport *rep) {
    Str refused = str_printf(c->arena, "%lld", (long long)rep->refused);
    if (!rep->accepted) return FAIL(c, ERR_RULE, M_TITLE_LIST_NONE);
    return !rep->refused || o->only_good || FAIL(c, ERR_RULE, M_TITLE_LIST_REFUSED, refused);
}

static bool keep_list(Db *db, const TitleListOptions *o, const TitleListReport *rep) {
    return EXEC(db,
                "INSERT INTO title_list(batch, name, sha256, rows_read, accepted, refused, actor, "
                "reason, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                db_i(rep->batch), db_s(o->name), db_s(rep->sha256), db_i(rep->n),
                db_i(rep->accepted), db_i(rep->refused), db_s(o->act.actor), db_s(o->act.reason),
                db_i(db_ctx(db)->now_ms));
}

static bool is_new(Db *db, const TitleListOptions *o, Str sha256) {
    Ctx *c = db_ctx(db);
    int64_t batch =
        Q_I64(db, 0, "SELECT max(batch) FROM title_list WHERE sha256 = $1 AND undone_ms IS NULL",
              db_s(sha256));
    if (!ctx_ok(c)) return false;
    return !batch || o->again || o->dry_run ||
           FAIL(c, ERR_STATE, M_TITLE_LIST_SAME, str_printf(c->arena, "%lld", (long long)batch));
}

static bool record(Db *db, const Register *reg, Reading *r, TitleBatch *b, TitleListReport *out) {
    const TitleListOptions *o = r->o;
    if (!is_new(db, o, out->sha256) || !find_firms(db, reg, r)) return false;
    for (int i = 0; i < r->n; i++)
        if (!r->rows[i].refused && !add_row(r, b, i)) return false;
    count(r, out);
    if (o->dry_run) return true;
    out->batch = title_batch_id(b);
    return may_record(r->c, o, out) && title_batch_close(b) && keep_list(db, o, out);
}

bool title_list_run(Db *db, const Register *reg, const TitleListOptions *o, TitleListReport *out) {
    Ctx *c = db_ctx(db);
    Reading r = {.c = c, .library = library_of(reg->pack), .o = o};
    *out = (TitleListReport){.sha256 = hash_hex(c->arena, HASH_SHA256, o->bytes)};
    if (!read_rows(&r) || !tx_begin(db, DB_WRITE)) return false;
    Str origin = str_cat(c->arena, S("titles:"), o->name);
    TitleBatch *b = title_batch_open(db, reg->pack, origin, &o->act);
    bool ok = b && record(db, reg, &r, b, out);
    title_batch_drop(b);
    if (ok && !o->dry_run) return tx_commit(db);
    tx_rollback(db);
    return ok;
}

/* --- lists that were recorded ------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "batch, name, sha256, rows_read, accepted, refused, actor, reason, made_ms, undone_ms, "       \
    "undone_by, undone_reason"

static TitleList list_of(Arena *a, Rows *r) {
    return (TitleList){.batch = row_i64(r, 0),
                       .name = str_dup(a, row_str(r, 1)),
                       .sha256 = str_dup(a, row_str(r, 2)),
                       .rows = row_i64(r, 3),
                       .accepted = row_i64(r, 4),
                       .refused = row_i64(r, 5),
                       .actor = str_dup(a, row_str(r, 6)),
                       .reason = str_dup(a, row_str(r, 7)),
                       .made_ms = row_i64(r, 8),
                       .undone_ms = row_null(r, 9) ? 0 : row_i64(r, 9),
                       .undone_by = str_dup(a, row_str(r, 10)),
                       .undone_reason = str_dup(a, row_str(r, 11))};
}

bool title_lists(Db *db, int64_t offset, int64_t limit, TitleList **out, int *n, int64_t *total) {
    Arena *a = db_ctx(db)->arena;
    *out = NEW_N(a, TitleList, limit + 1);
    *n = 0;
    Rows *r = Q(db, "SELECT " COLUMNS " FROM title_list ORDER BY batch DESC LIMIT $1 OFFSET $2",
                db_i(limit), db_i(offset));
    while (row_next(r)) (*out)[(*n)++] = list_of(a, r);
    rows_close(r);
    *total = Q_I64(db, 0, "SELECT count(*) FROM title_list");
    return ctx_ok(db_ctx(db));
}

bool title_list_get(Db *db, int64_t batch, TitleList *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM title_list WHERE batch = $1", db_i(batch));
    bool there = row_next(r);
    if (there) *out = list_of(c->arena, r);
    rows_close(r);
    if (there || !ctx_ok(c)) return ctx_ok(c);
    return FAIL(c, ERR_MISSING, M_TITLE_LIST_UNKNOWN,
                str_printf(c->arena, "%lld", (long long)batch));
}

/* The records of a batch that stand, as a list: events are written while it is walked. */
static bool titles_of(Db *db, int64_t batch, int64_t **ids, int *n) {
    Arena *a = db_ctx(db)->arena;
    int cap = 0;
    *ids = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT t.id FROM title t WHERE t.batch = $1 AND NOT EXISTS (SELECT 1 FROM "
                "title_event e WHERE e.title = t.id AND e.kind = $2 AND e.target = 0) "
                "ORDER BY t.id DESC",
                db_i(batch), db_i(TITLE_CORRECT));
    while (row_next(r)) {
        GROW(a, *ids, *n, cap);
        (*ids)[(*n)++] = row_i64(r, 0);
    }
    rows_close(r);
    return ctx_ok(db_ctx(db));
}

bool title_list_undo(Db *db, const PackSet *p, int64_t batch, const Act *act, int *n) {
    enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };
    Ctx *c = db_ctx(db);
    int64_t *ids, changed = 0;
    TitleList list;
    if (!title_list_get(db, batch, &list) ||
        !db_exec(db,
                 "UPDATE title_list SET undone_ms = $2, undone_by = $3, undone_reason = $4 "
                 "WHERE batch = $1 AND undone_ms IS NULL",
                 &changed, 4,
                 (DbVal[]){db_i(batch), db_i(c->now_ms), db_s(act->actor), db_s(act->reason)}))
        return false;
    if (changed != 1)
        return FAIL(c, ERR_STATE, M_TITLE_LIST_UNDONE,
                    str_printf(c->arena, "%lld", (long long)batch));
    if (!titles_of(db, batch, &ids, n)) return false;
    int32_t today = date_to_int((c->now_ms + CHINA_MS) / DAY_MS);
    for (int i = 0; i < *n; i++) {
        TitleEventNew e = {.title = ids[i], .kind = TITLE_CORRECT, .day = today};
        if (!title_event(db, p, &e, act)) return false;
    }
    return true;
}

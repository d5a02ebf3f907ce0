/* Lists of titles as files: checked, recorded, listed, undone. The work is in job/title_list.h. */
#include "base/date.h"
#include "http/api.h"
#include "http/api_title.h"
#include "http/multipart.h"
#include "job/title_list.h"

static Str number_text(Arena *a, int64_t n) {
    return n ? str_printf(a, "%lld", (long long)n) : S("");
}

static Json *list_json(Arena *a, const TitleList *l) {
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("batch"), number_text(a, l->batch));
    out_str(a, o, S("name"), l->name);
    out_str(a, o, S("sha256"), l->sha256);
    out_int(a, o, S("rows"), l->rows);
    out_int(a, o, S("accepted"), l->accepted);
    out_int(a, o, S("refused"), l->refused);
    out_str(a, o, S("actor"), l->actor);
    out_str(a, o, S("reason"), l->reason);
    out_instant(a, o, S("made_at"), l->made_ms);
    out_bool(a, o, S("undone"), l->undone_ms != 0);
    out_opt(a, o, S("undone_by"), l->undone_by);
    out_opt(a, o, S("undone_reason"), l->undone_reason);
    return o;
}

bool api_title_lists(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t offset, limit, total;
    TitleList *l;
    int n;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &offset) ||
        !http_query_int(r, S("limit"), 100, 1, 500, &limit) ||
        !title_lists(r->db, offset, limit, &l, &n, &total))
        return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, list_json(a, &l[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_reply(out, r, 200, o);
    return true;
}

/* --- the file ----------------------------------------------------------------------------------
 */

static Str part_text(const Multipart *m, Str name) {
    const Part *p = multipart_find(m, name);
    return p ? str_trim(p->bytes) : S("");
}

static bool part_day(Request *r, const Multipart *m, Str name, int32_t *out) {
    Str s = part_text(m, name);
    int64_t day;
    if (!s.n) return true;
    if (!date_parse(s, &day))
        return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), name), M_HTTP_QUERY, name, s);
    *out = date_to_int(day);
    return true;
}

static bool is_true(const Multipart *m, Str name) {
    return str_eq(part_text(m, name), S("true"));
}

static bool read_form(Request *r, TitleListOptions *o) {
    Multipart *m = NEW(r->c->arena, Multipart);
    if (!multipart_read(r->c, http_header(r, S("content-type")), r->body, m)) return false;
    const Part *file = multipart_find(m, S("file"));
    const Library *l = library_of(r->reg->pack);
    Str kind = part_text(m, S("kind")), tier = part_text(m, S("tier"));
    Str reason = part_text(m, S("reason"));
    const LibraryTier *t = tier.n ? library_tier(l, tier) : NULL;
    int k = kind.n ? title_kind_find(kind) : (int)TITLE_RECOGNISED;
    if (!file || !file->file || !file->filename.n)
        return HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
    if (k < 0) return HTTP_INVALID(r, S("/kind"), M_TITLE_KIND);
    if (tier.n && !t) return HTTP_INVALID(r, S("/tier"), M_TITLE_TIER, tier);
    *o = (TitleListOptions){.name = file->filename,
                            .bytes = file->bytes,
                            .sheet = part_text(m, S("sheet")),
                            .dry_run = is_true(m, S("check")),
                            .only_good = is_true(m, S("only_good")),
                            .again = is_true(m, S("again")),
                            .act = http_act(r, reason),
                            .fill = {.kind = (TitleKind)k,
                                     .tier = t ? t->id : S(""),
                                     .level = part_text(m, S("level")),
                                     .name = part_text(m, S("name")),
                                     .publisher = part_text(m, S("publisher")),
                                     .document_number = part_text(m, S("document_number")),
                                     .document = part_text(m, S("document"))}};
    if (!o->dry_run && !reason.n)
        return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    return part_day(r, m, S("from"), &o->fill.from) && part_day(r, m, S("to"), &o->fill.to);
}

static Str found_text(TitleListFound f) {
    static const Str TEXTS[] = {STR_INIT("not_found"), STR_INIT("person"), STR_INIT("automatic")};
    return TEXTS[f];
}

static void out_row(Request *r, Json *items, const TitleListRow *row) {
    Arena *a = r->c->arena;
    Json *o = out_item(a, items);
    Str why = row->refused ? note_text(a, &row->note, r->c->lang) : S("");
    Str hint = row->refused ? note_hint(a, &row->note, r->c->lang) : S("");
    out_int(a, o, S("row"), row->row);
    out_str(a, o, S("text"), row->line);
    out_str(a, o, S("state"), row->refused ? S("refused") : S("accepted"));
    out_str(a, o, S("found"), found_text(row->found));
    out_opt(a, o, S("enterprise"), number_text(a, row->subject));
    out_opt(a, o, S("tier"), row->tier);
    out_opt(a, o, S("level"), row->level);
    out_opt(a, o, S("column"), row->column);
    out_opt(a, o, S("value"), row->value);
    out_opt(a, o, S("code"), row->refused ? msg_code(row->note.msg) : S(""));
    out_opt(a, o, S("why"), why);
    out_opt(a, o, S("hint"), hint);
    Json *list = out_list(a, o, S("candidates"));
    for (int i = 0; row->match && row->refused && i < row->match->n; i++) {
        Json *k = out_item(a, list);
        out_str(a, k, S("enterprise"), number_text(a, row->match->candidates[i].subject));
        out_str(a, k, S("name"), row->match->candidates[i].name);
    }
}

bool api_title_import(Request *r, Response *out) {
    Arena *a = r->c->arena;
    TitleListOptions l;
    TitleListReport rep;
    if (!read_form(r, &l) || !title_list_run(r->db, r->reg, &l, &rep)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_opt(a, o, S("batch"), number_text(a, rep.batch));
    out_str(a, o, S("sha256"), rep.sha256);
    out_int(a, o, S("rows"), rep.n);
    out_int(a, o, S("accepted"), rep.accepted);
    out_int(a, o, S("refused"), rep.refused);
    out_int(a, o, S("person"), rep.person);
    out_int(a, o, S("not_found"), rep.not_found);
    Json *items = out_list(a, o, S("items"));
    for (int64_t i = 0; i < rep.n; i++) out_row(r, items, &rep.items[i]);
    http_reply(out, r, rep.batch ? 201 : 200, o);
    return true;
}

/* --- undoing -----------------------------------------------------------------------------------
 */

typedef struct Undo {
    const PackSet *pack;
    int64_t batch;
    Act act;
    int n;
} Undo;

static bool undo_step(Db *db, void *user) {
    Undo *u = user;
    return title_list_undo(db, u->pack, u->batch, &u->act, &u->n);
}

bool api_title_list_undo(Request *r, Response *out) {
    Undo u = {.pack = r->reg->pack};
    TitleList l;
    Json *j = http_json(r);
    if (!j || !http_id(r, 0, &u.batch)) return false;
    Str reason = str_trim(json_get_str(j, S("reason")));
    if (!reason.n) return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    u.act = http_act(r, reason);
    if (!tx_run(r->db, DB_WRITE, undo_step, &u) || !title_list_get(r->db, u.batch, &l))
        return false;
    http_reply(out, r, 200, list_json(r->c->arena, &l));
    return true;
}

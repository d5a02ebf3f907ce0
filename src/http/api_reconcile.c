/* Reconciliations 对账: a list against the titles on record. */
#include "base/date.h"
#include "base/hash.h"
#include "city/reconcile/reconcile.h"
#include "http/api.h"
#include "http/json_out.h"
#include "http/multipart.h"
#include "http/table_out.h"
#include "job/list.h"

static Str number_text(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

static Str score_text(Arena *a, int score) {
    return score >= 1000 ? S("1") : str_printf(a, "0.%03d", score);
}

static Json *head_json(Request *r, const Reconciliation *x) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    int64_t day;
    out_str(a, o, S("id"), number_text(a, x->id));
    out_str(a, o, S("title"), x->title);
    out_str(a, o, S("tier"), x->tier);
    out_opt(a, o, S("level"), x->level);
    out_opt(a, o, S("publisher"), x->publisher);
    out_opt(a, o, S("as_of"), date_from_int(x->as_of, &day) ? date_text(a, day) : S(""));
    out_int(a, o, S("seq"), x->seq);
    out_opt(a, o, S("file"), x->file_name);
    out_opt(a, o, S("file_hash"), x->file_sm3.n ? str_cat(a, S("sm3:"), x->file_sm3) : S(""));
    out_int(a, o, S("lines"), x->lines);
    out_int(a, o, S("agreed"), x->agreed);
    out_int(a, o, S("only_here"), x->only_here);
    out_int(a, o, S("only_there"), x->only_there);
    out_int(a, o, S("unclear"), x->unclear);
    out_instant(a, o, S("made_at"), x->made_ms);
    out_str(a, o, S("made_by"), x->actor);
    out_str(a, o, S("reason"), x->reason);
    return o;
}

static Str tag_of(Request *r, const Reconciliation *x) {
    return str_printf(r->c->arena, "reconciliation-%lld-%lld", (long long)x->id,
                      (long long)x->version);
}

static bool reply(Request *r, Response *out, int status, const Reconciliation *x) {
    http_reply(out, r, status, head_json(r, x));
    out->etag = tag_of(r, x);
    return ctx_ok(r->c);
}

static bool of_path(Request *r, Reconciliation *x) {
    int64_t id;
    return http_id(r, 0, &id) && reconcile_get(r->db, id, x);
}

bool api_reconciliations(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t offset, limit, total;
    Reconciliation *list;
    int n;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &offset) ||
        !http_query_int(r, S("limit"), 100, 1, 500, &limit) ||
        !reconcile_list(r->db, offset, limit, &list, &n, &total))
        return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, head_json(r, &list[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_reply(out, r, 200, o);
    return true;
}

bool api_reconciliation(Request *r, Response *out) {
    Reconciliation x;
    return of_path(r, &x) && reply(r, out, 200, &x);
}

/* --- making one --------------------------------------------------------------------------------
 */

typedef struct Making {
    const Request *r;
    Reconciliation wanted, made;
    Str *lines;
    int n;
    Act act;
} Making;

static bool make_step(Db *db, void *user) {
    Making *k = user;
    return reconcile_make(db, &k->r->reg->codes, &k->wanted, k->lines, k->n, &k->act, &k->made);
}

static bool take_day(Request *r, Str text, int32_t *day) {
    int64_t d;
    *day = 0;
    if (!text.n) return true;
    if (!date_parse(text, &d)) return HTTP_INVALID(r, S("/as_of"), M_HTTP_QUERY, S("as_of"), text);
    *day = date_to_int(d);
    return true;
}

static bool take_json(Request *r, Making *k, Str *reason) {
    Json *j = http_json(r);
    const Json *rows = json_get(j, S("rows"));
    if (!j) return false;
    if (!rows || rows->kind != JSON_ARRAY || rows->count > RECONCILE_LINES_MAX)
        return HTTP_INVALID(r, S("/rows"), M_RECONCILE_LINES,
                            number_text(r->c->arena, RECONCILE_LINES_MAX));
    k->lines = NEW_N(r->c->arena, Str, rows->count + 1);
    for (const Json *e = rows->first; e; e = e->next)
        if (str_trim(json_str(e, S(""))).n) k->lines[k->n++] = str_trim(json_str(e, S("")));
    k->wanted = (Reconciliation){.title = json_get_str(j, S("title")),
                                 .tier = json_get_str(j, S("tier")),
                                 .level = json_get_str(j, S("level")),
                                 .publisher = json_get_str(j, S("publisher"))};
    *reason = json_get_str(j, S("reason"));
    return take_day(r, json_get_str(j, S("as_of")), &k->wanted.as_of);
}

static Str part_text(const Multipart *m, Str name) {
    const Part *p = multipart_find(m, name);
    return p ? str_trim(p->bytes) : S("");
}

static bool take_file(Request *r, Making *k, Str *reason) {
    Multipart *m = NEW(r->c->arena, Multipart);
    ListFile list;
    if (!multipart_read(r->c, http_header(r, S("content-type")), r->body, m)) return false;
    const Part *file = multipart_find(m, S("file"));
    if (!file || !file->file || !file->filename.n)
        return HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
    if (!list_read(r->c, file->bytes, file->filename, RECONCILE_LINES_MAX, &list)) return false;
    k->lines = list.lines;
    k->n = list.n;
    k->wanted = (Reconciliation){.title = part_text(m, S("title")),
                                 .tier = part_text(m, S("tier")),
                                 .level = part_text(m, S("level")),
                                 .publisher = part_text(m, S("publisher")),
                                 .file_name = file->filename,
                                 .file_sm3 = hash_hex(r->c->arena, HASH_SM3, file->bytes)};
    *reason = part_text(m, S("reason"));
    return take_day(r, part_text(m, S("as_of")), &k->wanted.as_of);
}

bool api_reconciliation_add(Request *r, Response *out) {
    Making k = {.r = r};
    Str reason;
    bool form = str_starts(r->type, S("multipart/"));
    if (form ? !take_file(r, &k, &reason) : !take_json(r, &k, &reason)) return false;
    if (!str_trim(reason).n) return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    if (!k.wanted.tier.n) return HTTP_INVALID(r, S("/tier"), M_HTTP_REQUIRED, S("tier"));
    k.act = http_act(r, str_trim(reason));
    if (!tx_run(r->db, DB_WRITE, make_step, &k)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/reconciliations/%lld", (long long)k.made.id);
    return reply(r, out, 201, &k.made);
}

/* --- lines -------------------------------------------------------------------------------------
 */

static void out_line(Request *r, Json *items, const ReconcileLine *l) {
    Arena *a = r->c->arena;
    Json *o = out_item(a, items);
    Msg why = reconcile_cause_message(l->cause);
    out_int(a, o, S("place"), l->place);
    out_str(a, o, S("kind"), reconcile_kind_text(l->kind));
    out_str(a, o, S("text"), l->line);
    out_opt(a, o, S("enterprise"), l->subject ? number_text(a, l->subject) : S(""));
    out_opt(a, o, S("name"), l->name);
    out_opt(a, o, S("title"), l->title ? number_text(a, l->title) : S(""));
    out_str(a, o, S("score"), score_text(a, l->score));
    out_opt(a, o, S("cause"), reconcile_cause_text(l->cause));
    if (why == MSG_NONE)
        out_null(a, o, S("cause_text"));
    else
        out_text(a, o, S("cause_text"), msg_text(a, why, LANG_ZH, 0, NULL),
                 msg_text(a, why, LANG_EN, 0, NULL));
    out_opt(a, o, S("finding"), l->settled);
    out_opt(a, o, S("finding_by"), l->settled_by);
    out_instant(a, o, S("finding_at"), l->settled_ms);
}

static Msg kind_message(ReconcileKind k) {
    static const Msg WORDS[] = {MSG_NONE, M_RECONCILE_AGREED, M_RECONCILE_THERE, M_RECONCILE_HERE,
                                M_RECONCILE_UNCLEAR};
    return WORDS[k];
}

static Str word(const Request *r, Msg m) {
    return m == MSG_NONE ? S("") : msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

static bool export_lines(Request *r, TableForm form, const Reconciliation *x, int kind,
                         Response *out) {
    static const Msg HEADS[] = {M_EXPORT_LINE,      M_EXPORT_TEXT,  M_RECONCILE_KIND,
                                M_RECONCILE_FIRM,   M_EXPORT_SCORE, M_RECONCILE_CAUSE,
                                M_RECONCILE_SETTLED};
    enum { COLUMNS = sizeof HEADS / sizeof *HEADS };
    Arena *a = r->c->arena;
    ReconcileLine *list;
    Str heads[COLUMNS];
    int n;
    int64_t total;
    for (int i = 0; i < COLUMNS; i++) heads[i] = word(r, HEADS[i]);
    if (!reconcile_lines(r->db, x->id, kind, 0, INT32_MAX, &list, &n, &total)) return false;
    Export *e = table_begin(r, form, word(r, M_RECONCILE_SHEET), heads, COLUMNS);
    bool ok = e != NULL;
    for (int i = 0; ok && i < n; i++) {
        export_number(e, number_text(a, list[i].place));
        export_text(e, list[i].line);
        export_text(e, word(r, kind_message(list[i].kind)));
        export_text(e, list[i].name);
        export_number(e, score_text(a, list[i].score));
        export_text(e, word(r, reconcile_cause_message(list[i].cause)));
        export_text(e, list[i].settled);
        ok = export_end_row(e);
    }
    if (!e) return false;
    Str counts[] = {number_text(a, n), number_text(a, total)};
    table_remarks(r, e, msg_text(a, M_EXPORT_OF, r->c->lang, 2, counts));
    return table_end(r, e, ok, x->title, out);
}

bool api_reconciliation_lines(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Reconciliation x;
    TableForm form;
    ReconcileLine *list;
    int n;
    int64_t offset, limit, total;
    Str word_of_kind = http_query(r, S("kind"));
    int kind = reconcile_kind_find(word_of_kind);
    if (!of_path(r, &x) || !table_form(r, &form) ||
        !http_query_int(r, S("offset"), 0, 0, INT32_MAX, &offset) ||
        !http_query_int(r, S("limit"), 100, 1, 500, &limit))
        return false;
    if (word_of_kind.n && !kind)
        return HTTP_INVALID(r, S("?kind"), M_HTTP_QUERY, S("kind"), word_of_kind);
    if (form != TABLE_JSON) return export_lines(r, form, &x, kind, out);
    if (!reconcile_lines(r->db, x.id, kind, offset, limit, &list, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) out_line(r, items, &list[i]);
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_reply(out, r, 200, o);
    return true;
}

typedef struct Finding {
    Reconciliation *x;
    int place;
    Str text;
    Act act;
} Finding;

static bool settle_step(Db *db, void *user) {
    Finding *k = user;
    return reconcile_settle(db, k->x->id, k->x->version, k->place, k->text, &k->act) &&
           reconcile_get(db, k->x->id, k->x);
}

bool api_reconciliation_settle(Request *r, Response *out) {
    Reconciliation x;
    int64_t place;
    Json *j = http_json(r);
    if (!j || !of_path(r, &x) || !http_id(r, 1, &place) || !http_if_match(r, tag_of(r, &x)))
        return false;
    Finding k = {.x = &x,
                 .place = place <= INT32_MAX ? (int)place : 0,
                 .text = str_trim(json_get_str(j, S("finding")))};
    if (!k.text.n) return HTTP_INVALID(r, S("/finding"), M_HTTP_REQUIRED, S("finding"));
    k.act = http_act(r, k.text);
    return tx_run(r->db, DB_WRITE, settle_step, &k) && reply(r, out, 200, &x);
}

/* GET /enterprises/{id}/history: what became known when, newest first. */
#include <stdlib.h>

#include "base/date.h"
#include "city/report.h"
#include "http/api.h"
#include "http/api_history.h"

enum { LIMIT_MOST = 500, OFFSET_MOST = 1 << 30 };

/* The fact of the same source and slot that this one corrects. */
static const Fact *corrected(const FactSlot *s, const Fact *f) {
    const Fact *out = NULL;
    for (int i = 0; i < s->n_all; i++) {
        const Fact *g = s->all[i];
        if (g->source == f->source && g->kind == f->kind && g->id < f->id &&
            (!out || g->id > out->id))
            out = g;
    }
    return out;
}

Event *history_add(History *h, Event e) {
    GROW(h->m.r->c->arena, h->events, h->n, h->cap);
    h->events[h->n] = e;
    return &h->events[h->n++];
}

/* The withdrawal of a fact, dated by when it was recorded. A fact of an import that was undone has
 * none of its own: the undoing is one event. */
static void add_withdrawal(History *h, const Event *came) {
    Request *r = h->m.r;
    const Fact *f = came->fact;
    Rows *rows = Q(r->db,
                   "SELECT b.recorded_ms, b.seq, b.actor, w.reason FROM withdrawal w "
                   "JOIN batch b ON b.id = w.batch WHERE w.subject = $1 AND w.fact = $2 "
                   "AND b.seq <= $3 AND b.recorded_ms <= $4 ORDER BY b.seq DESC LIMIT 1",
                   db_i(f->subject), db_i(f->id), db_i(r->at.seq), db_i(r->at.as_known));
    if (rows && row_next(rows))
        history_add(h, (Event){.at_ms = row_i64(rows, 0),
                               .seq = row_i64(rows, 1),
                               .id = f->id,
                               .fact = f,
                               .indicator = came->indicator,
                               .kind = S("withdrawal"),
                               .actor = str_dup(r->c->arena, row_str(rows, 2)),
                               .reason = str_dup(r->c->arena, row_str(rows, 3))});
    if (rows) rows_close(rows);
}

static void gather(History *h) {
    for (int i = 0; i < h->k.all.n; i++) {
        const FactSlot *s = &h->k.all.slots[i];
        if (s->indicator < 1 || s->indicator > h->m.names.nindicators) continue;
        const Indicator *ind = h->m.names.indicators[s->indicator - 1];
        for (int k = 0; ind && k < s->n_all; k++) {
            const Fact *f = s->all[k];
            Event e = {.at_ms = f->known_ms ? f->known_ms : f->recorded_ms,
                       .seq = f->seq,
                       .id = f->id,
                       .fact = f,
                       .before = corrected(s, f),
                       .indicator = ind};
            history_add(h, e);
            if (f->withdrawn) add_withdrawal(h, &e);
        }
    }
}

static int newest_first(const void *px, const void *py) {
    const Event *x = px, *y = py;
    if (x->at_ms != y->at_ms) return x->at_ms < y->at_ms ? 1 : -1;
    if (x->seq != y->seq) return x->seq < y->seq ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

static Str shown(const History *h, const Indicator *i, const Fact *f) {
    Arena *a = h->m.r->c->arena;
    Dec d;
    if (!row_shows(&h->m, &h->k, i)) return msg_text(a, M_PEOPLE_MASKED, h->m.r->c->lang, 0, NULL);
    bool number = f->type == FACT_NUMBER && dec_parse(f->value, &d);
    Str text = number ? report_value(a, val_num(a, &d), i->unit, h->m.r->c->lang) : f->value;
    if (f->type == FACT_BOOLEAN)
        text = report_value(a, val_bool(str_eq(f->value, S("true"))), S(""), h->m.r->c->lang);
    if (f->type == FACT_NONE) text = msg_text(a, M_REPORT_NONE, h->m.r->c->lang, 0, NULL);
    return f->kind == FACT_LOWER   ? str_cat(a, S("≥ "), text)
           : f->kind == FACT_UPPER ? str_cat(a, S("≤ "), text)
                                   : text;
}

static Str period_of(Arena *a, const Indicator *i, const Fact *f) {
    int64_t days;
    if (i->period == PERIOD_YEARLY) return str_printf(a, "%d", f->period);
    return f->period && date_from_int(f->period, &days) ? date_text(a, days) : S("");
}

static void out_fact(History *h, Json *o, const Event *e) {
    Request *r = h->m.r;
    Arena *a = r->c->arena;
    const Indicator *i = e->indicator;
    const Fact *f = e->fact;
    const FactBatch *b = fact_batch(r, &h->batches, f->batch);
    bool withdrawal = e->kind.n > 0;
    Str label = r->c->lang == LANG_EN && i->en.n ? i->en : i->zh;
    Str period = period_of(a, i, f), after = shown(h, i, f);
    if (period.n) label = str_printf(a, "%.*s %.*s", STRF(label), STRF(period));
    Str args[] = {label, e->before ? shown(h, i, e->before) : after, after};
    Msg m = withdrawal ? M_HISTORY_WITHDRAWN : e->before ? M_HISTORY_CORRECTED : M_HISTORY_FACT;
    const Fact *before = withdrawal ? f : e->before;
    out_str(a, o, S("kind"), withdrawal ? e->kind : e->before ? S("correction") : S("fact"));
    out_str(a, o, S("text"), msg_text(a, m, r->c->lang, 3, args));
    out_str(a, o, S("field"), i->code);
    out_opt(a, o, S("period"), period);
    bool open = row_shows(&h->m, &h->k, i);
    json_set(o, S("before"),
             before && open ? fact_value_json(r, i, before) : json_new(a, JSON_NULL));
    json_set(o, S("after"),
             withdrawal || !open ? json_new(a, JSON_NULL) : fact_value_json(r, i, f));
    if (!open) out_bool(a, o, S("masked"), true);
    out_opt(a, o, S("source"), fact_source(&h->m.names, f));
    out_bool(a, o, S("demo"), fact_is_demo(&h->m.names, &h->k.who, f));
    h->sensitive |= open && is_sensitive(i);
    out_str(a, o, S("actor"), withdrawal ? e->actor : b->actor);
    out_opt(a, o, S("reason"), !open ? S("") : withdrawal ? e->reason : b->reason);
    out_opt(a, o, S("import"), b->import ? str_printf(a, "%lld", (long long)b->import) : S(""));
}

static void out_record(const History *h, Json *o, const Event *e) {
    static const Str NONE[] = {STR_INIT("field"), STR_INIT("period"), STR_INIT("before"),
                               STR_INIT("after"), STR_INIT("source")};
    Arena *a = h->m.r->c->arena;
    out_str(a, o, S("kind"), e->kind);
    out_str(a, o, S("text"), e->text);
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) out_null(a, o, NONE[i]);
    out_bool(a, o, S("demo"), h->k.who.demo);
    out_str(a, o, S("actor"), e->actor);
    out_opt(a, o, S("reason"), e->reason);
    out_opt(a, o, S("import"), e->import ? str_printf(a, "%lld", (long long)e->import) : S(""));
}

static void out_event(History *h, Json *list, const Event *e) {
    Arena *a = h->m.r->c->arena;
    Json *o = out_item(a, list);
    out_int(a, o, S("seq"), e->seq);
    out_instant(a, o, S("at"), e->at_ms);
    if (e->fact)
        out_fact(h, o, e);
    else
        out_record(h, o, e);
}

bool api_history(Request *r, Response *out) {
    Arena *a = r->c->arena;
    History *h = NEW(a, History);
    int64_t id, offset, limit;
    if (!http_query_int(r, S("offset"), 0, 0, OFFSET_MOST, &offset) ||
        !http_query_int(r, S("limit"), 100, 1, LIMIT_MOST, &limit) || !http_id(r, 0, &id) ||
        !row_maker_open(r, &h->m) || !row_known(&h->m, id, &h->k))
        return false;
    gather(h);
    if (!history_records(h)) return false;
    if (h->n > 1) qsort(h->events, (size_t)h->n, sizeof *h->events, newest_first);
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int64_t i = offset; i < h->n && i < offset + limit; i++)
        out_event(h, items, &h->events[i]);
    out_int(a, o, S("total"), h->n);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    if (h->sensitive) out->cache = S("no-store");
    return ctx_ok(r->c) && journal_read(r, h->k.who.code, h->sensitive);
}

/* What happens to titles. See title.h. An event is checked against the status the title has on its
 * day by all that is known when it is recorded. */
#include "base/date.h"
#include "city/fits.h"
#include "city/library/title_fact.h"
#include "store/counter.h"

enum { TEXT_MAX = 1000 };

typedef struct Happening {
    Db *db;
    const Library *library;
    const TitleEventNew *given;
    const Act *act;
    TitleBook book;          /* of the title, on the day */
    const Title *title;      /* NULL: of a subject alone */
    const TitleStatus *then; /* its status on the day */
    const TitleEvent *back;  /* the event a correction takes back, NULL: the record */
    TitleEvent event;
} Happening;

static Ctx *ctx_of(const Happening *h) {
    return db_ctx(h->db);
}

static bool not_now(Happening *h) {
    return FAIL(ctx_of(h), ERR_STATE, M_TITLE_STATE, title_event_text(h->given->kind),
                title_state_text(h->then->state), h->title->name);
}

/* Whether the status on the day allows the event. */
static bool state_allows(Happening *h) {
    const TitleStatus *s = h->then;
    bool lives = title_counts(s), library = h->title->kind == TITLE_IN_LIBRARY;
    bool ran_out = s->state == TITLE_ENDED && s->why == TITLE_EXPIRE && !s->by;
    switch (h->given->kind) {
    case TITLE_SUSPEND: return s->state == TITLE_HELD || not_now(h);
    case TITLE_RESUME: return s->state == TITLE_SUSPENDED || not_now(h);
    case TITLE_RENEW: return lives || ran_out || not_now(h);
    case TITLE_REMOVE: return (lives && library) || not_now(h);
    case TITLE_REVOKE: return ((lives || ran_out) && !library) || not_now(h);
    case TITLE_EXPIRE:
    case TITLE_TRANSFER: return lives || not_now(h);
    case TITLE_PUBLISH: return (!s->published && s->state != TITLE_VOID) || not_now(h);
    default: return s->state != TITLE_VOID || not_now(h);
    }
}

static bool days_fit(Happening *h) {
    const TitleEventNew *g = h->given;
    Ctx *c = ctx_of(h);
    if (!g->day) return FAIL_AT(c, ERR_INPUT, S("/day"), M_TITLE_DAY);
    if (!day_fits(c, g->day) || !day_fits(c, g->to) || !day_fits(c, g->bar_until)) return false;
    if (g->to && g->to <= g->day)
        return FAIL_AT(c, ERR_INPUT, S("/to"), M_CITY_BAD_INTERVAL,
                       str_printf(c->arena, "%d", g->day), str_printf(c->arena, "%d", g->to));
    bool paper = g->kind == TITLE_CORRECT || g->kind == TITLE_PUBLISH;
    if (h->title && !paper && g->day < h->title->from)
        return FAIL_AT(c, ERR_INPUT, S("/day"), M_TITLE_BEFORE);
    return length_fits(c, g->code, TEXT_MAX) && length_fits(c, g->document, TEXT_MAX);
}

static bool target_fits(Happening *h) {
    const TitleEventNew *g = h->given;
    Ctx *c = ctx_of(h);
    int64_t to = 0;
    if (g->kind == TITLE_TRANSFER) {
        to = subject_root(h->db, g->target);
        if (!to || to == h->then->holder)
            return FAIL_AT(c, ERR_INPUT, S("/target"), M_TITLE_TARGET);
        h->event.target = to;
    }
    if (g->kind != TITLE_CORRECT || (h->title && !g->target)) return ctx_ok(c);
    for (int i = 0; i < h->book.nevents && !h->back; i++) {
        const TitleEvent *e = &h->book.events[i];
        if (e->id == g->target && e->title == g->title && e->kind != TITLE_CORRECT) h->back = e;
    }
    if (!h->back) return FAIL_AT(c, ERR_INPUT, S("/target"), M_TITLE_NO_EVENT);
    if (title_taken_back(h->book.events, h->book.nevents, g->title, g->target, &h->book.at))
        return FAIL_AT(c, ERR_STATE, S("/target"), M_TITLE_TAKEN_BACK);
    return true;
}

/* A bar comes from a reason the packs name, or stands on a paper. */
static bool bar_fits(Happening *h) {
    const TitleEventNew *g = h->given;
    Ctx *c = ctx_of(h);
    const LibraryBar *k = g->code.n ? library_bar(h->library, g->code) : NULL;
    bool may = g->kind == TITLE_REVOKE || g->kind == TITLE_REMOVE || g->kind == TITLE_BAR;
    h->event.bar_until = g->bar_until;
    if (may && !g->bar_until && k) h->event.bar_until = library_months_later(g->day, k->months);
    if (g->bar_until && (!may || g->bar_until <= g->day))
        return FAIL_AT(c, ERR_INPUT, S("/bar_until"), M_TITLE_BAR);
    if (g->bar_until && !k && !str_trim(g->document).n)
        return FAIL_AT(c, ERR_INPUT, S("/document"), M_TITLE_BAR_PAPER);
    if (g->kind == TITLE_BAR && !h->event.bar_until)
        return FAIL_AT(c, ERR_INPUT, S("/bar_until"), M_TITLE_BAR);
    return true;
}

static bool find_title(Happening *h) {
    const TitleEventNew *g = h->given;
    FactAt at = {.as_of = g->day, .as_known = INT64_MAX, .seq = INT64_MAX};
    Ctx *c = ctx_of(h);
    if (!g->title) {
        if (g->kind != TITLE_BAR && g->kind != TITLE_CORRECT)
            return FAIL(c, ERR_INPUT, M_TITLE_UNKNOWN, S("0"));
        h->event.subject = subject_root(h->db, g->subject);
        if (!h->event.subject)
            return FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT,
                        str_printf(c->arena, "id:%lld", (long long)g->subject));
        return title_book(h->db, h->event.subject, &at, &h->book);
    }
    if (!title_get(h->db, g->title, &at, &h->book)) return false;
    if (h->book.nevents >= TITLE_EVENTS_MAX) return FAIL(c, ERR_LIMIT, M_TITLE_EVENTS);
    h->title = h->book.titles;
    h->then = h->book.status;
    h->event.subject = h->then->holder;
    return true;
}

/* The fact of a recognition goes with it and comes back with it. */
static bool move_fact(Happening *h, int64_t batch) {
    const LibraryRecord *k = &h->library->record;
    bool gone =
        h->given->kind == TITLE_REVOKE || (h->given->kind == TITLE_CORRECT && h->title && !h->back);
    bool again = h->back && h->back->kind == TITLE_REVOKE;
    if (!h->title || h->title->kind == TITLE_IN_LIBRARY || !k->indicator) return true;
    if (gone) return title_fact_withdraw(h->db, k, batch, h->title, h->act->reason);
    if (!again) return true;
    FactLoader *l = fact_loader_open(h->db, batch);
    return l && title_fact_add(h->db, k, l, h->title, S("")) && fact_loader_close(l);
}

static bool insert_event(Happening *h, int64_t batch) {
    Ctx *c = ctx_of(h);
    TitleEvent *e = &h->event;
    int64_t seq = 0;
    if (!batch_publish(h->db, batch, h->act, &seq)) return false;
    int64_t recorded = Q_I64(h->db, 0, "SELECT recorded_ms FROM batch WHERE id = $1", db_i(batch));
    Str object = e->title ? title_fact_key(c->arena, e->title)
                          : str_printf(c->arena, "subject:%lld", (long long)e->subject);
    Str action = str_cat(c->arena, S("title."), title_event_text(e->kind));
    return EXEC(h->db,
                "INSERT INTO title_event(id, title, subject, kind, day, to_day, target, "
                "bar_until, code, document, case_file, actor, reason, batch, recorded_ms, seq) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
                db_i(e->id), db_i(e->title), db_i(e->subject), db_i(e->kind), db_i(e->day),
                db_i(e->to), db_i(e->target), db_i(e->bar_until), db_s(e->code), db_s(e->document),
                db_i(e->case_file), db_s(h->act->actor), db_s(h->act->reason), db_i(batch),
                db_i(recorded), db_i(seq)) &&
           journal_add(h->db, h->act, action, object, title_event_content(c->arena, e));
}

int64_t title_event(Db *db, const PackSet *p, const TitleEventNew *g, const Act *act) {
    Happening h = {.db = db,
                   .library = library_of(p),
                   .given = g,
                   .act = act,
                   .event = {.title = g->title,
                             .kind = g->kind,
                             .day = g->day,
                             .to = g->to,
                             .target = g->target,
                             .code = g->code,
                             .document = g->document,
                             .case_file = g->case_file}};
    Ctx *c = db_ctx(db);
    if (g->kind < TITLE_SUSPEND || g->kind > TITLE_PUBLISH) {
        FAIL_AT(c, ERR_INPUT, S("/kind"), M_TITLE_KIND);
        return 0;
    }
    int64_t batch = batch_new(db, &(BatchNew){.origin = S("title")}); /* takes the lock */
    if (!batch || !find_title(&h) || !days_fit(&h) || (h.title && !state_allows(&h)) ||
        !target_fits(&h) || !bar_fits(&h))
        return 0;
    h.event.id = counter_take(db, S("title_event"), 1);
    bool ok = h.event.id && move_fact(&h, batch) && insert_event(&h, batch);
    return ok ? h.event.id : 0;
}

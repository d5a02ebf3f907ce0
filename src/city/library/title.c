/* Recording titles. See title.h.
 *
 * Everything is checked before anything is written, so a refused record leaves its batch as it was.
 * The batch's counter is locked before the checks read: two who record the same title at once come
 * one after the other. */
#include "city/fits.h"
#include "city/library/title_fact.h"
#include "city/source.h"
#include "store/counter.h"

enum { TEXT_MAX = 1000 };

struct TitleBatch {
    Db *db;
    const Library *library;
    Act act;
    int64_t batch;
    FactLoader *loader; /* NULL until a fact is needed */
    Title *titles;
    int n, cap;
};

TitleBatch *title_batch_open(Db *db, const PackSet *p, Str origin, const Act *act) {
    int64_t id = batch_new(db, &(BatchNew){.origin = origin});
    if (!id) return NULL;
    TitleBatch *b = NEW(db_ctx(db)->arena, TitleBatch);
    *b = (TitleBatch){.db = db, .library = library_of(p), .act = *act, .batch = id};
    return b;
}

static bool texts_fit(Ctx *c, const TitleNew *t) {
    const Str texts[] = {t->name, t->publisher, t->document_number, t->document};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!length_fits(c, texts[i], TEXT_MAX)) return false;
    return true;
}

static bool paper_fits(Ctx *c, const TitleNew *t) {
    bool paper = str_trim(t->document_number).n || str_trim(t->document).n;
    switch (t->kind) {
    case TITLE_RECOGNISED:
        if (str_trim(t->publisher).n && paper) return true;
        return FAIL_AT(c, ERR_INPUT, S("/publisher"), M_TITLE_PAPER);
    case TITLE_LISTED:
        if (str_trim(t->publisher).n || paper) return true;
        return FAIL_AT(c, ERR_INPUT, S("/publisher"), M_TITLE_LIST);
    default: return true;
    }
}

static bool new_fits(Ctx *c, const Library *l, const TitleNew *t) {
    if (t->kind < TITLE_IN_LIBRARY || t->kind > TITLE_LISTED || !l->kinds[t->kind].kind)
        return FAIL_AT(c, ERR_INPUT, S("/kind"), M_TITLE_KIND);
    if (!library_tier(l, t->tier)) return FAIL_AT(c, ERR_INPUT, S("/tier"), M_TITLE_TIER, t->tier);
    if (!library_has_level(l, t->level))
        return FAIL_AT(c, ERR_INPUT, S("/level"), M_TITLE_LEVEL, t->level);
    if (!t->from) return FAIL_AT(c, ERR_INPUT, S("/from"), M_TITLE_DAY);
    if (!day_fits(c, t->from) || !day_fits(c, t->to) || !texts_fit(c, t)) return false;
    if (t->to && t->to <= t->from)
        return FAIL_AT(c, ERR_INPUT, S("/to"), M_CITY_BAD_INTERVAL,
                       str_printf(c->arena, "%d", t->from), str_printf(c->arena, "%d", t->to));
    return paper_fits(c, t);
}

/* The record as it will stand. */
static Title title_of(Arena *a, const Library *l, const TitleNew *t, int64_t root) {
    const LibraryTier *tier = library_tier(l, t->tier);
    const LibraryTitle *named = library_title(l, tier->id, t->level);
    Str name = str_trim(t->name);
    if (!name.n) name = named ? named->id : tier->id;
    int32_t to = t->to;
    if (!to && t->kind == TITLE_RECOGNISED) to = library_term_end(named, t->from);
    return (Title){.subject = root,
                   .kind = t->kind,
                   .tier = tier->id,
                   .level = str_dup(a, t->level),
                   .name = str_dup(a, name),
                   .publisher = str_dup(a, str_trim(t->publisher)),
                   .document_number = str_dup(a, str_trim(t->document_number)),
                   .document = str_dup(a, str_trim(t->document)),
                   .from = t->from,
                   .to = to,
                   .first = t->first,
                   .published = t->published || t->kind != TITLE_IN_LIBRARY,
                   .case_file = t->case_file,
                   .round = t->round};
}

/* A list may name a firm every year; a title is held once. */
static bool same_again(const Title *x, const Title *t) {
    if (x->kind != t->kind || !str_eq(x->tier, t->tier) || !str_eq(x->level, t->level))
        return false;
    return t->kind != TITLE_LISTED ||
           (x->from == t->from && str_eq(x->publisher, t->publisher) && str_eq(x->name, t->name));
}

static bool already(Ctx *c, const Title *x) {
    return FAIL(c, ERR_STATE, M_TITLE_HELD, x->name,
                x->id ? str_printf(c->arena, "%lld", (long long)x->id) : S("—"));
}

static bool not_held(TitleBatch *b, const TitleBook *book, const Title *t) {
    Ctx *c = db_ctx(b->db);
    int64_t root = subject_climb(&book->mergers, t->subject);
    for (int i = 0; i < book->n; i++) {
        const TitleStatus *s = &book->status[i];
        bool there = s->holder == root && (title_counts(s) || s->state == TITLE_NOT_YET);
        if (t->kind == TITLE_LISTED) there = s->state != TITLE_VOID;
        if (there && same_again(s->title, t)) return already(c, s->title);
    }
    for (int i = 0; i < b->n; i++)
        if (subject_climb(&book->mergers, b->titles[i].subject) == root &&
            same_again(&b->titles[i], t))
            return already(c, &b->titles[i]);
    return true;
}

/* Our own acts stop at a bar; the paper of others is entered as it is. */
static bool not_barred(Ctx *c, const TitleBook *book, const Title *t) {
    if (t->kind == TITLE_LISTED || (t->kind == TITLE_RECOGNISED && !t->case_file)) return true;
    int32_t until = title_barred(book, subject_climb(&book->mergers, t->subject), NULL);
    return !until || FAIL(c, ERR_RULE, M_TITLE_BARRED, str_printf(c->arena, "%d", until));
}

static bool settle_first(TitleBatch *b, const TitleBook *book, Title *t) {
    TitleFirst found;
    if (!title_first(b->db, &b->library->record, book, b->titles, b->n, t, &found)) return false;
    if (t->first == TITLE_FIRST_YES && found == TITLE_FIRST_NO)
        return FAIL_AT(db_ctx(b->db), ERR_RULE, S("/first"), M_TITLE_NOT_FIRST, t->name);
    if (t->first == TITLE_FIRST_UNKNOWN) t->first = found;
    return true;
}

static bool stage_fact(TitleBatch *b, const Title *t, Str source) {
    if (t->kind == TITLE_IN_LIBRARY || !b->library->record.indicator) return true;
    if (!b->loader) b->loader = fact_loader_open(b->db, b->batch);
    return b->loader && title_fact_add(b->db, &b->library->record, b->loader, t, source);
}

int64_t title_batch_add(TitleBatch *b, const TitleNew *n) {
    Ctx *c = db_ctx(b->db);
    FactAt at = {.as_of = n->from, .as_known = INT64_MAX, .seq = INT64_MAX};
    TitleBook book;
    if (!new_fits(c, b->library, n)) return 0;
    int64_t root = subject_root(b->db, n->subject);
    if (!root) {
        FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT,
             str_printf(c->arena, "id:%lld", (long long)n->subject));
        return 0;
    }
    if (n->source.n && !source_class(n->source)) {
        FAIL_AT(c, ERR_INPUT, S("/source"), M_CITY_NO_SOURCE, n->source);
        return 0;
    }
    Title t = title_of(c->arena, b->library, n, root);
    if (!title_book(b->db, root, &at, &book) || !not_held(b, &book, &t) ||
        !not_barred(c, &book, &t) || !settle_first(b, &book, &t))
        return 0;
    t.id = counter_take(b->db, S("title"), 1);
    if (!t.id || !stage_fact(b, &t, n->source)) return 0;
    GROW(c->arena, b->titles, b->n, b->cap);
    b->titles[b->n++] = t;
    return t.id;
}

int64_t title_batch_id(const TitleBatch *b) {
    return b->batch;
}

static bool insert_title(TitleBatch *b, const Title *t, int64_t seq, int64_t recorded) {
    Ctx *c = db_ctx(b->db);
    DbVal first = t->first == TITLE_FIRST_UNKNOWN ? db_n() : db_i(t->first == TITLE_FIRST_YES);
    return EXEC(b->db,
                "INSERT INTO title(id, subject, kind, tier, level, name, publisher, "
                "document_number, document, from_day, to_day, first, published, case_file, round, "
                "actor, reason, batch, recorded_ms, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
                db_i(t->id), db_i(t->subject), db_i(t->kind), db_s(t->tier), db_s(t->level),
                db_s(t->name), db_s(t->publisher), db_s(t->document_number), db_s(t->document),
                db_i(t->from), db_i(t->to), first, db_i(t->published), db_i(t->case_file),
                db_i(t->round), db_s(b->act.actor), db_s(b->act.reason), db_i(b->batch),
                db_i(recorded), db_i(seq)) &&
           journal_add(b->db, &b->act, S("title.record"), title_fact_key(c->arena, t->id),
                       title_content(c->arena, t));
}

void title_batch_drop(TitleBatch *b) {
    if (b && b->loader) fact_loader_close(b->loader);
    if (b) b->loader = NULL;
}

bool title_batch_close(TitleBatch *b) {
    if (!b) return false;
    Ctx *c = db_ctx(b->db);
    int64_t seq = 0;
    FactLoader *loader = b->loader;
    b->loader = NULL;
    if (loader && !fact_loader_close(loader)) return false;
    if (!ctx_ok(c)) return false;
    if (!b->n) return batch_drop(b->db, b->batch);
    if (!batch_publish(b->db, b->batch, &b->act, &seq)) return false;
    int64_t recorded =
        Q_I64(b->db, 0, "SELECT recorded_ms FROM batch WHERE id = $1", db_i(b->batch));
    for (int i = 0; i < b->n; i++)
        if (!insert_title(b, &b->titles[i], seq, recorded)) return false;
    return ctx_ok(c);
}

int64_t title_record(Db *db, const PackSet *p, const TitleNew *t, const Act *act) {
    TitleBatch *b = title_batch_open(db, p, S("title"), act);
    int64_t id = b ? title_batch_add(b, t) : 0;
    bool ok = id && title_batch_close(b);
    title_batch_drop(b);
    return ok ? id : 0;
}

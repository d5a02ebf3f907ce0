/* See title_fact.h. Which fact, and its keys, stand in the packs' libraries.yaml. */
#include "city/library/title_fact.h"

#include "base/date.h"
#include "city/source.h"
#include "codec/json.h"

Str title_fact_key(Arena *a, int64_t title) {
    return str_printf(a, "title:%lld", (long long)title);
}

static Str day_text(Arena *a, int32_t day) {
    int64_t days;
    return day && date_from_int(day, &days) ? date_text(a, days) : S("");
}

static Json *text_or_null(Arena *a, Str s) {
    return s.n ? json_string(a, s) : json_new(a, JSON_NULL);
}

static Json *first_json(Arena *a, TitleFirst f) {
    return f == TITLE_FIRST_UNKNOWN ? json_new(a, JSON_NULL) : json_bool(a, f == TITLE_FIRST_YES);
}

static Str canonical(Arena *a, const Json *o) {
    Buf b = buf_new(a, 0);
    json_canonical(&b, o);
    return buf_str(&b);
}

bool title_fact_add(Db *db, const LibraryRecord *k, FactLoader *l, const Title *t, Str source) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    Str code = source.n ? source : t->kind == TITLE_LISTED ? S("list") : S("official");
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, k->tier, json_string(a, t->tier));
    json_set(o, k->kind, json_string(a, title_kind_text(t->kind)));
    json_set(o, k->level, json_string(a, t->level));
    json_set(o, k->publisher, text_or_null(a, t->publisher));
    json_set(o, k->day, json_string(a, day_text(a, t->from)));
    json_set(o, k->first, first_json(a, t->first));
    FactNew f = {.subject = t->subject,
                 .indicator = indicator_id(db, k->indicator->code, true),
                 .period = t->from,
                 .type = FACT_CONTEXT,
                 .key = title_fact_key(a, t->id),
                 .value = canonical(a, o),
                 .source = source_id(db, code, S(""), S(""), true),
                 .evidence = t->document_number.n ? t->document_number : t->document};
    return ctx_ok(c) && fact_loader_add(l, &f);
}

static bool read_facts(Db *db, int64_t subject, FactView *out) {
    FactAt at = {.as_of = 99991231, .as_known = INT64_MAX, .seq = INT64_MAX};
    return fact_read(db, subject, &at, NULL, out);
}

bool title_fact_withdraw(Db *db, const LibraryRecord *k, int64_t batch, const Title *t,
                         Str reason) {
    FactView view;
    int n;
    int32_t indicator = k->indicator ? indicator_id(db, k->indicator->code, false) : 0;
    Str key = title_fact_key(db_ctx(db)->arena, t->id);
    if (!indicator) return ctx_ok(db_ctx(db));
    if (!read_facts(db, t->subject, &view)) return false;
    const FactSlot *s = fact_slots(&view, indicator, &n);
    for (int i = 0; i < n; i++)
        if (s[i].value && str_eq(s[i].key, key))
            return fact_withdraw(db, batch, s[i].value->subject, s[i].value->id, reason);
    return true;
}

static bool same_title(const Title *x, const Title *t) {
    return x->kind == t->kind && str_eq(x->tier, t->tier) && str_eq(x->level, t->level);
}

/* An earlier record, ended or not, that was no mistake. */
static bool earlier_record(const TitleBook *b, const Title *pending, int n, const Title *t) {
    int64_t root = subject_climb(&b->mergers, t->subject);
    for (int i = 0; i < b->n; i++)
        if (same_title(&b->titles[i], t) && b->titles[i].from < t->from &&
            b->status[i].state != TITLE_VOID)
            return true;
    for (int i = 0; i < n; i++)
        if (same_title(&pending[i], t) && pending[i].from < t->from &&
            subject_climb(&b->mergers, pending[i].subject) == root)
            return true;
    return false;
}

static bool fact_is_same(Db *db, const LibraryRecord *k, const Fact *f, const Title *t) {
    Ctx inner = ctx_new(db_ctx(db)->arena, 0);
    const Json *o = f->type == FACT_CONTEXT ? json_parse(&inner, f->value, S("")) : NULL;
    return o && str_eq(json_get_str(o, k->tier), t->tier) &&
           str_eq(json_get_str(o, k->level), t->level) &&
           str_eq(json_get_str(o, k->kind), title_kind_text(t->kind));
}

static bool earlier_fact(Db *db, const LibraryRecord *k, int32_t indicator, const FactView *v,
                         const Title *t) {
    int n;
    const FactSlot *s = fact_slots(v, indicator, &n);
    for (int i = 0; i < n; i++)
        if (s[i].value && s[i].period < t->from && fact_is_same(db, k, s[i].value, t)) return true;
    return false;
}

/* The day the firm began; 0 when it is not known. */
static int32_t began(Db *db, const LibraryRecord *k, const FactView *v) {
    int32_t id = indicator_id(db, k->since->code, false);
    const FactSlot *s = id ? fact_slot(v, id, 0) : NULL;
    int64_t days;
    if (!s || !s->value || !date_parse(s->value->value, &days)) return 0;
    return date_to_int(days);
}

bool title_first(Db *db, const LibraryRecord *k, const TitleBook *b, const Title *pending, int n,
                 const Title *t, TitleFirst *out) {
    Ctx *c = db_ctx(db);
    *out = earlier_record(b, pending, n, t) ? TITLE_FIRST_NO : TITLE_FIRST_UNKNOWN;
    int32_t indicator = k->indicator ? indicator_id(db, k->indicator->code, false) : 0;
    if (*out != TITLE_FIRST_UNKNOWN || t->kind == TITLE_IN_LIBRARY || !indicator) return ctx_ok(c);
    FactView view;
    FactAt at = {.as_of = t->from, .as_known = INT64_MAX, .seq = INT64_MAX};
    if (!read_facts(db, t->subject, &view)) return false;
    if (earlier_fact(db, k, indicator, &view, t)) {
        *out = TITLE_FIRST_NO;
        return true;
    }
    int32_t from = began(db, k, &view);
    const Coverage *coverage = from && from < t->from ? coverage_read(db, &at) : NULL;
    if (coverage && coverage_holds(coverage, indicator, from, t->from)) *out = TITLE_FIRST_YES;
    return ctx_ok(c);
}

Str title_content(Arena *a, const Title *t) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, t->id));
    json_set(o, S("subject"), json_int(a, t->subject));
    json_set(o, S("kind"), json_string(a, title_kind_word(t->kind)));
    json_set(o, S("tier"), json_string(a, t->tier));
    json_set(o, S("level"), json_string(a, t->level));
    json_set(o, S("name"), json_string(a, t->name));
    json_set(o, S("publisher"), json_string(a, t->publisher));
    json_set(o, S("document_number"), json_string(a, t->document_number));
    json_set(o, S("document"), json_string(a, t->document));
    json_set(o, S("from"), json_int(a, t->from));
    json_set(o, S("to"), json_int(a, t->to));
    json_set(o, S("first"), first_json(a, t->first));
    json_set(o, S("published"), json_bool(a, t->published));
    json_set(o, S("case"), json_int(a, t->case_file));
    json_set(o, S("round"), json_int(a, t->round));
    return canonical(a, o);
}

Str title_event_content(Arena *a, const TitleEvent *e) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, e->id));
    json_set(o, S("title"), json_int(a, e->title));
    json_set(o, S("subject"), json_int(a, e->subject));
    json_set(o, S("kind"), json_string(a, title_event_text(e->kind)));
    json_set(o, S("day"), json_int(a, e->day));
    json_set(o, S("to"), json_int(a, e->to));
    json_set(o, S("target"), json_int(a, e->target));
    json_set(o, S("bar_until"), json_int(a, e->bar_until));
    json_set(o, S("code"), json_string(a, e->code));
    json_set(o, S("document"), json_string(a, e->document));
    json_set(o, S("case"), json_int(a, e->case_file));
    return canonical(a, o);
}

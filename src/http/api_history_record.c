/* The history of an enterprise besides its facts. See api_history.h. */
#include "base/date.h"
#include "city/pack_names.h"
#include "http/api_history.h"

static Str said(const History *h, Msg m, Str one, Str two, Str three) {
    Str args[] = {one, two, three};
    return msg_text(h->m.r->c->arena, m, h->m.r->c->lang, 3, args);
}

static Str number(const History *h, int64_t n) {
    return str_printf(h->m.r->c->arena, "%lld", (long long)n);
}

static Str column(const History *h, Rows *r, int col) {
    return str_dup(h->m.r->c->arena, row_str(r, col));
}

/* --- names and codes ---------------------------------------------------------------------------
 */

static Str scheme_name(const History *h, Str scheme) {
    static const struct {
        Str scheme;
        Msg m;
    } NAMES[] = {{STR_INIT("uscc"), M_EXPORT_USCC},
                 {STR_INIT("stock"), M_EXPORT_STOCK},
                 {STR_INIT("name"), M_EXPORT_NAME},
                 {STR_INIT("short_name"), M_HISTORY_SHORT_NAME},
                 {STR_INIT("former_name"), M_MATCH_FORMER}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (str_eq(NAMES[i].scheme, scheme)) return said(h, NAMES[i].m, S(""), S(""), S(""));
    return str_dup(h->m.r->c->arena, scheme);
}

/* Who recorded it stands in the journal when it was done by itself and not with a batch. */
static void add_identifiers(History *h, int64_t id) {
    Request *r = h->m.r;
    Rows *rows =
        Q(r->db,
          "SELECT i.scheme, i.value, i.recorded_ms, i.to_day, j.actor, j.reason FROM identifier i "
          "LEFT JOIN journal j ON j.id = (SELECT min(k.id) FROM journal k WHERE k.object = $2 "
          "AND k.at_ms = i.recorded_ms AND k.action IN ('subject.add', 'subject.identify')) "
          "WHERE i.subject = $1 AND i.recorded_ms <= $3 ORDER BY i.recorded_ms, i.scheme, i.key",
          db_i(id), db_s(str_cat(r->c->arena, S("subject:"), number(h, id))), db_i(r->at.as_known));
    for (int64_t at = 0; rows && row_next(rows); at++) {
        Str scheme = scheme_name(h, row_str(rows, 0)), value = column(h, rows, 1);
        history_add(h, (Event){.at_ms = row_i64(rows, 2),
                               .id = at,
                               .kind = S("identifier"),
                               .text = said(h, M_HISTORY_IDENTIFIER, scheme, value, S("")),
                               .actor = column(h, rows, 4),
                               .reason = column(h, rows, 5)});
    }
    if (rows) rows_close(rows);
}

/* --- mergers -----------------------------------------------------------------------------------
 */

static void add_mergers(History *h, int64_t id) {
    Request *r = h->m.r;
    int64_t known = r->at.as_known, seq = r->at.seq;
    Rows *rows = Q(r->db,
                   "SELECT a.name, k.name, m.made_ms, m.seq, m.actor, m.reason, m.undone_ms, "
                   "m.undone_seq, m.undone_by, m.undone_reason, m.id FROM merger m "
                   "JOIN subject a ON a.id = m.absorbed JOIN subject k ON k.id = m.kept "
                   "WHERE (m.kept = $1 OR m.absorbed = $1) AND m.seq <= $2 AND m.made_ms <= $3 "
                   "ORDER BY m.id",
                   db_i(id), db_i(seq), db_i(known));
    while (rows && row_next(rows)) {
        Str absorbed = column(h, rows, 0), kept = column(h, rows, 1);
        history_add(h, (Event){.at_ms = row_i64(rows, 2),
                               .seq = row_i64(rows, 3),
                               .id = row_i64(rows, 10),
                               .kind = S("merge"),
                               .text = said(h, M_HISTORY_MERGED, absorbed, kept, S("")),
                               .actor = column(h, rows, 4),
                               .reason = column(h, rows, 5)});
        if (row_null(rows, 6) || row_i64(rows, 6) > known || row_i64(rows, 7) > seq) continue;
        history_add(h, (Event){.at_ms = row_i64(rows, 6),
                               .seq = row_i64(rows, 7),
                               .id = row_i64(rows, 10),
                               .kind = S("merge"),
                               .text = said(h, M_HISTORY_UNMERGED, absorbed, kept, S("")),
                               .actor = column(h, rows, 8),
                               .reason = column(h, rows, 9)});
    }
    if (rows) rows_close(rows);
}

/* --- imports -----------------------------------------------------------------------------------
 */

typedef struct Came {
    int64_t batch, facts;
} Came;

static Came *came_with(History *h, int *n) {
    Arena *a = h->m.r->c->arena;
    Came *all = NULL;
    int cap = 0;
    *n = 0;
    for (int i = 0; i < h->n; i++) {
        const Fact *f = h->events[i].fact;
        int k = 0;
        if (!f || h->events[i].kind.n) continue; /* a withdrawal came with another batch */
        while (k < *n && all[k].batch != f->batch) k++;
        if (k == *n) {
            GROW(a, all, *n, cap);
            all[(*n)++] = (Came){.batch = f->batch};
        }
        all[k].facts++;
    }
    return all;
}

/* The import a batch of facts was, and its undoing. */
static void add_import(History *h, const Came *came) {
    Request *r = h->m.r;
    Rows *rows = Q(r->db,
                   "SELECT d.id, d.name, b.origin, b.recorded_ms, b.seq, b.actor, b.reason, "
                   "v.recorded_ms, v.seq, v.actor, v.reason FROM batch b "
                   "LEFT JOIN batch v ON v.reverses = b.id AND v.seq <= $2 AND v.recorded_ms <= $3 "
                   "LEFT JOIN import_draft d ON d.batch = b.id WHERE b.id = $1",
                   db_i(came->batch), db_i(r->at.seq), db_i(r->at.as_known));
    if (rows && row_next(rows)) {
        Str name = column(h, rows, row_null(rows, 1) ? 2 : 1), n = number(h, came->facts);
        history_add(h, (Event){.at_ms = row_i64(rows, 3),
                               .seq = row_i64(rows, 4),
                               .id = INT64_MAX, /* above the facts it brought */
                               .kind = S("import"),
                               .text = said(h, M_HISTORY_IMPORT, name, n, S("")),
                               .actor = column(h, rows, 5),
                               .reason = column(h, rows, 6),
                               .import = row_i64(rows, 0)});
        if (!row_null(rows, 8))
            history_add(h, (Event){.at_ms = row_i64(rows, 7),
                                   .seq = row_i64(rows, 8),
                                   .id = INT64_MAX,
                                   .kind = S("reversal"),
                                   .text = said(h, M_HISTORY_REVERSED, name, n, S("")),
                                   .actor = column(h, rows, 9),
                                   .reason = column(h, rows, 10),
                                   .import = row_i64(rows, 0)});
    }
    if (rows) rows_close(rows);
}

/* --- decisions ---------------------------------------------------------------------------------
 */

static Str outcome_word(const History *h, Str outcome) {
    for (int k = 0; k < OUTCOMES; k++)
        if (str_eq(outcome, outcome_text((Outcome)k)))
            return said(h, outcome_message((Outcome)k), S(""), S(""), S(""));
    return str_dup(h->m.r->c->arena, outcome);
}

static void add_decisions(History *h, int64_t id) {
    Request *r = h->m.r;
    Rows *rows = Q(r->db,
                   "SELECT id, rule, as_of, outcome, made_ms, seq, actor FROM decision "
                   "WHERE subject = $1 AND seq <= $2 AND made_ms <= $3 ORDER BY id",
                   db_i(id), db_i(r->at.seq), db_i(r->at.as_known));
    while (rows && row_next(rows)) {
        const Rule *rule = map_get(&r->reg->pack->by_rule, row_str(rows, 1));
        Str title = !rule                                       ? column(h, rows, 1)
                    : r->c->lang == LANG_EN && rule->title_en.n ? rule->title_en
                                                                : rule->title_zh;
        int64_t days = 0;
        bool shown = rule && row_shows_outcome(&h->m, h->k.grade, rule);
        Str outcome = shown ? outcome_word(h, row_str(rows, 3))
                            : said(h, M_PEOPLE_MASKED, S(""), S(""), S(""));
        Str day = date_from_int(row_i64(rows, 2), &days) ? date_text(r->c->arena, days) : S("");
        history_add(h, (Event){.at_ms = row_i64(rows, 4),
                               .seq = row_i64(rows, 5),
                               .id = row_i64(rows, 0),
                               .kind = S("decision"),
                               .text = said(h, M_HISTORY_DECISION, title, day, outcome),
                               .actor = column(h, rows, 6),
                               .reason = said(h, M_HISTORY_DECISION_ID, number(h, row_i64(rows, 0)),
                                              S(""), S(""))});
    }
    if (rows) rows_close(rows);
}

bool history_records(History *h) {
    Request *r = h->m.r;
    int64_t root, *ids;
    int n, nbatches;
    if (!subject_members_at(r->db, h->k.who.id, r->at.seq, &root, &ids, &n)) return false;
    const Came *batches = came_with(h, &nbatches);
    for (int i = 0; i < nbatches && ctx_ok(r->c); i++) add_import(h, &batches[i]);
    for (int i = 0; i < n && ctx_ok(r->c); i++) {
        add_identifiers(h, ids[i]);
        add_decisions(h, ids[i]);
    }
    add_mergers(h, h->k.who.id);
    return ctx_ok(r->c);
}

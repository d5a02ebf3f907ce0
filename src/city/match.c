/* 名单比对. See match.h.
 *
 * A line that is a code or a whole name needs one look at the identifiers. Otherwise the bigrams of
 * its core (the name without its company form) vote: subjects that share most of them are compared.
 * Bigrams that a large part of the register has (淄博, 科技) say little and are left out.
 */
#include "city/match.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/utf8.h"
#include "city/match_place.h"
#include "city/subject_row.h"
#include "codec/gram.h"
#include "store/search.h"

enum {
    SCORE_SAME = 1000,
    SCORE_FORMER = 980,
    SCORE_CORE = 960,
    SCORE_PLACE = 952,
    SCORE_SIMILAR_MOST = 940,
    COMMON_IDS = 20000,
    VOTES_MOST = 40,
    CORE_CHARS_MIN = 3,
    PLACED_CHARS_MIN = 4,
    LINE_BYTES_MAX = 2000
};

/* Company forms, longest first. 集团 is part of a name: the group and its company are two firms. */
static const Str FORMS[] = {STR_INIT("股份有限责任公司"), STR_INIT("有限责任公司"),
                            STR_INIT("股份有限公司"),     STR_INIT("有限合伙企业"),
                            STR_INIT("股份公司"),         STR_INIT("有限公司"),
                            STR_INIT("有限合伙"),         STR_INIT("公司")};

static Str core_of(Str key) {
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (str_ends(key, FORMS[i]) && key.n > FORMS[i].n)
            return str_sub(key, 0, key.n - FORMS[i].n);
    return key;
}

typedef struct Matcher {
    Db *db;
    Arena *tmp;  /* reset for each line */
    Arena *kept; /* of the whole list: which bigrams are common */
    Map common;
    PlaceWords words;
} Matcher;

/* The core of a line in the forms it is compared in. */
typedef struct Core {
    Str text;
    Grams grams;
    PlacedName placed;
} Core;

static void offer(Match *m, int64_t root, MatchBy by, int score) {
    int at = 0;
    if (!root) return;
    for (int i = 0; i < m->n; i++)
        if (m->candidates[i].subject == root) {
            if (m->candidates[i].score >= score) return;
            for (int k = i; k + 1 < m->n; k++) m->candidates[k] = m->candidates[k + 1];
            m->n--;
            break;
        }
    while (at < m->n && m->candidates[at].score >= score) at++;
    if (at == MATCH_CANDIDATES_MAX) return;
    if (m->n < MATCH_CANDIDATES_MAX) m->n++;
    for (int k = m->n - 1; k > at; k--) m->candidates[k] = m->candidates[k - 1];
    m->candidates[at] = (MatchCandidate){.subject = root, .by = by, .score = score};
}

static void by_identifier(Matcher *w, Match *m, Str key) {
    Rows *r = Q(w->db,
                "SELECT i.subject, s.merged_into, i.scheme FROM identifier i "
                "JOIN subject s ON s.id = i.subject WHERE i.key = $1 ORDER BY i.subject",
                db_s(key));
    while (row_next(r)) {
        int64_t root = row_null(r, 1) ? row_i64(r, 0) : subject_root(w->db, row_i64(r, 0));
        bool name = str_eq(row_str(r, 2), S("name"));
        bool former = str_eq(row_str(r, 2), S("former_name"));
        offer(m, root,
              name     ? MATCH_NAME
              : former ? MATCH_FORMER_NAME
                       : MATCH_CODE,
              former ? SCORE_FORMER : SCORE_SAME);
    }
    rows_close(r);
}

/* Bigrams in common, doubled, over all: 1000 when the two have the same ones. */
static int likeness(Arena *a, const Grams *x, Str other) {
    Grams y = gram_of(a, other);
    int same = 0;
    for (int i = 0; i < x->n; i++)
        for (int k = 0; k < y.n; k++) same += str_eq(x->items[i], y.items[k]);
    return x->n + y.n ? 2000 * same / (x->n + y.n) : 0;
}

/* Compares the line's core with one name of the subject. */
static void compare(Matcher *w, Match *m, int64_t root, const Core *core, Str name) {
    Str other = core_of(subject_key(w->tmp, name));
    PlacedName placed = place_cut(w->tmp, &w->words, other);
    if (str_eq(core->text, other) && utf8_length(other) >= CORE_CHARS_MIN) {
        offer(m, root, MATCH_CORE, SCORE_CORE);
        return;
    }
    if (str_eq(core->placed.rest, placed.rest) &&
        place_left_out(core->placed.place, placed.place) &&
        utf8_length(placed.rest) >= PLACED_CHARS_MIN) {
        offer(m, root, MATCH_PLACE, SCORE_PLACE);
        return;
    }
    int score = likeness(w->tmp, &core->grams, other) * SCORE_SIMILAR_MOST / 1000;
    if (score >= MATCH_PERSON / 2) offer(m, root, MATCH_SIMILAR, score);
}

typedef struct Vote {
    int64_t id;
    int votes;
} Vote;

static int vote_cmp(const void *px, const void *py) {
    const Vote *x = px, *y = py;
    if (x->votes != y->votes) return y->votes - x->votes;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* The ids of every bigram that is not common, one after the other; *used counts the bigrams. */
static int64_t *gather(Matcher *w, const Grams *grams, int *n, int *used) {
    int64_t *all = NULL;
    int cap = 0;
    *n = *used = 0;
    for (int i = 0; i < grams->n; i++) {
        int64_t *ids;
        int count;
        if (map_has(&w->common, grams->items[i])) continue;
        if (!search_token(w->db, w->tmp, grams->items[i], COMMON_IDS, &ids, &count)) return NULL;
        if (count > COMMON_IDS) {
            map_put(&w->common, str_dup(w->kept, grams->items[i]), NULL);
            continue;
        }
        (*used)++;
        for (int k = 0; k < count; k++) {
            GROW(w->tmp, all, *n, cap);
            all[(*n)++] = ids[k];
        }
    }
    return all;
}

/* The subjects with most bigrams in common, at least two of five of those used. */
static int vote(Matcher *w, const Grams *grams, Vote out[VOTES_MOST]) {
    int n, used, votes = 0;
    int64_t *all = gather(w, grams, &n, &used);
    if (!n) return 0;
    qsort(all, (size_t)n, sizeof *all, search_id_cmp);
    Vote *list = NEW_N(w->tmp, Vote, n);
    for (int i = 0; i < n; i++) {
        if (votes && list[votes - 1].id == all[i])
            list[votes - 1].votes++;
        else
            list[votes++] = (Vote){all[i], 1};
    }
    qsort(list, (size_t)votes, sizeof *list, vote_cmp);
    int kept = 0;
    while (kept < votes && kept < VOTES_MOST && list[kept].votes * 5 >= used * 2) {
        out[kept] = list[kept];
        kept++;
    }
    return kept;
}

static void by_likeness(Matcher *w, Match *m, Str key) {
    Core core = {.text = core_of(key)};
    core.grams = gram_of(w->tmp, core.text);
    core.placed = place_cut(w->tmp, &w->words, core.text);
    Vote votes[VOTES_MOST];
    int n = vote(w, &core.grams, votes);
    for (int i = 0; i < n && ctx_ok(db_ctx(w->db)); i++) {
        int64_t root = subject_root(w->db, votes[i].id);
        Rows *r = Q(w->db,
                    "SELECT value FROM identifier WHERE subject = $1 "
                    "AND scheme IN ('name', 'former_name') ORDER BY key",
                    db_i(votes[i].id));
        while (row_next(r)) compare(w, m, root, &core, row_str(r, 0));
        rows_close(r);
    }
}

static void withdraw(Match *m, int64_t root) {
    int kept = 0;
    for (int i = 0; i < m->n; i++)
        if (m->candidates[i].subject != root) m->candidates[kept++] = m->candidates[i];
    m->n = kept;
}

/* A person's word outranks every score. */
static void by_confirmation(Matcher *w, Match *m, Str key) {
    Rows *r = Q(w->db,
                "SELECT subject, same FROM match_confirmation WHERE line_key = $1 ORDER BY subject",
                db_s(key));
    while (row_next(r)) {
        int64_t root = subject_root(w->db, row_i64(r, 0));
        withdraw(m, root);
        if (row_i64(r, 1)) offer(m, root, MATCH_CONFIRMED, SCORE_SAME);
    }
    rows_close(r);
}

/* A person named this one, and no other. */
static bool said_alone(const Match *m) {
    int said = 0;
    for (int i = 0; i < m->n; i++) said += m->candidates[i].by == MATCH_CONFIRMED;
    return said == 1 && m->candidates[0].by == MATCH_CONFIRMED;
}

static void match_line(Matcher *w, Match *m) {
    arena_reset(w->tmp);
    if (m->line.n > LINE_BYTES_MAX) return; /* not a name */
    Str key = subject_key(w->tmp, m->line);
    if (!key.n) return;
    by_identifier(w, m, key);
    if (!m->n) by_likeness(w, m, key);
    by_confirmation(w, m, key);
    m->sure = m->n && m->candidates[0].score >= MATCH_AUTOMATIC &&
              (m->n == 1 || m->candidates[1].score < MATCH_AUTOMATIC || said_alone(m));
}

static bool name_candidates(Db *db, Match *m) {
    int64_t ids[MATCH_CANDIDATES_MAX];
    Subject subjects[MATCH_CANDIDATES_MAX];
    for (int i = 0; i < m->n; i++) ids[i] = m->candidates[i].subject;
    if (!subject_get_many(db, ids, m->n, subjects)) return false;
    for (int i = 0; i < m->n; i++) m->candidates[i].name = subjects[i].name;
    return true;
}

bool match_confirm(Db *db, Str line, int64_t subject, bool same, const Act *act) {
    Ctx *c = db_ctx(db);
    Str key = subject_key(c->arena, line);
    Subject who;
    if (!key.n || line.n > LINE_BYTES_MAX)
        return FAIL(c, ERR_RULE, M_MATCH_LINE, str_sub(line, 0, 60));
    if (!subject_get(db, subject, &who)) return false;
    Str object = str_printf(c->arena, "subject:%lld", (long long)who.id);
    return EXEC(db,
                "INSERT INTO match_confirmation(line_key, subject, same, actor, at_ms) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (line_key, subject) "
                "DO UPDATE SET same = excluded.same, actor = excluded.actor, "
                "at_ms = excluded.at_ms",
                db_s(key), db_i(who.id), db_i(same), db_s(act->actor), db_i(c->now_ms)) &&
           journal_add(db, act, same ? S("match.confirm") : S("match.deny"), object, key);
}

bool match_lines(Db *db, const CodeLists *places, const Str *lines, int n, Match *out) {
    Ctx *c = db_ctx(db);
    Matcher w = {.db = db, .tmp = arena_child(c->arena, 0), .kept = arena_child(c->arena, 0)};
    w.common = map_new(w.kept);
    w.words = place_words(w.kept, places);
    Map seen = map_new(w.kept); /* subject to its first line */
    for (int i = 0; i < n && ctx_ok(c); i++) {
        Match *m = &out[i];
        *m = (Match){.line = str_dup(c->arena, lines[i]), .same_as = -1};
        match_line(&w, m);
        if (!ctx_ok(c) || !name_candidates(db, m)) break;
        if (!m->sure) continue;
        Str id = str_printf(w.kept, "%lld", (long long)m->candidates[0].subject);
        Match *first = map_get(&seen, id);
        if (first)
            m->same_as = (int)(first - out);
        else
            map_put(&seen, id, m);
    }
    arena_close(w.tmp);
    arena_close(w.kept);
    return ctx_ok(c);
}

/* The token index. See search.h. Rows of table posting: (token, block, part) -> offsets, two bytes
 * each, low byte first, ascending. */
#include "store/search.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "store/counter.h"

enum { BLOCK_BITS = 16, BLOCK_MASK = (1 << BLOCK_BITS) - 1, FEW = 64 };

static int offset_at(Str ids, ptrdiff_t i) {
    return (unsigned char)ids.p[i] | (unsigned char)ids.p[i + 1] << 8;
}

/* ids with one offset more; the same bytes when it is there. */
static Str with_offset(Arena *a, Str ids, int offset) {
    ptrdiff_t i = 0;
    while (i < ids.n && offset_at(ids, i) < offset) i += 2;
    if (i < ids.n && offset_at(ids, i) == offset) return ids;
    char two[2] = {(char)offset, (char)(offset >> 8)};
    Str head = str_cat(a, str_sub(ids, 0, i), str_of(two, 2));
    return str_cat(a, head, str_sub(ids, i, ids.n));
}

static bool add_token(Db *db, int64_t id, Str token) {
    Arena *a = db_ctx(db)->arena;
    int64_t block = id >> BLOCK_BITS;
    Str ids = S("");
    Rows *r = Q(db, "SELECT ids FROM posting WHERE token = $1 AND block = $2 AND part = 0",
                db_s(token), db_i(block));
    if (row_next(r)) ids = str_dup(a, row_str(r, 0));
    rows_close(r);
    Str more = with_offset(a, ids, (int)(id & BLOCK_MASK));
    if (more.n == ids.n) return ctx_ok(db_ctx(db));
    return EXEC(db,
                "INSERT INTO posting(token, block, part, ids) VALUES($1, $2, 0, $3) "
                "ON CONFLICT(token, block, part) DO UPDATE SET ids = excluded.ids",
                db_s(token), db_i(block), db_b(more));
}

bool search_add(Db *db, int64_t id, Str tokens) {
    Arena *a = db_ctx(db)->arena;
    ArenaMark mark = arena_mark(a);
    bool ok = true;
    while (ok && tokens.p) {
        Str token = str_cut(&tokens, ' ');
        if (token.n) ok = add_token(db, id, token);
    }
    if (ok) arena_rewind(a, mark);
    return ok;
}

/* --- bulk ------------------------------------------------------------------------------------- */

typedef struct Posting {
    uint16_t *items;
    int n, cap;
} Posting;

struct SearchLoader {
    Db *db;
    Arena *arena, *block_arena;
    int64_t block;
    Map tokens; /* to Posting */
};

SearchLoader *search_loader_open(Db *db) {
    Arena *a = arena_child(db_ctx(db)->arena, 0);
    SearchLoader *l = NEW(a, SearchLoader);
    *l = (SearchLoader){.db = db, .arena = a, .block_arena = arena_child(a, 0), .block = -1};
    l->tokens = map_new(l->block_arena);
    return l;
}

static int entry_cmp(const void *px, const void *py) {
    const MapEntry *x = px, *y = py;
    return str_cmp(x->key, y->key);
}

static int offset_cmp(const void *px, const void *py) {
    return *(const uint16_t *)px - *(const uint16_t *)py;
}

static bool flush(SearchLoader *l) {
    int n = l->tokens.n;
    if (n == 0) return true;
    MapEntry *entries = l->tokens.entries;
    qsort(entries, (size_t)n, sizeof *entries, entry_cmp);
    int64_t part = counter_take(l->db, S("posting"), 1);
    Load *load = part ? db_load(l->db, "posting", "token, block, part, ids") : NULL;
    for (int i = 0; load && i < n; i++) {
        Posting *p = entries[i].value;
        qsort(p->items, (size_t)p->n, sizeof *p->items, offset_cmp);
        Buf b = buf_new(l->block_arena, 0);
        for (int k = 0; k < p->n; k++) {
            if (k && p->items[k] == p->items[k - 1]) continue;
            buf_char(&b, (char)p->items[k]);
            buf_char(&b, (char)(p->items[k] >> 8));
        }
        db_load_row(load,
                    (DbVal[]){db_s(entries[i].key), db_i(l->block), db_i(part), db_b(buf_str(&b))});
    }
    bool ok = load && db_load_end(load);
    arena_reset(l->block_arena);
    l->tokens = map_new(l->block_arena);
    return ok;
}

bool search_loader_add(SearchLoader *l, int64_t id, Str tokens) {
    if (id >> BLOCK_BITS != l->block) {
        if (!flush(l)) return false;
        l->block = id >> BLOCK_BITS;
    }
    while (tokens.p) {
        Str token = str_cut(&tokens, ' ');
        if (!token.n) continue;
        Posting *p = map_get(&l->tokens, token);
        if (!p) {
            p = NEW(l->block_arena, Posting);
            map_put(&l->tokens, str_dup(l->block_arena, token), p);
        }
        uint16_t offset = (uint16_t)(id & BLOCK_MASK);
        if (p->n && p->items[p->n - 1] == offset) continue;
        GROW(l->block_arena, p->items, p->n, p->cap);
        p->items[p->n++] = offset;
    }
    return true;
}

bool search_loader_close(SearchLoader *l) {
    if (!l) return false;
    bool ok = ctx_ok(db_ctx(l->db)) && flush(l);
    arena_close(l->block_arena);
    arena_close(l->arena);
    return ok;
}

/* --- finding ---------------------------------------------------------------------------------- */

typedef struct Ids {
    int64_t *items;
    int n, cap;
} Ids;

int search_id_cmp(const void *px, const void *py) {
    int64_t x = *(const int64_t *)px, y = *(const int64_t *)py;
    return x < y ? -1 : x > y;
}

/* The ids of a token, ascending, each once; no further block is read when there are over `most`. */
static bool token_ids(Db *db, Arena *a, Str token, int most, Ids *out) {
    int64_t last_block = -1;
    bool parts = false;
    Rows *r =
        Q(db, "SELECT block, ids FROM posting WHERE token = $1 ORDER BY block, part", db_s(token));
    while (out->n <= most && row_next(r)) {
        int64_t block = row_i64(r, 0);
        Str ids = row_str(r, 1);
        parts = parts || block == last_block;
        last_block = block;
        for (ptrdiff_t i = 0; i + 1 < ids.n; i += 2) {
            GROW(a, out->items, out->n, out->cap);
            out->items[out->n++] = block * ((int64_t)1 << BLOCK_BITS) + offset_at(ids, i);
        }
    }
    rows_close(r);
    if (parts && out->n) {
        qsort(out->items, (size_t)out->n, sizeof *out->items, search_id_cmp);
        int kept = 0;
        for (int i = 0; i < out->n; i++)
            if (i == 0 || out->items[i] != out->items[i - 1]) out->items[kept++] = out->items[i];
        out->n = kept;
    }
    return ctx_ok(db_ctx(db));
}

static void intersect(Ids *x, const Ids *y) {
    int kept = 0;
    for (int i = 0, k = 0; i < x->n && k < y->n;) {
        if (x->items[i] < y->items[k]) {
            i++;
        } else if (x->items[i] > y->items[k]) {
            k++;
        } else {
            x->items[kept++] = x->items[i];
            i++;
            k++;
        }
    }
    x->n = kept;
}

bool search_token(Db *db, Arena *a, Str token, int most, int64_t **ids, int *n) {
    Ids all = {0};
    bool ok = token_ids(db, a, token, most, &all);
    *ids = all.items;
    *n = all.n;
    return ok;
}

bool search_find(Db *db, Str tokens, int64_t **ids, int *n) {
    Arena *tmp = arena_child(db_ctx(db)->arena, 0), *tmp_one = arena_child(tmp, 0);
    Ids all = {0};
    bool first = true, ok = true;
    while (ok && tokens.p && (first || all.n > FEW)) {
        Str token = str_cut(&tokens, ' ');
        if (!token.n) continue;
        Ids one = {0};
        arena_reset(tmp_one);
        ok = token_ids(db, first ? tmp : tmp_one, token, INT32_MAX, &one);
        if (first)
            all = one;
        else
            intersect(&all, &one);
        first = false;
    }
    *ids = arena_copy(db_ctx(db)->arena, all.items ? all.items : (int64_t[]){0},
                      (size_t)all.n * sizeof *all.items);
    *n = all.n;
    arena_close(tmp_one);
    arena_close(tmp);
    return ok;
}

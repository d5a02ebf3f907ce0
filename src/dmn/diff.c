/* Comparison of models. See diff.h.
 *
 * Elements with an id are matched by it, others by element name and place. Decision tables are
 * compared as grids, so a cell is the same cell when its column is. What was moved among rules is
 * the smallest set: all rules outside a longest run that kept its order.
 */
#include "dmn/diff.h"

#include "base/buf.h"
#include "dmn/diff_canon.h"

typedef struct Diff {
    Ctx *c;
    DmnChange *items;
    int n, cap;
    Str owner;
} Diff;

Str dmn_change_text(ChangeKind k) {
    static const Str TEXTS[] = {STR_INIT("changed"), STR_INIT("added"), STR_INIT("removed"),
                                STR_INIT("moved")};
    return TEXTS[k];
}

static DmnChange *add(Diff *d, ChangeKind kind, Str what, Str element, Str from, Str to) {
    GROW(d->c->arena, d->items, d->n, d->cap);
    DmnChange *k = &d->items[d->n++];
    *k = (DmnChange){
        .kind = kind, .what = what, .element = element, .owner = d->owner, .from = from, .to = to};
    return k;
}

/* The nearest id at or above an element. */
static Str id_of(const XmlNode *n) {
    for (; n; n = n->parent) {
        Str id = xml_attr(n, S("id"));
        if (id.n) return id;
    }
    return (Str){0};
}

/* --- tables -------------------------------------------------------------------------------------
 */

static const GridColumn *column_like(const DmnGrid *g, const GridColumn *like, int *at) {
    for (int i = 0; i < g->ncolumns; i++)
        if (g->columns[i].kind == like->kind && str_eq(g->columns[i].key, like->key)) {
            *at = i;
            return &g->columns[i];
        }
    return NULL;
}

static void in_table(DmnChange *k, const DmnGrid *g, Str column) {
    k->table = g->key;
    k->column = column;
}

static void diff_text(Diff *d, const DmnGrid *g, const GridColumn *k, Str what, Str from, Str to) {
    if (!str_eq(from, to)) in_table(add(d, CHANGE_CHANGED, what, k->key, from, to), g, k->key);
}

static Str column_title(const GridColumn *k) {
    return k->label.n ? k->label : k->expr.n ? k->expr : k->key;
}

static void diff_columns(Diff *d, const DmnGrid *a, const DmnGrid *b) {
    int at;
    for (int i = 0; i < b->ncolumns; i++) {
        const GridColumn *y = &b->columns[i], *x = column_like(a, y, &at);
        if (!x) {
            in_table(add(d, CHANGE_ADDED, S("column"), y->key, (Str){0}, column_title(y)), b,
                     y->key);
            continue;
        }
        diff_text(d, b, y, S("label"), x->label, y->label);
        diff_text(d, b, y, y->kind == GRID_INPUT ? S("expression") : S("name"), x->expr, y->expr);
        diff_text(d, b, y, S("type"), dmn_type_name(x->type), dmn_type_name(y->type));
        diff_text(d, b, y, S("values"), x->values, y->values);
        diff_text(d, b, y, S("default"), x->deflt, y->deflt);
    }
    for (int i = 0; i < a->ncolumns; i++)
        if (!column_like(b, &a->columns[i], &at))
            in_table(add(d, CHANGE_REMOVED, S("column"), a->columns[i].key,
                         column_title(&a->columns[i]), (Str){0}),
                     a, a->columns[i].key);
}

static Str row_text(Arena *a, const DmnGrid *g, const GridRow *r) {
    Buf b = buf_new(a, 0);
    for (int i = 0; i < g->ncolumns; i++) {
        if (i) buf_lit(&b, " | ");
        buf_put(&b, r->cells[i]);
    }
    return buf_str(&b);
}

static void in_row(DmnChange *k, const DmnGrid *g, Str column, const GridRow *r) {
    in_table(k, g, column);
    k->rule = r->key;
    k->row = (int)(r - g->rows) + 1;
}

/* The element of a cell: its entry's id. */
static Str cell_id(const DmnGrid *g, const GridRow *r, int column) {
    static const Str NAMES[] = {STR_INIT("inputEntry"), STR_INIT("outputEntry"),
                                STR_INIT("annotationEntry"), STR_INIT("description")};
    GridKind kind = g->columns[column].kind;
    int place = 0;
    for (int i = 0; i < column; i++) place += g->columns[i].kind == kind;
    const XmlNode *k = xml_child(r->xml, NAMES[kind]);
    while (k && place-- > 0) k = xml_next(k);
    Str id = xml_attr(k, S("id"));
    return id.n ? id : r->key;
}

static void diff_row(Diff *d, const DmnGrid *a, const DmnGrid *b, const GridRow *x,
                     const GridRow *y) {
    int at;
    for (int i = 0; i < b->ncolumns; i++) {
        bool had = column_like(a, &b->columns[i], &at) != NULL;
        Str from = had ? x->cells[at] : (Str){0};
        if (str_eq(from, y->cells[i])) continue;
        Str what = b->columns[i].kind <= GRID_OUTPUT ? S("cell")
                   : b->columns[i].kind == GRID_NOTE ? S("annotation")
                                                     : S("rule_description");
        in_row(add(d, CHANGE_CHANGED, what, cell_id(b, y, i), from, y->cells[i]), b,
               b->columns[i].key, y);
    }
}

/* Marks the elements of places (old places in new order, -1: none) outside a longest rising run. */
static void find_moved(Arena *a, const int *places, int n, bool *moved) {
    int *tail = NEW_N(a, int, n + 1), *before = NEW_N(a, int, n + 1), length = 0;
    for (int i = 0; i < n; i++) {
        if (places[i] < 0) continue;
        int lo = 0, hi = length;
        while (lo < hi) {
            int mid = (lo + hi) / 2;
            if (places[tail[mid]] < places[i])
                lo = mid + 1;
            else
                hi = mid;
        }
        before[i] = lo ? tail[lo - 1] : -1;
        tail[lo] = i;
        if (lo == length) length++;
        moved[i] = true;
    }
    for (int i = length ? tail[length - 1] : -1; i >= 0; i = before[i]) moved[i] = false;
}

static void diff_rows(Diff *d, const DmnGrid *a, const DmnGrid *b) {
    Arena *arena = d->c->arena;
    Map old = map_new(arena), now = map_new(arena);
    int *places = NEW_N(arena, int, b->nrows + 1);
    bool *moved = NEW_N(arena, bool, b->nrows + 1);
    for (int i = 0; i < a->nrows; i++) map_put(&old, a->rows[i].key, &a->rows[i]);
    for (int i = 0; i < b->nrows; i++) {
        const GridRow *x = map_get(&old, b->rows[i].key);
        map_put(&now, b->rows[i].key, &b->rows[i]);
        places[i] = x ? (int)(x - a->rows) : -1;
    }
    find_moved(arena, places, b->nrows, moved);
    for (int i = 0; i < b->nrows; i++) {
        const GridRow *y = &b->rows[i];
        if (places[i] < 0) {
            in_row(add(d, CHANGE_ADDED, S("rule"), y->key, (Str){0}, row_text(arena, b, y)), b,
                   (Str){0}, y);
            continue;
        }
        if (moved[i]) {
            DmnChange *k =
                add(d, CHANGE_MOVED, S("rule"), y->key, str_printf(arena, "%d", places[i] + 1),
                    str_printf(arena, "%d", i + 1));
            in_row(k, b, (Str){0}, y);
            k->row_before = places[i] + 1;
        }
        diff_row(d, a, b, &a->rows[places[i]], y);
    }
    for (int i = 0; i < a->nrows; i++)
        if (!map_has(&now, a->rows[i].key))
            in_row(add(d, CHANGE_REMOVED, S("rule"), a->rows[i].key,
                       row_text(arena, a, &a->rows[i]), (Str){0}),
                   a, (Str){0}, &a->rows[i]);
}

static void diff_tables(Diff *d, const XmlNode *x, const XmlNode *y) {
    DmnGrid a = dmn_grid_of(d->c, x), b = dmn_grid_of(d->c, y);
    if (!str_eq(a.hit, b.hit))
        in_table(add(d, CHANGE_CHANGED, S("hit_policy"), b.key, a.hit, b.hit), &b, (Str){0});
    diff_columns(d, &a, &b);
    diff_rows(d, &a, &b);
}

/* --- elements -----------------------------------------------------------------------------------
 */

static void diff_element(Diff *d, const XmlNode *x, const XmlNode *y);

static void diff_attrs(Diff *d, const XmlNode *x, const XmlNode *y) {
    CanonAttr a[CANON_ATTRS_MAX], b[CANON_ATTRS_MAX];
    int n = canon_attrs(x, a), m = canon_attrs(y, b), i = 0, k = 0;
    while (i < n || k < m) {
        int order = i == n ? 1 : k == m ? -1 : str_cmp(a[i].name, b[k].name);
        Str name = order <= 0 ? a[i].name : b[k].name;
        Str from = order <= 0 ? a[i].value : (Str){0}, to = order >= 0 ? b[k].value : (Str){0};
        bool table = str_eq(y->name, S("decisionTable")) &&
                     (str_eq(name, S("hitPolicy")) || str_eq(name, S("aggregation")));
        if (!str_eq(from, to) && !table && !str_eq(name, S("id")))
            add(d, CHANGE_CHANGED, canon_word(name), id_of(y), from, to);
        i += order <= 0;
        k += order >= 0;
    }
}

/* What a text belongs to: <text> is the expression of its parent. */
static Str text_word(const XmlNode *n) {
    return str_eq(n->name, S("text")) ? canon_word(S("expression")) : canon_word(n->name);
}

static bool is_table_part(const XmlNode *parent, const XmlNode *k) {
    return str_eq(parent->name, S("decisionTable")) && !str_eq(k->name, S("description"));
}

static const XmlNode *match(const CanonChildren *in, const CanonChild *k) {
    const CanonChild *found = map_get(&in->by_key, k->key);
    return found ? found->xml : NULL;
}

static Str title_or(const XmlNode *n, Str other) {
    Str title = canon_title(n);
    return title.n ? title : other;
}

static void diff_children(Diff *d, const XmlNode *x, const XmlNode *y) {
    CanonChildren a = canon_children(d->c->arena, x), b = canon_children(d->c->arena, y);
    bool top = !y->parent;
    Str outer = d->owner;
    for (int i = 0; i < b.n; i++) {
        const XmlNode *k = b.items[i].xml, *was = match(&a, &b.items[i]);
        if (is_table_part(y, k)) continue;
        if (top) d->owner = title_or(k, outer);
        if (was)
            diff_element(d, was, k);
        else
            add(d, CHANGE_ADDED, canon_word(k->name), id_of(k), (Str){0},
                canon_summary(d->c->arena, k));
    }
    for (int i = 0; i < a.n; i++) {
        const XmlNode *k = a.items[i].xml;
        if (is_table_part(x, k) || match(&b, &a.items[i])) continue;
        if (top) d->owner = title_or(k, outer);
        add(d, CHANGE_REMOVED, canon_word(k->name), id_of(k), canon_summary(d->c->arena, k),
            (Str){0});
    }
    d->owner = outer;
}

static void diff_element(Diff *d, const XmlNode *x, const XmlNode *y) {
    diff_attrs(d, x, y);
    Str from = canon_text(x), to = canon_text(y);
    if (!str_eq(from, to)) add(d, CHANGE_CHANGED, text_word(y), id_of(y), from, to);
    if (str_eq(y->name, S("decisionTable"))) diff_tables(d, x, y);
    diff_children(d, x, y);
}

int dmn_diff(Ctx *c, const DmnDefs *from, const DmnDefs *to, DmnChange **out) {
    Diff d = {.c = c, .owner = to->name};
    diff_element(&d, from->xml, to->xml);
    *out = d.items;
    return d.n;
}

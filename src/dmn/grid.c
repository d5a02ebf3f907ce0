/* Decision tables as grids. See grid.h. Reads the pruned tree of read.c: every cell exists, so a
 * grid has as many cells in each row as it has columns. */
#include "dmn/grid.h"

#include "base/buf.h"

static const Str POLICIES[] = {
    STR_INIT("UNIQUE"),      STR_INIT("ANY"),         STR_INIT("PRIORITY"),
    STR_INIT("FIRST"),       STR_INIT("RULE ORDER"),  STR_INIT("OUTPUT ORDER"),
    STR_INIT("COLLECT"),     STR_INIT("COLLECT SUM"), STR_INIT("COLLECT COUNT"),
    STR_INIT("COLLECT MIN"), STR_INIT("COLLECT MAX"),
};

bool dmn_grid_hit(Str text) {
    for (size_t i = 0; i < sizeof POLICIES / sizeof *POLICIES; i++)
        if (str_eq(POLICIES[i], text)) return true;
    return false;
}

static Str key_of(Arena *a, const XmlNode *xml, int place) {
    Str id = xml_attr(xml, S("id"));
    return id.n ? id : str_printf(a, "#%d", place + 1);
}

/* The trimmed text of the `text` child, or of the description itself. */
static Str text_of(const XmlNode *xml) {
    const XmlNode *text = xml_child(xml, S("text"));
    return text ? str_trim(text->text) : (Str){0};
}

static Str hit_of(Arena *a, const XmlNode *table) {
    Str hit = str_trim(xml_attr(table, S("hitPolicy")));
    Str aggregation = str_trim(xml_attr(table, S("aggregation")));
    if (!hit.n) hit = S("UNIQUE");
    if (!aggregation.n || !str_eq(hit, S("COLLECT"))) return hit;
    return str_printf(a, "COLLECT %.*s", STRF(aggregation));
}

static void add_clauses(Ctx *c, const XmlNode *table, DmnGrid *g) {
    int n = 0;
    for (const XmlNode *k = xml_child(table, S("input")); k; k = xml_next(k)) {
        const XmlNode *in = xml_child(k, S("inputExpression"));
        g->columns[g->ncolumns++] = (GridColumn){.kind = GRID_INPUT,
                                                 .key = key_of(c->arena, k, n++),
                                                 .label = str_trim(xml_attr(k, S("label"))),
                                                 .expr = text_of(in),
                                                 .type = str_trim(xml_attr(in, S("typeRef"))),
                                                 .values = text_of(xml_child(k, S("inputValues"))),
                                                 .xml = k};
    }
    n = 0;
    for (const XmlNode *k = xml_child(table, S("output")); k; k = xml_next(k))
        g->columns[g->ncolumns++] =
            (GridColumn){.kind = GRID_OUTPUT,
                         .key = key_of(c->arena, k, n++),
                         .label = str_trim(xml_attr(k, S("label"))),
                         .expr = str_trim(xml_attr(k, S("name"))),
                         .type = str_trim(xml_attr(k, S("typeRef"))),
                         .values = text_of(xml_child(k, S("outputValues"))),
                         .deflt = text_of(xml_child(k, S("defaultOutputEntry"))),
                         .xml = k};
}

/* Annotation columns: as many as are named, or as the longest rule has entries. */
static int note_count(const XmlNode *table, bool *remarks) {
    int most = xml_count(table, S("annotation"));
    *remarks = false;
    for (const XmlNode *r = xml_child(table, S("rule")); r; r = xml_next(r)) {
        int n = xml_count(r, S("annotationEntry"));
        if (n > most) most = n;
        if (xml_child(r, S("description"))) *remarks = true;
    }
    return most;
}

static void add_notes(Ctx *c, const XmlNode *table, DmnGrid *g, int notes, bool remarks) {
    const XmlNode *k = xml_child(table, S("annotation"));
    for (int i = 0; i < notes; i++) {
        g->columns[g->ncolumns++] =
            (GridColumn){.kind = GRID_NOTE,
                         .key = str_printf(c->arena, "#%d", i + 1),
                         .label = k ? str_trim(xml_attr(k, S("name"))) : (Str){0},
                         .xml = k};
        if (k) k = xml_next(k);
    }
    if (remarks) g->columns[g->ncolumns++] = (GridColumn){.kind = GRID_REMARK, .key = S("#1")};
}

static int take_cells(const XmlNode *rule, Str name, Str *cells, int room, bool dash) {
    int n = 0;
    for (const XmlNode *k = xml_child(rule, name); k && n < room; k = xml_next(k)) {
        cells[n] = text_of(k);
        if (dash && !cells[n].n) cells[n] = S("-");
        n++;
    }
    return n;
}

static void add_row(Ctx *c, DmnGrid *g, const XmlNode *rule) {
    int inputs = 0, outputs = 0, notes = 0;
    for (int i = 0; i < g->ncolumns; i++) {
        inputs += g->columns[i].kind == GRID_INPUT;
        outputs += g->columns[i].kind == GRID_OUTPUT;
        notes += g->columns[i].kind == GRID_NOTE;
    }
    GridRow *r = &g->rows[g->nrows];
    *r = (GridRow){.key = key_of(c->arena, rule, g->nrows),
                   .cells = NEW_N(c->arena, Str, g->ncolumns),
                   .xml = rule};
    take_cells(rule, S("inputEntry"), r->cells, inputs, true);
    take_cells(rule, S("outputEntry"), r->cells + inputs, outputs, false);
    take_cells(rule, S("annotationEntry"), r->cells + inputs + outputs, notes, false);
    const XmlNode *remark = xml_child(rule, S("description"));
    if (remark) r->cells[inputs + outputs + notes] = str_trim(remark->text);
    g->nrows++;
}

static DmnGrid grid_of(Ctx *c, const XmlNode *table, const XmlNode *owner, int place) {
    bool remarks;
    int notes = note_count(table, &remarks);
    int columns = xml_count(table, S("input")) + xml_count(table, S("output")) + notes + remarks;
    const XmlNode *description = xml_child(owner, S("description"));
    DmnGrid g = {.decision = str_trim(xml_attr(owner, S("name"))),
                 .key = key_of(c->arena, table, place),
                 .hit = hit_of(c->arena, table),
                 .description = description ? str_trim(description->text) : (Str){0},
                 .columns = NEW_N(c->arena, GridColumn, columns),
                 .rows = NEW_N(c->arena, GridRow, xml_count(table, S("rule"))),
                 .xml = table,
                 .owner = owner};
    add_clauses(c, table, &g);
    add_notes(c, table, &g, notes, remarks);
    for (const XmlNode *r = xml_child(table, S("rule")); r; r = xml_next(r)) add_row(c, &g, r);
    return g;
}

DmnGrid dmn_grid_of(Ctx *c, const XmlNode *table) {
    return grid_of(c, table, NULL, 0);
}

typedef struct Found {
    DmnGrid *grids;
    int n, cap;
} Found;

static void collect(Ctx *c, Found *f, const XmlNode *xml, const XmlNode *owner) {
    for (const XmlNode *k = xml->first; k; k = k->next) {
        if (str_eq(k->name, S("decisionTable"))) {
            GROW(c->arena, f->grids, f->n, f->cap);
            f->grids[f->n] = grid_of(c, k, owner, f->n);
            f->n++;
        } else {
            collect(c, f, k, owner);
        }
    }
}

int dmn_grids(Ctx *c, const DmnDefs *d, DmnGrid **out) {
    Found f = {0};
    for (int i = 0; i < d->nnodes; i++) collect(c, &f, d->nodes[i]->xml, d->nodes[i]->xml);
    *out = f.grids;
    return f.n;
}

const DmnGrid *dmn_grid_find(Ctx *c, const DmnGrid *grids, int n, Str name) {
    const DmnGrid *found = NULL;
    Buf keys = buf_new(c->arena, 0);
    int several = 0;
    for (int i = 0; i < n; i++) {
        if (str_eq(grids[i].key, name)) return &grids[i];
        if (str_eq(grids[i].decision, name)) several++, found = &grids[i];
        buf_printf(&keys, "%s%.*s（%.*s）", keys.n ? "、" : "", STRF(grids[i].decision),
                   STRF(grids[i].key));
    }
    if (several == 1) return found;
    FAIL(c, ERR_MISSING, several ? M_GRID_SEVERAL : M_GRID_NONE, name, buf_str(&keys));
    return NULL;
}

static void put(Buf *b, Str s) {
    buf_printf(b, "%td:", s.n);
    buf_put(b, s);
    buf_char(b, ';');
}

Str dmn_grid_text(Arena *a, const DmnGrid *g) {
    Buf b = buf_new(a, 0);
    put(&b, g->decision);
    put(&b, g->key);
    put(&b, g->hit);
    put(&b, g->description);
    for (int i = 0; i < g->ncolumns; i++) {
        const GridColumn *k = &g->columns[i];
        buf_printf(&b, "\n%d", (int)k->kind);
        put(&b, k->key);
        put(&b, k->label);
        put(&b, k->expr);
        put(&b, k->type);
        put(&b, k->values);
        put(&b, k->deflt);
    }
    for (int i = 0; i < g->nrows; i++) {
        buf_char(&b, '\n');
        put(&b, g->rows[i].key);
        for (int k = 0; k < g->ncolumns; k++) put(&b, g->rows[i].cells[k]);
    }
    return buf_str(&b);
}

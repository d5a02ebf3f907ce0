/* An edited grid back into its file. See grid.h.
 *
 * Cells, clauses and attributes are replaced where they stand. When rules were added, removed or
 * moved, the stretch from the first rule to the last is made anew from the rules' own bytes, each
 * with the white space and comments before it; new rules take the form of an existing one.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "dmn/grid.h"
#include "dmn/splice.h"

typedef struct Writer {
    Ctx *c;
    const DmnDefs *d;
    const DmnGrid *base, *want;
    Splice s;
    Map by_key; /* rows of base */
    Map taken;  /* ids given here */
    int inputs, outputs, notes;
    int fresh; /* number of the last new rule */
} Writer;

static Str esc(Writer *w, Str text) {
    return splice_escape(w->c->arena, text);
}

static bool is_utf8(Str bytes) {
    Str head = str_sub(bytes, 0, 200);
    ptrdiff_t at = str_find(head, S("encoding=")), end = str_find(head, S("?>"));
    if (utf8_invalid_at(bytes) >= 0) return false;
    if (at < 0 || end < at) return true;
    return str_eq_nocase(str_sub(head, at + 10, at + 15), S("utf-8"));
}

/* --- clauses ------------------------------------------------------------------------------------
 */

/* The `text` inside a child element: set, made or, when empty, removed with its element. */
static void put_text_child(Writer *w, const XmlNode *in, Str child, Str text, Str id) {
    const XmlNode *k = xml_child(in, child), *t = xml_child(k, S("text"));
    Str p = splice_prefix(&w->s, in);
    Str inner =
        str_printf(w->c->arena, "<%.*stext>%.*s</%.*stext>", STRF(p), STRF(esc(w, text)), STRF(p));
    if (k && !text.n) {
        splice_remove(&w->s, k);
    } else if (t) {
        splice_text(&w->s, t, text);
    } else if (k) {
        splice_inside(&w->s, k, inner);
    } else if (text.n) {
        Str element = str_printf(w->c->arena, "<%.*s%.*s id=\"%.*s\">%.*s</%.*s%.*s>", STRF(p),
                                 STRF(child), STRF(id), STRF(inner), STRF(p), STRF(child));
        splice_inside(&w->s, in, element);
    }
}

static Str child_id(Writer *w, const XmlNode *xml, const char *what) {
    Str id = xml_attr(xml, S("id"));
    return str_printf(w->c->arena, "%.*s_%s", STRF(id.n ? id : S("clause")), what);
}

static void put_input(Writer *w, const GridColumn *have, const GridColumn *want) {
    const XmlNode *in = xml_child(have->xml, S("inputExpression"));
    if (!str_eq(have->label, want->label)) splice_attr(&w->s, have->xml, S("label"), want->label);
    if (!str_eq(have->expr, want->expr))
        put_text_child(w, have->xml, S("inputExpression"), want->expr, child_id(w, have->xml, "e"));
    if (in && !str_eq(have->type, want->type)) splice_attr(&w->s, in, S("typeRef"), want->type);
    if (!str_eq(have->values, want->values))
        put_text_child(w, have->xml, S("inputValues"), want->values, child_id(w, have->xml, "v"));
}

/* Values stand before the default (DMN 1.3 schema, tOutputClause); when both are new to a closed
 * element they are one insertion. */
static void put_output(Writer *w, const GridColumn *have, const GridColumn *want) {
    const XmlNode *deflt = xml_child(have->xml, S("defaultOutputEntry"));
    if (!str_eq(have->label, want->label)) splice_attr(&w->s, have->xml, S("label"), want->label);
    if (!str_eq(have->expr, want->expr)) splice_attr(&w->s, have->xml, S("name"), want->expr);
    if (!str_eq(have->type, want->type)) splice_attr(&w->s, have->xml, S("typeRef"), want->type);
    Str p = splice_prefix(&w->s, have->xml);
    bool new_values = want->values.n && !xml_child(have->xml, S("outputValues"));
    bool new_default = want->deflt.n && !deflt;
    Buf b = buf_new(w->c->arena, 0);
    if (new_values)
        buf_printf(&b, "<%.*soutputValues id=\"%.*s\"><%.*stext>%.*s</%.*stext></%.*soutputValues>",
                   STRF(p), STRF(child_id(w, have->xml, "v")), STRF(p), STRF(esc(w, want->values)),
                   STRF(p), STRF(p));
    else if (!str_eq(have->values, want->values))
        put_text_child(w, have->xml, S("outputValues"), want->values, (Str){0});
    if (new_default)
        buf_printf(&b,
                   "<%.*sdefaultOutputEntry id=\"%.*s\"><%.*stext>%.*s</%.*stext>"
                   "</%.*sdefaultOutputEntry>",
                   STRF(p), STRF(child_id(w, have->xml, "d")), STRF(p), STRF(esc(w, want->deflt)),
                   STRF(p), STRF(p));
    else if (!str_eq(have->deflt, want->deflt))
        put_text_child(w, have->xml, S("defaultOutputEntry"), want->deflt, (Str){0});
    if (!b.n) return;
    if (new_values && deflt)
        splice_put(&w->s, splice_margin(&w->s, deflt), splice_margin(&w->s, deflt), buf_str(&b));
    else
        splice_inside(&w->s, have->xml, buf_str(&b));
}

/* The element new annotation columns follow: the last clause of the table. */
static const XmlNode *last_clause(const XmlNode *table) {
    const XmlNode *last = NULL;
    for (const XmlNode *k = table->first; k; k = k->next)
        if (!str_eq(k->name, S("rule"))) last = k;
    return last;
}

static void put_notes(Writer *w) {
    const XmlNode *after = last_clause(w->base->xml);
    Buf b = buf_new(w->c->arena, 0);
    int first = w->inputs + w->outputs;
    for (int i = first; i < first + w->notes; i++) {
        const GridColumn *want = &w->want->columns[i];
        const XmlNode *xml = i < w->base->ncolumns ? w->base->columns[i].xml : NULL;
        if (xml && !str_eq(w->base->columns[i].label, want->label))
            splice_attr(&w->s, xml, S("name"), want->label);
        if (!xml && want->label.n)
            buf_printf(&b, "%.*s<%.*sannotation name=\"%.*s\"/>", STRF(splice_indent(&w->s, after)),
                       STRF(splice_prefix(&w->s, after)), STRF(esc(w, want->label)));
    }
    if (b.n) splice_after(&w->s, after, buf_str(&b));
}

static void put_hit(Writer *w) {
    Str hit = w->want->hit, aggregation = {0};
    if (str_eq(hit, w->base->hit)) return;
    if (str_starts(hit, S("COLLECT "))) {
        aggregation = str_sub(hit, 8, hit.n);
        hit = S("COLLECT");
    }
    splice_attr(&w->s, w->base->xml, S("hitPolicy"), hit);
    splice_attr(&w->s, w->base->xml, S("aggregation"), aggregation);
}

static void put_description(Writer *w) {
    const XmlNode *xml = xml_child(w->base->owner, S("description"));
    const XmlNode *first = w->base->owner->first;
    Str text = w->want->description;
    if (str_eq(text, w->base->description)) return;
    Str p = splice_prefix(&w->s, w->base->owner);
    if (xml) {
        splice_text(&w->s, xml, text);
    } else {
        ptrdiff_t at = splice_margin(&w->s, first);
        splice_put(&w->s, at, at,
                   str_printf(w->c->arena, "%.*s<%.*sdescription>%.*s</%.*sdescription>",
                              STRF(splice_indent(&w->s, first)), STRF(p), STRF(esc(w, text)),
                              STRF(p)));
    }
}

static void put_clauses(Writer *w) {
    put_hit(w);
    put_description(w);
    for (int i = 0; i < w->inputs; i++) put_input(w, &w->base->columns[i], &w->want->columns[i]);
    for (int i = w->inputs; i < w->inputs + w->outputs; i++)
        put_output(w, &w->base->columns[i], &w->want->columns[i]);
    put_notes(w);
}

/* --- rules --------------------------------------------------------------------------------------
 */

static const XmlNode *entry_at(const XmlNode *rule, Str name, int i) {
    const XmlNode *k = xml_child(rule, name);
    while (k && i-- > 0) k = xml_next(k);
    return k;
}

/* Annotations a rule does not have yet, up to the last that is wanted. */
static Str missing_notes(Writer *w, const GridRow *want, int have, Str indent, Str p) {
    Buf b = buf_new(w->c->arena, 0);
    const Str *notes = want->cells + w->inputs + w->outputs;
    int last = w->notes;
    while (last > have && !notes[last - 1].n) last--;
    for (int i = have; i < last; i++)
        buf_printf(&b, "%.*s<%.*sannotationEntry><%.*stext>%.*s</%.*stext></%.*sannotationEntry>",
                   STRF(indent), STRF(p), STRF(p), STRF(esc(w, notes[i])), STRF(p), STRF(p));
    return buf_str(&b);
}

static void put_cell(Writer *w, const XmlNode *entry, Str text) {
    const XmlNode *t = xml_child(entry, S("text"));
    Str p = splice_prefix(&w->s, entry);
    if (t)
        splice_text(&w->s, t, text);
    else
        splice_inside(&w->s, entry,
                      str_printf(w->c->arena, "<%.*stext>%.*s</%.*stext>", STRF(p),
                                 STRF(esc(w, text)), STRF(p)));
}

static void put_remark(Writer *w, const GridRow *have, Str text) {
    const XmlNode *xml = xml_child(have->xml, S("description")), *first = have->xml->first;
    Str p = splice_prefix(&w->s, have->xml);
    if (xml && !text.n) {
        splice_remove(&w->s, xml);
    } else if (xml) {
        splice_text(&w->s, xml, text);
    } else if (first) {
        ptrdiff_t at = splice_margin(&w->s, first);
        splice_put(&w->s, at, at,
                   str_printf(w->c->arena, "%.*s<%.*sdescription>%.*s</%.*sdescription>",
                              STRF(splice_indent(&w->s, first)), STRF(p), STRF(esc(w, text)),
                              STRF(p)));
    }
}

static void put_row(Writer *w, const GridRow *have, const GridRow *want) {
    int clauses = w->inputs + w->outputs;
    for (int i = 0; i < clauses; i++) {
        bool in = i < w->inputs;
        if (str_eq(have->cells[i], want->cells[i])) continue;
        put_cell(
            w, entry_at(have->xml, in ? S("inputEntry") : S("outputEntry"), in ? i : i - w->inputs),
            want->cells[i]);
    }
    int notes = xml_count(have->xml, S("annotationEntry"));
    for (int i = 0; i < notes; i++)
        if (!str_eq(have->cells[clauses + i], want->cells[clauses + i]))
            put_cell(w, entry_at(have->xml, S("annotationEntry"), i), want->cells[clauses + i]);
    Str more = missing_notes(w, want, notes, splice_indent(&w->s, have->xml->first),
                             splice_prefix(&w->s, have->xml));
    if (more.n) splice_inside(&w->s, have->xml, more);
    int remark = clauses + w->notes;
    bool has = w->want->ncolumns > remark && w->base->ncolumns > clauses &&
               w->base->columns[w->base->ncolumns - 1].kind == GRID_REMARK;
    if (has && !str_eq(have->cells[w->base->ncolumns - 1], want->cells[remark]))
        put_remark(w, have, want->cells[remark]);
}

/* An id of a new rule: the table's, a number nobody has. Its cells add _i1, _o1 … */
static Str fresh_id(Writer *w) {
    Str table = xml_attr(w->base->xml, S("id"));
    for (;;) {
        Str id = str_printf(w->c->arena, "%.*s_r%d", STRF(table.n ? table : S("table")),
                            w->base->nrows + ++w->fresh);
        Str cell = str_cat(w->c->arena, id, S("_i1")), out = str_cat(w->c->arena, id, S("_o1"));
        if (!map_has(&w->d->all_ids, id) && !map_has(&w->d->all_ids, cell) &&
            !map_has(&w->d->all_ids, out))
            return id;
    }
}

static Str new_rule(Writer *w, const GridRow *want, Str indent, Str inner) {
    Buf b = buf_new(w->c->arena, 0);
    Str p = splice_prefix(&w->s, w->base->xml), id = fresh_id(w);
    int clauses = w->inputs + w->outputs, remark = clauses + w->notes;
    buf_printf(&b, "%.*s<%.*srule id=\"%.*s\">", STRF(indent), STRF(p), STRF(id));
    if (w->want->ncolumns > remark && want->cells[remark].n)
        buf_printf(&b, "%.*s<%.*sdescription>%.*s</%.*sdescription>", STRF(inner), STRF(p),
                   STRF(esc(w, want->cells[remark])), STRF(p));
    for (int i = 0; i < clauses; i++) {
        bool in = i < w->inputs;
        const char *name = in ? "inputEntry" : "outputEntry";
        buf_printf(&b, "%.*s<%.*s%s id=\"%.*s_%c%d\"><%.*stext>%.*s</%.*stext></%.*s%s>",
                   STRF(inner), STRF(p), name, STRF(id), in ? 'i' : 'o',
                   in ? i + 1 : i - w->inputs + 1, STRF(p), STRF(esc(w, want->cells[i])), STRF(p),
                   STRF(p), name);
    }
    buf_put(&b, missing_notes(w, want, 0, inner, p));
    buf_printf(&b, "%.*s</%.*srule>", STRF(indent), STRF(p));
    return buf_str(&b);
}

/* Are the rules of base all there, in their order, and no other? */
static bool same_rules(const Writer *w) {
    bool same = w->want->nrows == w->base->nrows;
    for (int i = 0; same && i < w->want->nrows; i++)
        same = str_eq(w->want->rows[i].key, w->base->rows[i].key);
    return same;
}

/* Where the bytes that belong to a rule begin: behind the element before it. */
static ptrdiff_t rule_start(const XmlNode *rule) {
    ptrdiff_t at = -1;
    for (const XmlNode *k = rule->parent->first; k != rule; k = k->next)
        at = (ptrdiff_t)k->byte_end;
    return at;
}

static Str white_only(Str s) {
    ptrdiff_t i = s.n;
    while (i > 0 &&
           (s.p[i - 1] == ' ' || s.p[i - 1] == '\t' || s.p[i - 1] == '\n' || s.p[i - 1] == '\r'))
        i--;
    return str_sub(s, i, s.n);
}

static Str rules_anew(Writer *w, ptrdiff_t *from, ptrdiff_t *to) {
    const DmnGrid *g = w->base;
    const XmlNode *like = g->nrows ? g->rows[0].xml : NULL, *last = last_clause(g->xml);
    ptrdiff_t at = *from = g->nrows ? rule_start(like) : (ptrdiff_t)last->byte_end;
    Buf b = buf_new(w->c->arena, 0);
    ptrdiff_t *starts = NEW_N(w->c->arena, ptrdiff_t, g->nrows);
    for (int i = 0; i < g->nrows; i++) {
        starts[i] = at;
        at = (ptrdiff_t)g->rows[i].xml->byte_end;
    }
    *to = at;
    Str indent = splice_indent(&w->s, like ? like : last);
    Str inner = like && like->first ? white_only(splice_indent(&w->s, like->first))
                                    : str_cat(w->c->arena, indent, S("  "));
    for (int i = 0; i < w->want->nrows; i++) {
        const GridRow *want = &w->want->rows[i], *have = map_get(&w->by_key, want->key);
        if (have)
            buf_put(&b,
                    splice_apply(&w->s, starts[have - g->rows], (ptrdiff_t)have->xml->byte_end));
        else
            buf_put(&b, new_rule(w, want, indent, inner));
    }
    return buf_str(&b);
}

static Str write_all(Writer *w) {
    ptrdiff_t from = 0, to = 0;
    put_clauses(w);
    for (int i = 0; i < w->want->nrows; i++) {
        const GridRow *have = map_get(&w->by_key, w->want->rows[i].key);
        if (have) put_row(w, have, &w->want->rows[i]);
    }
    if (same_rules(w)) return splice_apply(&w->s, 0, w->s.bytes.n);
    Str rules = rules_anew(w, &from, &to);
    /* an annotation column may be inserted exactly where the rules begin */
    Str head = splice_apply(&w->s, 0, from), tail = splice_apply(&w->s, to, w->s.bytes.n);
    return str_cat(w->c->arena, str_cat(w->c->arena, head, rules), tail);
}

/* --- checks -------------------------------------------------------------------------------------
 */

static bool count_columns(Writer *w) {
    for (int i = 0; i < w->want->ncolumns; i++) {
        w->inputs += w->want->columns[i].kind == GRID_INPUT;
        w->outputs += w->want->columns[i].kind == GRID_OUTPUT;
        w->notes += w->want->columns[i].kind == GRID_NOTE;
    }
    int clauses = w->inputs + w->outputs, at = 0;
    for (; at < clauses && at < w->base->ncolumns; at++)
        if (w->base->columns[at].kind != w->want->columns[at].kind ||
            !str_eq(w->base->columns[at].key, w->want->columns[at].key))
            break;
    bool more = at < w->base->ncolumns && w->base->columns[at].kind <= GRID_OUTPUT;
    return (at == clauses && !more) || FAIL(w->c, ERR_RULE, M_GRID_COLUMNS, w->base->decision);
}

static bool index_rows(Writer *w) {
    w->by_key = map_new(w->c->arena);
    w->taken = map_new(w->c->arena);
    for (int i = 0; i < w->base->nrows; i++)
        map_put(&w->by_key, w->base->rows[i].key, &w->base->rows[i]);
    for (int i = 0; i < w->want->nrows; i++) {
        Str key = w->want->rows[i].key;
        if (!key.n) continue;
        if (!map_has(&w->by_key, key)) return FAIL(w->c, ERR_RULE, M_GRID_NO_ROW, key);
        if (map_put(&w->taken, key, w)) return FAIL(w->c, ERR_RULE, M_GRID_ROW_TWICE, key);
    }
    return dmn_grid_hit(w->want->hit) ||
           FAIL(w->c, ERR_RULE, M_DMN_HIT_POLICY, w->want->hit, S(""));
}

/* The result must be a model that holds what was wanted. */
static bool verify(Writer *w, Str bytes) {
    DmnDefs *d = dmn_read(w->c, bytes, w->d->file);
    DmnGrid *grids;
    int n = d ? dmn_grids(w->c, d, &grids) : 0;
    const DmnGrid *g = n ? dmn_grid_find(w->c, grids, n, w->base->key) : NULL;
    if (!g) return false;
    bool same = g->nrows == w->want->nrows && str_eq(g->hit, w->want->hit) &&
                str_eq(g->description, w->want->description);
    for (int i = 0; same && i < w->inputs + w->outputs; i++) {
        const GridColumn *x = &g->columns[i], *y = &w->want->columns[i];
        same = str_eq(x->label, y->label) && str_eq(x->expr, y->expr) && str_eq(x->type, y->type) &&
               str_eq(x->values, y->values) && str_eq(x->deflt, y->deflt);
    }
    for (int i = 0; same && i < g->nrows; i++)
        for (int k = 0; same && k < g->ncolumns && k < w->inputs + w->outputs + w->notes; k++)
            same = str_eq(g->rows[i].cells[k], w->want->rows[i].cells[k]);
    return same || FAIL(w->c, ERR_BUG, M_GRID_NOT_WRITTEN, w->base->decision);
}

bool dmn_grid_write(Ctx *c, Str bytes, const DmnDefs *d, const DmnGrid *base, const DmnGrid *wanted,
                    Str *out) {
    Writer w = {
        .c = c, .d = d, .base = base, .want = wanted, .s = {.arena = c->arena, .bytes = bytes}};
    if (!is_utf8(bytes)) return FAIL_AT(c, ERR_INPUT, d->file, M_GRID_ENCODING);
    if (!count_columns(&w) || !index_rows(&w)) return false;
    *out = write_all(&w);
    return verify(&w, *out);
}

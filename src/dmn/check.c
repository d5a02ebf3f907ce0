/* Static checks of a model (engine 7.8): what loading found, what is not used, what can only be
 * null (check_value.c), and the tables (analyse.c). */
#include "dmn/check.h"

#include <string.h>

#include "dmn/analyse.h"

DmnFinding *check_add(Check *s, int severity, Str place, Msg msg, int n, const Str *args) {
    Note *note = NEW(s->arena, Note);
    *note = (Note){.msg = msg, .severity = severity, .place = place};
    while (note->nargs < n) {
        note->args[note->nargs] = args[note->nargs];
        note->nargs++;
    }
    DmnFinding *f = NEW(s->arena, DmnFinding);
    f->note = note;
    if (s->last) {
        s->last->next = f;
        ((Note *)s->last->note)->next = note;
    } else {
        s->first = f;
    }
    return s->last = f;
}

static DmnFinding *node_finding(Check *s, int severity, const DmnNode *n, const XmlNode *xml,
                                Msg msg, Str x, Str y) {
    Str args[] = {x, y};
    DmnFinding *f = check_add(s, severity, dmn_place(s->arena, n->defs, xml), msg, 2, args);
    f->node = n;
    f->element = n->id;
    return f;
}

/* --- tables and the nodes they stand in ---------------------------------------------------------
 */

typedef struct Walk {
    Map owner; /* by the address of a table's expression: its DmnNode */
    DmnNode *node;
} Walk;

static Str address_key(const DmnExpr *const *e) {
    return str_of(e, sizeof *e);
}

static void find_tables(Walk *w, const DmnExpr *e) {
    if (!e) return;
    if (e->kind == EXPR_TABLE)
        map_put(&w->owner, address_key(arena_copy(w->owner.arena, &e, sizeof(e))), w->node);
    find_tables(w, e->a);
    find_tables(w, e->b);
    find_tables(w, e->c);
    for (int i = 0; i < e->nentries; i++) find_tables(w, e->entries[i].expr);
    for (int i = 0; e->cells && i < e->nrows * e->nentries; i++) find_tables(w, e->cells[i]);
}

/* --- what loading found -------------------------------------------------------------------------
 */

/* The cell of a table a finding of loading is about. */
static bool locate_cell(DmnFinding *f, const DmnExpr *src, const void *source) {
    const DmnTable *t = src->table;
    for (int r = 0; r < t->nrules; r++)
        for (int k = 0; k < t->ninputs + t->noutputs; k++) {
            const DmnRule *rule = &t->rules[r];
            const DmnCell *cell = k < t->ninputs ? &rule->in[k] : &rule->out[k - t->ninputs];
            if (cell != source) continue;
            f->table = src;
            f->rule = r + 1;
            f->column = k + 1;
            f->element = cell->id;
            return true;
        }
    return false;
}

/* The decision, and for a cell the table, a text stands in. */
static void locate(Check *s, DmnFinding *f) {
    const Program *p = s->m->prog;
    int unit = f->note->unit - 1;
    const void *source = unit >= 0 && unit < p->nunits ? p->units[unit].source : NULL;
    for (int i = 0; source && i < p->ntables; i++)
        if (locate_cell(f, s->m->sources[i], source)) {
            f->node = s->owner[i];
            return;
        }
    for (const XmlNode *xml = source; xml && !f->node; xml = xml->parent)
        for (int i = 0; i < s->m->nnodes && !f->node; i++)
            if (s->m->nodes[i]->xml == xml) f->node = s->m->nodes[i];
    if (f->node) f->element = f->node->id;
}

static void take_notes(Check *s, const Note *notes) {
    enum { LOCATED_MAX = 200 }; /* each costs a walk over all cells */
    int n = 0;
    for (; notes; notes = notes->next) {
        DmnFinding *f = check_add(s, 0, (Str){0}, notes->msg, 0, NULL);
        Note *copy = (Note *)f->note;
        *copy = *notes;
        copy->next = NULL;
        if (n++ < LOCATED_MAX) locate(s, f);
    }
}

/* --- what is not used ---------------------------------------------------------------------------
 */

static void check_inputs(Check *s) {
    const DmnModel *m = s->m;
    uint8_t *required = NEW_N(s->scratch, uint8_t, m->nnodes);
    for (int i = 0; i < m->nnodes; i++)
        for (int k = 0; k < m->nodes[i]->nreqs; k++) required[m->nodes[i]->reqs[k].node->index] = 1;
    for (int i = 0; i < m->nnodes; i++) {
        const DmnNode *n = m->nodes[i];
        if (n->defs != m->main) continue;
        if (n->kind == NODE_INPUT && !required[i])
            node_finding(s, 1, n, n->xml, M_DMN_UNUSED_INPUT, n->name, (Str){0});
        if (n->kind == NODE_BKM && !required[i])
            node_finding(s, 2, n, n->xml, M_DMN_UNUSED_MODEL, n->name, (Str){0});
        if (n->kind == NODE_DECISION && !n->expr)
            node_finding(s, 1, n, n->xml, M_DMN_NO_LOGIC, n->name, (Str){0});
    }
}

/* Each byte looked at is a step; with no steps left a name counts as found. */
static bool text_has(Check *s, Str text, Str name) {
    s->budget -= text.n + 1;
    return s->budget < 0 || str_find(text, name) >= 0;
}

/* The texts of an expression, to see whether a requirement's name occurs in them at all. */
static bool mentions(Check *s, const XmlNode *xml, Str name) {
    if (text_has(s, xml->text, name)) return true;
    for (const XmlAttr *at = xml->attrs; at; at = at->next)
        if (str_eq(at->name, S("name")) && str_eq(at->value, name)) return true;
    for (const XmlNode *k = xml->first; k; k = k->next)
        if (mentions(s, k, name)) return true;
    return false;
}

/* The same in the rules of its tables, which are not in the tree. */
static bool rules_mention(Check *s, const DmnNode *n, Str name) {
    const DmnModel *m = s->m;
    for (int i = 0; i < m->nsources; i++) {
        const DmnTable *t = m->sources[i]->table;
        const XmlNode *up = m->sources[i]->xml;
        if (s->owner[i] != n) continue;
        while (up && up != n->expr->xml) up = up->parent;
        for (int r = 0; up && r < t->nrules; r++)
            for (int k = 0; k < t->ninputs + t->noutputs; k++) {
                const DmnRule *rule = &t->rules[r];
                const DmnCell *cell = k < t->ninputs ? &rule->in[k] : &rule->out[k - t->ninputs];
                if (text_has(s, cell->text, name)) return true;
            }
    }
    return false;
}

static void check_requirements(Check *s) {
    const DmnModel *m = s->m;
    s->budget = s->all;
    for (int i = 0; i < m->nnodes && s->budget >= 0; i++) {
        const DmnNode *n = m->nodes[i];
        if (n->defs != m->main || !n->expr || n->kind == NODE_SERVICE) continue;
        for (int k = 0; k < n->nreqs && s->budget >= 0; k++) {
            const DmnReq *r = &n->reqs[k];
            if (!mentions(s, n->expr->xml, r->node->name) && !rules_mention(s, n, r->node->name))
                node_finding(s, 1, n, r->xml, M_DMN_UNUSED_REQUIREMENT, n->name, r->node->name);
        }
        if (s->budget < 0)
            node_finding(s, 1, n, n->xml, M_DMN_BUDGET_USES, n->name,
                         str_printf(s->arena, "%lld", (long long)s->all));
    }
}

/* --- all ----------------------------------------------------------------------------------------
 */

void check_open(Check *s) {
    s->scratch = arena_child(s->arena, (size_t)4 << 30);
    s->stack = arena_child(s->arena, 0);
}

void check_close(Check *s) {
    arena_close(s->scratch);
    arena_close(s->stack);
}

static void check_tables(Check *s) {
    const Program *p = s->m->prog;
    int64_t left = s->all;
    for (int i = 0; i < p->ntables; i++) {
        check_open(s);
        int64_t share = left / (p->ntables - i);
        s->budget = share;
        analyse_table(s, p->tables[i], s->m->sources[i]);
        left -= share - (s->budget > 0 ? s->budget : 0);
        check_close(s);
    }
}

Check check_new(Ctx *c, const DmnModel *m, const DmnCheckOptions *o) {
    Check s = {.c = c, .m = m, .arena = c->arena};
    s.all = o && o->budget > 0 ? o->budget : DMN_CHECK_BUDGET;
    s.shown = o && o->shown > 0 ? o->shown : DMN_CHECK_SHOWN;
    s.owner = NEW_N(c->arena, const DmnNode *, m->prog->ntables);
    Walk w = {.owner = map_new(c->arena)};
    for (int i = 0; i < m->nnodes; i++) {
        w.node = m->nodes[i];
        find_tables(&w, w.node->expr);
    }
    for (int i = 0; i < m->prog->ntables; i++)
        s.owner[i] = map_get(&w.owner, address_key(&m->sources[i]));
    return s;
}

const DmnFinding *dmn_check(Ctx *c, const DmnModel *m, const DmnCheckOptions *o) {
    Check s = check_new(c, m, o);
    s.scratch = arena_child(s.arena, 0);
    take_notes(&s, c->notes);
    check_inputs(&s);
    check_requirements(&s);
    check_values(&s);
    arena_close(s.scratch);
    check_tables(&s);
    return s.first;
}

/* --- JSON ---------------------------------------------------------------------------------------
 */

static Json *text_or_null(Arena *a, Str s) {
    return s.n ? json_string(a, s) : json_new(a, JSON_NULL);
}

static Json *number_or_null(Arena *a, int n) {
    return n > 0 ? json_int(a, n) : json_new(a, JSON_NULL);
}

Json *dmn_finding_json(Arena *a, const DmnFinding *f, Lang lang) {
    static const Str SEVERITIES[] = {STR_INIT("error"), STR_INIT("warning"), STR_INIT("remark")};
    const Note *n = f->note;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("code"), json_string(a, msg_code(n->msg)));
    json_set(o, S("severity"), json_string(a, SEVERITIES[n->severity]));
    json_set(o, S("text"), json_string(a, note_text(a, n, lang)));
    json_set(o, S("hint"), json_string(a, str_trim(note_hint(a, n, lang))));
    json_set(o, S("place"), json_string(a, n->place));
    json_set(o, S("decision"), text_or_null(a, f->node ? f->node->name : (Str){0}));
    json_set(o, S("table"),
             text_or_null(a, !f->table        ? (Str){0}
                             : f->table->id.n ? f->table->id
                             : f->node        ? f->node->id
                                              : (Str){0}));
    json_set(o, S("rule"), number_or_null(a, f->rule));
    json_set(o, S("other"), number_or_null(a, f->other));
    json_set(o, S("column"), number_or_null(a, f->column));
    json_set(o, S("element"), text_or_null(a, f->element));
    json_set(o, S("row"), f->row ? (Json *)f->row : json_new(a, JSON_NULL));
    return o;
}

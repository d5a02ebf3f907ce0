/* Reader of the rules of decision tables (DMN 1.5 clause 8). A table can have many thousands, so a
 * rule is taken from the parser when it ends and kept without its XML: its texts, each distinct one
 * once, its ids and its places.
 */
#include "dmn/read.h"

#include <string.h>

enum { PACKED_BYTES = 8 << 10 };

Str packed_str(Packed *p, Str s) {
    if (s.n == 0) return (Str){0};
    if (s.n > p->left) {
        ptrdiff_t size = s.n > PACKED_BYTES ? s.n : PACKED_BYTES;
        p->at = arena_alloc(p->arena, (size_t)size);
        p->left = size;
    }
    Str kept = {p->at, s.n};
    memcpy(p->at, s.p, (size_t)s.n);
    p->at += s.n;
    p->left -= s.n;
    return kept;
}

/* A text that is likely to occur again. */
static Str kept_text(DmnReading *r, Str s) {
    if (s.n == 0) return (Str){0};
    const Str *before = map_get(&r->texts, s);
    if (before) return *before;
    Str *kept = NEW(r->work, Str);
    *kept = packed_str(&r->packed, s);
    map_put(&r->texts, *kept, kept);
    return *kept;
}

static Str text_of(const XmlNode *xml) {
    const XmlNode *text = xml_child(xml, S("text"));
    return text ? str_trim(text->text) : (Str){0};
}

/* What findings need to count characters in the file, where the text alone does not say it. */
static const Str *kept_raw(DmnReading *r, Str raw, Str text) {
    static const Str OPEN = STR_INIT("<text>"), CLOSE = STR_INIT("</text>");
    if (raw.n == OPEN.n + text.n + CLOSE.n && str_starts(raw, OPEN) && str_ends(raw, CLOSE) &&
        str_eq(str_sub(raw, OPEN.n, OPEN.n + text.n), text))
        return NULL;
    Str *kept = map_get(&r->raws, raw);
    if (kept) return kept;
    kept = NEW(r->c->arena, Str);
    *kept = packed_str(&r->packed, raw);
    map_put(&r->raws, *kept, kept);
    return kept;
}

static DmnCell read_cell(DmnReading *r, const XmlNode *xml) {
    const XmlNode *text = xml_child(xml, S("text"));
    DmnCell cell = {.id = packed_str(&r->packed, xml_attr(xml, S("id"))), .at = xml_at(xml)};
    if (!text) return cell;
    Str trimmed = str_trim(text->text);
    cell.text = kept_text(r, trimmed);
    cell.text_at = xml_at(text);
    if (trimmed.n) cell.raw = kept_raw(r, text->raw, trimmed);
    return cell;
}

static DmnCell *read_cells(DmnReading *r, const XmlNode *rule, Str name, DmnCell *out) {
    for (const XmlNode *k = xml_child(rule, name); k; k = xml_next(k)) *out++ = read_cell(r, k);
    return out;
}

static void read_notes(DmnReading *r, const XmlNode *xml, DmnRule *rule) {
    const XmlNode *description = xml_child(xml, S("description"));
    int n = xml_count(xml, S("annotationEntry"));
    if (n == 0 && !description) return;
    rule->notes = NEW_N(r->c->arena, Str, n ? n : 1);
    for (const XmlNode *k = xml_child(xml, S("annotationEntry")); k; k = xml_next(k))
        rule->notes[rule->nnotes++] = kept_text(r, text_of(k));
    if (n == 0) rule->notes[rule->nnotes++] = kept_text(r, str_trim(description->text));
}

void read_prune(XmlNode *xml, Str ns) {
    XmlNode **link = &xml->first;
    xml->last = NULL;
    for (XmlNode *k = xml->first; k; k = k->next) {
        if (!str_eq(k->ns, ns)) continue;
        *link = k;
        link = &k->next;
        xml->last = k;
        read_prune(k, ns);
    }
    *link = NULL;
}

static Str address(const XmlNode *const *xml) {
    return str_of(xml, sizeof *xml);
}

static ReadTable *table_met(DmnReading *r, const XmlNode *xml) {
    if (r->table && r->table->xml == xml) return r->table;
    r->table = NEW(r->work, ReadTable);
    *r->table = (ReadTable){.xml = xml, .first = r->nrules};
    map_put(&r->tables, address(&r->table->xml), r->table);
    return r->table;
}

static void add_rule(DmnReading *r, const XmlNode *xml) {
    ReadRule rule = {
        .rule = {.id = packed_str(&r->packed, xml_attr(xml, S("id"))), .at = xml_at(xml)},
        .nin = xml_count(xml, S("inputEntry")),
        .nout = xml_count(xml, S("outputEntry"))};
    rule.rule.in = NEW_N(r->c->arena, DmnCell, rule.nin + rule.nout);
    rule.rule.out = read_cells(r, xml, S("inputEntry"), rule.rule.in);
    read_cells(r, xml, S("outputEntry"), rule.rule.out);
    for (int i = 0; i < rule.nin; i++)
        if (rule.rule.in[i].text.n == 0) rule.rule.in[i].text = S("-");
    read_notes(r, xml, &rule.rule);
    table_met(r, xml->parent)->n++;
    GROW(r->work, r->rules, r->nrules, r->rules_cap);
    r->rules[r->nrules++] = rule;
}

bool read_taken_rule(void *user, XmlNode *xml) {
    DmnReading *r = user;
    const XmlNode *root = xml;
    while (root->parent) root = root->parent;
    const XmlNode *table = xml->parent;
    if (!table || !str_eq(xml->ns, root->ns) || !str_eq(table->ns, root->ns)) return true;
    if (!str_eq(table->name, S("decisionTable"))) return true;
    read_prune(xml, root->ns);
    if (!read_ids(r, xml)) return false;
    add_rule(r, xml);
    return true;
}

static bool cells_fit(Ctx *c, DmnDefs *d, const DmnRule *rule, Str name, int n, int want) {
    if (n == want) return true;
    return FAIL_AT(c, ERR_INPUT, dmn_place_at(c->arena, d, rule->at), M_DMN_RULE_CELLS, name,
                   str_printf(c->arena, "%d", n), str_printf(c->arena, "%d", want));
}

bool read_rules(Ctx *c, DmnDefs *d, const XmlNode *xml, DmnTable *t) {
    DmnReading *r = d->reading;
    for (const XmlNode *k = r->whole ? xml_child(xml, S("rule")) : NULL; k; k = xml_next(k))
        add_rule(r, k);
    const ReadTable *met = map_get(&r->tables, address(&xml));
    int n = met ? met->n : 0;
    t->rules = NEW_N(c->arena, DmnRule, n);
    for (int i = 0; i < n; i++) {
        const ReadRule *rule = &r->rules[met->first + i];
        if (!cells_fit(c, d, &rule->rule, S("inputEntry"), rule->nin, t->ninputs) ||
            !cells_fit(c, d, &rule->rule, S("outputEntry"), rule->nout, t->noutputs))
            return false;
        t->rules[t->nrules++] = rule->rule;
    }
    return true;
}

bool read_ids(DmnReading *r, const XmlNode *xml) {
    Arena *a = r->c->arena;
    Str id = xml_attr(xml, S("id"));
    if (id.n) {
        XmlAt *at = NEW(r->work, XmlAt);
        *at = xml_at(xml);
        const XmlAt *before = map_get(&r->defs->all_ids, id);
        if (before)
            return FAIL_AT(r->c, ERR_INPUT, dmn_place_at(a, r->defs, *at), M_DMN_DUPLICATE_ID, id,
                           dmn_place_at(a, r->defs, *before));
        map_put(&r->defs->all_ids, str_dup(r->work, id), at);
    }
    for (const XmlNode *k = xml->first; k; k = k->next)
        if (!read_ids(r, k)) return false;
    return true;
}

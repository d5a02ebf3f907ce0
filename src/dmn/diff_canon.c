/* The canonical form of a model. See diff.h. */
#include "dmn/diff_canon.h"

#include <stdlib.h>

#include "base/buf.h"
#include "dmn/diff.h"

/* Attributes with the value they have when absent (DMN 1.3 schema); an empty value: says nothing
 * whatever it is. */
static const struct {
    Str name, value;
} DEFAULTS[] = {
    {STR_INIT("hitPolicy"), STR_INIT("UNIQUE")},
    {STR_INIT("isCollection"), STR_INIT("false")},
    {STR_INIT("kind"), STR_INIT("FEEL")},
    {STR_INIT("textFormat"), STR_INIT("text/plain")},
    {STR_INIT("preferredOrientation"), STR_INIT("")},
    {STR_INIT("exporter"), STR_INIT("")},
    {STR_INIT("exporterVersion"), STR_INIT("")},
    {STR_INIT("expressionLanguage"), STR_INIT("https://www.omg.org/spec/DMN/20191111/FEEL/")},
    {STR_INIT("typeLanguage"), STR_INIT("https://www.omg.org/spec/DMN/20191111/FEEL/")},
};

static bool says_nothing(Str name, Str value) {
    if (!value.n) return true;
    for (size_t i = 0; i < sizeof DEFAULTS / sizeof *DEFAULTS; i++)
        if (str_eq(DEFAULTS[i].name, name))
            return !DEFAULTS[i].value.n || str_eq(DEFAULTS[i].value, value);
    return false;
}

static int by_name(const void *x, const void *y) {
    const CanonAttr *a = x, *b = y;
    return str_cmp(a->name, b->name);
}

int canon_attrs(const XmlNode *n, CanonAttr *out) {
    int count = 0;
    for (const XmlAttr *at = n->attrs; at && count < CANON_ATTRS_MAX; at = at->next) {
        Str value = str_trim(at->value);
        if (str_eq(at->name, S("typeRef"))) value = dmn_type_name(value);
        if (at->ns.n || says_nothing(at->name, value)) continue;
        out[count++] = (CanonAttr){at->name, value};
    }
    qsort(out, (size_t)count, sizeof *out, by_name);
    return count;
}

Str canon_text(const XmlNode *n) {
    Str s = n->first ? (Str){0} : str_trim(n->text);
    bool cell = n->parent && (str_eq(n->parent->name, S("inputEntry")));
    if (str_eq(n->name, S("typeRef"))) return dmn_type_name(s);
    return !s.n && cell && str_eq(n->name, S("text")) ? S("-") : s;
}

/* Extensions hold nothing of DMN (read.c drops them too); an empty description is none. */
static bool counts(const XmlNode *n) {
    if (str_eq(n->name, S("extensionElements"))) return false;
    bool text = str_eq(n->name, S("description")) || str_eq(n->name, S("question")) ||
                str_eq(n->name, S("allowedAnswers"));
    return !text || n->first || str_trim(n->text).n;
}

static Str href_of(const XmlNode *n) {
    for (const XmlNode *k = n->first; k; k = k->next) {
        Str href = xml_attr(k, S("href"));
        if (href.n) return href;
    }
    return xml_attr(n, S("href"));
}

/* Requirements are told apart by what they require, the rest by id, name or place. */
static Str key_of(Arena *a, const XmlNode *n, Map *places) {
    Str id = xml_attr(n, S("id")), name = xml_attr(n, S("name")), href = href_of(n);
    if (href.n) return str_printf(a, "%.*s>%.*s", STRF(n->name), STRF(href));
    if (id.n) return str_printf(a, "%.*s#%.*s", STRF(n->name), STRF(id));
    if (name.n) return str_printf(a, "%.*s=%.*s", STRF(n->name), STRF(name));
    int *place = map_get(places, n->name);
    if (!place) map_put(places, n->name, place = NEW(a, int));
    return str_printf(a, "%.*s.%d", STRF(n->name), (*place)++);
}

static int by_key(const void *x, const void *y) {
    const CanonChild *a = x, *b = y;
    return str_cmp(a->key, b->key);
}

/* The elements of definitions and the requirements have no order (DMN 6.3.2, 6.3.7). */
static bool is_unordered(const XmlNode *n) {
    return !n->parent || str_ends(n->name, S("decision")) ||
           str_eq(n->name, S("businessKnowledgeModel")) || str_eq(n->name, S("decisionService"));
}

CanonChildren canon_children(Arena *a, const XmlNode *n) {
    CanonChildren out = {.by_key = map_new(a)};
    Map places = map_new(a);
    int most = 0;
    for (const XmlNode *k = n->first; k; k = k->next) most++;
    out.items = NEW_N(a, CanonChild, most);
    for (const XmlNode *k = n->first; k; k = k->next)
        if (counts(k)) out.items[out.n++] = (CanonChild){.xml = k, .key = key_of(a, k, &places)};
    if (is_unordered(n)) qsort(out.items, (size_t)out.n, sizeof *out.items, by_key);
    for (int i = 0; i < out.n; i++) map_put(&out.by_key, out.items[i].key, &out.items[i]);
    return out;
}

Str canon_word(Str name) {
    static const struct {
        Str name, word;
    } WORDS[] = {
        {STR_INIT("typeRef"), STR_INIT("type")},
        {STR_INIT("inputData"), STR_INIT("input")},
        {STR_INIT("itemDefinition"), STR_INIT("type_definition")},
        {STR_INIT("itemComponent"), STR_INIT("type_component")},
        {STR_INIT("isCollection"), STR_INIT("collection")},
        {STR_INIT("informationRequirement"), STR_INIT("requirement")},
        {STR_INIT("knowledgeRequirement"), STR_INIT("requirement")},
        {STR_INIT("authorityRequirement"), STR_INIT("requirement")},
        {STR_INIT("businessKnowledgeModel"), STR_INIT("knowledge_model")},
        {STR_INIT("decisionService"), STR_INIT("service")},
        {STR_INIT("decisionTable"), STR_INIT("table")},
        {STR_INIT("literalExpression"), STR_INIT("expression")},
        {STR_INIT("contextEntry"), STR_INIT("entry")},
        {STR_INIT("allowedValues"), STR_INIT("values")},
        {STR_INIT("outputLabel"), STR_INIT("output_label")},
        {STR_INIT("textAnnotation"), STR_INIT("text_annotation")},
    };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_eq(WORDS[i].name, name)) return WORDS[i].word;
    return name;
}

Str canon_title(const XmlNode *n) {
    Str name = xml_attr(n, S("name")), label = xml_attr(n, S("label"));
    return name.n ? name : label.n ? label : xml_attr(n, S("id"));
}

static void add_texts(Buf *b, const XmlNode *n) {
    Str text = canon_text(n);
    if (text.n) buf_printf(b, "%s%.*s", b->n ? " " : "", STRF(text));
    for (const XmlNode *k = n->first; k; k = k->next) add_texts(b, k);
}

Str canon_summary(Arena *a, const XmlNode *n) {
    Buf b = buf_new(a, 0);
    Str href = href_of(n);
    buf_put(&b, href.n ? href : canon_title(n));
    add_texts(&b, n);
    return buf_str(&b);
}

static void put(Buf *b, Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n' || s.p[i] == '\\') buf_char(b, '\\');
        buf_char(b, s.p[i] == '\n' ? 'n' : s.p[i]);
    }
}

static void print_head(Buf *b, const XmlNode *n, int depth) {
    CanonAttr attrs[CANON_ATTRS_MAX];
    int count = canon_attrs(n, attrs);
    Str text = canon_text(n);
    buf_printf(b, "%*s%.*s", depth, "", STRF(n->name));
    for (int i = 0; i < count; i++) {
        buf_printf(b, " %.*s=\"", STRF(attrs[i].name));
        put(b, attrs[i].value);
        buf_char(b, '"');
    }
    if (text.n) buf_lit(b, ": ");
    put(b, text);
    buf_char(b, '\n');
}

static void print(Arena *a, Buf *b, const XmlNode *n, int depth) {
    print_head(b, n, depth);
    CanonChildren children = canon_children(a, n);
    for (int i = 0; i < children.n; i++) print(a, b, children.items[i].xml, depth + 1);
}

Str dmn_canonical(Ctx *c, const DmnDefs *d) {
    Buf b = buf_new(c->arena, 0);
    print(c->arena, &b, d->xml, 0);
    return buf_str(&b);
}

/* Test cases of the DMN TCK (testCases.xsd). See tck.h. */
#include "dmn/tck.h"

#include "dmn/value_json.h"

static const Str XSI = STR_INIT("http://www.w3.org/2001/XMLSchema-instance");

static bool read_nodes(Ctx *c, const XmlNode *xml, Str name, TckNode **out, int *n) {
    int count = xml_count(xml, name);
    *out = NEW_N(c->arena, TckNode, count);
    *n = 0;
    for (const XmlNode *k = xml_child(xml, name); k; k = xml_next(k)) {
        const XmlNode *expected = xml_child(k, S("expected"));
        (*out)[(*n)++] = (TckNode){.name = xml_attr(k, S("name")),
                                   .ns = xml_attr(k, S("namespace")),
                                   .error = str_eq(xml_attr(k, S("errorResult")), S("true")),
                                   .xml = str_eq(name, S("resultNode")) ? expected : k};
    }
    return true;
}

static bool is_nil(const XmlNode *xml) {
    return str_eq(xml_attr_ns(xml, XSI, S("nil")), S("true"));
}

/* Something other than null is expected. */
static bool holds_value(const XmlNode *xml) {
    if (!xml) return false;
    const XmlNode *value = xml_child(xml, S("value"));
    const XmlNode *list = xml_child(xml, S("list"));
    if (value) return !is_nil(value);
    return (list && !is_nil(list)) || xml_child(xml, S("component"));
}

TckFile *tck_read(Ctx *c, Str bytes, Str name) {
    XmlNode *root = xml_parse(c, bytes, name);
    if (!root) return NULL;
    if (!str_eq(root->name, S("testCases"))) {
        FAIL_AT(c, ERR_INPUT, name, M_DMN_TCK_FORMAT);
        return NULL;
    }
    TckFile *f = NEW(c->arena, TckFile);
    const XmlNode *model = xml_child(root, S("modelName"));
    *f = (TckFile){.name = name, .model = model ? str_trim(model->text) : (Str){0}};
    f->ncases = xml_count(root, S("testCase"));
    f->cases = NEW_N(c->arena, TckCase, f->ncases);
    TckCase *t = f->cases;
    for (const XmlNode *k = xml_child(root, S("testCase")); k; k = xml_next(k), t++) {
        *t = (TckCase){.id = xml_attr(k, S("id")),
                       .type = xml_attr(k, S("type")),
                       .invocable = xml_attr(k, S("invocableName"))};
        read_nodes(c, k, S("inputNode"), &t->inputs, &t->ninputs);
        read_nodes(c, k, S("resultNode"), &t->results, &t->nresults);
        for (int i = 0; i < t->nresults; i++)
            t->has_value = t->has_value || holds_value(t->results[i].xml);
    }
    return f;
}

/* --- values -------------------------------------------------------------------------------------
 */

static TypeKind xsd_kind(Str type) {
    static const struct {
        Str name;
        TypeKind kind;
    } KINDS[] = {
        {STR_INIT("decimal"), T_NUMBER},  {STR_INIT("double"), T_NUMBER},
        {STR_INIT("integer"), T_NUMBER},  {STR_INIT("int"), T_NUMBER},
        {STR_INIT("long"), T_NUMBER},     {STR_INIT("float"), T_NUMBER},
        {STR_INIT("boolean"), T_BOOLEAN}, {STR_INIT("date"), T_DATE},
        {STR_INIT("time"), T_TIME},       {STR_INIT("dateTime"), T_DATETIME},
        {STR_INIT("duration"), T_DAYS},
    };
    ptrdiff_t colon = str_find(type, S(":"));
    Str local = str_sub(type, colon + 1, type.n);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_eq(local, KINDS[i].name)) return KINDS[i].kind;
    return T_STRING;
}

static Val read_simple(Arena *a, const XmlNode *value) {
    Val v = val_null();
    if (is_nil(value)) return v;
    TypeKind kind = xsd_kind(xml_attr_ns(value, XSI, S("type")));
    if (kind == T_STRING) return val_str(value->text);
    Str text = str_trim(value->text);
    if (val_from_text(a, text, kind, &v)) return v;
    if (kind == T_DAYS && val_from_text(a, text, T_MONTHS, &v)) return v;
    return val_str(text);
}

static Val read_value(Arena *a, const XmlNode *xml);

static Val read_components(Arena *a, const XmlNode *first) {
    int n = 0;
    for (const XmlNode *k = first; k; k = xml_next(k)) n++;
    Str *keys = NEW_N(a, Str, n);
    Val *vals = NEW_N(a, Val, n);
    Context *c = NEW(a, Context);
    *c = (Context){.n = n, .keys = keys, .vals = vals};
    n = 0;
    for (const XmlNode *k = first; k; k = xml_next(k), n++) {
        keys[n] = xml_attr(k, S("name"));
        vals[n] = is_nil(k) ? val_null() : read_value(a, k);
    }
    return val_context(c);
}

static Val read_value(Arena *a, const XmlNode *xml) {
    if (!xml) return val_null();
    const XmlNode *value = xml_child(xml, S("value"));
    const XmlNode *list = xml_child(xml, S("list"));
    const XmlNode *component = xml_child(xml, S("component"));
    if (value) return read_simple(a, value);
    if (component) return read_components(a, component);
    if (!list || is_nil(list)) return val_null();
    int n = xml_count(list, S("item"));
    Val *vals = NEW_N(a, Val, n);
    n = 0;
    for (const XmlNode *k = xml_child(list, S("item")); k; k = xml_next(k))
        vals[n++] = is_nil(k) ? val_null() : read_value(a, k);
    return val_list(vals, n);
}

/* --- comparing ----------------------------------------------------------------------------------
 */

/* A literal of at most 7 decimals is exact; longer ones are rounded in the kit. */
static bool is_exact(Str literal) {
    ptrdiff_t dot = str_find(literal, S("."));
    ptrdiff_t digits = 0;
    if (str_find(literal, S("e")) >= 0 || str_find(literal, S("E")) >= 0) return true;
    if (dot < 0) return true;
    for (ptrdiff_t i = dot + 1; i < literal.n && literal.p[i] >= '0' && literal.p[i] <= '9'; i++)
        digits++;
    return digits <= 7;
}

static bool same_number(Val want, Val got, Str literal) {
    Dec x = val_dec(want), y = val_dec(got), d;
    if (is_exact(literal)) return dec_cmp(&x, &y) == 0;
    Dec tolerance = dec_scaled(1, -8);
    if (!dec_sub(&d, &x, &y) || !dec_abs(&d, &d)) return false;
    return dec_cmp(&d, &tolerance) < 0;
}

static bool same_fraction(Val x, Val y) {
    enum { NANOS = 1000000000 };
    if (x.tag == V_TIME)
        return ((const Time *)x.p)->nanos % NANOS == ((const Time *)y.p)->nanos % NANOS;
    if (x.tag == V_DATETIME)
        return ((const DateTime *)x.p)->time.nanos % NANOS ==
               ((const DateTime *)y.p)->time.nanos % NANOS;
    return true;
}

static bool same(const XmlNode *xml, Val want, Val got);

static bool same_context(const XmlNode *first, Val want, Val got) {
    if (got.tag != V_CONTEXT || val_ctx(got)->n != val_ctx(want)->n) return false;
    int i = 0;
    for (const XmlNode *k = first; k; k = xml_next(k), i++) {
        Val v;
        if (!ctx_get(got, val_ctx(want)->keys[i], &v)) return false;
        if (!same(k, val_ctx(want)->vals[i], v)) return false;
    }
    return true;
}

static bool same_list(const XmlNode *list, Val want, Val got) {
    if (got.tag != V_LIST || got.n != want.n) return false;
    uint32_t i = 0;
    for (const XmlNode *k = xml_child(list, S("item")); k; k = xml_next(k), i++)
        if (!same(k, val_items(want)[i], val_items(got)[i])) return false;
    return true;
}

static bool same(const XmlNode *xml, Val want, Val got) {
    if (want.tag == V_NULL || got.tag == V_NULL) return want.tag == got.tag;
    if (want.tag == V_CONTEXT) return same_context(xml_child(xml, S("component")), want, got);
    if (want.tag == V_LIST) return same_list(xml_child(xml, S("list")), want, got);
    if (val_is_num(want))
        return val_is_num(got) &&
               same_number(want, got, str_trim(xml_child(xml, S("value"))->text));
    if (want.tag != got.tag) return false;
    return val_equal(want, got) == 1 && same_fraction(want, got);
}

/* --- running ------------------------------------------------------------------------------------
 */

static Str shown(Arena *a, Val v) {
    Buf b = buf_new(a, 2000);
    val_literal(&b, v);
    return buf_str(&b);
}

static void set_inputs(DmnEval *e, const DmnModel *m, const TckCase *t) {
    Arena *a = dmn_feel(e)->arena;
    for (int i = 0; i < t->ninputs; i++) {
        const TckNode *in = &t->inputs[i];
        const DmnNode *n = in->ns.n ? dmn_find_ns(m, in->ns, in->name) : dmn_find(m, in->name);
        for (int k = 0; !n && k < m->nnodes; k++)
            if (str_eq(m->nodes[k]->name, in->name)) n = m->nodes[k];
        if (n) dmn_set_node(e, n, read_value(a, in->xml));
    }
}

static Val run_result(DmnEval *e, const DmnModel *m, const TckCase *t, const TckNode *r) {
    Val v = val_null();
    bool service = str_eq(t->type, S("decisionService"));
    Str name = service ? t->invocable : r->name;
    const DmnNode *n = r->ns.n && !service ? dmn_find_ns(m, r->ns, name) : dmn_find(m, name);
    if (!n) return v;
    v = dmn_run_node(e, n);
    if (!service || v.tag != V_CONTEXT) return v;
    Val one;
    int outputs = 0;
    for (int i = 0; i < n->nreqs; i++) outputs += n->reqs[i].kind == REQ_OUTPUT;
    return outputs > 1 && ctx_get(v, r->name, &one) ? one : v;
}

bool tck_run(Arena *a, const DmnModel *m, const TckCase *t, Str *why) {
    for (int i = 0; i < t->nresults; i++) {
        const TckNode *r = &t->results[i];
        DmnEval *e = dmn_eval_new(m, a);
        set_inputs(e, m, t);
        Val got = run_result(e, m, t, r), want = read_value(a, r->xml);
        if (!same(r->xml, want, got)) {
            const Note *note = got.tag == V_NULL ? val_null_note(got) : NULL;
            Str reason = note ? note_text(a, note, LANG_EN) : (Str){0};
            *why = str_printf(a, "%.*s: expected %.*s, got %.*s%s%.*s", STRF(r->name),
                              STRF(shown(a, want)), STRF(shown(a, got)), note ? ": " : "",
                              STRF(reason));
            return false;
        }
        if (r->error && dmn_feel(e)->diag.note_count == 0 && !val_null_note(got)) {
            *why = str_printf(a, "%.*s: an error was expected, no diagnostic was recorded",
                              STRF(r->name));
            return false;
        }
    }
    return true;
}

/* Where in a file a finding lies: from the bytes of a FEEL text back to the line and column they
 * were written at, through entities, CDATA and line ends of the XML. Done for findings only, so
 * loading keeps nothing but a pointer per text.
 *
 * The file is read again beside the text that expat gave; where the two differ (another encoding
 * than UTF-8) the place is that of the element. */
#include "base/utf8.h"
#include "dmn/dmn.h"

static const XmlNode *root_of(const XmlNode *xml) {
    while (xml->parent) xml = xml->parent;
    return xml;
}

static const DmnDefs *defs_of(const DmnModel *m, const XmlNode *xml) {
    const XmlNode *root = root_of(xml);
    const DmnDefs *d = m->main;
    while (d && d->xml != root) d = d->next;
    return d;
}

static Str id_of(const XmlNode *xml) {
    Str id = {0};
    for (; xml && id.n == 0; xml = xml->parent) id = xml_attr(xml, S("id"));
    return id;
}

/* A walk over the raw bytes of an element. */
typedef struct Walk {
    Str raw;
    ptrdiff_t at;
    uint32_t line, column;
    bool cdata;
} Walk;

static void step(Walk *w, ptrdiff_t bytes) {
    for (; bytes > 0 && w->at < w->raw.n; bytes--, w->at++) {
        char c = w->raw.p[w->at];
        bool crlf = c == '\r' && w->at + 1 < w->raw.n && w->raw.p[w->at + 1] == '\n';
        if (c == '\n' || (c == '\r' && !crlf)) {
            w->line++;
            w->column = 1;
        } else if (((unsigned char)c & 0xC0) != 0x80 && c != '\r') {
            w->column++;
        }
    }
}

static Str rest(const Walk *w) {
    return str_sub(w->raw, w->at, w->raw.n);
}

/* Behind the next `end`; to the end of the file when there is none. */
static void skip_past(Walk *w, Str end) {
    ptrdiff_t k = str_find(rest(w), end);
    step(w, k < 0 ? w->raw.n : k + end.n);
}

static void skip_tag(Walk *w) {
    char quote = 0;
    while (w->at < w->raw.n) {
        char c = w->raw.p[w->at];
        step(w, 1);
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return;
    }
}

/* Markup that gives no character; false at a tag. */
static bool skip_markup(Walk *w) {
    for (;;) {
        Str s = rest(w);
        if (w->cdata && str_starts(s, S("]]>"))) {
            w->cdata = false;
            step(w, 3);
        } else if (w->cdata) {
            return true;
        } else if (str_starts(s, S("<![CDATA["))) {
            w->cdata = true;
            step(w, 9);
        } else if (str_starts(s, S("<!--"))) {
            skip_past(w, S("-->"));
        } else if (str_starts(s, S("<?"))) {
            skip_past(w, S("?>"));
        } else {
            return s.n > 0 && s.p[0] != '<';
        }
    }
}

static uint32_t reference(Str name) {
    static const struct {
        Str name;
        char c;
    } NAMED[] = {{STR_INIT("lt"), '<'},
                 {STR_INIT("gt"), '>'},
                 {STR_INIT("amp"), '&'},
                 {STR_INIT("quot"), '"'},
                 {STR_INIT("apos"), '\''}};
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++)
        if (str_eq(NAMED[i].name, name)) return (unsigned char)NAMED[i].c;
    bool hex = str_starts(name, S("#x"));
    uint32_t cp = 0;
    for (ptrdiff_t i = hex ? 2 : 1; i < name.n && cp < 0x110000; i++) {
        char c = name.p[i];
        uint32_t digit = c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a' + 10);
        cp = cp * (hex ? 16 : 10) + digit;
    }
    return cp;
}

/* The next character of the text: its bytes into out, the walk behind it. 0: none. */
static int next_char(Walk *w, char out[4]) {
    if (!skip_markup(w)) return 0;
    Str s = rest(w);
    ptrdiff_t semicolon = str_find(str_sub(s, 0, 12), S(";"));
    if (s.p[0] == '&' && !w->cdata && semicolon > 1) {
        uint32_t cp = reference(str_sub(s, 1, semicolon));
        step(w, semicolon + 1);
        return cp < 0x110000 ? utf8_put(out, cp) : 0;
    }
    bool crlf = str_starts(s, S("\r\n"));
    out[0] = s.p[0] == '\r' ? '\n' : s.p[0];
    step(w, crlf ? 2 : 1);
    return 1;
}

/* Moves the walk to byte `offset` of the element's text; false when file and text differ. */
static bool walk_to(Walk *w, Str text, ptrdiff_t offset) {
    char out[4];
    ptrdiff_t k = 0;
    while (k < offset) {
        int n = next_char(w, out);
        if (n == 0 || !str_eq(str_sub(text, k, k + n), (Str){out, n})) return false;
        k += n;
    }
    return k == offset && (offset >= text.n || skip_markup(w));
}

/* Where the text begins behind the tag, white space and markup skipped; false when it is not there.
 */
static bool walk_to_text(Walk *w, Str text) {
    char out[4];
    do {
        Walk there = *w;
        if (walk_to(&there, text, text.n)) return true;
    } while (next_char(w, out));
    return false;
}

/* p->from of the text of an element as written. */
static void find_in_raw(Str raw, XmlAt at, Str text, DmnPlace *p) {
    Walk w = {.raw = raw, .line = at.line, .column = at.column};
    if (text.n == 0) return;
    skip_tag(&w);
    if (!walk_to_text(&w, text) || !walk_to(&w, text, (ptrdiff_t)p->from)) return;
    p->line = w.line;
    p->column = w.column;
}

static void find_in_xml(const XmlNode *xml, Str text, DmnPlace *p) {
    const XmlNode *t = xml_child(xml, S("text"));
    if (!t) t = xml;
    find_in_raw(t->raw, xml_at(t), text, p);
}

/* --- cells of rules -----------------------------------------------------------------------------
 */

static void find_in_cell(const DmnCell *cell, DmnPlace *p) {
    if (cell->raw) {
        find_in_raw(*cell->raw, cell->text_at, cell->text, p);
        return;
    }
    if (cell->text.n == 0) return;
    Walk w = {.raw = cell->text, .line = cell->text_at.line, .column = cell->text_at.column};
    w.column += (uint32_t)(sizeof "<text>" - 1);
    if (!walk_to(&w, cell->text, (ptrdiff_t)p->from)) return;
    p->line = w.line;
    p->column = w.column;
}

/* A cell with what it stands in. */
typedef struct CellAt {
    const DmnExpr *table;
    const DmnRule *rule;
    const DmnCell *cell; /* NULL: the rule itself */
} CellAt;

/* The cell at an address or a place (one of them), or the rule at a place. */
static bool find_cell(const DmnModel *m, const void *source, const DmnDefs *d, XmlAt at,
                      CellAt *out) {
    for (int i = 0; i < m->nsources; i++) {
        const DmnTable *t = m->sources[i]->table;
        for (int r = 0; r < t->nrules; r++) {
            const DmnRule *rule = &t->rules[r];
            bool here = d == m->sources[i]->defs;
            *out = (CellAt){m->sources[i], rule, NULL};
            if (here && rule->at.line == at.line && rule->at.column == at.column) return true;
            for (int k = 0; k < t->ninputs + t->noutputs; k++) {
                const DmnCell *c = k < t->ninputs ? &rule->in[k] : &rule->out[k - t->ninputs];
                out->cell = c;
                if (c == source) return true;
                if (here && c->at.line == at.line && c->at.column == at.column) return true;
            }
        }
    }
    return false;
}

static Str id_of_cell(const CellAt *at) {
    if (at->cell && at->cell->id.n) return at->cell->id;
    return at->rule->id.n ? at->rule->id : id_of(at->table->xml);
}

static DmnPlace place_in_cell(const CellAt *at, const Note *n) {
    DmnPlace p = {.file = at->table->defs->file,
                  .element = id_of_cell(at),
                  .line = at->cell->at.line,
                  .column = at->cell->at.column,
                  .from = (uint32_t)n->from,
                  .to = (uint32_t)n->to};
    find_in_cell(at->cell, &p);
    return p;
}

/* --- places that stand as text: "file:line:column" ----------------------------------------------
 */

/* Takes ":number" from the end; false when there is none. */
static bool cut_number(Str *s, uint32_t *out) {
    ptrdiff_t at = s->n;
    while (at > 0 && s->p[at - 1] >= '0' && s->p[at - 1] <= '9') at--;
    int64_t v;
    if (at < 2 || s->p[at - 1] != ':' || !str_to_i64(str_sub(*s, at, s->n), &v)) return false;
    if (v > UINT32_MAX) return false;
    *out = (uint32_t)v;
    *s = str_sub(*s, 0, at - 1);
    return true;
}

static const XmlNode *element_at(const XmlNode *xml, uint32_t line, uint32_t column) {
    if (xml->line == line && xml->column == column) return xml;
    for (const XmlNode *k = xml->first; k; k = k->next) {
        const XmlNode *found = element_at(k, line, column);
        if (found) return found;
    }
    return NULL;
}

static DmnPlace place_of_text(const DmnModel *m, Str place) {
    DmnPlace p = {0};
    uint32_t last, first;
    Str file = place;
    if (!cut_number(&file, &last)) return (DmnPlace){.file = place};
    p.file = file;
    p.line = last;
    if (cut_number(&p.file, &first)) {
        p.line = first;
        p.column = last;
    }
    for (const DmnDefs *d = m ? m->main : NULL; d; d = d->next)
        if (str_eq(d->file, p.file)) {
            const XmlNode *xml = element_at(d->xml, p.line, p.column);
            CellAt cell;
            if (xml)
                p.element = id_of(xml);
            else if (find_cell(m, NULL, d, (XmlAt){p.line, p.column}, &cell))
                p.element = id_of_cell(&cell);
        }
    return p;
}

DmnPlace dmn_note_place(const DmnModel *m, const Note *n) {
    if (!m || n->unit <= 0 || n->unit > m->prog->nunits) return place_of_text(m, n->place);
    const IrUnit *u = &m->prog->units[n->unit - 1];
    CellAt cell;
    if (u->source && find_cell(m, u->source, NULL, (XmlAt){0}, &cell))
        return place_in_cell(&cell, n);
    const XmlNode *xml = u->source;
    const DmnDefs *d = xml ? defs_of(m, xml) : NULL;
    if (!d) return (DmnPlace){.element = u->element};
    DmnPlace p = {.file = d->file,
                  .element = id_of(xml),
                  .line = xml->line,
                  .column = xml->column,
                  .from = (uint32_t)n->from,
                  .to = (uint32_t)n->to};
    find_in_xml(xml, u->text, &p);
    return p;
}

/* XML through expat: a tree with positions, and a stream for worksheets.
 *
 * DOCTYPE stops the parser before any declaration in it is read, so no entity beyond the five of
 * XML exists and neither expansion bombs nor external entities are possible. Size, depth, number of
 * attributes and length of names are limited. An arena that runs full inside a callback must not
 * jump over expat's frames (the parser would leak, and expat refuses to free it while it calls us):
 * each callback catches the trap and stops the parser, and parse_guarded raises it again outside.
 */
#include "codec/xml.h"

#include <expat.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"

enum {
    XML_BYTES_MAX = 64 << 20, /* of a tree; streams are bounded by their reader */
    XML_DEPTH_MAX = 200,
    XML_ATTRS_MAX = 256,
    XML_NAME_MAX = 1024,
    FEED_MAX = 1 << 20 /* bytes given to expat at once (its lengths are ints) */
};

/* Stands between namespace and name; it cannot occur in XML text. */
static const char SEPARATOR = '\x1f';

struct XmlStream {
    Ctx *c;
    XML_Parser parser;
    Str name; /* of the file, for places */
    XmlHandler handler;
    bool tree;    /* builds nodes instead of calling the handler */
    bool stopped; /* a callback stopped, or a failure was recorded */
    bool full;    /* the arena ran full in a callback */
    int depth;
    Str bytes; /* tree: all of the file */
    XmlNode *root, *at;
    Map names;                    /* tree: expanded names → XmlName */
    const XmlTaker *taker;        /* tree: NULL: none */
    Arena *arena;                 /* tree: of nodes; the taker's inside a taken element */
    int taken;                    /* depth of the taken element, -1: none */
    ArenaMark mark;               /* of the taker's arena in front of it */
    XmlNode *before;              /* the child in front of it */
    Buf texts[XML_DEPTH_MAX + 1]; /* character data of the open elements (tree only) */
};

static Str place_of(XmlStream *s) {
    return str_printf(s->c->arena, "%.*s:%lu:%lu", STRF(s->name),
                      (unsigned long)XML_GetCurrentLineNumber(s->parser),
                      (unsigned long)XML_GetCurrentColumnNumber(s->parser) + 1);
}

static void stop(XmlStream *s) {
    s->stopped = true;
    XML_StopParser(s->parser, XML_FALSE);
}

static void stop_limit(XmlStream *s, Msg what, int limit) {
    FAIL_AT(s->c, ERR_LIMIT, place_of(s), M_XML_LIMIT,
            msg_text(s->c->arena, what, s->c->lang, 0, NULL), str_printf(s->c->arena, "%d", limit));
    stop(s);
}

typedef struct XmlName {
    Str ns, local;
} XmlName;

/* A namespace and a name; each pair is kept once. */
static const XmlName *split_name(XmlStream *s, const char *z) {
    XmlName *name = map_get(&s->names, str_from(z));
    if (name) return name;
    Str full = str_dup(s->c->arena, str_from(z));
    const char *sep = strchr(full.p, SEPARATOR);
    ptrdiff_t at = sep ? sep - full.p : 0;
    name = NEW(s->c->arena, XmlName);
    *name = (XmlName){.ns = sep ? str_sub(full, 0, at) : (Str){0},
                      .local = str_sub(full, sep ? at + 1 : 0, full.n)};
    map_put(&s->names, full, name);
    return name;
}

/* Local name of an expanded name: what follows the separator. */
static const char *local_name(const char *z) {
    const char *sep = strchr(z, SEPARATOR);
    return sep ? sep + 1 : z;
}

static bool within_limits(XmlStream *s, const char *name, const char *const *attrs) {
    int n = 0;
    if (s->depth >= XML_DEPTH_MAX) {
        stop_limit(s, M_XML_DEPTH, XML_DEPTH_MAX);
        return false;
    }
    if (strlen(name) > XML_NAME_MAX) {
        stop_limit(s, M_XML_NAME_LENGTH, XML_NAME_MAX);
        return false;
    }
    for (; attrs[n]; n += 2) {
        if (n / 2 < XML_ATTRS_MAX && strlen(attrs[n]) <= XML_NAME_MAX) continue;
        stop_limit(s, M_XML_ATTRIBUTES, XML_ATTRS_MAX);
        return false;
    }
    return true;
}

static void stream_start(XmlStream *s, const char *name, const char *const *attrs) {
    const char *local[2 * XML_ATTRS_MAX + 1];
    int n = 0;
    for (; attrs[n]; n += 2) {
        local[n] = local_name(attrs[n]);
        local[n + 1] = attrs[n + 1];
    }
    local[n] = NULL;
    if (s->handler.start && !s->handler.start(s->handler.user, str_from(local_name(name)), local))
        stop(s);
}

static XmlAttr *tree_attr(XmlStream *s, const char *name, const char *value) {
    XmlAttr *attr = NEW(s->arena, XmlAttr);
    const XmlName *n = split_name(s, name);
    *attr = (XmlAttr){.ns = n->ns, .name = n->local, .value = str_dup(s->arena, str_from(value))};
    return attr;
}

static void tree_start(XmlStream *s, const char *name, const char *const *attrs) {
    const XmlName *full = split_name(s, name);
    if (s->taker && s->taken < 0 && s->at && str_eq(full->local, s->taker->name)) {
        s->arena = s->taker->arena;
        s->mark = arena_mark(s->arena);
        s->taken = s->depth;
        s->before = s->at->last;
    }
    XmlNode *n = NEW(s->arena, XmlNode);
    n->ns = full->ns;
    n->name = full->local;
    n->line = (uint32_t)XML_GetCurrentLineNumber(s->parser);
    n->column = (uint32_t)XML_GetCurrentColumnNumber(s->parser) + 1;
    n->byte = (uint32_t)XML_GetCurrentByteIndex(s->parser);
    n->parent = s->at;
    XmlAttr **tail = &n->attrs;
    for (int i = 0; attrs[i]; i += 2) {
        *tail = tree_attr(s, attrs[i], attrs[i + 1]);
        tail = &(*tail)->next;
    }
    if (!s->at)
        s->root = n;
    else if (s->at->last)
        s->at->last->next = n;
    else
        s->at->first = n;
    if (s->at) s->at->last = n;
    s->at = n;
    s->texts[s->depth] = buf_new(s->arena, XML_BYTES_MAX);
}

/* Hands a taken element over and forgets it. */
static void tree_take(XmlStream *s, XmlNode *n) {
    s->taken = -1;
    s->arena = s->c->arena;
    if (!s->taker->take(s->taker->user, n)) stop(s);
    XmlNode *parent = n->parent;
    parent->last = s->before;
    if (s->before)
        s->before->next = NULL;
    else
        parent->first = NULL;
    arena_rewind(s->taker->arena, s->mark);
}

static void tree_end(XmlStream *s) {
    XmlNode *n = s->at;
    n->text = buf_str(&s->texts[s->depth]);
    n->byte_end =
        (uint32_t)(XML_GetCurrentByteIndex(s->parser) + XML_GetCurrentByteCount(s->parser));
    if (!n->first && str_trim(n->text).n)
        n->raw = str_dup(s->arena, str_sub(s->bytes, n->byte, n->byte_end));
    s->at = n->parent;
    if (s->taken == s->depth) tree_take(s, n);
}

/* Runs body with a trap of our own. */
#define GUARDED(s, body)                                                                           \
    do {                                                                                           \
        jmp_buf here_;                                                                             \
        jmp_buf *before_ = arena_trap((s)->c->arena, &here_);                                      \
        if (setjmp(here_) == 0) {                                                                  \
            body;                                                                                  \
        } else {                                                                                   \
            (s)->full = true;                                                                      \
            stop(s);                                                                               \
        }                                                                                          \
        arena_trap((s)->c->arena, before_);                                                        \
    } while (0)

static void element_start(XmlStream *s, const char *name, const char *const *attrs) {
    if (s->stopped || !within_limits(s, name, attrs)) return;
    if (s->tree)
        tree_start(s, name, attrs);
    else
        stream_start(s, name, attrs);
    s->depth++;
}

static void element_end(XmlStream *s, const char *name) {
    if (s->stopped) return;
    s->depth--;
    if (s->tree) {
        tree_end(s);
    } else if (s->handler.end && !s->handler.end(s->handler.user, str_from(local_name(name)))) {
        stop(s);
    }
}

static void element_text(XmlStream *s, Str text) {
    if (s->stopped || s->depth == 0) return;
    if (s->tree)
        buf_put(&s->texts[s->depth - 1], text);
    else if (s->handler.text && !s->handler.text(s->handler.user, text))
        stop(s);
}

static void refuse_doctype(XmlStream *s) {
    FAIL_AT(s->c, ERR_INPUT, place_of(s), M_XML_DOCTYPE);
    stop(s);
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attrs) {
    GUARDED((XmlStream *)user, element_start(user, name, (const char *const *)attrs));
}

static void XMLCALL on_end(void *user, const XML_Char *name) {
    GUARDED((XmlStream *)user, element_end(user, name));
}

static void XMLCALL on_text(void *user, const XML_Char *text, int n) {
    GUARDED((XmlStream *)user, element_text(user, str_of(text, (size_t)n)));
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *sysid,
                               const XML_Char *pubid, int has_subset) {
    (void)name, (void)sysid, (void)pubid, (void)has_subset;
    GUARDED((XmlStream *)user, refuse_doctype(user));
}

static XmlStream *stream_new(Ctx *c, Str name) {
    XmlStream *s = NEW(c->arena, XmlStream);
    s->c = c;
    s->name = str_dup(c->arena, name);
    s->parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (!s->parser) {
        FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
        s->stopped = true;
        return s;
    }
    XML_SetUserData(s->parser, s);
    XML_SetElementHandler(s->parser, on_start, on_end);
    XML_SetCharacterDataHandler(s->parser, on_text);
    XML_SetStartDoctypeDeclHandler(s->parser, on_doctype);
    return s;
}

static void parser_free(XmlStream *s) {
    if (s->parser) XML_ParserFree(s->parser);
    s->parser = NULL;
}

/* One XML_Parse; raises the arena's trap again when a callback met it. */
static enum XML_Status parse_guarded(XmlStream *s, Str bytes, bool last) {
    enum XML_Status status = XML_Parse(s->parser, bytes.n ? bytes.p : "", (int)bytes.n, last);
    if (s->full) {
        parser_free(s);
        arena_raise(s->c->arena);
    }
    return status;
}

/* What expat found, in our words; in its own, quoted, where we have none. */
static bool syntax(XmlStream *s) {
    static const struct {
        enum XML_Error code;
        Msg text;
    } TEXTS[] = {
        {XML_ERROR_SYNTAX, M_XML_NOT_XML},
        {XML_ERROR_NO_ELEMENTS, M_XML_EMPTY},
        {XML_ERROR_INVALID_TOKEN, M_XML_BAD_TOKEN},
        {XML_ERROR_UNCLOSED_TOKEN, M_XML_OPEN_TOKEN},
        {XML_ERROR_PARTIAL_CHAR, M_XML_HALF_CHAR},
        {XML_ERROR_TAG_MISMATCH, M_XML_MISMATCH},
        {XML_ERROR_DUPLICATE_ATTRIBUTE, M_XML_TWICE},
        {XML_ERROR_JUNK_AFTER_DOC_ELEMENT, M_XML_BEHIND},
        {XML_ERROR_UNDEFINED_ENTITY, M_XML_ENTITY},
        {XML_ERROR_BAD_CHAR_REF, M_XML_CHAR_REF},
        {XML_ERROR_MISPLACED_XML_PI, M_XML_DECLARATION},
        {XML_ERROR_XML_DECL, M_XML_BAD_DECLARATION},
        {XML_ERROR_UNKNOWN_ENCODING, M_XML_ENCODING},
        {XML_ERROR_INCORRECT_ENCODING, M_XML_WRONG_ENCODING},
        {XML_ERROR_UNCLOSED_CDATA_SECTION, M_XML_CDATA},
        {XML_ERROR_UNBOUND_PREFIX, M_XML_PREFIX},
    };
    enum XML_Error code = XML_GetErrorCode(s->parser);
    if (code == XML_ERROR_NO_MEMORY) return FAIL(s->c, ERR_LIMIT, M_LIMIT_MEMORY);
    Str what = str_printf(s->c->arena, "“%s”", XML_ErrorString(code));
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (TEXTS[i].code == code) what = msg_text(s->c->arena, TEXTS[i].text, s->c->lang, 0, NULL);
    return FAIL_AT(s->c, ERR_INPUT, place_of(s), M_XML_SYNTAX, what);
}

bool xml_stream_feed(XmlStream *s, Str bytes, bool last) {
    if (s->stopped || !s->parser) return false;
    do {
        Str part = str_sub(bytes, 0, FEED_MAX);
        bytes = str_sub(bytes, part.n, bytes.n);
        enum XML_Status status = parse_guarded(s, part, last && bytes.n == 0);
        if (s->stopped) return false;
        if (status == XML_STATUS_ERROR) {
            s->stopped = true;
            return syntax(s);
        }
    } while (bytes.n > 0);
    return true;
}

XmlStream *xml_stream_open(Ctx *c, const XmlHandler *h, Str name) {
    XmlStream *s = stream_new(c, name);
    s->handler = *h;
    return s;
}

void xml_stream_close(XmlStream *s) {
    parser_free(s);
}

XmlNode *xml_parse(Ctx *c, Str bytes, Str name) {
    return xml_parse_taking(c, bytes, name, NULL);
}

XmlNode *xml_parse_taking(Ctx *c, Str bytes, Str name, const XmlTaker *t) {
    if (bytes.n > XML_BYTES_MAX) {
        FAIL_AT(c, ERR_LIMIT, name, M_XML_LIMIT, msg_text(c->arena, M_XML_BYTES, c->lang, 0, NULL),
                str_printf(c->arena, "%d", XML_BYTES_MAX));
        return NULL;
    }
    XmlStream *s = stream_new(c, name);
    s->tree = true;
    s->bytes = bytes;
    s->arena = c->arena;
    s->names = map_new(c->arena);
    s->taker = t;
    s->taken = -1;
    bool ok = xml_stream_feed(s, bytes, true);
    parser_free(s);
    return ok ? s->root : NULL;
}

XmlNode *xml_child(const XmlNode *n, Str name) {
    if (!n) return NULL;
    for (XmlNode *k = n->first; k; k = k->next)
        if (str_eq(k->name, name)) return k;
    return NULL;
}

XmlNode *xml_next(const XmlNode *n) {
    for (XmlNode *k = n->next; k; k = k->next)
        if (str_eq(k->name, n->name)) return k;
    return NULL;
}

int xml_count(const XmlNode *n, Str name) {
    int count = 0;
    for (const XmlNode *k = xml_child(n, name); k; k = xml_next(k)) count++;
    return count;
}

Str xml_attr(const XmlNode *n, Str name) {
    return xml_attr_ns(n, (Str){0}, name);
}

Str xml_attr_ns(const XmlNode *n, Str ns, Str name) {
    if (!n) return (Str){0};
    for (const XmlAttr *at = n->attrs; at; at = at->next)
        if (str_eq(at->name, name) && str_eq(at->ns, ns)) return at->value;
    return (Str){0};
}

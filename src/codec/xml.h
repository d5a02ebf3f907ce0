/* XML through expat into a small tree with positions. DOCTYPE is refused outright; limits on size,
 * depth, attributes and names. Namespaces are expanded: an element is (ns, name). */
#ifndef JIXIA_CODEC_XML_H
#define JIXIA_CODEC_XML_H
#include "base/err.h"

typedef struct XmlAttr {
    Str ns, name, value;
    struct XmlAttr *next;
} XmlAttr;

/* Where an element starts in its file, 1-based. */
typedef struct XmlAt {
    uint32_t line, column;
} XmlAt;

typedef struct XmlNode XmlNode;
struct XmlNode {
    Str ns, name;
    Str text; /* character data directly inside, joined */
    Str raw;  /* the bytes of the element, tags included, when it has a text and no elements */
    XmlAttr *attrs;
    XmlNode *first, *last; /* child elements */
    XmlNode *next, *parent;
    uint32_t line, column; /* of the start tag, 1-based */
    uint32_t byte;         /* offset of the start tag */
    uint32_t byte_end;     /* offset behind the end tag */
};

/* The root element, in c->arena; NULL on failure (file:line:column in the place). */
XmlNode *xml_parse(Ctx *c, Str bytes, Str name);
/* Elements that are many and small: each is handed over when it ends, whole, under its parent, and
 * is then no longer in the tree. It lives in an arena of its own (a child of the context's) that is
 * rewound after every one; what lasts must be copied. take returns false to stop, with a failure
 * recorded. */
typedef struct XmlTaker {
    Str name; /* local; inside a taken element nothing else is taken */
    Arena *arena;
    bool (*take)(void *user, XmlNode *n);
    void *user;
} XmlTaker;
XmlNode *xml_parse_taking(Ctx *c, Str bytes, Str name, const XmlTaker *t);
static inline XmlAt xml_at(const XmlNode *n) {
    return (XmlAt){n->line, n->column};
}
/* First child element of that local name (any namespace when ns is empty); NULL when none. */
XmlNode *xml_child(const XmlNode *n, Str name);
/* Next sibling of the same local name. */
XmlNode *xml_next(const XmlNode *n);
/* Child elements of that local name. */
int xml_count(const XmlNode *n, Str name);
/* Value of an attribute without namespace, or {NULL,0}. */
Str xml_attr(const XmlNode *n, Str name);
Str xml_attr_ns(const XmlNode *n, Str ns, Str name);

/* Streaming for large inputs (worksheets). Callbacks get local names; return false to stop. */
typedef struct XmlHandler {
    bool (*start)(void *user, Str name, const char *const *attrs); /* name, value, …, NULL */
    bool (*end)(void *user, Str name);
    bool (*text)(void *user, Str text);
    void *user;
} XmlHandler;
typedef struct XmlStream XmlStream;
XmlStream *xml_stream_open(Ctx *c, const XmlHandler *h, Str name);
/* Feeds bytes; false on a failure (recorded) or when a callback stopped. */
bool xml_stream_feed(XmlStream *s, Str bytes, bool last);
void xml_stream_close(XmlStream *s);
#endif

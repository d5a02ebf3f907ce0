/* What of an element counts when models are compared; see diff.h. Inside of src/dmn. */
#ifndef JIXIA_DMN_DIFF_CANON_H
#define JIXIA_DMN_DIFF_CANON_H
#include "base/map.h"
#include "codec/xml.h"

enum { CANON_ATTRS_MAX = 256 }; /* more than an element can have (xml.c) */

typedef struct CanonAttr {
    Str name, value;
} CanonAttr;

typedef struct CanonChild {
    const XmlNode *xml;
    Str key; /* element name with id, target, name or place */
} CanonChild;

typedef struct CanonChildren {
    CanonChild *items; /* in canonical order */
    int n;
    Map by_key;
} CanonChildren;

/* The attributes that count, by name; returns how many. */
int canon_attrs(const XmlNode *n, CanonAttr *out);
/* Child elements that count; those without an order of their own sorted. */
CanonChildren canon_children(Arena *a, const XmlNode *n);
/* Character data that counts. */
Str canon_text(const XmlNode *n);
/* The word of diff.h for an element or attribute. */
Str canon_word(Str name);
/* Name, label or id of an element. */
Str canon_title(const XmlNode *n);
/* Its title and the texts in it, on one line. */
Str canon_summary(Arena *a, const XmlNode *n);
#endif

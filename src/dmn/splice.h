/* Changes to the bytes of an XML file by the places its tree remembers: only what is named changes.
 * The file must be UTF-8. Inside of src/dmn. */
#ifndef JIXIA_DMN_SPLICE_H
#define JIXIA_DMN_SPLICE_H
#include "codec/xml.h"

typedef struct Edit {
    ptrdiff_t from, to; /* bytes replaced; equal: an insertion */
    Str text;
} Edit;

typedef struct Splice {
    Arena *arena;
    Str bytes;
    Edit *edits;
    int n, cap;
} Splice;

/* Replaces bytes [from, to). Places must not overlap; insertions at one place keep their order. */
void splice_put(Splice *s, ptrdiff_t from, ptrdiff_t to, Str text);
/* Makes escaped `text` the whole content of an element. */
void splice_text(Splice *s, const XmlNode *xml, Str text);
/* Sets an attribute without namespace; an empty value removes it. */
void splice_attr(Splice *s, const XmlNode *xml, Str name, Str value);
/* Inserts behind an element, or before its end tag. */
void splice_after(Splice *s, const XmlNode *xml, Str text);
void splice_inside(Splice *s, const XmlNode *xml, Str text);
/* Removes an element with the white space before it. */
void splice_remove(Splice *s, const XmlNode *xml);
/* Bytes [from, to) with the edits that lie in them. */
Str splice_apply(Splice *s, ptrdiff_t from, ptrdiff_t to);

/* Where the white space before an element begins, and that white space. */
ptrdiff_t splice_margin(const Splice *s, const XmlNode *xml);
Str splice_indent(const Splice *s, const XmlNode *xml);
/* "dmn:" of <dmn:rule>, empty without one. */
Str splice_prefix(const Splice *s, const XmlNode *xml);
/* Character data and attribute values, escaped. */
Str splice_escape(Arena *a, Str text);
#endif

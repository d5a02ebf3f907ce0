/* XML: the tree is within its limits and linked as it says. */
#include "codec/xml.h"
#include "tests/fuzz/fuzz.h"

static void walk(const XmlNode *n, int depth) {
    HOLDS(depth <= 200);
    HOLDS(n->byte <= n->byte_end);
    for (const XmlNode *k = n->first; k; k = k->next) {
        HOLDS(k->parent == n);
        HOLDS(k->next || k == n->last);
        walk(k, depth + 1);
    }
}

void fuzz_one(Ctx *c, Str data) {
    const XmlNode *root = xml_parse(c, data, S("x.xml"));
    HOLDS((root != NULL) == ctx_ok(c));
    if (root) walk(root, 1);
}

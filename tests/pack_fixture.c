/* The packs of the city for tests; see pack_fixture.h. */
#include "tests/pack_fixture.h"

#include "tests/test.h"

PackSet *test_packs(Ctx *c) {
    PackFile *files;
    int n;
    PackSet *p = pack_read(c, S("packs/zibo"), &files, &n) ? pack_parse(c, files, n) : NULL;
    if (p) return p;
    Str text = note_text(c->arena, &c->err.note, LANG_EN), place = c->err.note.place;
    test_failed(__FILE__, __LINE__,
                str_z(c->arena, str_printf(c->arena, "%.*s (%.*s)", STRF(text), STRF(place))));
    return NULL;
}

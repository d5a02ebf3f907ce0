/* Place words of company names. See match_place.h. */
#include "city/match_place.h"

#include "base/buf.h"
#include "base/utf8.h"

enum { WORD_CHARS_MOST = 9, REST_CHARS_MIN = 3, SHORT_CHARS_MIN = 2 };

static Str without_ending(Str name) {
    static const Str ENDINGS[] = {STR_INIT("特别行政区"), STR_INIT("省"), STR_INIT("市")};
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (str_ends(name, ENDINGS[i])) return str_sub(name, 0, name.n - ENDINGS[i].n);
    return name;
}

PlaceWords place_words(Arena *a, const CodeLists *places) {
    PlaceWords w = {.arena = a, .words = map_new(a)};
    for (int i = 0; places && i < places->place.n; i++) {
        const MapEntry *e = &places->place.entries[i];
        if (e->key.n != 6 || !str_ends(e->key, S("00"))) continue; /* counties are left alone */
        const Str *name = e->value;
        Str *plain = NEW(a, Str);
        *plain = without_ending(*name);
        if (utf8_length(*plain) < SHORT_CHARS_MIN) continue;
        map_put(&w.words, *name, plain);
        map_put(&w.words, *plain, plain);
    }
    return w;
}

/* The length of the longest place word the text begins with, 0: none. */
static ptrdiff_t word_at(const PlaceWords *w, Str text, Str *plain) {
    ptrdiff_t best = 0, at = 0;
    for (int chars = 1; at < text.n && chars <= WORD_CHARS_MOST; chars++) {
        utf8_next(text, &at);
        const Str *found = map_get(&w->words, str_sub(text, 0, at));
        if (!found) continue;
        *plain = *found;
        best = at;
    }
    return best;
}

PlacedName place_cut(Arena *a, const PlaceWords *w, Str core) {
    PlacedName out = {.rest = core};
    for (;;) {
        Str plain;
        ptrdiff_t n = word_at(w, out.rest, &plain);
        Str rest = str_sub(out.rest, n, out.rest.n);
        if (!n || utf8_length(rest) < REST_CHARS_MIN) return out;
        out.place = str_cat(a, out.place, plain);
        out.rest = rest;
    }
}

bool place_left_out(Str line, Str name) {
    return !line.n || str_find(name, line) >= 0;
}

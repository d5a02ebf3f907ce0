/* Bigrams. See gram.h. */
#include "codec/gram.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"

/* The folded form of a character, or 0 for blanks and punctuation. */
static uint32_t fold(uint32_t cp) {
    if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
    if (cp >= 'A' && cp <= 'Z') return cp + 32;
    if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9')) return cp;
    if (cp < 0xC0 || cp == 0xD7 || cp == 0xF7) return 0;
    if (cp >= 0x2000 && cp <= 0x2BFF) return 0; /* general punctuation to symbols and arrows */
    if (cp >= 0x3000 && cp <= 0x3004) return 0;
    if (cp >= 0x3008 && cp <= 0x3020) return 0; /* CJK punctuation; 々〆〇 stay */
    if (cp >= 0xFE00 && cp <= 0xFE6F) return 0; /* variation selectors, vertical and small forms */
    if (cp == 0xFEFF || (cp >= 0xFF5F && cp <= 0xFF65)) return 0;
    return cp >= 0xFFE0 && cp <= 0xFFFF ? 0 : cp;
}

Str gram_fold(Arena *a, Str text) {
    char *out = arena_alloc(a, (size_t)text.n + 4);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < text.n;) {
        uint32_t cp = fold(utf8_next(text, &i));
        if (cp) n += utf8_put(out + n, cp);
    }
    return (Str){out, n};
}

static void put_character(Buf *b, uint32_t cp) {
    if (cp < 0x80 || (cp >= 0x4E00 && cp <= 0x9FCB)) /* assigned since Unicode 6.1 */
        buf_utf8(b, cp);
    else
        buf_printf(b, "u%04x", cp);
}

Grams gram_of(Arena *a, Str text) {
    Str s = gram_fold(a, text);
    Grams g = {.items = NEW_N(a, Str, s.n + 1)};
    Map seen = map_new(a);
    uint32_t before = 0;
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t cp = utf8_next(s, &i);
        if (before) {
            Buf b = buf_new(a, 32);
            put_character(&b, before);
            put_character(&b, cp);
            Str gram = buf_str(&b);
            if (!map_has(&seen, gram)) {
                map_put(&seen, gram, NULL);
                g.items[g.n++] = gram;
            }
        }
        before = cp;
    }
    return g;
}

Str gram_text(Arena *a, Str text) {
    Grams g = gram_of(a, text);
    Buf b = buf_new(a, 0);
    for (int i = 0; i < g.n; i++) {
        if (i) buf_char(&b, ' ');
        buf_put(&b, g.items[i]);
    }
    return buf_str(&b);
}

bool gram_contains(Arena *a, Str text, Str query) {
    return str_find(gram_fold(a, text), gram_fold(a, query)) >= 0;
}

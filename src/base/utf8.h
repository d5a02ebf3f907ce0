/* UTF-8: decoding, checking, encoding. Text is checked once, at the edge; inside it is trusted. */
#ifndef JIXIA_BASE_UTF8_H
#define JIXIA_BASE_UTF8_H
#include "base/str.h"

/* The code point at byte *i of s, and moves *i behind it. An invalid byte gives U+FFFD and moves by
 * one. At the end of s it gives 0 and does not move. */
uint32_t utf8_next(Str s, ptrdiff_t *i);
/* Writes code point cp (at most U+10FFFF, surrogates included as 3 bytes) and returns its length.
 */
int utf8_put(char out[4], uint32_t cp);
/* Offset of the first byte that is not well-formed UTF-8 (overlong forms and surrogates are not),
 * or -1 when all of s is. */
ptrdiff_t utf8_invalid_at(Str s);
/* Offset of the first character that does not show, or turns what follows around, or -1: controls
 * except tab and the ends of lines, and the overrides of direction (Unicode UAX 9, 2.1 to 2.4),
 * with which a name can be made to look like another. */
ptrdiff_t utf8_unseen_at(Str s);
/* Code points in s. */
ptrdiff_t utf8_length(Str s);
/* Byte offset of code point number k (0-based), or s.n when s has fewer. */
ptrdiff_t utf8_offset(Str s, ptrdiff_t k);
#endif

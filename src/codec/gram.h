/* Bigrams for the search of Chinese names: one function for both databases, so that SQLite (FTS5
 * text) and PostgreSQL (text[]) index and find the same.
 *
 * Text is folded first: half width, lower case, without blanks and punctuation. A gram is two
 * neighbouring characters; it is made of ASCII letters, digits and the basic CJK block only (any
 * other character stands as uXXXX in it), so no tokenizer splits or changes it. A query shorter
 * than two characters has no gram: the caller compares the folded text with LIKE. Hits must be
 * rechecked with gram_contains, because grams say nothing about order. */
#ifndef JIXIA_CODEC_GRAM_H
#define JIXIA_CODEC_GRAM_H
#include "base/str.h"

typedef struct Grams {
    Str *items; /* distinct, in order of first occurrence */
    int n;
} Grams;

/* The folded text. */
Str gram_fold(Arena *a, Str text);
Grams gram_of(Arena *a, Str text);
/* The same grams separated by blanks: the text of an FTS5 column, and its query (all must match).
 */
Str gram_text(Arena *a, Str text);
/* Whether the folded text contains the folded query. */
bool gram_contains(Arena *a, Str text, Str query);
#endif

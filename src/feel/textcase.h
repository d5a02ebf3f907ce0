/* Upper and lower case of any text by the full Unicode mappings (UnicodeData.txt and the
 * unconditional part of SpecialCasing.txt), compiled in by tools/unicode.c. */
#ifndef JIXIA_FEEL_TEXTCASE_H
#define JIXIA_FEEL_TEXTCASE_H
#include "base/str.h"

Str text_upper(Arena *a, Str s);
/* A capital sigma at the end of a word becomes final sigma. */
Str text_lower(Arena *a, Str s);
#endif

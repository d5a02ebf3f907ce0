/* Masking of personal data in what is published: one function, used by every public text.
 *
 * Found by their form: mobile numbers (11 digits from 13 on; also in full width and parted by
 * blanks or hyphens), resident identity numbers (GB 11643: 17 digits and a check character whose
 * place and date exist, or the 15 digits of before), addresses of electronic mail. Found by being
 * named: natural persons. A credit code is no identity number and stays.
 */
#ifndef JIXIA_CITY_NOTICE_MASK_H
#define JIXIA_CITY_NOTICE_MASK_H
#include "base/str.h"

/* The name of a natural person for the public: the first character, then a star for each further
 * one; of a name with a dot (买买提·艾力) the first part's first character. */
Str mask_person(Arena *a, Str name);
/* The text with everything of the above masked: 138****5678, 3703**********1234 for identity
 * numbers, x***@example.org. persons: names masked wherever they stand; those of one character are
 * left, they are words. */
Str mask_text(Arena *a, Str text, const Str *persons, int n);
#endif

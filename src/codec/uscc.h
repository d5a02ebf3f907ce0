/* Unified social credit codes, GB 32100-2015: 18 characters of 0-9 A-Z without I O S V Z, the last
 * one a check character (sum of value * (3^i mod 31), modulo 31). */
#ifndef JIXIA_CODEC_USCC_H
#define JIXIA_CODEC_USCC_H
#include "base/str.h"

enum { USCC_LENGTH = 18 };

typedef enum UsccResult {
    USCC_OK,
    USCC_BAD_LENGTH,    /* not 18 characters */
    USCC_BAD_CHARACTER, /* a character outside the alphabet; *at is its index */
    USCC_BAD_CHECK      /* the check character is wrong */
} UsccResult;

/* Checks a code as it stands (upper case). `at` may be NULL. */
UsccResult uscc_check(Str code, int *at);
/* The check character of the first 17; '\0' when one of them is outside the alphabet. */
char uscc_check_char(Str first17);
/* The check character of the organisation code inside (positions 9-16 of the credit code), GB
 * 11714: weights 3 7 9 10 5 8 4 2, modulo 11; '\0' when a character is not 0-9 A-Z. */
char uscc_org_check_char(Str first8);
/* Upper case, full-width to half-width, without blanks inside or around. */
Str uscc_normalize(Arena *a, Str s);
#endif

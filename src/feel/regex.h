/* Regular expressions of FEEL: those of XPath functions (XML Schema expressions with anchors,
 * reluctant quantifiers, groups and back-references; flags s m i x q).
 *
 * The pattern is parsed by our own grammar and emitted for PCRE2, with limits on length, nesting,
 * match steps and memory, so that no pattern can hang an evaluation. Inputs are UTF-8. */
#ifndef JIXIA_FEEL_REGEX_H
#define JIXIA_FEEL_REGEX_H
#include "base/str.h"

typedef enum RegexStatus {
    REGEX_OK,
    REGEX_BAD_PATTERN, /* also: replace or split with a pattern that matches empty text */
    REGEX_BAD_FLAGS,
    REGEX_BAD_REPLACEMENT, /* $ without digit, or a stray backslash */
    REGEX_LIMIT            /* too long, too deep or too many steps */
} RegexStatus;

enum { REGEX_PATTERN_MAX = 8192, REGEX_DEPTH_MAX = 100, REGEX_STEPS_MAX = 2000000 };

/* Does the pattern match anywhere in the input? (fn:matches) steps: of PCRE2's matcher, at most
 * REGEX_STEPS_MAX for each match. */
RegexStatus regex_matches(Arena *a, uint32_t steps, Str input, Str pattern, Str flags, bool *out);
/* Every match replaced; $1 … $9… are groups, $0 the match, \$ and \\ literal. (fn:replace) */
RegexStatus regex_replace(Arena *a, uint32_t steps, Str input, Str pattern, Str replacement,
                          Str flags, Str *out);
/* The pieces between the matches; an empty input gives one empty piece. (fn:tokenize) */
RegexStatus regex_split(Arena *a, uint32_t steps, Str input, Str pattern, Str **parts, int *n);

/* The PCRE2 pattern for an XPath pattern, and how many groups it captures (for tests and for
 * regex.c). flags must be valid. */
RegexStatus regex_translate(Arena *a, Str pattern, Str flags, Str *out, int *groups);
#endif

/* Regular expressions: the first line is the pattern, the second the flags and a replacement behind
 * a tab, the rest the input. Pieces and separators of a split make up the input's length. */
#include "base/utf8.h"
#include "feel/regex.h"
#include "tests/fuzz/fuzz.h"

enum { STEPS = 200000 };

void fuzz_one(Ctx *c, Str data) {
    if (data.n > 3000 || utf8_invalid_at(data) >= 0) return;
    Str rest = data, pattern = str_cut(&rest, '\n'), to = str_cut(&rest, '\n');
    Str flags = str_cut(&to, '\t'), out, *parts;
    if (!rest.p) rest = S("");
    if (!to.p) to = S("[$0]");
    bool found = false;
    int n = 0;
    RegexStatus m = regex_matches(c->arena, STEPS, rest, pattern, flags, &found);
    RegexStatus r = regex_replace(c->arena, STEPS, rest, pattern, to, flags, &out);
    RegexStatus s = regex_split(c->arena, STEPS, rest, pattern, &parts, &n);
    HOLDS(m != REGEX_BAD_REPLACEMENT && s != REGEX_BAD_REPLACEMENT);
    if (m == REGEX_BAD_PATTERN) HOLDS(r != REGEX_OK);
    if (r == REGEX_OK) HOLDS(utf8_invalid_at(out) < 0);
    if (r == REGEX_OK && m == REGEX_OK && !found) HOLDS(str_eq(out, rest));
    if (s != REGEX_OK) return;
    HOLDS(n >= 1);
    ptrdiff_t total = 0;
    for (int i = 0; i < n; i++) total += parts[i].n;
    HOLDS(total <= rest.n);
    if (m == REGEX_OK && !found && !flags.n) HOLDS(n == 1 && str_eq(parts[0], rest));
}

/* Matching, replacing and splitting with PCRE2. See regex.h; regex_parse.c makes the pattern. All
 * memory of PCRE2 comes from the arena, so that nothing leaks when the arena's limit is reached. */
#include "feel/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

typedef struct Regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *match;
    int groups;
} Regex;

static void *take(PCRE2_SIZE size, void *arena) {
    return arena_alloc(arena, size);
}
static void keep(void *p, void *arena) {
    (void)p, (void)arena; /* the arena frees */
}

static RegexStatus compile(Arena *a, uint32_t steps, Str pattern, Str flags, Regex *r) {
    uint32_t options =
        PCRE2_UTF | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
    for (ptrdiff_t i = 0; i < flags.n; i++) {
        if (!memchr("smixq", flags.p[i], 5)) return REGEX_BAD_FLAGS;
        if (flags.p[i] == 'i') options |= PCRE2_CASELESS;
    }
    Str text;
    RegexStatus status = regex_translate(a, pattern, flags, &text, &r->groups);
    if (status != REGEX_OK) return status;
    pcre2_general_context *memory = pcre2_general_context_create(take, keep, a);
    pcre2_compile_context *how = pcre2_compile_context_create(memory);
    pcre2_set_newline(how, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(how, 4 * REGEX_DEPTH_MAX);
    int error;
    PCRE2_SIZE at;
    r->code = pcre2_compile((PCRE2_SPTR)(text.n ? text.p : ""), (PCRE2_SIZE)text.n, options, &error,
                            &at, how);
    if (!r->code) return error == PCRE2_ERROR_PATTERN_TOO_LARGE ? REGEX_LIMIT : REGEX_BAD_PATTERN;
    r->match = pcre2_match_context_create(memory);
    pcre2_set_match_limit(r->match, steps);
    pcre2_set_heap_limit(r->match, 16 * 1024); /* KiB */
    r->data = pcre2_match_data_create_from_pattern(r->code, memory);
    return REGEX_OK;
}

/* The next match from byte `from`: found or not; REGEX_LIMIT also for text that is not UTF-8. */
static RegexStatus find(const Regex *r, Str input, ptrdiff_t from, bool *found) {
    int n = pcre2_match(r->code, (PCRE2_SPTR)(input.n ? input.p : ""), (PCRE2_SIZE)input.n,
                        (PCRE2_SIZE)from, from ? PCRE2_NO_UTF_CHECK : 0, r->data, r->match);
    *found = n > 0;
    return n > 0 || n == PCRE2_ERROR_NOMATCH ? REGEX_OK : REGEX_LIMIT;
}

RegexStatus regex_matches(Arena *a, uint32_t steps, Str input, Str pattern, Str flags, bool *out) {
    ArenaMark mark = arena_mark(a);
    Regex r;
    RegexStatus status = compile(a, steps, pattern, flags, &r);
    if (status == REGEX_OK) status = find(&r, input, 0, out);
    arena_rewind(a, mark);
    return status;
}

/* A pattern that matches empty text has no sensible replacement or split (err:FORX0003). */
static RegexStatus compile_nonempty(Arena *a, uint32_t steps, Str pattern, Str flags, Regex *r) {
    bool empty = false;
    RegexStatus status = compile(a, steps, pattern, flags, r);
    if (status == REGEX_OK) status = find(r, S(""), 0, &empty);
    return status == REGEX_OK && empty ? REGEX_BAD_PATTERN : status;
}

/* Group n of the last match; empty when it took no part. */
static Str group(const Regex *r, Str input, int n) {
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->data);
    if (n > r->groups || at[2 * n] == PCRE2_UNSET) return S("");
    return str_sub(input, (ptrdiff_t)at[2 * n], (ptrdiff_t)at[2 * n + 1]);
}

/* Writes the replacement of the last match; false when the replacement is malformed. Run once with
 * b NULL to check it. */
static bool put_replacement(const Regex *r, Str input, Str rep, Buf *b) {
    for (ptrdiff_t i = 0; i < rep.n; i++) {
        char c = rep.p[i];
        if (c == '\\') {
            if (++i >= rep.n || (rep.p[i] != '\\' && rep.p[i] != '$')) return false;
            if (b) buf_char(b, rep.p[i]);
        } else if (c == '$') {
            int n = 0;
            ptrdiff_t from = ++i;
            for (; i < rep.n && rep.p[i] >= '0' && rep.p[i] <= '9'; i++) {
                int next = n * 10 + (rep.p[i] - '0');
                if (i > from && next > r->groups) break;
                n = next;
            }
            if (i == from) return false;
            if (b) buf_put(b, group(r, input, n));
            i--;
        } else if (b) {
            buf_char(b, c);
        }
    }
    return true;
}

static bool has_literal_flag(Str flags) {
    return flags.n > 0 && memchr(flags.p, 'q', (size_t)flags.n) != NULL;
}

RegexStatus regex_replace(Arena *a, uint32_t steps, Str input, Str pattern, Str replacement,
                          Str flags, Str *out) {
    Regex r;
    RegexStatus status = compile_nonempty(a, steps, pattern, flags, &r);
    if (status != REGEX_OK) return status;
    bool literal = has_literal_flag(flags), found;
    if (!literal && !put_replacement(&r, input, replacement, NULL)) return REGEX_BAD_REPLACEMENT;
    Buf b = buf_new(a, 0);
    ptrdiff_t at = 0, kept = 0;
    while ((status = find(&r, input, at, &found)) == REGEX_OK && found) {
        Str hit = group(&r, input, 0);
        ptrdiff_t from = hit.p - input.p;
        buf_put(&b, str_sub(input, kept, from));
        if (literal)
            buf_put(&b, replacement);
        else
            put_replacement(&r, input, replacement, &b);
        kept = at = from + hit.n;
        if (hit.n == 0) { /* an anchor such as m-mode $ that does not match empty text */
            if (at >= input.n) break;
            utf8_next(input, &at);
        }
    }
    buf_put(&b, str_sub(input, kept, input.n));
    *out = buf_str(&b);
    return status == REGEX_OK && b.over ? REGEX_LIMIT : status;
}

RegexStatus regex_split(Arena *a, uint32_t steps, Str input, Str pattern, Str **parts, int *n) {
    Regex r;
    RegexStatus status = compile_nonempty(a, steps, pattern, S(""), &r);
    if (status != REGEX_OK) return status;
    bool found;
    int cap = 0;
    *parts = NULL;
    *n = 0;
    ptrdiff_t at = 0, kept = 0;
    while ((status = find(&r, input, at, &found)) == REGEX_OK && found) {
        Str hit = group(&r, input, 0);
        ptrdiff_t from = hit.p - input.p;
        at = from + hit.n;
        if (hit.n == 0) {
            if (at >= input.n) break;
            utf8_next(input, &at);
            continue;
        }
        GROW(a, *parts, *n, cap);
        (*parts)[(*n)++] = str_sub(input, kept, from);
        kept = at;
    }
    GROW(a, *parts, *n, cap);
    (*parts)[(*n)++] = str_sub(input, kept, input.n);
    return status;
}

/* Tokens of FEEL text. Names with spaces are not tokens: the parser matches them against the scope
 * from the start of a word. */
#ifndef JIXIA_FEEL_LEX_H
#define JIXIA_FEEL_LEX_H
#include "base/err.h"

typedef enum TokKind { TOK_END, TOK_NUMBER, TOK_STRING, TOK_AT, TOK_WORD, TOK_OP, TOK_BAD } TokKind;
/* Operators of two characters; others are their character. */
enum { OP_DOTS = 256, OP_POW, OP_LE, OP_GE, OP_NE, OP_ARROW };
typedef struct Tok {
    TokKind kind;
    int op;         /* TOK_OP */
    ptrdiff_t from; /* bytes [from, to) */
    ptrdiff_t to;
    uint32_t bad; /* TOK_BAD: the character; 0: a string without end */
} Tok;

/* The token at or after byte `at`, white space and comments skipped. */
Tok lex_token(Str s, ptrdiff_t at);
/* The value of a string token (escapes decoded). quoted includes both quotes. */
Str lex_string(Arena *a, Str quoted);
/* What is meant by a full-width or typographic character: "(" for （, ">=" for ≥. Empty: nothing.
 */
Str lex_halfwidth(Arena *a, uint32_t cp);
#endif

/* Inside of the parser: state and the pieces that call each other. For src/feel only. */
#ifndef JIXIA_FEEL_PARSE_H
#define JIXIA_FEEL_PARSE_H
#include "feel/build.h"
#include "feel/feel.h"
#include "feel/lex.h"
#include "feel/scope.h"

enum { PARSE_DEPTH = 120, PARSE_ITEMS = 200000 };

typedef struct Parser {
    Ctx *c;
    Program *p;
    Str s;
    int32_t unit;
    Tok tok;        /* the current token */
    ptrdiff_t last; /* byte behind the token read last */
    const Scope *scope;
    int depth;
    bool failed;    /* a syntax error was noted; the current token is TOK_END from then on */
    bool range_end; /* reading the upper end of a range: `[` may close it */
    Str element;
} Parser;

/* A growing list of operands. */
typedef struct Ids {
    IrId *v;
    Str *names;
    int n, cap, names_cap;
} Ids;
void ids_push(Parser *p, Ids *ids, IrId id, Str name);

void parse_next(Parser *p);
bool parse_is_op(const Parser *p, int op);
bool parse_is_word(const Parser *p, const char *word);
bool parse_accept_op(Parser *p, int op);
bool parse_accept_word(Parser *p, const char *word);
/* Notes a syntax error when the token is not there. */
void parse_expect_op(Parser *p, int op, const char *text);
void parse_expect_word(Parser *p, const char *word);
typedef enum Expected {
    EXPECT_TOKEN,
    EXPECT_EXPRESSION,
    EXPECT_NAME,
    EXPECT_TYPE,
    EXPECT_END
} Expected;
/* Notes what was expected; stops the parse. Gives a node, so that makers can go on. */
IrId parse_fail(Parser *p, Expected what);
/* The same for a token, given as it is written. */
IrId parse_fail_token(Parser *p, Str token);
/* Notes that the text is nested too deeply; as parse_fail. */
IrId parse_too_deep(Parser *p);
/* Ends the parse: from now on the current token is TOK_END. */
void parse_stop(Parser *p);
Note *parse_note(Parser *p, int severity, ptrdiff_t from, ptrdiff_t to, Msg msg, Str x, Str y,
                 Str z);
IrAt parse_at(const Parser *p, ptrdiff_t from);
/* Is the word of the token a keyword that cannot start or continue an operand? */
bool parse_is_keyword(Str word);

IrId parse_expression(Parser *p);
IrId parse_arithmetic(Parser *p);
/* Unary tests up to (not including) the closing token; in a scope_test. close: ')' or 0. */
IrId parse_tests(Parser *p, int close);
/* One positive unary test. */
IrId parse_test(Parser *p);
/* Forms that start with a keyword; false when the token starts none. */
bool parse_form(Parser *p, IrId *out);
/* A name in scope, a member in a filter, or an unknown name. */
IrId parse_name(Parser *p);
IrId parse_dot(Parser *p, IrId left, ptrdiff_t from);
IrId parse_arguments(Parser *p, IrId callee, ptrdiff_t from);
IrId parse_context(Parser *p);
const Type *parse_type(Parser *p);
/* A name being defined: the text before op or, when op is 0, before the word. */
Str parse_defined(Parser *p, int op, const char *word);
/* Does a name followed by `:` stand here? */
bool parse_ahead_key(const Parser *p);
#endif

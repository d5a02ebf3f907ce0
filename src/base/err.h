/* Ctx and errors: one context per request, command, job or model load; the first failure sticks.
 *
 * A failure is a code (for programs), a message of the text table (for people, Chinese and English)
 * and its arguments, a place and a hint. Functions that can fail return false or NULL after calling
 * FAIL; callers just return. Warnings and findings that do not end the work are `Note`s.
 */
#ifndef JIXIA_BASE_ERR_H
#define JIXIA_BASE_ERR_H
#include "base/str.h"

/* Append only. HTTP status and exit code of each stand in err.c. */
typedef enum ErrCode {
    ERR_NONE,
    ERR_INPUT,   /* the caller's data or usage is wrong: 400, exit 2 */
    ERR_AUTH,    /* not signed in: 401, exit 2 */
    ERR_DENIED,  /* signed in, no right: 403, exit 2 */
    ERR_MISSING, /* no such thing: 404, exit 2 */
    ERR_STATE,   /* not possible in this state, or a conflict: 409, exit 1 */
    ERR_STALE,   /* If-Match does not match: 412, exit 1 */
    ERR_LIMIT,   /* a limit was reached: 413, exit 2 */
    ERR_RULE,    /* understood, but against a rule of the domain: 422, exit 1 */
    ERR_BUSY,    /* try again: 503, exit 3 */
    ERR_STORE,   /* the database failed: 500, exit 3 */
    ERR_BUG,     /* cannot happen: 500, exit 3 */
    ERR_CODES
} ErrCode;

typedef enum Lang { LANG_ZH, LANG_EN } Lang;

/* Texts for people: text/messages.def includes one file per layer. M(id, code, zh, en, hint_zh,
 * hint_en); `{}` in a text stands for the next argument, `{1}` for argument number 1. */
#define M(id, code, zh, en, hint_zh, hint_en) id,
typedef enum Msg {
    MSG_NONE,
#include "base/text/messages.def"
    MSG_COUNT
} Msg;
#undef M

enum { MSG_ARGS_MAX = 6 };

/* One finding: an error, a warning or a remark, with its place. */
typedef struct Note {
    Msg msg;
    int severity; /* 0 error, 1 warning, 2 remark */
    int nargs;
    Str args[MSG_ARGS_MAX];
    Str place; /* file:line:column, element id, cell; empty when none */
    /* In a FEEL text: its unit in the program + 1 (0: none) and the bytes [from, to) of the unit.
     */
    int unit, from, to;
    Str hint; /* overrides the hint of the message when not empty */
    struct Note *next;
} Note;

typedef struct Err {
    ErrCode code;
    Note note;
    const char *file; /* where in our source it was recorded, for the log */
    int line;
} Err;

typedef struct Ctx {
    Arena *arena;
    Lang lang;
    int64_t now_ms;     /* the clock of this request; decisions never read another */
    Str claim;          /* key of a request that may be repeated, empty: none; see journal_add */
    int64_t claimed_by; /* the user it is claimed for */
    Err err;            /* the first failure; code ERR_NONE: none */
    Note *notes;        /* findings in order; notes_last is the tail */
    Note *notes_last;
    int note_count;
} Ctx;

/* A context on arena a; now_ms is UTC milliseconds. */
Ctx ctx_new(Arena *a, int64_t now_ms);
static inline bool ctx_ok(const Ctx *c) {
    return c->err.code == ERR_NONE;
}
/* Forgets the failure (not the notes). */
void ctx_clear(Ctx *c);

/* Whether the machine failed (store, bug, busy) rather than what was asked for being refused: of
 * many things to do the others are not tried then. */
static inline bool ctx_grave(const Ctx *c) {
    return c->err.code == ERR_STORE || c->err.code == ERR_BUG || c->err.code == ERR_BUSY;
}

/* A place in the work of a context, to go back to: ctx_rewind frees what its arena handed out since
 * and forgets the findings, which lie in it; a failure is forgotten with ctx_clear before. */
typedef struct CtxMark {
    ArenaMark arena;
    Note *last;
    int count;
} CtxMark;
CtxMark ctx_mark(const Ctx *c);
void ctx_rewind(Ctx *c, CtxMark m);

/* Copies the failure of another context, whose arena may then be closed. */
void ctx_adopt(Ctx *c, const Ctx *from);

/* Records the first failure; later ones are ignored. Always false. Arguments are Str. */
#define FAIL(c, code, ...)                                                                         \
    fail_at_((c), (code), (Str){0}, __FILE__, __LINE__, FAIL_ARGS_(__VA_ARGS__))
/* The same with a place (Str): file and line of the input, cell, element. */
#define FAIL_AT(c, code, place, ...)                                                               \
    fail_at_((c), (code), (place), __FILE__, __LINE__, FAIL_ARGS_(__VA_ARGS__))
#define FAIL_ARGS_(msg, ...)                                                                       \
    (msg), (int)(sizeof((Str[]){{0}, ##__VA_ARGS__}) / sizeof(Str)) - 1, (Str[]) {                 \
        {0}, ##__VA_ARGS__                                                                         \
    }
bool fail_at_(Ctx *c, ErrCode code, Str place, const char *file, int line, Msg msg, int n,
              const Str *args) __attribute__((cold));
/* Sets the hint of the failure recorded last, when it has none yet. */
void fail_hint(Ctx *c, Str hint);
/* The hint “did you mean …” with the nearest known name; nothing when that is empty. */
void fail_near(Ctx *c, Str nearest);
/* Adds a finding; returns it so that the caller can set its hint. */
#define NOTE(c, severity, place, ...) note_at_((c), (severity), (place), FAIL_ARGS_(__VA_ARGS__))
Note *note_at_(Ctx *c, int severity, Str place, Msg msg, int n, const Str *args);

/* The text of a finding in a language, and its hint (empty when there is none). */
Str note_text(Arena *a, const Note *n, Lang lang);
Str note_hint(Arena *a, const Note *n, Lang lang);
/* The stable code of a message, e.g. "import.bad_date". */
Str msg_code(Msg m);
/* A message used as plain text, e.g. a label; args may be NULL when n is 0. */
Str msg_text(Arena *a, Msg m, Lang lang, int n, const Str *args);

int err_exit_status(ErrCode code);
int err_http_status(ErrCode code);
#endif

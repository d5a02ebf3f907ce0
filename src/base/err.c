/* Errors and the table of texts. See err.h. */
#include "base/err.h"

#include "base/buf.h"

typedef struct MsgText {
    Str code, zh, en, hint_zh, hint_en;
} MsgText;

#define M(id, code, zh, en, hint_zh, hint_en)                                                      \
    [id] = {STR_INIT(code), STR_INIT(zh), STR_INIT(en), STR_INIT(hint_zh), STR_INIT(hint_en)},
static const MsgText TEXTS[MSG_COUNT] = {
#include "base/text/messages.def"
};
#undef M

static const struct {
    int exit, http;
} STATUS[ERR_CODES] = {
    [ERR_NONE] = {0, 200},   [ERR_INPUT] = {2, 400},   [ERR_AUTH] = {2, 401},
    [ERR_DENIED] = {2, 403}, [ERR_MISSING] = {2, 404}, [ERR_STATE] = {1, 409},
    [ERR_STALE] = {1, 412},  [ERR_LIMIT] = {2, 413},   [ERR_RULE] = {1, 422},
    [ERR_BUSY] = {3, 503},   [ERR_STORE] = {3, 500},   [ERR_BUG] = {3, 500},
};

Ctx ctx_new(Arena *a, int64_t now_ms) {
    return (Ctx){.arena = a, .lang = LANG_ZH, .now_ms = now_ms};
}

void ctx_clear(Ctx *c) {
    c->err = (Err){0};
}

CtxMark ctx_mark(const Ctx *c) {
    return (CtxMark){arena_mark(c->arena), c->notes_last, c->note_count};
}

void ctx_rewind(Ctx *c, CtxMark m) {
    c->notes_last = m.last;
    c->note_count = m.count;
    if (m.last)
        m.last->next = NULL;
    else
        c->notes = NULL;
    arena_rewind(c->arena, m.arena);
}

void ctx_adopt(Ctx *c, const Ctx *from) {
    if (c->err.code != ERR_NONE) return;
    c->err = from->err;
    Note *n = &c->err.note;
    for (int i = 0; i < n->nargs; i++) n->args[i] = str_dup(c->arena, n->args[i]);
    n->place = str_dup(c->arena, n->place);
    n->hint = str_dup(c->arena, n->hint);
}

static void note_set(Arena *a, Note *note, int severity, Str place, Msg msg, int n,
                     const Str *args) {
    *note = (Note){.msg = msg, .severity = severity, .place = str_dup(a, place)};
    note->nargs = n > MSG_ARGS_MAX ? MSG_ARGS_MAX : n;
    for (int i = 0; i < note->nargs; i++) note->args[i] = str_dup(a, args[i + 1]);
}

bool fail_at_(Ctx *c, ErrCode code, Str place, const char *file, int line, Msg msg, int n,
              const Str *args) {
    if (c->err.code != ERR_NONE) return false;
    c->err.code = code;
    c->err.file = file;
    c->err.line = line;
    note_set(c->arena, &c->err.note, 0, place, msg, n, args);
    return false;
}

void fail_hint(Ctx *c, Str hint) {
    if (c->err.code != ERR_NONE && c->err.note.hint.n == 0)
        c->err.note.hint = str_dup(c->arena, hint);
}

void fail_near(Ctx *c, Str nearest) {
    if (nearest.n) fail_hint(c, msg_text(c->arena, M_FEEL_DID_YOU_MEAN, c->lang, 1, &nearest));
}

Note *note_at_(Ctx *c, int severity, Str place, Msg msg, int n, const Str *args) {
    Note *note = NEW(c->arena, Note);
    note_set(c->arena, note, severity, place, msg, n, args);
    if (c->notes_last)
        c->notes_last->next = note;
    else
        c->notes = note;
    c->notes_last = note;
    c->note_count++;
    return note;
}

static Str fill(Arena *a, Str text, int n, const Str *args) {
    Buf b = buf_new(a, 0);
    int next = 0;
    for (ptrdiff_t i = 0; i < text.n; i++) {
        Str rest = str_sub(text, i, text.n);
        int arg = -1;
        if (str_starts(rest, S("{}"))) {
            arg = next++;
            i += 1;
        } else if (rest.n >= 3 && rest.p[0] == '{' && rest.p[1] >= '1' && rest.p[1] <= '9' &&
                   rest.p[2] == '}') {
            arg = rest.p[1] - '1';
            i += 2;
        }
        if (arg < 0)
            buf_char(&b, text.p[i]);
        else if (arg < n)
            buf_put(&b, args[arg]);
    }
    return buf_str(&b);
}

Str msg_code(Msg m) {
    return TEXTS[m].code;
}

Str msg_text(Arena *a, Msg m, Lang lang, int n, const Str *args) {
    return fill(a, lang == LANG_EN ? TEXTS[m].en : TEXTS[m].zh, n, args);
}

Str note_text(Arena *a, const Note *n, Lang lang) {
    return msg_text(a, n->msg, lang, n->nargs, n->args);
}

Str note_hint(Arena *a, const Note *n, Lang lang) {
    if (n->hint.n) return n->hint;
    const MsgText *t = &TEXTS[n->msg];
    return fill(a, lang == LANG_EN ? t->hint_en : t->hint_zh, n->nargs, n->args);
}

int err_exit_status(ErrCode code) {
    return STATUS[code].exit;
}

int err_http_status(ErrCode code) {
    return STATUS[code].http;
}

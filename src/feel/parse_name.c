/* Names in expressions: longest match in scope, members after a dot, members of filtered items,
 * unknown names with the nearest known one, calls with named arguments, and types. */
#include "feel/parse.h"

static const Str NO = {0};

static bool word_at(Str t) {
    ptrdiff_t i = 0;
    Str w = name_token(t, &i);
    return w.n && (name_start((unsigned char)w.p[0]) || (unsigned char)w.p[0] >= 0x80);
}

/* Moves the current token to the one at byte `to`. */
static void jump(Parser *p, ptrdiff_t to) {
    if (p->failed) return;
    p->last = to;
    p->tok = lex_token(p->s, to);
}

static void hint_nearest(Parser *p, Note *n, Str near) {
    if (near.n) n->hint = msg_text(p->p->arena, M_FEEL_DID_YOU_MEAN, p->c->lang, 1, &near);
}

/* The words from the current token on that no keyword ends: a name nobody knows. */
static Str unknown_phrase(Parser *p) {
    ptrdiff_t from = p->tok.from;
    parse_next(p);
    while (p->tok.kind == TOK_WORD && !parse_is_keyword(str_sub(p->s, p->tok.from, p->tok.to)))
        parse_next(p);
    return str_sub(p->s, from, p->last);
}

static const Scope *dynamic_scope(const Scope *s, int *depth) {
    *depth = 0;
    for (; s; s = s->up) {
        if (s->dynamic) return s;
        if (s->region >= 0) ++*depth;
    }
    return NULL;
}

/* A name that may be a member of the item of a filter whose type is not known. */
static IrId member_or(Parser *p, const Scope *s, int depth, IrId other, ptrdiff_t from) {
    ptrdiff_t to = from;
    const Name *m = trie_match(p->p->member_trie, p->s, from, &to);
    if (other != IR_NONE || !m) to = p->last;
    Str name = m && other == IR_NONE ? m->text : str_sub(p->s, from, to);
    if (to != p->last) jump(p, to);
    Name item_name = {S("item"), NAME_LOCAL, type_of(T_ANY), 0};
    Found found = {&item_name, s, depth, 0};
    IrId item = ir_found(p->p, &found, parse_at(p, from));
    return ir_member(p->p, item, name, other, parse_at(p, from));
}

/* An unknown name: a finding, and null at run time. */
static IrId unknown_words(Parser *p, ptrdiff_t from) {
    unknown_phrase(p);
    Str phrase = str_sub(p->s, from, p->last);
    Note *n = parse_note(p, 1, from, p->last, M_FEEL_UNKNOWN_NAME, phrase, NO, NO);
    Str near = scope_nearest(p->scope, phrase);
    hint_nearest(p, n, near);
    if (near.n == 0 && p->scope->test) /* a text in a cell without its quotes */
        n->hint = msg_text(p->p->arena, M_FEEL_QUOTE, p->c->lang, 1, &phrase);
    return ir_null(p->p, phrase, parse_at(p, from));
}

static IrId unknown_name(Parser *p, ptrdiff_t from) {
    int depth;
    const Scope *s = dynamic_scope(p->scope, &depth);
    if (s) {
        parse_next(p);
        return member_or(p, s, depth, IR_NONE, from);
    }
    return unknown_words(p, from);
}

IrId parse_name(Parser *p) {
    ptrdiff_t from = p->tok.from;
    Str word = str_sub(p->s, from, p->tok.to);
    Found f = scope_match(p->scope, p->s, from);
    if (parse_is_keyword(word) && f.to <= p->tok.to) return parse_fail(p, EXPECT_EXPRESSION);
    if (!f.name) return unknown_name(p, from);
    jump(p, f.to);
    if (p->tok.kind == TOK_WORD && !parse_is_keyword(str_sub(p->s, p->tok.from, p->tok.to)) &&
        scope_match(p->scope, p->s, p->tok.from).to <= p->tok.to)
        return unknown_words(p, from); /* `date an time`: longer than any name */
    IrId x = ir_found(p->p, &f, parse_at(p, from));
    int depth;
    const Scope *s = dynamic_scope(p->scope, &depth);
    if (!s) return x;
    for (const Scope *in = p->scope; in != s->up; in = in->up)
        if (in == f.scope) return x; /* nearer than the item */
    if (f.name->kind == NAME_BUILTIN && parse_is_op(p, '(')) return x;
    return member_or(p, s, depth, x, from);
}

/* The longest member of a type that stands at byte `from`. */
static const TypeMember *member_match(const Type *t, Str s, ptrdiff_t from, ptrdiff_t *to) {
    const TypeMember *best = NULL;
    *to = from;
    if (t->kind == T_LIST && t->elem) t = t->elem;
    for (int i = 0; t->kind == T_CONTEXT && i < t->nmembers; i++) {
        ptrdiff_t at = from, k = 0;
        Str want = name_token(t->members[i].name, &k);
        while (want.n && str_eq(want, name_token(s, &at)))
            want = name_token(t->members[i].name, &k);
        if (want.n || at <= *to || k == 0) continue;
        best = &t->members[i];
        *to = at;
    }
    return best;
}

static void check_member(Parser *p, IrId left, Str name, ptrdiff_t from) {
    const Type *t = p->p->nodes[left].type;
    if (infer_path(p->p->arena, t, name) || p->failed) return;
    Note *n =
        parse_note(p, 1, from, p->last, M_FEEL_UNKNOWN_MEMBER, name, type_text(p->p->arena, t), NO);
    Str near = {0};
    int best = 3;
    for (int i = 0; t->kind == T_CONTEXT && i < t->nmembers; i++) {
        int d = str_distance(t->members[i].name, name, best);
        if (d < best) best = d, near = t->members[i].name;
    }
    hint_nearest(p, n, near);
}

IrId parse_dot(Parser *p, IrId left, ptrdiff_t from) {
    parse_next(p);
    ptrdiff_t start = p->tok.from, to = start;
    const TypeMember *m = member_match(p->p->nodes[left].type, p->s, start, &to);
    Str name;
    if (m) {
        name = m->name;
    } else {
        const Name *known = trie_match(p->p->member_trie, p->s, start, &to);
        if (!known && p->tok.kind != TOK_WORD) return parse_fail(p, EXPECT_NAME);
        name = known ? known->text : str_sub(p->s, start, p->tok.to);
        if (!known) to = p->tok.to;
    }
    jump(p, to);
    check_member(p, left, name, start);
    return ir_path(p->p, left, name, parse_at(p, from));
}

/* Byte of the `op` or word that ends a name which starts at byte `from`; -1 when none does. */
static ptrdiff_t name_end(Str s, ptrdiff_t from, int op, const char *word) {
    ptrdiff_t i = from;
    for (;;) {
        Str t = name_token(s, &i);
        if (t.n == 0) return -1;
        ptrdiff_t at = t.p - s.p;
        if (word ? str_eq(t, str_from(word)) && at > from : t.n == 1 && t.p[0] == op) return at;
        if (t.n == 1 && t.p[0] == '"') return -1;
        bool symbol = t.n == 1 && str_find(S("./-'+*"), t) >= 0;
        if (!symbol && !word_at(t) && !(t.p[0] >= '0' && t.p[0] <= '9')) return -1;
    }
}

bool parse_ahead_key(const Parser *p) {
    return p->tok.kind == TOK_WORD && name_end(p->s, p->tok.from, ':', NULL) >= 0;
}

Str parse_defined(Parser *p, int op, const char *word) {
    ptrdiff_t from = p->tok.from;
    ptrdiff_t end = p->failed ? -1 : name_end(p->s, from, op, word);
    if (end < 0) {
        parse_fail(p, EXPECT_NAME);
        return S("");
    }
    Str name = name_normal(p->p->arena, str_trim(str_sub(p->s, from, end)));
    jump(p, end);
    return name;
}

/* Argument names against a function whose parameters are known. */
static void check_names(Parser *p, IrId callee, const Ids *args, ptrdiff_t from) {
    const Type *t = p->p->nodes[callee].type;
    if (t->kind != T_FUNCTION || t->any_function) return;
    for (int i = 0; i < args->n; i++) {
        bool known = false;
        for (int k = 0; k < t->nmembers; k++)
            known = known || str_eq(t->members[k].name, args->names[i]);
        if (!known)
            parse_note(p, 1, from, p->last, M_FEEL_ARG_NAME, ir_text(p->p, callee), args->names[i],
                       NO);
    }
}

IrId parse_arguments(Parser *p, IrId callee, ptrdiff_t from) {
    parse_next(p);
    Ids args = {0};
    bool named = parse_ahead_key(p);
    if (!parse_is_op(p, ')')) {
        do {
            Str name = {0};
            if (named) {
                name = parse_defined(p, ':', NULL);
                parse_expect_op(p, ':', ":");
            }
            IrId x = parse_test(p);
            ids_push(p, &args, x, name);
        } while (parse_accept_op(p, ','));
    }
    parse_expect_op(p, ')', ")");
    if (named) check_names(p, callee, &args, from);
    IrId id = ir_call(p->p, callee, named ? args.names : NULL, args.v, args.n, parse_at(p, from));
    if (p->p->nodes[id].op == IR_NULL && !p->failed)
        parse_note(p, 1, from, p->last, M_FEEL_ARG_NAME, ir_text(p->p, callee),
                   args.n ? args.names[0] : NO, NO);
    return id;
}

/* --- types --- */

static const Type *type_name(Parser *p) {
    ptrdiff_t from = p->tok.from, best = from;
    const Type *found = NULL;
    for (int i = 0; i < p->p->types.n; i++) {
        ptrdiff_t at = from, k = 0;
        Str key = p->p->types.entries[i].key, want = name_token(key, &k);
        while (want.n && str_eq(want, name_token(p->s, &at))) want = name_token(key, &k);
        if (want.n || at <= best) continue;
        best = at;
        found = p->p->types.entries[i].value;
    }
    for (ptrdiff_t at = from; at < p->s.n && !found;) { /* the longest run that is a base type */
        if (name_token(p->s, &at).n == 0 || at > from + 40) break;
        Str text = name_normal(p->p->arena, str_trim(str_sub(p->s, from, at)));
        const Type *t = type_builtin(text);
        if (t) best = at;
        for (ptrdiff_t more = at; more < p->s.n && more < from + 40;) {
            if (name_token(p->s, &more).n == 0) break;
            Str longer = name_normal(p->p->arena, str_trim(str_sub(p->s, from, more)));
            if (type_builtin(longer)) t = type_builtin(longer), best = more;
        }
        found = t;
    }
    if (found) jump(p, best);
    return found;
}

static const Type *context_type(Parser *p) {
    TypeMember *m = NULL;
    int n = 0, cap = 0;
    do {
        Str name = parse_defined(p, ':', NULL);
        parse_expect_op(p, ':', ":");
        const Type *t = parse_type(p);
        GROW(p->p->arena, m, n, cap);
        m[n++] = (TypeMember){name, t};
    } while (parse_accept_op(p, ','));
    parse_expect_op(p, '>', ">");
    return type_context(p->p->arena, m, n, false);
}

static const Type *function_type(Parser *p) {
    TypeMember *m = NULL;
    int n = 0, cap = 0;
    if (!parse_is_op(p, '>')) do {
            const Type *t = parse_type(p);
            GROW(p->p->arena, m, n, cap);
            m[n++] = (TypeMember){NO, t};
        } while (parse_accept_op(p, ','));
    parse_expect_op(p, '>', ">");
    parse_expect_op(p, OP_ARROW, "->");
    return type_function(p->p->arena, m, n, parse_type(p));
}

const Type *parse_type(Parser *p) {
    if (p->failed) return type_of(T_ANY);
    ptrdiff_t from = p->tok.from;
    Tok open = lex_token(p->s, p->tok.to);
    if (p->tok.kind != TOK_WORD) {
        parse_fail(p, EXPECT_TYPE);
        return type_of(T_ANY);
    }
    if (++p->depth > PARSE_DEPTH) {
        parse_too_deep(p);
        return type_of(T_ANY);
    }
    const Type *t = NULL;
    if (open.kind == TOK_OP && open.op == '<') {
        Str word = str_sub(p->s, from, p->tok.to);
        parse_next(p);
        parse_next(p);
        if (str_eq(word, S("context"))) {
            t = context_type(p);
        } else if (str_eq(word, S("function"))) {
            t = function_type(p);
        } else {
            const Type *elem = parse_type(p);
            parse_expect_op(p, '>', ">");
            if (str_eq(word, S("list"))) t = type_list(p->p->arena, elem);
            if (str_eq(word, S("range"))) t = type_range(p->p->arena, elem);
        }
    } else {
        t = type_name(p);
    }
    p->depth--;
    if (t || p->failed) return t ? t : type_of(T_ANY);
    Str name = unknown_phrase(p);
    parse_note(p, 0, from, p->last, M_FEEL_BAD_TYPE, name, NO, NO);
    parse_stop(p);
    return type_of(T_ANY);
}

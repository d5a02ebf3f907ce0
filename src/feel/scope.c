/* Scopes and name tries. See scope.h. A trie is kept per level because levels are short-lived and
 * small; the children of a node are a list, which beats hashing at these sizes. Built-in names are
 * shared by all programs' root scopes. */
#include "feel/scope.h"

#include <string.h>

#include "base/utf8.h"
#include "feel/feel.h"

bool name_start(uint32_t c) {
    if (c < 0x80) return c == '?' || c == '_' || (c | 32U) - 'a' < 26;
    if (c >= 0xFF01 && c <= 0xFF65)
        return c - 0xFF10 < 10 || c - 0xFF21 < 26 || c - 0xFF41 < 26 || c == 0xFF3F;
    return (c >= 0xC0 && c <= 0x2FF && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c <= 0x1FFF) ||
           c == 0x200C || c == 0x200D || (c >= 0x2070 && c <= 0x218F) ||
           (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3004 && c <= 0x3007) ||
           (c >= 0x3020 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) ||
           (c >= 0xFDF0 && c <= 0xFFFC) || (c >= 0x10000 && c <= 0xEFFFF);
}

bool name_part(uint32_t c) {
    return name_start(c) || c - '0' < 10 || c == 0xB7 || (c >= 0x300 && c <= 0x36F) ||
           c == 0x203F || c == 0x2040;
}

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           c == 0x180E || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

Str name_token(Str s, ptrdiff_t *i) {
    ptrdiff_t from = *i, at = *i;
    uint32_t c = 0;
    while (at < s.n) {
        from = at;
        c = utf8_next(s, &at);
        if (!is_space(c)) break;
        from = at;
    }
    if (from < s.n && name_part(c))
        for (ptrdiff_t next = at; next < s.n; at = next)
            if (!name_part(utf8_next(s, &next))) break;
    *i = from < s.n ? at : s.n;
    return str_sub(s, from, from < s.n ? at : s.n);
}

Str name_normal(Arena *a, Str name) {
    Buf b = buf_new(a, 0);
    ptrdiff_t i = 0, last = -1;
    for (Str t = name_token(name, &i); t.n; t = name_token(name, &i)) {
        ptrdiff_t from = t.p - name.p;
        if (last >= 0 && from > last) buf_char(&b, ' ');
        buf_put(&b, t);
        last = from + t.n;
    }
    return buf_str(&b);
}

void trie_add(Arena *a, TrieNode **root, Str text, const Name *name) {
    if (!*root) *root = NEW(a, TrieNode);
    TrieNode *at = *root;
    ptrdiff_t i = 0;
    for (Str t = name_token(text, &i); t.n; t = name_token(text, &i)) {
        TrieNode *c = at->child;
        while (c && !str_eq(c->token, t)) c = c->next;
        if (!c) {
            c = NEW(a, TrieNode);
            *c = (TrieNode){.token = t, .next = at->child};
            at->child = c;
        }
        at = c;
    }
    if (at != *root) at->name = name;
}

const Name *trie_match(const TrieNode *root, Str s, ptrdiff_t from, ptrdiff_t *to) {
    const Name *best = NULL;
    const TrieNode *at = root;
    ptrdiff_t i = from;
    while (at) {
        Str t = name_token(s, &i);
        if (t.n == 0) break;
        const TrieNode *c = at->child;
        while (c && !str_eq(c->token, t)) c = c->next;
        at = c;
        if (c && c->name) {
            best = c->name;
            *to = i;
        }
    }
    return best;
}

Found scope_match(const Scope *s, Str text, ptrdiff_t from) {
    Found best = {.to = from};
    int depth = 0;
    for (; s; s = s->up) {
        ptrdiff_t to = from;
        const Name *n = trie_match(s->root, text, from, &to);
        if (n && to > best.to) best = (Found){n, s, depth, to};
        if (s->region >= 0) depth++;
    }
    return best;
}

Str scope_nearest(const Scope *s, Str phrase) {
    int limit = (int)(utf8_length(phrase) / 3), best = limit > 3 ? 4 : limit + 1;
    Str found = {0};
    for (; s; s = s->up)
        for (int i = 0; i < s->n; i++) {
            int d = str_distance(s->names[i]->text, phrase, best);
            if (d >= best) continue;
            best = d;
            found = s->names[i]->text;
        }
    return found;
}

static Scope *scope_new(Program *p, const Scope *up, int32_t region) {
    Scope *s = NEW(p->arena, Scope);
    *s = (Scope){.prog = p, .up = up, .region = region};
    return s;
}

static void scope_put(Scope *s, Str text, NameKind kind, const Type *t, int id) {
    Arena *a = s->prog->arena;
    Name *n = NEW(a, Name);
    *n = (Name){str_dup(a, text), kind, t ? t : type_of(T_ANY), id};
    GROW(a, s->names, s->n, s->cap);
    s->names[s->n++] = n;
    trie_add(a, &s->root, n->text, n);
}

Scope *scope_root(Program *p) {
    Scope *s = scope_new(p, NULL, IR_NONE);
    for (int i = 0; i < BUILTIN_COUNT; i++)
        scope_put(s, str_from(BUILTINS[i].name), NAME_BUILTIN, type_of(T_FUNCTION), i);
    return s;
}

Scope *scope_open(Program *p, const Scope *up, IrRegionKind kind) {
    GROW(p->growing, p->regions, p->nregions, p->regions_cap);
    p->regions[p->nregions] = (IrRegion){.kind = kind, .owner = IR_NONE};
    return scope_new(p, up, p->nregions++);
}

Scope *scope_plain(Program *p, const Scope *up) {
    return scope_new(p, up, IR_NONE);
}

int scope_add(Scope *s, Str name, const Type *t) {
    int slot = s->slots++;
    s->prog->regions[s->region].nslots = s->slots;
    scope_put(s, name, NAME_LOCAL, t, slot);
    return slot;
}

void scope_add_global(Scope *s, Str name, const Type *t, int id) {
    scope_put(s, name, NAME_GLOBAL, t, id);
}

Scope *scope_filter(Program *p, const Scope *up, const Type *elem) {
    Scope *s = scope_open(p, up, REGION_FILTER);
    if (!elem) elem = type_of(T_ANY);
    if (elem->kind == T_CONTEXT)
        for (int i = 0; i < elem->nmembers; i++)
            scope_put(s, elem->members[i].name, NAME_MEMBER, elem->members[i].type, 0);
    s->dynamic = elem->kind == T_ANY || (elem->kind == T_CONTEXT && elem->open);
    bool has_item = elem->kind == T_CONTEXT && type_member(elem, S("item"));
    if (has_item) {
        s->slots = 1;
        p->regions[s->region].nslots = 1;
    } else {
        scope_add(s, S("item"), elem);
    }
    return s;
}

Scope *scope_test(Program *p, const Scope *up, const Type *input) {
    Scope *s = scope_open(p, up, REGION_TEST);
    s->test = true;
    scope_add(s, S("?"), input);
    return s;
}

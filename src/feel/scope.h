/* Scopes: which names can stand where, and matching of names with spaces (engine 7.4).
 *
 * A name is normalised to tokens: words (runs of name characters) and the symbols . / - ' + * and
 * whatever else is no name character, white space dropped. Each scope level is a trie over the
 * tokens; the longest name over all levels that matches the text wins, inner levels first.
 */
#ifndef JIXIA_FEEL_SCOPE_H
#define JIXIA_FEEL_SCOPE_H
#include "feel/ir.h"

typedef enum NameKind { NAME_LOCAL, NAME_GLOBAL, NAME_BUILTIN, NAME_MEMBER } NameKind;
typedef struct Name {
    Str text; /* as declared */
    NameKind kind;
    const Type *type;
    int id; /* slot, global id, built-in index */
} Name;

typedef struct TrieNode {
    Str token;
    const Name *name; /* ends here, or NULL */
    struct TrieNode *child, *next;
} TrieNode;

struct Scope {
    Program *prog;
    const Scope *up;
    int32_t region; /* IR_NONE: no frame */
    bool test;      /* the scope of `?` */
    bool dynamic;   /* filter over items of unknown type: any name may be a member of the item */
    TrieNode *root;
    Name **names; /* in order of adding */
    int n, cap;
    int slots;
};

/* The next name token of s at *i (white space and comments skipped), moving *i behind it. Empty at
 * the end. */
Str name_token(Str s, ptrdiff_t *i);
/* Is cp a name character (DMN rule 28, 29)? Full-width punctuation is not, so that mistyped
 * operators can be reported. */
bool name_start(uint32_t cp);
bool name_part(uint32_t cp);
/* Single spaces between tokens, as written otherwise: the canonical spelling of a name. */
Str name_normal(Arena *a, Str name);

/* Adds a name to a trie (an earlier one of the same spelling is replaced). */
void trie_add(Arena *a, TrieNode **root, Str text, const Name *name);
/* The longest name that matches s from byte `from`; *to: the byte behind it. NULL when none. */
const Name *trie_match(const TrieNode *root, Str s, ptrdiff_t from, ptrdiff_t *to);

/* A name found: its scope and how many frames up it lives. */
typedef struct Found {
    const Name *name;
    const Scope *scope;
    int depth;
    ptrdiff_t to;
} Found;
/* The longest name in scope at s[from…]; name NULL when none. */
Found scope_match(const Scope *s, Str text, ptrdiff_t from);
/* The name in scope closest to a phrase (edit distance at most a third of its length); empty when
 * none. */
Str scope_nearest(const Scope *s, Str phrase);
#endif

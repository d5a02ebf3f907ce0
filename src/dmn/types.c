/* Item definitions as FEEL types (DMN 1.5 clause 7.3.3).
 *
 * allowedValues restrict the item, for a collection its elements; typeConstraint (1.5) restricts
 * the value as a whole. Both become unary tests of the program, hung on the type.
 */
#include "dmn/build.h"

static const Type *item_type(Builder *b, DmnItem *item);

static DmnItem *find_item(DmnDefs *d, Str name) {
    for (int i = 0; i < d->nitems; i++)
        if (str_eq(d->items[i].name, name)) return &d->items[i];
    return NULL;
}

static const Type *imported_type(Builder *b, DmnDefs *d, Str ref) {
    for (int i = 0; i < d->nimports; i++) {
        DmnImport *im = &d->imports[i];
        if (!im->defs) continue;
        Str rest = ref;
        if (im->name.n) {
            if (!str_starts(ref, im->name) || ref.n <= im->name.n) continue;
            char sep = ref.p[im->name.n];
            if (sep != '.' && sep != ':') continue;
            rest = str_sub(ref, im->name.n + 1, ref.n);
        }
        DmnItem *item = find_item(im->defs, rest);
        if (item) return item_type(b, item);
    }
    return NULL;
}

static void unknown_type(Builder *b, DmnDefs *d, Str ref, const XmlNode *at) {
    int best = 4;
    Str near = {0};
    for (int i = 0; i < d->nitems; i++) {
        int distance = str_distance(d->items[i].name, ref, best);
        if (distance >= best) continue;
        best = distance;
        near = d->items[i].name;
    }
    Note *n = NOTE(b->c, 0, dmn_place(b->c->arena, d, at), M_DMN_UNKNOWN_TYPE, ref, near);
    if (near.n == 0) n->hint = S(" ");
}

const Type *build_type(Builder *b, DmnDefs *d, Str ref, const XmlNode *at) {
    if (ref.n == 0) return NULL;
    DmnItem *item = find_item(d, ref);
    if (item) return item_type(b, item);
    const Type *t = type_builtin(ref);
    if (!t) t = imported_type(b, d, ref);
    if (!t) t = feel_type(b->p, ref);
    ptrdiff_t colon = t ? -1 : str_find(ref, S(":"));
    if (colon > 0) return build_type(b, d, str_sub(ref, colon + 1, ref.n), at);
    if (t) return t;
    unknown_type(b, d, ref, at);
    return type_of(T_ANY);
}

static const Type *parts_type(Builder *b, DmnItem *item) {
    TypeMember *members = NEW_N(b->c->arena, TypeMember, item->nparts);
    for (int i = 0; i < item->nparts; i++) {
        members[i] = (TypeMember){item->parts[i].name, item_type(b, &item->parts[i])};
        program_add_member(b->p, item->parts[i].name);
    }
    return type_context(b->c->arena, members, item->nparts, false);
}

static const Type *function_type(Builder *b, DmnItem *item) {
    TypeMember *params = NEW_N(b->c->arena, TypeMember, item->nparams);
    for (int i = 0; i < item->nparams; i++) {
        const Type *t = build_type(b, (DmnDefs *)item->defs, item->params[i].type_ref, item->xml);
        params[i] = (TypeMember){item->params[i].name, t ? t : type_of(T_ANY)};
    }
    const Type *result = build_type(b, (DmnDefs *)item->defs, item->type_ref, item->xml);
    return type_function(b->c->arena, params, item->nparams, result ? result : type_of(T_ANY));
}

static const Type *constrained(Builder *b, DmnItem *item, const DmnCell *cell, Str child,
                               const Type *t, Str name) {
    int32_t allowed = t->allowed;
    const XmlNode *xml = xml_child(item->xml, child);
    if (cell->text.n && xml)
        allowed = build_text(b, item->defs, xml, cell->text, FEEL_TESTS,
                             scope_test(b->p, b->root, t), NULL);
    return cell->text.n == 0 && name.n == 0 ? t : type_named(b->c->arena, t, name, allowed);
}

static const Type *item_type(Builder *b, DmnItem *item) {
    if (item->type) return item->type;
    if (item->open) {
        NOTE(b->c, 0, dmn_place(b->c->arena, item->defs, item->xml), M_DMN_TYPE_CYCLE, item->name);
        return type_of(T_ANY);
    }
    item->open = true;
    const Type *t;
    if (item->is_function)
        t = function_type(b, item);
    else if (item->nparts)
        t = parts_type(b, item);
    else
        t = build_type(b, (DmnDefs *)item->defs, item->type_ref, item->xml);
    if (!t) t = type_of(T_ANY);
    t = constrained(b, item, &item->allowed, S("allowedValues"), t,
                    item->is_collection ? (Str){0} : item->name);
    if (item->is_collection) t = type_list(b->c->arena, t);
    if (item->is_collection || item->constraint.text.n)
        t = constrained(b, item, &item->constraint, S("typeConstraint"), t, item->name);
    item->open = false;
    item->type = t;
    return t;
}

void build_items(Builder *b, DmnDefs *d) {
    for (int i = 0; i < d->nitems; i++) {
        const Type *t = item_type(b, &d->items[i]);
        if (!map_has(&b->p->types, d->items[i].name)) program_add_type(b->p, d->items[i].name, t);
        for (int k = 0; k < b->m->main->nimports; k++) {
            const DmnImport *im = &b->m->main->imports[k];
            if (im->defs != d || im->name.n == 0) continue;
            Str dot = str_cat(b->c->arena, im->name, S("."));
            program_add_type(b->p, str_cat(b->c->arena, dot, d->items[i].name), t);
        }
    }
}

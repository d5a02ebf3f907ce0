/* Open addressing over an insertion-ordered entry array; load at most one half. */
#include "base/map.h"

Map map_new(Arena *a) {
    return (Map){.arena = a};
}

static uint32_t *slot_of(const Map *m, Str key) {
    uint32_t i = (uint32_t)str_hash(key) & m->mask;
    while (m->slots[i] && !str_eq(m->entries[m->slots[i] - 1].key, key)) i = (i + 1) & m->mask;
    return &m->slots[i];
}

static void rehash(Map *m, uint32_t size) {
    m->slots = NEW_N(m->arena, uint32_t, size);
    m->mask = size - 1;
    for (int i = 0; i < m->n; i++) *slot_of(m, m->entries[i].key) = (uint32_t)i + 1;
}

void *map_get(const Map *m, Str key) {
    if (!m->slots) return NULL;
    uint32_t at = *slot_of(m, key);
    return at ? m->entries[at - 1].value : NULL;
}

bool map_has(const Map *m, Str key) {
    return m->slots && *slot_of(m, key) != 0;
}

void *map_put(Map *m, Str key, void *value) {
    if (!m->slots || (uint32_t)m->n * 2 > m->mask) rehash(m, m->slots ? (m->mask + 1) * 2 : 16);
    uint32_t *slot = slot_of(m, key);
    if (*slot) {
        void *before = m->entries[*slot - 1].value;
        m->entries[*slot - 1].value = value;
        return before;
    }
    GROW(m->arena, m->entries, m->n, m->cap);
    m->entries[m->n++] = (MapEntry){key, value};
    *slot = (uint32_t)m->n;
    return NULL;
}

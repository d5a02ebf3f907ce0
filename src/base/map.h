/* Map: Str keys to pointers, in an arena, in order of insertion. */
#ifndef JIXIA_BASE_MAP_H
#define JIXIA_BASE_MAP_H
#include "base/str.h"

typedef struct MapEntry {
    Str key;
    void *value;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *entries; /* in order of insertion, n of them */
    int n, cap;
    uint32_t *slots; /* entry index + 1, 0 free */
    uint32_t mask;
} Map;

Map map_new(Arena *a);
/* The value stored under key, or NULL. */
void *map_get(const Map *m, Str key);
bool map_has(const Map *m, Str key);
/* Stores value under key and returns the value that was there, or NULL. The bytes of a new key must
 * outlive the map. */
void *map_put(Map *m, Str key, void *value);
#endif

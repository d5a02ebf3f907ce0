/* Whole files. Pure layers (codec, feel, dmn, batch, graph, optim) must not include this. */
#ifndef JIXIA_BASE_FILE_H
#define JIXIA_BASE_FILE_H
#include "base/err.h"

/* The bytes of a file of at most limit bytes, zero-terminated behind the end, in c->arena. A
 * failure records its reason and returns false. */
bool file_read(Ctx *c, Str path, size_t limit, Str *out);
/* Writes a file whole: to a temporary name beside it, synced, then renamed; never half a file. */
bool file_write(Ctx *c, Str path, Str bytes);
bool file_exists(Arena *a, Str path);
/* Makes a folder and those above it that are missing, for this user alone (0700). ERR_STORE. */
bool file_folder(Ctx *c, Str path);
/* Names in a folder, sorted by bytes, without those that start with a dot. */
bool file_list(Ctx *c, Str folder, Str **names, int *n);
/* folder + "/" + name. */
Str path_join(Arena *a, Str folder, Str name);
#endif

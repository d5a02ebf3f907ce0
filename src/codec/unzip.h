/* Zip archives in memory: read entry by entry with limits against zip bombs, and written with the
 * same bytes for the same content. The only user of libzip is unzip.c. */
#ifndef JIXIA_CODEC_UNZIP_H
#define JIXIA_CODEC_UNZIP_H
#include "base/err.h"

enum {
    UNZIP_ENTRIES_MAX = 4096,
    UNZIP_ENTRY_MIB = 512, /* of one entry, unpacked */
    UNZIP_TOTAL_MIB = 1024,
    UNZIP_RATIO_MAX = 100, /* unpacked to packed, for entries above UNZIP_FREE_MIB */
    UNZIP_FREE_MIB = 32
};

typedef struct Unzip Unzip;
/* NULL on failure. The bytes must stay until unzip_close. */
Unzip *unzip_open(Ctx *c, Str bytes, Str name);
/* Frees the archive; allowed twice. */
void unzip_close(Unzip *z);
bool unzip_has(Unzip *z, Str path);
/* Feeds the unpacked bytes of an entry to sink in pieces, with last true once at the end (with an
 * empty piece). Stops when the sink returns false; the limits count what is really unpacked, not
 * what the directory claims. */
bool unzip_read(Unzip *z, Str path, bool (*sink)(void *user, Str piece, bool last), void *user);
/* The unpacked bytes of one entry, in the context's arena; ERR_LIMIT above `most`. */
bool unzip_bytes(Unzip *z, Str path, size_t most, Str *out);

typedef struct ZipEntry {
    Str path, bytes;
} ZipEntry;
/* An archive of these entries in this order, in the context's arena. Every entry has the time
 * 1980-01-01 00:00, so that the bytes depend on the content alone. */
bool zip_write(Ctx *c, const ZipEntry *entries, int n, Str *out);
#endif

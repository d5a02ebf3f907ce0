/* Zip archives through libzip, read and written. See unzip.h. */
#include "codec/unzip.h"

#include <zip.h>

#include "base/buf.h"

struct Unzip {
    Ctx *c;
    Str name;
    zip_t *archive;
    zip_file_t *entry; /* open while unzip_read runs */
    int64_t total;
};

static bool damaged(Unzip *z, const char *why) {
    return FAIL_AT(z->c, ERR_INPUT, z->name, M_ZIP_DAMAGED, str_dup(z->c->arena, str_from(why)));
}

static bool too_much(Unzip *z, Str what, int64_t limit) {
    return FAIL_AT(z->c, ERR_LIMIT, z->name, M_ZIP_LIMIT, what,
                   str_printf(z->c->arena, "%lld", (long long)limit));
}

static bool open_archive(Unzip *z, Str bytes) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.p, (zip_uint64_t)bytes.n, 0, &error);
    if (source) z->archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (!z->archive) {
        damaged(z, zip_error_strerror(&error));
        if (source) zip_source_free(source);
    }
    zip_error_fini(&error);
    return z->archive != NULL;
}

Unzip *unzip_open(Ctx *c, Str bytes, Str name) {
    Unzip *z = NEW(c->arena, Unzip);
    z->c = c;
    z->name = name;
    if (!open_archive(z, bytes)) return NULL;
    if (zip_get_num_entries(z->archive, 0) > UNZIP_ENTRIES_MAX) {
        too_much(z, S("entries"), UNZIP_ENTRIES_MAX);
        unzip_close(z);
        return NULL;
    }
    return z;
}

void unzip_close(Unzip *z) {
    if (z->entry) zip_fclose(z->entry);
    if (z->archive) zip_discard(z->archive);
    z->entry = NULL;
    z->archive = NULL;
}

bool unzip_has(Unzip *z, Str path) {
    return zip_name_locate(z->archive, str_z(z->c->arena, path), 0) >= 0;
}

static bool within_limits(Unzip *z, int64_t unpacked, int64_t packed) {
    const int64_t mib = 1 << 20;
    if (unpacked > UNZIP_ENTRY_MIB * mib)
        return too_much(z, S("bytes of one entry"), UNZIP_ENTRY_MIB * mib);
    if (z->total > UNZIP_TOTAL_MIB * mib) return too_much(z, S("bytes"), UNZIP_TOTAL_MIB * mib);
    if (unpacked > UNZIP_FREE_MIB * mib && unpacked / UNZIP_RATIO_MAX > packed)
        return too_much(z, S("compression ratio"), UNZIP_RATIO_MAX);
    return true;
}

static bool pump(Unzip *z, int64_t packed, bool (*sink)(void *, Str, bool), void *user) {
    char piece[1 << 15];
    int64_t unpacked = 0;
    for (;;) {
        zip_int64_t n = zip_fread(z->entry, piece, sizeof piece);
        if (n < 0) return damaged(z, zip_file_strerror(z->entry));
        if (n == 0) return sink(user, S(""), true);
        unpacked += n;
        z->total += n;
        if (!within_limits(z, unpacked, packed)) return false;
        if (!sink(user, str_of(piece, (size_t)n), false)) return false;
    }
}

bool unzip_read(Unzip *z, Str path, bool (*sink)(void *, Str, bool), void *user) {
    const char *name = str_z(z->c->arena, path);
    zip_stat_t st;
    if (zip_stat(z->archive, name, 0, &st) != 0) return damaged(z, zip_strerror(z->archive));
    z->entry = zip_fopen(z->archive, name, 0);
    if (!z->entry) return damaged(z, zip_strerror(z->archive));
    bool ok = pump(z, (int64_t)st.comp_size, sink, user);
    zip_fclose(z->entry);
    z->entry = NULL;
    return ok;
}

static bool gather(void *user, Str piece, bool last) {
    Buf *b = user;
    (void)last;
    buf_put(b, piece);
    return !b->over;
}

bool unzip_bytes(Unzip *z, Str path, size_t most, Str *out) {
    Buf b = buf_new(z->c->arena, most);
    bool ok = unzip_read(z, path, gather, &b);
    if (b.over) return too_much(z, S("bytes of one entry"), (int64_t)most);
    *out = buf_str(&b);
    return ok;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static bool unwritten(Ctx *c, const char *why) {
    return FAIL(c, ERR_BUG, M_BUG, str_dup(c->arena, str_from(why)));
}

static bool add_entry(Ctx *c, zip_t *archive, const ZipEntry *e) {
    enum { DOS_DATE = 1 << 5 | 1 }; /* 1980-01-01, the first the format has */
    zip_source_t *source = zip_source_buffer(archive, e->bytes.p, (zip_uint64_t)e->bytes.n, 0);
    if (!source) return unwritten(c, zip_strerror(archive));
    zip_int64_t at = zip_file_add(archive, str_z(c->arena, e->path), source, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
        zip_source_free(source);
        return unwritten(c, zip_strerror(archive));
    }
    bool ok = zip_file_set_dostime(archive, (zip_uint64_t)at, 0, DOS_DATE, 0) == 0 &&
              zip_set_file_compression(archive, (zip_uint64_t)at, ZIP_CM_DEFLATE, 9) == 0;
    return ok || unwritten(c, zip_strerror(archive));
}

/* Closing writes into the source, which zip_source_keep has kept for us. */
static bool take_bytes(Ctx *c, zip_source_t *to, Str *out) {
    zip_stat_t st;
    if (zip_source_stat(to, &st) != 0 || zip_source_open(to) != 0)
        return unwritten(c, "zip_source_open");
    char *bytes = arena_alloc(c->arena, (size_t)st.size);
    zip_int64_t n = zip_source_read(to, bytes, st.size);
    zip_source_close(to);
    *out = str_of(bytes, (size_t)st.size);
    return n == (zip_int64_t)st.size || unwritten(c, "zip_source_read");
}

bool zip_write(Ctx *c, const ZipEntry *entries, int n, Str *out) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *archive = to ? zip_open_from_source(to, ZIP_TRUNCATE, &error) : NULL;
    bool ok = archive != NULL || unwritten(c, zip_error_strerror(&error));
    zip_error_fini(&error);
    if (!archive) {
        if (to) zip_source_free(to);
        return false;
    }
    zip_source_keep(to);
    for (int i = 0; ok && i < n; i++) ok = add_entry(c, archive, &entries[i]);
    if (ok && zip_close(archive) != 0) ok = unwritten(c, zip_strerror(archive));
    if (!ok) zip_discard(archive);
    ok = ok && take_bytes(c, to, out);
    zip_source_free(to);
    return ok;
}

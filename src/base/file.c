/* Whole files. See file.h. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static Str reason(void) {
    return str_from(strerror(errno));
}

Str path_join(Arena *a, Str folder, Str name) {
    if (str_ends(folder, S("/"))) return str_cat(a, folder, name);
    return str_cat(a, str_cat(a, folder, S("/")), name);
}

bool file_exists(Arena *a, Str path) {
    struct stat st;
    return stat(str_z(a, path), &st) == 0;
}

bool file_folder(Ctx *c, Str path) {
    for (ptrdiff_t i = 1; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/') continue;
        const char *folder = str_z(c->arena, str_sub(path, 0, i));
        if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST)
            return FAIL(c, ERR_STORE, M_IO_WRITE, str_from(folder), reason());
    }
    return true;
}

static bool read_all(Ctx *c, Str path, int fd, size_t limit, Str *out) {
    struct stat st;
    if (fstat(fd, &st) != 0) return FAIL(c, ERR_INPUT, M_IO_READ, path, reason());
    if (S_ISDIR(st.st_mode)) return FAIL(c, ERR_INPUT, M_IO_READ, path, str_from(strerror(EISDIR)));
    size_t cap = S_ISREG(st.st_mode) ? (size_t)st.st_size + 1 : 64 << 10, n = 0;
    if (S_ISREG(st.st_mode) && (size_t)st.st_size > limit)
        return FAIL(c, ERR_LIMIT, M_IO_TOO_LARGE, path, str_printf(c->arena, "%zu", limit));
    char *p = arena_alloc(c->arena, cap + 1);
    for (;;) {
        if (n == cap) {
            if (n > limit)
                return FAIL(c, ERR_LIMIT, M_IO_TOO_LARGE, path, str_printf(c->arena, "%zu", limit));
            char *q = arena_alloc(c->arena, cap * 2 + 1);
            memcpy(q, p, n);
            p = q;
            cap *= 2;
        }
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FAIL(c, ERR_INPUT, M_IO_READ, path, reason());
        if (got == 0) break;
        n += (size_t)got;
    }
    p[n] = 0;
    *out = str_of(p, n);
    return true;
}

bool file_read(Ctx *c, Str path, size_t limit, Str *out) {
    int fd = open(str_z(c->arena, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return FAIL(c, ERR_INPUT, M_IO_OPEN, path, reason());
    bool ok = read_all(c, path, fd, limit, out);
    close(fd);
    return ok;
}

static bool write_all(int fd, Str bytes) {
    while (bytes.n > 0) {
        ssize_t put = write(fd, bytes.p, (size_t)bytes.n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        bytes = str_sub(bytes, put, bytes.n);
    }
    return fsync(fd) == 0;
}

bool file_write(Ctx *c, Str path, Str bytes) {
    char *tmp = (char *)str_z(c->arena, str_cat(c->arena, path, S(".XXXXXX")));
    int fd = mkstemp(tmp);
    if (fd < 0) return FAIL(c, ERR_INPUT, M_IO_WRITE, path, reason());
    bool ok = fchmod(fd, 0644) == 0 && write_all(fd, bytes);
    if (close(fd) != 0) ok = false;
    if (ok && rename(tmp, str_z(c->arena, path)) == 0) return true;
    Str why = reason();
    unlink(tmp);
    return FAIL(c, ERR_INPUT, M_IO_WRITE, path, why);
}

static int by_bytes(const void *x, const void *y) {
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

bool file_list(Ctx *c, Str folder, Str **names, int *n) {
    DIR *dir = opendir(str_z(c->arena, folder));
    int cap = 0;
    *names = NULL;
    *n = 0;
    if (!dir) return FAIL(c, ERR_INPUT, M_IO_OPEN, folder, reason());
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        GROW(c->arena, *names, *n, cap);
        (*names)[(*n)++] = str_dup(c->arena, str_from(e->d_name));
    }
    closedir(dir);
    if (*n) qsort(*names, (size_t)*n, sizeof **names, by_bytes);
    return true;
}

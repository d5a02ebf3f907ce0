/* Lives of processes. See life.h.
 *
 * Invariant: when anything cannot be read, a life counts as going on.
 */
#include "base/life.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { READ_MOST = 1024, START_FIELD = 22 };

static Str read_small(Arena *a, const char *path) {
    char *text = NEW_N(a, char, READ_MOST);
    int f = open(path, O_RDONLY | O_CLOEXEC);
    if (f < 0) return S("");
    ssize_t n = read(f, text, READ_MOST);
    close(f);
    return str_trim(str_of(text, n > 0 ? (size_t)n : 0));
}

/* Clock ticks between boot and the start of a process. Its name, in brackets, may hold anything. */
static Str start_of(Arena *a, int64_t pid) {
    Str stat = read_small(a, str_z(a, str_printf(a, "/proc/%lld/stat", (long long)pid)));
    ptrdiff_t bracket = -1;
    for (ptrdiff_t i = 0; i < stat.n; i++)
        if (stat.p[i] == ')') bracket = i;
    if (bracket < 0) return S("");
    Str rest = str_sub(stat, bracket + 2, stat.n), field = S("");
    for (int i = 3; i <= START_FIELD && rest.p; i++) field = str_cut(&rest, ' ');
    return rest.p ? field : S("");
}

/* Boot and namespace of processes seen from here. */
static Str place(Arena *a) {
    char link[64];
    Str boot = read_small(a, "/proc/sys/kernel/random/boot_id");
    ssize_t n = readlink("/proc/self/ns/pid", link, sizeof link);
    if (!boot.n || n <= 0 || n == (ssize_t)sizeof link) return S("");
    return str_printf(a, "%.*s/%.*s", STRF(boot), (int)n, link);
}

Str life_name(Arena *a) {
    Str where = place(a), start = start_of(a, getpid());
    if (!where.n || !start.n) return S("");
    return str_printf(a, "%.*s/%d/%.*s", STRF(where), (int)getpid(), STRF(start));
}

bool life_over(Arena *a, Str name) {
    Str where = place(a), rest = name;
    int64_t pid = 0;
    if (!where.n || !str_starts(name, where)) return false;
    rest = str_sub(name, where.n, name.n);
    if (str_cut(&rest, '/').n || !str_to_i64(str_cut(&rest, '/'), &pid)) return false;
    if (pid <= 0 || pid > INT32_MAX || !rest.n) return false;
    if (kill((pid_t)pid, 0) != 0) return errno == ESRCH;
    Str start = start_of(a, pid);
    return start.n && !str_eq(start, str_cut(&rest, '/'));
}

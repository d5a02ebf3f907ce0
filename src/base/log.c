/* logfmt. A line is built whole and written with one call, so lines of threads do not mix. */
#include "base/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"

static atomic_int least = LOG_INFO;

void log_set_level(LogLevel level) {
    least = (int)level;
}

static bool plain(Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '=' || s.p[i] == '\\' ||
            s.p[i] == 0x7f)
            return false;
    return s.n > 0;
}

static void put_value(Buf *b, Str s) {
    if (plain(s)) {
        buf_put(b, s);
        return;
    }
    buf_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c < ' ' || c == 0x7f)
            buf_printf(b, "\\x%02x", c);
        else
            buf_char(b, (char)c);
    }
    buf_char(b, '"');
}

void log_event(LogLevel level, const char *op, const LogField *fields, int n) {
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    if ((int)level < least) return;
    Arena *a = arena_open(1 << 20);
    Buf b = buf_new(a, 64 << 10);
    Str ts = instant_text(a, clock_now_ms());
    buf_printf(&b, "ts=%.*s lvl=%s op=%s", STRF(ts), NAMES[level], op);
    for (int i = 0; i < n; i++) {
        buf_printf(&b, " %s=", fields[i].key);
        put_value(&b, fields[i].value);
    }
    buf_char(&b, '\n');
    Str line = buf_str(&b);
    if (write(STDERR_FILENO, line.p, (size_t)line.n) < 0) {
        /* nowhere left to say so */
    }
    arena_close(a);
}

/* iCalendar lines. See ical.h. */
#include "codec/ical.h"

#include "base/date.h"

enum { LINE_OCTETS = 75 };

void ical_line(Buf *b, Str name, Str value) {
    Str line = str_printf(b->arena, "%.*s:%.*s", STRF(name), STRF(value));
    ptrdiff_t from = 0, room = LINE_OCTETS;
    while (line.n - from > room) {
        ptrdiff_t end = from + room;
        while (end > from + 1 && ((unsigned char)line.p[end] & 0xc0) == 0x80) end--;
        buf_put(b, str_sub(line, from, end));
        buf_lit(b, "\r\n ");
        from = end;
        room = LINE_OCTETS - 1; /* the blank counts */
    }
    buf_put(b, str_sub(line, from, line.n));
    buf_lit(b, "\r\n");
}

void ical_text(Buf *b, Str name, Str text) {
    Buf v = buf_new(b->arena, 0);
    for (ptrdiff_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        if (ch == '\\' || ch == ';' || ch == ',') buf_char(&v, '\\');
        if (ch == '\n')
            buf_lit(&v, "\\n");
        else if ((unsigned char)ch >= ' ' && ch != 0x7f)
            buf_char(&v, ch);
    }
    ical_line(b, name, buf_str(&v));
}

Str ical_day(Arena *a, int64_t day) {
    Ymd d = date_from_days(day);
    return str_printf(a, "%04d%02d%02d", d.year, d.month, d.day);
}

Str ical_instant(Arena *a, int64_t ms) {
    int64_t day = ms / 86400000, s = ms % 86400000 / 1000;
    return str_printf(a, "%.*sT%02d%02d%02dZ", STRF(ical_day(a, day)), (int)(s / 3600),
                      (int)(s / 60 % 60), (int)(s % 60));
}

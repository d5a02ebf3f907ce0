/* iCalendar, RFC 5545: content lines written, folded and escaped. */
#ifndef JIXIA_CODEC_ICAL_H
#define JIXIA_CODEC_ICAL_H
#include "base/buf.h"

/* One line "name:value", folded at 75 octets between characters, ended by CR LF (3.1). The value is
 * written as it is. */
void ical_line(Buf *b, Str name, Str value);
/* The same with a TEXT value: backslash, semicolon, comma and line ends escaped, other controls
 * left out (3.3.11). */
void ical_text(Buf *b, Str name, Str text);
/* 20210630 for a day since 1970-01-01 (3.3.4), 20210630T080000Z for an instant (3.3.5). */
Str ical_day(Arena *a, int64_t day);
Str ical_instant(Arena *a, int64_t ms);
#endif

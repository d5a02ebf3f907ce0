/* Text files from Chinese offices: which encoding, and to UTF-8.
 *
 * Rule: a UTF-8 or UTF-16 byte order mark decides; else text that is well-formed UTF-8 is UTF-8;
 * else it is GB18030 (which contains GBK and GB2312). */
#ifndef JIXIA_CODEC_GB18030_H
#define JIXIA_CODEC_GB18030_H
#include "base/err.h"

typedef enum TextEncoding {
    TEXT_UTF8,
    TEXT_UTF8_BOM,
    TEXT_UTF16_LE,
    TEXT_UTF16_BE,
    TEXT_GB18030
} TextEncoding;

TextEncoding text_encoding(Str bytes);
/* The bytes as UTF-8 without byte order mark; UTF-8 input is returned in place. With `bad` NULL an
 * invalid byte fails with its offset and line. Otherwise each becomes U+FFFD and *bad counts them,
 * so that only the rows with such a character are lost. */
bool text_decode(Ctx *c, Str bytes, TextEncoding encoding, int64_t *bad, Str *out);
/* UTF-8 to GB18030, for offices whose programs expect it. The input must be well-formed. */
Str text_to_gb18030(Arena *a, Str utf8);
/* Name for people: "UTF-8", "GB18030" … */
Str text_encoding_name(TextEncoding e);
#endif

/* Base64, RFC 4648 4. */
#ifndef JIXIA_CODEC_BASE64_H
#define JIXIA_CODEC_BASE64_H
#include "base/buf.h"

/* Appends the bytes as base64 with padding; line > 0: CR LF behind every `line` characters and
 * behind the last. */
void base64_put(Buf *b, Str bytes, int line);
#endif

/* Base64. See base64.h. */
#include "codec/base64.h"

void base64_put(Buf *b, Str bytes, int line) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)bytes.p;
    int column = 0;
    for (ptrdiff_t i = 0; i < bytes.n; i += 3) {
        ptrdiff_t left = bytes.n - i;
        uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                     (left > 2 ? (uint32_t)p[i + 2] : 0);
        buf_char(b, DIGITS[v >> 18 & 63]);
        buf_char(b, DIGITS[v >> 12 & 63]);
        buf_char(b, left > 1 ? DIGITS[v >> 6 & 63] : '=');
        buf_char(b, left > 2 ? DIGITS[v & 63] : '=');
        column += 4;
        if (line && (column >= line || left <= 3)) {
            buf_lit(b, "\r\n");
            column = 0;
        }
    }
}

/* QR codes through libqrencode. The image formats are written here: a PNG of one bit a pixel with
 * stored (not packed) data needs two check sums only (PNG 1.2, RFC 1950, RFC 1951). */
#include "codec/qr.h"

#include <qrencode.h>

#include "base/buf.h"

bool qr_make(Ctx *c, Str text, Qr *out) {
    bool fits = text.n > 0 && text.n <= QR_TEXT_MAX && str_find(text, str_of("", 1)) < 0;
    QRcode *q = fits ? QRcode_encodeString8bit(str_z(c->arena, text), 0, QR_ECLEVEL_M) : NULL;
    if (!q) return FAIL(c, ERR_INPUT, M_QR_TEXT);
    *out = (Qr){.size = q->width};
    out->black = arena_alloc(c->arena, (size_t)q->width * (size_t)q->width);
    for (int i = 0; i < q->width * q->width; i++) out->black[i] = q->data[i] & 1;
    QRcode_free(q);
    return true;
}

Str qr_svg(Arena *a, const Qr *q) {
    Buf b = buf_new(a, 0);
    int side = q->size + 2 * QR_QUIET;
    buf_printf(&b,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
               "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
               side, side, side, side);
    for (int y = 0; y < q->size; y++)
        for (int x = 0; x < q->size; x++)
            if (q->black[y * q->size + x])
                buf_printf(&b, "M%d %dh1v1h-1z", x + QR_QUIET, y + QR_QUIET);
    buf_lit(&b, "\"/></svg>");
    return buf_str(&b);
}

/* --- PNG ----------------------------------------------------------------------------------------
 */

static void put32(Buf *b, uint32_t v) {
    for (int shift = 24; shift >= 0; shift -= 8) buf_char(b, (char)(v >> shift & 255));
}

static uint32_t crc_of(Str s) {
    uint32_t crc = 0xFFFFFFFFu;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        crc ^= (unsigned char)s.p[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static uint32_t adler_of(Str s) {
    uint32_t x = 1, y = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        x = (x + (unsigned char)s.p[i]) % 65521;
        y = (y + x) % 65521;
    }
    return y << 16 | x;
}

static void chunk(Buf *png, const char *name, Str data) {
    Buf b = buf_new(png->arena, 0);
    buf_put(&b, str_of(name, 4));
    buf_put(&b, data);
    put32(png, (uint32_t)data.n);
    buf_put(png, buf_str(&b));
    put32(png, crc_of(buf_str(&b)));
}

/* RFC 1950 around stored blocks of RFC 1951. */
static Str stored(Arena *a, Str data) {
    enum { BLOCK = 65535 };
    Buf b = buf_new(a, 0);
    buf_put(&b, str_of("\x78\x01", 2));
    for (ptrdiff_t at = 0; at < data.n || at == 0; at += BLOCK) {
        Str part = str_sub(data, at, at + BLOCK);
        uint32_t n = (uint32_t)part.n;
        buf_char(&b, at + BLOCK >= data.n);
        buf_char(&b, (char)(n & 255));
        buf_char(&b, (char)(n >> 8));
        buf_char(&b, (char)(~n & 255));
        buf_char(&b, (char)(~n >> 8 & 255));
        buf_put(&b, part);
    }
    put32(&b, adler_of(data));
    return buf_str(&b);
}

static bool is_black(const Qr *q, int x, int y) {
    return x >= 0 && y >= 0 && x < q->size && y < q->size && q->black[y * q->size + x];
}

Str qr_png(Arena *a, const Qr *q, int pixels) {
    uint32_t side = (uint32_t)((q->size + 2 * QR_QUIET) * pixels);
    Buf png = buf_new(a, 0), head = buf_new(a, 0), rows = buf_new(a, 0);
    buf_put(&png, str_of("\x89PNG\r\n\x1a\n", 8));
    put32(&head, side);
    put32(&head, side);
    buf_put(&head, str_of("\x01\x00\x00\x00\x00", 5)); /* one bit, grey, no filter of its own */
    chunk(&png, "IHDR", buf_str(&head));
    for (int y = 0; y < (int)side; y++) {
        buf_char(&rows, 0);
        for (int x = 0; x < (int)side; x += 8) {
            int byte = 0;
            for (int k = 0; k < 8; k++) {
                bool black = x + k < (int)side &&
                             is_black(q, (x + k) / pixels - QR_QUIET, y / pixels - QR_QUIET);
                byte = byte << 1 | !black;
            }
            buf_char(&rows, (char)byte);
        }
    }
    chunk(&png, "IDAT", stored(a, buf_str(&rows)));
    chunk(&png, "IEND", S(""));
    return buf_str(&png);
}

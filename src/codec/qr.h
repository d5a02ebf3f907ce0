/* QR codes (ISO/IEC 18004) of a short text, as squares, SVG or PNG. The same text always gives the
 * same bytes. The only user of libqrencode is qr.c. */
#ifndef JIXIA_CODEC_QR_H
#define JIXIA_CODEC_QR_H
#include "base/err.h"

enum { QR_TEXT_MAX = 1000, QR_QUIET = 4 /* empty squares around, as the standard asks for */ };

typedef struct Qr {
    int size;             /* squares a side, without the quiet zone */
    unsigned char *black; /* size × size, row by row: 1 black, 0 white */
} Qr;

/* Error correction level M. ERR_INPUT when the text is empty, too long or holds a zero byte. */
bool qr_make(Ctx *c, Str text, Qr *out);
/* An SVG image, one unit a square, quiet zone included. */
Str qr_svg(Arena *a, const Qr *q);
/* A PNG image of `pixels` by square (1 to 20), black and white, quiet zone included. */
Str qr_png(Arena *a, const Qr *q, int pixels);
#endif

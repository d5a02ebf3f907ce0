/* Packed records of facts. See fact_pack.h. */
#include "city/fact_pack.h"

enum {
    PACK_VERSION = 1,
    TYPE_MASK = 7, /* first flag byte: type, kind << 3 */
    KIND_SHIFT = 3,
    HAS_DAY = 1, /* second flag byte */
    HAS_KEY = 2,
    HAS_RECEIVED = 4,
    HAS_UNIT = 8,
    HAS_FROM = 16,
    HAS_TO = 32,
    ALL_FLAGS = 63
};

int32_t fact_year(int32_t period) {
    return period > 9999 ? period / 10000 : period;
}

static void put_varint(Buf *b, uint64_t v) {
    for (; v >= 128; v >>= 7) buf_char(b, (char)(v | 128));
    buf_char(b, (char)v);
}

static void put_text(Buf *b, Str s) {
    put_varint(b, (uint64_t)s.n);
    buf_put(b, s);
}

void fact_pack_begin(Buf *b) {
    buf_char(b, PACK_VERSION);
}

void fact_pack_add(Buf *b, const FactNew *f) {
    int has = (f->period > 9999 ? HAS_DAY : 0) | (f->key.n ? HAS_KEY : 0) |
              (f->received.n ? HAS_RECEIVED : 0) | (f->unit_received.n ? HAS_UNIT : 0) |
              (f->from ? HAS_FROM : 0) | (f->to ? HAS_TO : 0);
    put_varint(b, (uint64_t)f->indicator);
    buf_char(b, (char)((int)f->type | (int)f->kind << KIND_SHIFT));
    buf_char(b, (char)has);
    put_text(b, f->value);
    if (has & HAS_DAY) put_varint(b, (uint64_t)(f->period % 10000));
    if (has & HAS_KEY) put_text(b, f->key);
    if (has & HAS_RECEIVED) put_text(b, f->received);
    if (has & HAS_UNIT) put_text(b, f->unit_received);
    if (has & HAS_FROM) put_varint(b, (uint64_t)f->from);
    if (has & HAS_TO) put_varint(b, (uint64_t)f->to);
}

FactReader fact_unpack(Str bytes) {
    bool known = bytes.n > 0 && bytes.p[0] == PACK_VERSION;
    return (FactReader){.bytes = bytes, .at = known ? 1 : bytes.n, .damaged = !known};
}

static uint64_t get_varint(FactReader *r) {
    uint64_t v = 0;
    for (int shift = 0; shift < 63 && r->at < r->bytes.n; shift += 7) {
        unsigned char c = (unsigned char)r->bytes.p[r->at++];
        v |= (uint64_t)(c & 127) << shift;
        if (c < 128) return v;
    }
    r->damaged = true;
    return 0;
}

static Str get_text(FactReader *r) {
    uint64_t n = get_varint(r);
    if (n > (uint64_t)(r->bytes.n - r->at)) {
        r->damaged = true;
        return S("");
    }
    Str s = {r->bytes.p + r->at, (ptrdiff_t)n};
    r->at += (ptrdiff_t)n;
    return s;
}

static int get_byte(FactReader *r) {
    if (r->at < r->bytes.n) return (unsigned char)r->bytes.p[r->at++];
    r->damaged = true;
    return 0;
}

bool fact_unpack_next(FactReader *r, int32_t year, Fact *f) {
    if (r->damaged || r->at >= r->bytes.n) return false;
    *f = (Fact){.indicator = (int32_t)get_varint(r), .period = year};
    int what = get_byte(r), has = get_byte(r);
    f->type = (FactType)(what & TYPE_MASK);
    f->kind = (FactKind)(what >> KIND_SHIFT);
    if (f->type > FACT_NONE || f->kind > FACT_UPPER || (has & ~ALL_FLAGS)) r->damaged = true;
    f->value = get_text(r);
    if (has & HAS_DAY) f->period = year * 10000 + (int32_t)get_varint(r);
    if (has & HAS_KEY) f->key = get_text(r);
    if (has & HAS_RECEIVED) f->received = get_text(r);
    if (has & HAS_UNIT) f->unit_received = get_text(r);
    if (has & HAS_FROM) f->from = (int32_t)get_varint(r);
    if (has & HAS_TO) f->to = (int32_t)get_varint(r);
    return !r->damaged;
}

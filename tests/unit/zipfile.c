/* Zip archives for tests. See zipfile.h. */
#include "tests/unit/zipfile.h"

static void put16(Buf *b, uint32_t v) {
    buf_char(b, (char)(v & 255));
    buf_char(b, (char)(v >> 8 & 255));
}

static void put32(Buf *b, uint32_t v) {
    put16(b, v & 0xFFFF);
    put16(b, v >> 16);
}

static uint32_t crc32_of(Str s) {
    uint32_t crc = 0xFFFFFFFFu;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        crc ^= (unsigned char)s.p[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

ZipMaker zip_maker(Arena *a) {
    return (ZipMaker){.body = buf_new(a, 0), .directory = buf_new(a, 0)};
}

static void add(ZipMaker *z, Str name, Str packed, uint32_t unpacked, uint32_t crc,
                uint32_t method) {
    uint32_t offset = (uint32_t)z->body.n;
    for (int central = 0; central < 2; central++) {
        Buf *b = central ? &z->directory : &z->body;
        put32(b, central ? 0x02014B50 : 0x04034B50);
        if (central) put16(b, 20);
        put16(b, 20);
        put16(b, 0x800); /* names are UTF-8 */
        put16(b, method);
        put32(b, 0x21 << 16); /* 1980-01-01 */
        put32(b, crc);
        put32(b, (uint32_t)packed.n);
        put32(b, unpacked);
        put16(b, (uint32_t)name.n);
        put16(b, 0);
        if (central) {
            put16(b, 0);
            put32(b, 0);
            put32(b, 0);
            put32(b, offset);
        }
        buf_put(b, name);
        if (!central) buf_put(b, packed);
    }
    z->n++;
}

void zip_add(ZipMaker *z, Str name, Str content) {
    add(z, name, content, (uint32_t)content.n, crc32_of(content), 0);
}

typedef struct Bits {
    Buf *b;
    uint32_t word;
    int n;
} Bits;

/* The low `n` bits of v, lowest first (deflate's order). */
static void put_bits(Bits *o, uint32_t v, int n) {
    for (int i = 0; i < n; i++) {
        o->word |= (v >> i & 1) << o->n;
        if (++o->n < 8) continue;
        buf_char(o->b, (char)o->word);
        o->word = 0;
        o->n = 0;
    }
}

void zip_add_blanks(ZipMaker *z, Str name, uint32_t unpacked) {
    Buf packed = buf_new(z->body.arena, 0);
    Bits o = {.b = &packed};
    put_bits(&o, 3, 3);    /* last block, fixed codes */
    put_bits(&o, 0x0A, 8); /* literal blank: 01010000, first bit first */
    for (uint32_t done = 1; done < unpacked; done += 258) {
        put_bits(&o, 0xA3, 8); /* length 258: code 285, 11000101 */
        put_bits(&o, 0, 5);    /* distance 1 */
    }
    put_bits(&o, 0, 7); /* end of block */
    put_bits(&o, 0, 7);
    add(z, name, buf_str(&packed), unpacked, 0, 8);
}

Str zip_bytes(ZipMaker *z) {
    uint32_t start = (uint32_t)z->body.n, size = (uint32_t)z->directory.n;
    Buf *b = &z->body;
    buf_put(b, buf_str(&z->directory));
    put32(b, 0x06054B50);
    put32(b, 0);
    put16(b, (uint32_t)z->n);
    put16(b, (uint32_t)z->n);
    put32(b, size);
    put32(b, start);
    put16(b, 0);
    return buf_str(b);
}

Str xlsx_of(Arena *a, Str sheet_xml, Str strings_xml, bool system_1904) {
    ZipMaker z = zip_maker(a);
    zip_add(&z, S("[Content_Types].xml"), S("<Types/>"));
    zip_add(&z, S("xl/workbook.xml"),
            str_printf(a,
                       "<workbook xmlns='m' xmlns:r='rel'><workbookPr date1904='%d'/><sheets>"
                       "<sheet name='表一' sheetId='1' r:id='rId1'/></sheets></workbook>",
                       system_1904));
    zip_add(&z, S("xl/_rels/workbook.xml.rels"),
            S("<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/>"
              "</Relationships>"));
    zip_add(
        &z, S("xl/styles.xml"),
        S("<styleSheet><numFmts><numFmt numFmtId='176' formatCode='yyyy\\-mm\\-dd;@'/></numFmts>"
          "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/>"
          "<xf numFmtId='176'/><xf numFmtId='2'/></cellXfs></styleSheet>"));
    if (strings_xml.n)
        zip_add(&z, S("xl/sharedStrings.xml"), str_printf(a, "<sst>%.*s</sst>", STRF(strings_xml)));
    zip_add(&z, S("xl/worksheets/sheet1.xml"),
            str_printf(a, "<worksheet>%.*s</worksheet>", STRF(sheet_xml)));
    return zip_bytes(&z);
}

/* Papers as DOCX. Element numbers are of ISO/IEC 29500-1:2016. Text reaches the file through
 * put_text alone, which escapes it and drops what XML 1.0 does not allow. */
#include "job/docx.h"

#include "base/utf8.h"
#include "codec/qr.h"
#include "codec/unzip.h"

enum {
    TWIPS_INCH = 1440, /* a twip is a twentieth of a point */
    EMU_MM = 36000,
    CODE_MM = 30, /* side of a QR code */
    CODE_PIXELS = 8,
    CODES_MAX = 20
};
#define NS_W "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define NS_R "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define NS_PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

typedef struct Writer {
    Ctx *c;
    const PaperLayout *l;
    Buf body;
    Str codes[CODES_MAX]; /* PNG */
    int ncodes;
} Writer;

static int twips(int mm) {
    return (mm * TWIPS_INCH * 10 + 127) / 254;
}

static void put_text(Buf *b, Str s) {
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t cp = utf8_next(s, &i);
        bool allowed = cp >= 0x20 && !(cp >= 0xD800 && cp <= 0xDFFF) && (cp & 0xFFFE) != 0xFFFE;
        if (!allowed) continue;
        switch (cp) {
        case '<': buf_lit(b, "&lt;"); break;
        case '>': buf_lit(b, "&gt;"); break;
        case '&': buf_lit(b, "&amp;"); break;
        case '"': buf_lit(b, "&quot;"); break;
        default: buf_utf8(b, cp);
        }
    }
}

static void put_fonts(Buf *b, Str font, int half_pt) {
    buf_lit(b, "<w:rFonts w:ascii=\"");
    put_text(b, font);
    buf_lit(b, "\" w:hAnsi=\"");
    put_text(b, font);
    buf_lit(b, "\" w:eastAsia=\"");
    put_text(b, font);
    buf_lit(b, "\" w:cs=\"");
    put_text(b, font);
    buf_printf(b, "\"/><w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/>", half_pt, half_pt);
}

/* --- styles -------------------------------------------------------------------------------------
 */

/* A line of the grid in twips (5.2.3: 22 lines fill the height). */
static int line_twips(const PaperLayout *l) {
    return twips(l->text_height_mm) / l->lines;
}

/* 17.3.1.12 w:ind by characters: hundredths of a character. */
static void put_style(Buf *b, const PaperLayout *l, PaperKind kind) {
    static const char *const ALIGNS[] = {"both", "left", "center", "right"};
    const PaperStyle *s = &l->styles[kind];
    int line = line_twips(l);
    bool table = kind == PAPER_CELL || kind == PAPER_HEAD;
    Str id = paper_kind_text(kind);
    buf_printf(b,
               "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"%.*s\"><w:name "
               "w:val=\"jixia %.*s\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>",
               STRF(id), STRF(id));
    if (kind == PAPER_TITLE || kind == PAPER_HEAD1 || kind == PAPER_HEAD2)
        buf_lit(b, "<w:keepNext/>");
    if (table) buf_lit(b, "<w:snapToGrid w:val=\"0\"/>");
    buf_printf(b, "<w:spacing w:before=\"%d\" w:after=\"%d\" w:line=\"%d\" w:lineRule=\"%s\"/>",
               s->before_lines * line, s->after_lines * line,
               table ? 240 : line * (s->size_half_pt > 40 ? 120 : 100) / 100,
               table ? "auto" : "exact");
    if (s->indent_chars)
        buf_printf(b, "<w:ind w:firstLineChars=\"%d\" w:firstLine=\"%d\"/>", s->indent_chars * 100,
                   s->indent_chars * s->size_half_pt * 10);
    if (s->right_chars)
        buf_printf(b, "<w:ind w:rightChars=\"%d\" w:right=\"%d\"/>", s->right_chars * 100,
                   s->right_chars * s->size_half_pt * 10);
    buf_printf(b, "<w:jc w:val=\"%s\"/>", ALIGNS[s->align]);
    if (kind == PAPER_HEAD1 || kind == PAPER_HEAD2)
        buf_printf(b, "<w:outlineLvl w:val=\"%d\"/>", kind == PAPER_HEAD1 ? 0 : 1);
    buf_lit(b, "</w:pPr><w:rPr>");
    put_fonts(b, s->font, s->size_half_pt);
    buf_lit(b, "</w:rPr></w:style>");
}

static Str styles_part(Writer *w) {
    Buf b = buf_new(w->c->arena, 0);
    const PaperStyle *body = &w->l->styles[PAPER_BODY];
    buf_lit(&b, XML_HEAD "<w:styles xmlns:w=\"" NS_W "\"><w:docDefaults><w:rPrDefault><w:rPr>");
    put_fonts(&b, body->font, body->size_half_pt);
    buf_lit(&b, "<w:lang w:val=\"zh-CN\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault>"
                "</w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" "
                "w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:rPr>");
    put_fonts(&b, body->font, body->size_half_pt);
    buf_lit(&b, "</w:rPr></w:style><w:style w:type=\"table\" w:default=\"1\" "
                "w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/></w:style>");
    for (int i = 0; i < PAPER_STYLES; i++) put_style(&b, w->l, (PaperKind)i);
    buf_lit(&b, "</w:styles>");
    return buf_str(&b);
}

/* --- paragraphs ---------------------------------------------------------------------------------
 */

static void put_paragraph(Buf *b, PaperKind kind, Str text) {
    Str style = paper_kind_text(kind);
    buf_printf(b, "<w:p><w:pPr><w:pStyle w:val=\"%.*s\"/></w:pPr><w:r><w:t xml:space=\"preserve\">",
               STRF(style));
    put_text(b, text);
    buf_lit(b, "</w:t></w:r></w:p>");
}

static void put_paragraphs(Buf *b, PaperKind kind, Str text) {
    if (text.n == 0) put_paragraph(b, kind, text);
    while (text.n) put_paragraph(b, kind, str_cut(&text, '\n'));
}

/* 17.4.78 w:tr; 17.4.49 w:tblHeader repeats the row on every page. */
static void put_row(Buf *b, const PaperBlock *t, const Str *cells, const int *widths, bool head) {
    buf_lit(b, "<w:tr><w:trPr><w:cantSplit/>");
    if (head) buf_lit(b, "<w:tblHeader/>");
    buf_lit(b, "</w:trPr>");
    for (int k = 0; k < t->ncolumns; k++) {
        buf_printf(b,
                   "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/><w:vAlign "
                   "w:val=\"center\"/></w:tcPr>",
                   widths[k]);
        put_paragraphs(b, head ? PAPER_HEAD : PAPER_CELL, cells[k]);
        buf_lit(b, "</w:tc>");
    }
    buf_lit(b, "</w:tr>");
}

static void put_table(Writer *w, const PaperBlock *t) {
    static const char *const EDGES[] = {"top", "left", "bottom", "right", "insideH", "insideV"};
    Buf *b = &w->body;
    int *widths = NEW_N(w->c->arena, int, t->ncolumns), total = 0,
        full = twips(w->l->text_width_mm);
    for (int k = 0; k < t->ncolumns; k++) total += t->widths[k];
    buf_printf(b, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:tblBorders>", full);
    for (int i = 0; i < 6; i++)
        buf_printf(b, "<w:%s w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"auto\"/>",
                   EDGES[i]);
    buf_lit(b, "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"85\" "
               "w:type=\"dxa\"/><w:right w:w=\"85\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>"
               "<w:tblGrid>");
    for (int k = 0; k < t->ncolumns; k++) {
        widths[k] = full * t->widths[k] / (total ? total : 1);
        buf_printf(b, "<w:gridCol w:w=\"%d\"/>", widths[k]);
    }
    buf_lit(b, "</w:tblGrid>");
    if (t->heads) put_row(b, t, t->heads, widths, true);
    for (int i = 0; i < t->nrows; i++)
        put_row(b, t, t->cells + (ptrdiff_t)i * t->ncolumns, widths, false);
    buf_lit(b, "</w:tbl>");
}

/* 20.4.2.8 wp:inline with 20.2.2.5 pic:pic; the alternative text is the code's own text. */
static bool put_code(Writer *w, Str text) {
    Buf *b = &w->body;
    Qr q;
    if (w->ncodes == CODES_MAX) return FAIL(w->c, ERR_LIMIT, M_NOTICE_BLOCK, S("code"));
    if (!qr_make(w->c, text, &q)) return false;
    w->codes[w->ncodes++] = qr_png(w->c->arena, &q, CODE_PIXELS);
    int id = w->ncodes, side = CODE_MM * EMU_MM;
    buf_lit(b, "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:drawing><wp:inline distT=\"0\" "
               "distB=\"0\" distL=\"0\" distR=\"0\">");
    buf_printf(b, "<wp:extent cx=\"%d\" cy=\"%d\"/><wp:docPr id=\"%d\" name=\"code%d\" descr=\"",
               side, side, id, id);
    put_text(b, text);
    buf_printf(b,
               "\"/><a:graphic><a:graphicData "
               "uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>"
               "<pic:nvPicPr><pic:cNvPr id=\"%d\" name=\"code%d\"/><pic:cNvPicPr/></pic:nvPicPr>"
               "<pic:blipFill><a:blip r:embed=\"code%d\"/><a:stretch><a:fillRect/></a:stretch>"
               "</pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"%d\" "
               "cy=\"%d\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>"
               "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>",
               id, id, id, side, side);
    return true;
}

/* --- parts --------------------------------------------------------------------------------------
 */

/* 17.6.5 w:docGrid: charSpace is in 4096ths of a point beside the size of the Normal style. */
static void put_section(Writer *w) {
    const PaperLayout *l = w->l;
    int top = twips(l->top_mm), left = twips(l->left_mm);
    int bottom = twips(l->height_mm - l->top_mm - l->text_height_mm);
    int right = twips(l->width_mm - l->left_mm - l->text_width_mm);
    /* 225 mm less one rounding keeps the last line on the page */
    int64_t pitch = (int64_t)l->text_width_mm * 720 * 4096 / (254 * (int64_t)l->characters);
    int64_t size = (int64_t)l->styles[PAPER_BODY].size_half_pt * 4096 / 2;
    int footer = bottom - twips(l->number_below_mm) - l->number_half_pt * 10;
    buf_lit(&w->body, "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"odd\"/>"
                      "<w:footerReference w:type=\"even\" r:id=\"even\"/>");
    buf_printf(&w->body,
               "<w:pgSz w:w=\"%d\" w:h=\"%d\"/><w:pgMar w:top=\"%d\" w:right=\"%d\" "
               "w:bottom=\"%d\" w:left=\"%d\" w:header=\"850\" w:footer=\"%d\" w:gutter=\"0\"/>",
               twips(l->width_mm), twips(l->height_mm), top, right, bottom, left,
               footer > 0 ? footer : 0);
    buf_printf(&w->body,
               "<w:docGrid w:type=\"linesAndChars\" w:linePitch=\"%d\" w:charSpace=\"%lld\"/>"
               "</w:sectPr>",
               line_twips(l), (long long)(pitch - size));
}

/* 7.5: odd pages at the right, even ones at the left, one character in. */
static Str footer_part(Writer *w, bool odd) {
    const PaperLayout *l = w->l;
    Buf b = buf_new(w->c->arena, 0), font = buf_new(w->c->arena, 0);
    put_fonts(&font, l->number_font, l->number_half_pt);
    Str run = buf_str(&font);
    const char *side = odd ? "right" : "left";
    buf_lit(&b, XML_HEAD "<w:ftr xmlns:w=\"" NS_W "\"><w:p><w:pPr><w:snapToGrid w:val=\"0\"/>");
    buf_printf(&b, "<w:ind w:%sChars=\"100\" w:%s=\"%d\"/><w:jc w:val=\"%s\"/></w:pPr>", side, side,
               l->number_half_pt * 10, side);
    for (int i = 0; i < 5; i++) {
        static const char *const FIELD[] = {
            NULL, "<w:fldChar w:fldCharType=\"begin\"/>",
            "<w:instrText xml:space=\"preserve\"> PAGE </w:instrText>",
            "<w:fldChar w:fldCharType=\"end\"/>", NULL};
        buf_printf(&b, "<w:r><w:rPr>%.*s</w:rPr>", STRF(run));
        if (FIELD[i]) {
            buf_put(&b, str_from(FIELD[i]));
        } else {
            buf_lit(&b, "<w:t xml:space=\"preserve\">");
            put_text(&b, i == 0 ? l->number_before : l->number_after);
            buf_lit(&b, "</w:t>");
        }
        buf_lit(&b, "</w:r>");
    }
    buf_lit(&b, "</w:p></w:ftr>");
    return buf_str(&b);
}

static Str document_part(Writer *w, const Paper *p) {
    w->body = buf_new(w->c->arena, 0);
    buf_lit(&w->body, XML_HEAD
            "<w:document xmlns:w=\"" NS_W "\" xmlns:r=\"" NS_R "\" "
            "xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" "
            "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" "
            "xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><w:body>");
    for (int i = 0; i < p->nblocks; i++) {
        const PaperBlock *b = &p->blocks[i];
        if (b->kind == PAPER_TABLE)
            put_table(w, b);
        else if (b->kind != PAPER_CODE)
            put_paragraphs(&w->body, b->kind, b->text);
        else if (!put_code(w, b->text))
            return S("");
    }
    put_section(w);
    buf_lit(&w->body, "</w:body></w:document>");
    return buf_str(&w->body);
}

static void put_relation(Buf *b, const char *id, const char *type, Str target) {
    buf_printf(b, "<Relationship Id=\"%s\" Type=\"" NS_R "/%s\" Target=\"%.*s\"/>", id, type,
               STRF(target));
}

static Str relations_part(Writer *w) {
    Arena *a = w->c->arena;
    Buf b = buf_new(a, 0);
    buf_lit(&b, XML_HEAD "<Relationships xmlns=\"" NS_PACKAGE "relationships\">");
    put_relation(&b, "styles", "styles", S("styles.xml"));
    put_relation(&b, "settings", "settings", S("settings.xml"));
    put_relation(&b, "odd", "footer", S("footer1.xml"));
    put_relation(&b, "even", "footer", S("footer2.xml"));
    for (int i = 1; i <= w->ncodes; i++)
        put_relation(&b, str_z(a, str_printf(a, "code%d", i)), "image",
                     str_printf(a, "media/code%d.png", i));
    buf_lit(&b, "</Relationships>");
    return buf_str(&b);
}

#define TYPE_OF(part, type)                                                                        \
    "<Override PartName=\"/word/" part ".xml\" "                                                   \
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml." type           \
    "+xml\"/>"

#define CONTENT_TYPES(more)                                                                        \
    XML_HEAD "<Types xmlns=\"" NS_PACKAGE "content-types\"><Default Extension=\"rels\" "           \
             "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"          \
             "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"                        \
             "<Default Extension=\"png\" ContentType=\"image/png\"/>" TYPE_OF("document",          \
                                                                              "document.main")     \
                 TYPE_OF("styles", "styles") TYPE_OF("settings", "settings")                       \
                     TYPE_OF("footer1", "footer") TYPE_OF("footer2", "footer") more "</Types>"
#define PACKAGE_RELATIONS(more)                                                                    \
    XML_HEAD "<Relationships xmlns=\"" NS_PACKAGE "relationships\"><Relationship Id=\"document\" " \
             "Type=\"" NS_R "/officeDocument\" Target=\"word/document.xml\"/>" more                \
             "</Relationships>"

/* With and without the part for the properties, which holds the mark. */
static const char *const TYPES[] = {
    CONTENT_TYPES(""),
    CONTENT_TYPES("<Override PartName=\"/docProps/core.xml\" ContentType=\"application/"
                  "vnd.openxmlformats-package.core-properties+xml\"/>")};
static const char *const PARTS_OF[] = {
    PACKAGE_RELATIONS(""), PACKAGE_RELATIONS("<Relationship Id=\"core\" Type=\"" NS_PACKAGE
                                             "relationships/metadata/core-properties\" "
                                             "Target=\"docProps/core.xml\"/>")};

static Str properties_part(Arena *a, Str mark) {
    Buf b = buf_new(a, 0);
    buf_lit(&b, XML_HEAD "<cp:coreProperties xmlns:cp=\"" NS_PACKAGE "metadata/core-properties\" "
                         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:description>");
    put_text(&b, mark);
    buf_lit(&b, "</dc:description></cp:coreProperties>");
    return buf_str(&b);
}

/* Compatibility mode 15, else a grid of lines and characters is that of Word 2003. */
static const char SETTINGS[] =
    XML_HEAD "<w:settings xmlns:w=\"" NS_W "\"><w:evenAndOddHeaders/><w:characterSpacingControl "
             "w:val=\"compressPunctuation\"/><w:compat><w:compatSetting "
             "w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" "
             "w:val=\"15\"/></w:compat></w:settings>";

bool docx_write(Ctx *c, const Paper *p, const PaperLayout *l, Str mark, Str *out) {
    enum { PARTS = 9 };
    Writer w = {.c = c, .l = l};
    Str document = document_part(&w, p);
    bool marked = mark.n > 0;
    if (!ctx_ok(c)) return false;
    if (w.body.over) return FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
    ZipEntry entries[PARTS + CODES_MAX] = {{S("[Content_Types].xml"), str_from(TYPES[marked])},
                                           {S("_rels/.rels"), str_from(PARTS_OF[marked])},
                                           {S("word/document.xml"), document},
                                           {S("word/_rels/document.xml.rels"), relations_part(&w)},
                                           {S("word/styles.xml"), styles_part(&w)},
                                           {S("word/settings.xml"), str_from(SETTINGS)},
                                           {S("word/footer1.xml"), footer_part(&w, true)},
                                           {S("word/footer2.xml"), footer_part(&w, false)}};
    int n = PARTS - 1;
    if (marked) entries[n++] = (ZipEntry){S("docProps/core.xml"), properties_part(c->arena, mark)};
    for (int i = 0; i < w.ncodes; i++)
        entries[n++] = (ZipEntry){str_printf(c->arena, "word/media/code%d.png", i + 1), w.codes[i]};
    return zip_write(c, entries, n, out);
}

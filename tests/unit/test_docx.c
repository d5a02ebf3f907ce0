/* Papers: templates of the packs, fields, the layout, DOCX and QR codes. */
#include <string.h>

#include "base/utf8.h"
#include "city/notice/paper.h"
#include "codec/qr.h"
#include "codec/unzip.h"
#include "codec/xml.h"
#include "job/docx.h"
#include "tests/pack_fixture.h"
#include "tests/test.h"

enum { PART_MAX = 64 << 20 };

typedef struct Fixture {
    Arena *arena;
    Ctx ctx;
    PackSet *pack;
    PaperLayout layout;
} Fixture;

static void open_fixture(Fixture *f) {
    f->arena = arena_open(0);
    f->ctx = ctx_new(f->arena, 0);
    f->pack = test_packs(&f->ctx);
    CHECK(paper_layout(&f->ctx, f->pack, &f->layout));
}

static void close_fixture(Fixture *f) {
    CHECK(ctx_ok(&f->ctx));
    pack_close(f->pack);
    arena_close(f->arena);
}

static Json *json_of(Ctx *c, const char *text) {
    Json *j = json_parse(c, str_from(text), S("test"));
    CHECK(j != NULL);
    return j;
}

static Str part(Ctx *c, Str docx, Str path) {
    Str out = S("");
    Unzip *z = unzip_open(c, docx, S("docx"));
    CHECK(z != NULL);
    CHECK(unzip_bytes(z, path, PART_MAX, &out));
    unzip_close(z);
    return out;
}

/* The texts of a document, paragraphs parted by line feeds. */
static void read_text(const XmlNode *n, Buf *b) {
    if (str_eq(n->name, S("t"))) buf_put(b, n->text);
    for (const XmlNode *k = n->first; k; k = k->next) read_text(k, b);
    if (str_eq(n->name, S("p"))) buf_char(b, '\n');
}

static Str text_of(Ctx *c, Str docx) {
    Buf b = buf_new(c->arena, 0);
    XmlNode *root = xml_parse(c, part(c, docx, S("word/document.xml")), S("document.xml"));
    CHECK(root != NULL);
    if (root) read_text(root, &b);
    return buf_str(&b);
}

TEST(docx_layout_is_the_standards) {
    Fixture f;
    open_fixture(&f);
    const PaperLayout *l = &f.layout;
    CHECK_INT(l->width_mm, 210);
    CHECK_INT(l->height_mm, 297);
    CHECK_INT(l->top_mm, 37);
    CHECK_INT(l->left_mm, 28);
    CHECK_INT(l->text_width_mm, 156);
    CHECK_INT(l->text_height_mm, 225);
    CHECK_INT(l->lines, 22);
    CHECK_INT(l->characters, 28);
    CHECK_INT(l->styles[PAPER_TITLE].size_half_pt, 44);
    CHECK_INT(l->styles[PAPER_BODY].size_half_pt, 32);
    CHECK_INT(l->styles[PAPER_DATE].right_chars, 4);
    close_fixture(&f);
}

TEST(docx_templates_are_whole) {
    static const char *const WANTED[] = {"notice",  "decision",    "consult", "inform",
                                         "receipt", "certificate", "award",   "answer"};
    Fixture f;
    open_fixture(&f);
    Json *all = paper_templates(&f.ctx, f.pack);
    CHECK(all != NULL);
    CHECK_INT(all ? all->count : 0, 8);
    for (int i = 0; i < 8; i++) {
        Json *t = paper_template(&f.ctx, f.pack, str_from(WANTED[i]));
        Paper p;
        Str docx;
        CHECK(t != NULL);
        if (!t) continue;
        CHECK(paper_fill(&f.ctx, json_get(t, S("blocks")), NULL, NULL, 0, &p));
        CHECK(docx_write(&f.ctx, &p, &f.layout, S(""), &docx));
    }
    CHECK(!paper_template(&f.ctx, f.pack, S("../pack")));
    CHECK_INT(f.ctx.err.code, ERR_MISSING);
    ctx_clear(&f.ctx);
    close_fixture(&f);
}

TEST(docx_says_what_the_paper_says) {
    Fixture f;
    open_fixture(&f);
    Json *t = json_of(&f.ctx,
                      "[{\"kind\":\"title\",\"text\":\"关于{称号}的公示\"},"
                      "{\"kind\":\"body\",\"text\":\"第一段\\n第二段 <b>&amp; \\\"x\\\"\"},"
                      "{\"kind\":\"table\",\"columns\":[{\"title\":\"序号\",\"field\":\"position\","
                      "\"width\":4},{\"title\":\"企业名称\",\"field\":\"name\",\"width\":12}]},"
                      "{\"kind\":\"date\",\"text\":\"{日期}\"}]");
    Json *v = json_of(&f.ctx, "{\"称号\":\"{日期}瞪羚\"}");
    PaperFirm firms[2] = {{.name = S("甲<script>&\x01公司")}, {.name = S("乙\xE2\x80\xAE公司")}};
    Paper p;
    Str docx, again;
    CHECK(paper_check(&f.ctx, t, v));
    CHECK(paper_fill(&f.ctx, t, v, firms, 2, &p));
    CHECK(docx_write(&f.ctx, &p, &f.layout, S(""), &docx));
    CHECK_STR(text_of(&f.ctx, docx), S("关于{日期}瞪羚的公示\n第一段\n第二段 <b>&amp; \"x\"\n"
                                       "序号\n企业名称\n1\n甲<script>&公司\n2\n乙公司\n{日期}\n"));
    Str xml = part(&f.ctx, docx, S("word/document.xml"));
    CHECK(str_find(xml, S("<w:tblHeader/>")) > 0);
    CHECK(str_find(xml, S("<w:pgSz w:w=\"11906\" w:h=\"16838\"/>")) > 0);
    CHECK(str_find(xml, S("w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1587\"")) >
          0);
    CHECK(str_find(xml, S("w:linePitch=\"579\" w:charSpace=\"-848\"")) > 0);
    CHECK(docx_write(&f.ctx, &p, &f.layout, S(""), &again));
    CHECK_STR(docx, again);
    Json *open = paper_open_fields(&f.ctx, t, v);
    CHECK_INT(open->count, 1);
    CHECK_STR(open->first->text, S("日期"));
    close_fixture(&f);
}

TEST(docx_parts_are_xml) {
    static const char *const PARTS[] = {"[Content_Types].xml", "_rels/.rels",
                                        "word/document.xml",   "word/_rels/document.xml.rels",
                                        "word/styles.xml",     "word/settings.xml",
                                        "word/footer1.xml",    "word/footer2.xml"};
    Fixture f;
    open_fixture(&f);
    Json *t = json_of(&f.ctx, "[{\"kind\":\"code\",\"text\":\"https://example.org/v/a&b\"}]");
    Paper p;
    Str docx;
    CHECK(paper_fill(&f.ctx, t, NULL, NULL, 0, &p));
    CHECK(docx_write(&f.ctx, &p, &f.layout, S(""), &docx));
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        CHECK(xml_parse(&f.ctx, part(&f.ctx, docx, str_from(PARTS[i])), str_from(PARTS[i])));
    CHECK(str_starts(part(&f.ctx, docx, S("word/media/code1.png")), S("\x89PNG")));
    close_fixture(&f);
}

TEST(docx_of_5000_firms) {
    enum { FIRMS = 5000 };
    Fixture f;
    open_fixture(&f);
    Json *t = paper_template(&f.ctx, f.pack, S("notice"));
    PaperFirm *firms = NEW_N(f.arena, PaperFirm, FIRMS);
    Paper p;
    Str docx;
    for (int i = 0; i < FIRMS; i++) firms[i].name = str_printf(f.arena, "企业%d", i);
    CHECK(paper_fill(&f.ctx, json_get(t, S("blocks")), NULL, firms, FIRMS, &p));
    CHECK(docx_write(&f.ctx, &p, &f.layout, S(""), &docx));
    CHECK(str_find(text_of(&f.ctx, docx), S("\n5000\n企业4999\n")) > 0);
    CHECK(!paper_fill(&f.ctx, json_get(t, S("blocks")), NULL, firms, PAPER_FIRMS_MAX + 1, &p));
    CHECK_INT(f.ctx.err.code, ERR_LIMIT);
    ctx_clear(&f.ctx);
    close_fixture(&f);
}

TEST(paper_refuses_bad_blocks) {
    static const char *const BAD[] = {
        "[]",
        "{}",
        "[{\"kind\":\"script\",\"text\":\"x\"}]",
        "[{\"kind\":\"cell\",\"text\":\"x\"}]",
        "[{\"kind\":\"body\"}]",
        "[{\"kind\":\"body\",\"text\":1}]",
        "[{\"kind\":\"table\"}]",
        "[{\"kind\":\"table\",\"columns\":[{\"title\":\"x\",\"field\":\"phone\",\"width\":1}]}]",
        "[{\"kind\":\"table\",\"columns\":[{\"title\":\"x\",\"field\":\"name\",\"width\":0}]}]",
        "[{\"kind\":\"table\",\"rows\":[[\"a\"],[\"a\",\"b\"]]}]",
        "[{\"kind\":\"table\",\"rows\":[[\"a\",1]]}]",
        "[{\"kind\":\"table\",\"rows\":[[\"a\"]],\"widths\":[1,2]}]"};
    Fixture f;
    open_fixture(&f);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        CHECK(!paper_check(&f.ctx, json_of(&f.ctx, BAD[i]), NULL));
        CHECK_INT(f.ctx.err.code, ERR_RULE);
        ctx_clear(&f.ctx);
    }
    Json *good = json_of(&f.ctx, "[{\"kind\":\"body\",\"text\":\"x\"}]");
    CHECK(!paper_check(&f.ctx, good, json_of(&f.ctx, "{\"a\":1}")));
    CHECK_STR(f.ctx.err.note.place, S("/values/a"));
    ctx_clear(&f.ctx);
    close_fixture(&f);
}

TEST(paper_json_comes_back) {
    Fixture f;
    open_fixture(&f);
    PaperFirm firm = {.name = S("甲公司"), .code = S("91370300000000000X")};
    Json *t = paper_template(&f.ctx, f.pack, S("notice"));
    Paper p, back;
    Buf one = buf_new(f.arena, 0), two = buf_new(f.arena, 0);
    CHECK(paper_fill(&f.ctx, json_get(t, S("blocks")), NULL, &firm, 1, &p));
    json_canonical(&one, paper_json(f.arena, &p));
    Json *j = json_parse(&f.ctx, buf_str(&one), S("frozen"));
    CHECK(j && paper_read(&f.ctx, j, &back));
    json_canonical(&two, paper_json(f.arena, &back));
    CHECK_STR(buf_str(&one), buf_str(&two));
    close_fixture(&f);
}

/* The finder patterns of ISO/IEC 18004 6.3.3 stand in three corners. */
TEST(qr_has_its_finders) {
    static const char *const FINDER[] = {"1111111", "1000001", "1011101", "1011101",
                                         "1011101", "1000001", "1111111"};
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Qr q;
    CHECK(qr_make(&c, S("https://example.org/public/verify/abcdefgh"), &q));
    CHECK(q.size >= 21 && (q.size - 17) % 4 == 0);
    for (int y = 0; y < 7; y++)
        for (int x = 0; x < 7; x++) {
            int want = FINDER[y][x] - '0';
            CHECK_INT(q.black[y * q.size + x], want);
            CHECK_INT(q.black[y * q.size + q.size - 7 + x], want);
            CHECK_INT(q.black[(q.size - 7 + y) * q.size + x], want);
        }
    CHECK(str_starts(qr_svg(a, &q), S("<svg ")));
    CHECK(!qr_make(&c, S(""), &q));
    ctx_clear(&c);
    CHECK(!qr_make(&c, str_of("a\0b", 3), &q));
    ctx_clear(&c);
    arena_close(a);
}

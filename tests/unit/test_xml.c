/* codec/xml: tree, positions, namespaces, refusals, limits, stream. */
#include <string.h>

#include "base/buf.h"
#include "codec/xml.h"
#include "tests/test.h"

static XmlNode *parse(Ctx *c, const char *z) {
    return xml_parse(c, str_from(z), S("t.xml"));
}

TEST(xml_tree_with_namespaces) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    XmlNode *r = parse(&c, "<d:a xmlns:d='urn:x' d:k='1' k='二'>\n  <d:b/>t<c>x<![CDATA[<&]]>"
                           "&lt;y</c>u<d:b n='2'/></d:a>");
    CHECK(r != NULL);
    CHECK_STR(r->ns, S("urn:x"));
    CHECK_STR(r->name, S("a"));
    CHECK_STR(xml_attr(r, S("k")), S("二"));
    CHECK_STR(xml_attr_ns(r, S("urn:x"), S("k")), S("1"));
    CHECK(xml_attr(r, S("none")).p == NULL);
    CHECK_STR(r->text, S("\n  tu"));
    XmlNode *b = xml_child(r, S("b"));
    CHECK_INT(b->line, 2);
    CHECK_INT(b->column, 3);
    CHECK_STR(xml_attr(xml_next(b), S("n")), S("2"));
    CHECK(xml_next(xml_next(b)) == NULL);
    CHECK_STR(xml_child(r, S("c"))->text, S("x<&<y"));
    CHECK(xml_child(r, S("c"))->parent == r);
    arena_close(a);
}

TEST(xml_byte_ranges) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    const char *z = "<a><b x='1'>字</b><c/></a>";
    XmlNode *r = parse(&c, z);
    XmlNode *b = xml_child(r, S("b")), *e = xml_child(r, S("c"));
    CHECK_STR(str_of(z + b->byte, b->byte_end - b->byte), S("<b x='1'>字</b>"));
    CHECK_STR(str_of(z + e->byte, e->byte_end - e->byte), S("<c/>"));
    CHECK_INT(r->byte_end, strlen(z));
    arena_close(a);
}

TEST(xml_refuses_doctype) {
    static const char *const bad[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
    };
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Ctx c = ctx_new(a, 0);
        CHECK(parse(&c, bad[i]) == NULL);
        CHECK_INT(c.err.note.msg, M_XML_DOCTYPE);
        CHECK(str_starts(c.err.note.place, S("t.xml:1:")));
    }
    arena_close(a);
}

TEST(xml_refuses_malformed) {
    static const char *const bad[] = {"",       "<a>",        "<a></b>",    "<a/><b/>",
                                      "x",      "<a &/>",     "<a>&x;</a>", "<a x='1' x='2'/>",
                                      "<p:a/>", "<a>\xff</a>"};
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Ctx c = ctx_new(a, 0);
        CHECK(parse(&c, bad[i]) == NULL);
        CHECK_INT(c.err.note.msg, M_XML_SYNTAX);
        CHECK_INT(c.err.code, ERR_INPUT);
    }
    arena_close(a);
}

static Str repeat(Arena *a, const char *open, int n, const char *close) {
    Buf b = buf_new(a, 0);
    for (int i = 0; i < n; i++) buf_put(&b, str_from(open));
    for (int i = 0; i < n; i++) buf_put(&b, str_from(close));
    return buf_str(&b);
}

TEST(xml_limits) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    CHECK(xml_parse(&c, repeat(a, "<a>", 200, "</a>"), S("t")) != NULL);
    CHECK(xml_parse(&c, repeat(a, "<a>", 201, "</a>"), S("t")) == NULL);
    CHECK_INT(c.err.note.msg, M_XML_LIMIT);
    CHECK_INT(c.err.code, ERR_LIMIT);
    Buf b = buf_new(a, 0);
    buf_lit(&b, "<a ");
    for (int i = 0; i < 257; i++) buf_printf(&b, "x%d='' ", i);
    buf_lit(&b, "/>");
    ctx_clear(&c);
    CHECK(xml_parse(&c, buf_str(&b), S("t")) == NULL);
    CHECK_INT(c.err.note.msg, M_XML_LIMIT);
    arena_close(a);
}

TEST(xml_full_arena_frees_the_parser) {
    Arena *a = arena_open(64 << 10);
    jmp_buf trap;
    Ctx c = ctx_new(a, 0);
    Arena *big = arena_open(0);
    Str text = str_cat(big, S("<a>"), str_cat(big, repeat(big, "<b/>", 4000, ""), S("</a>")));
    arena_trap(a, &trap);
    if (setjmp(trap) == 0) {
        xml_parse(&c, text, S("t"));
        CHECK(!"the arena is too small for this tree");
    }
    arena_close(a);
    arena_close(big);
}

typedef struct Seen {
    Buf b;
    int stop_after;
} Seen;

static bool seen_start(void *user, Str name, const char *const *attrs) {
    Seen *s = user;
    buf_printf(&s->b, "<%.*s", STRF(name));
    for (int i = 0; attrs[i]; i += 2) buf_printf(&s->b, " %s=%s", attrs[i], attrs[i + 1]);
    buf_char(&s->b, '>');
    return --s->stop_after != 0;
}
static bool seen_end(void *user, Str name) {
    buf_printf(&((Seen *)user)->b, "</%.*s>", STRF(name));
    return true;
}
static bool seen_text(void *user, Str text) {
    buf_put(&((Seen *)user)->b, text);
    return true;
}

TEST(xml_stream_in_any_pieces) {
    const char *z = "<w:a xmlns:w='u' w:r='1'><w:b>é字</w:b></w:a>";
    Arena *a = arena_open(0);
    for (size_t piece = 1; piece <= strlen(z); piece++) {
        Ctx c = ctx_new(a, 0);
        Seen seen = {.b = buf_new(a, 0)};
        XmlHandler h = {seen_start, seen_end, seen_text, &seen};
        XmlStream *s = xml_stream_open(&c, &h, S("t"));
        for (size_t i = 0; i < strlen(z); i += piece) {
            size_t n = strlen(z) - i < piece ? strlen(z) - i : piece;
            CHECK(xml_stream_feed(s, str_of(z + i, n), false));
        }
        CHECK(xml_stream_feed(s, (Str){0}, true));
        xml_stream_close(s);
        CHECK_STR(buf_str(&seen.b), S("<a r=1><b>é字</b></a>"));
    }
    arena_close(a);
}

TEST(xml_stream_stops) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Seen seen = {.b = buf_new(a, 0), .stop_after = 2};
    XmlHandler h = {seen_start, NULL, NULL, &seen};
    XmlStream *s = xml_stream_open(&c, &h, S("t"));
    CHECK(!xml_stream_feed(s, S("<a><b/><c/></a>"), true));
    CHECK(!xml_stream_feed(s, S("<d/>"), true));
    CHECK(ctx_ok(&c));
    CHECK_STR(buf_str(&seen.b), S("<a><b>"));
    xml_stream_close(s);
    Seen bomb = {.b = buf_new(a, 0)};
    XmlHandler h2 = {seen_start, NULL, NULL, &bomb};
    s = xml_stream_open(&c, &h2, S("t"));
    CHECK(!xml_stream_feed(s, S("<!DOCTYPE a><a/>"), true));
    CHECK_INT(c.err.note.msg, M_XML_DOCTYPE);
    xml_stream_close(s);
    arena_close(a);
}

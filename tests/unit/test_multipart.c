/* multipart/form-data: what browsers send is read; what is malformed or hostile is refused. */
#include "base/buf.h"
#include "http/multipart.h"
#include "tests/test.h"

static const char TYPE[] = "multipart/form-data; boundary=xyz";

/* "name[filename]=bytes" for each part, or "! why". */
static Str read(Arena *a, const char *type, Str body) {
    Ctx c = ctx_new(a, 0);
    Multipart m;
    Buf b = buf_new(a, 0);
    if (!multipart_read(&c, str_from(type), body, &m)) {
        CHECK(c.err.code == ERR_INPUT);
        return str_cat(a, S("! "), c.err.note.args[0]);
    }
    for (int i = 0; i < m.n; i++) {
        const Part *p = &m.parts[i];
        buf_printf(&b, "%s%.*s", i ? "|" : "", STRF(p->name));
        if (p->file) buf_printf(&b, "[%.*s]", STRF(p->filename));
        buf_char(&b, '=');
        buf_put(&b, p->bytes);
    }
    return buf_str(&b);
}

static void check(const char *type, Str body, Str want) {
    Arena *a = arena_open(0);
    CHECK_STR(read(a, type, body), want);
    arena_close(a);
}

#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILED(filename)                                                                            \
    "Content-Disposition: form-data; name=\"f\"; filename=\"" filename "\"\r\n"                    \
    "Content-Type: text/csv\r\n\r\n"

TEST(multipart_as_browsers_send_it) {
    check(TYPE,
          S("--xyz\r\n" FILED("a.csv") "x,y\r\n1,2\r\n--xyz\r\n" FIELD("source") "self\r\n--xyz--"
                                                                                 "\r\n"),
          S("f[a.csv]=x,y\r\n1,2|source=self"));
    check("multipart/form-data; charset=utf-8; boundary=\"x y\"",
          S("--x y\r\n" FIELD("a") "\r\n--x y--"), S("a="));
}

TEST(multipart_line_that_begins_like_the_boundary) {
    check(TYPE, S("--xyz\r\n" FIELD("a") "1\r\n--xyzz\r\n--xy\r\n\r\n--xyz--"),
          S("a=1\r\n--xyzz\r\n--xy\r\n"));
    check(TYPE, S("--xyz\r\n" FIELD("a") "\r\n--xyz \r\n--xyz--"), S("a=\r\n--xyz "));
}

TEST(multipart_bytes_are_kept) {
    check(TYPE, S("--xyz\r\n" FIELD("a") "\0\xff\r\n\r\n--xyz--"), S("a=\0\xff\r\n"));
}

TEST(multipart_file_names_lose_their_folders) {
    check(TYPE, S("--xyz\r\n" FILED("../../etc/passwd") "\r\n--xyz--"), S("f[passwd]="));
    check(TYPE, S("--xyz\r\n" FILED("C:\\\\办公\\\\表.xlsx") "\r\n--xyz--"), S("f[表.xlsx]="));
    check(TYPE, S("--xyz\r\n" FILED("a\x01\tb.csv") "\r\n--xyz--"), S("f[ab.csv]="));
    check(TYPE, S("--xyz\r\n" FILED("..") "\r\n--xyz--"), S("f[]="));
    check(TYPE, S("--xyz\r\n" FILED("a/") "\r\n--xyz--"), S("f[]="));
    check(TYPE, S("--xyz\r\n" FILED("a\\\"b.csv") "\r\n--xyz--"), S("f[a\"b.csv]="));
    check(TYPE, S("--xyz\r\n" FILED("\xff.csv") "\r\n--xyz--"), S("! content-disposition"));
}

TEST(multipart_boundaries_refused) {
    Str body = S("--xyz\r\n" FIELD("a") "1\r\n--xyz--");
    check("multipart/form-data", body, S("! boundary"));
    check("multipart/form-data; boundary=", body, S("! content-type"));
    check("multipart/form-data; boundary=\"xyz", body, S("! content-type"));
    check("multipart/form-data; boundary=xyz; boundary=abc", body, S("! boundary"));
    check("multipart/form-data; boundary=\"x\ny\"", body, S("! boundary"));
    check("multipart/form-data; boundary=\"xyz \"", body, S("! boundary"));
    check("multipart/form-data; boundary="
          "01234567890123456789012345678901234567890123456789012345678901234567890",
          body, S("! boundary"));
    check("multipart/form-data; boundary=abc", body, S("! boundary"));
}

TEST(multipart_bodies_refused) {
    check(TYPE, S(""), S("! boundary"));
    check(TYPE, S("--xyz"), S("! boundary"));
    check(TYPE, S("--xyz--\r\n"), S("! boundary"));
    check(TYPE, S("preamble\r\n--xyz\r\n" FIELD("a") "1\r\n--xyz--"), S("! boundary"));
    check(TYPE, S("--xyz\r\n" FIELD("a") "1"), S("! boundary"));
    check(TYPE, S("--xyz\r\n" FIELD("a") "1\r\n--xyz"), S("! boundary"));
    check(TYPE, S("--xyz\r\n" FIELD("a") "1\n--xyz--"), S("! boundary"));
    check(TYPE, S("--xyz\r\n" FIELD("a") "1\r\n--xyz--\r\nmore"), S("! epilogue"));
    check(TYPE, S("--xyz\r\n" FIELD("a") "1\r\n--xyz\r\n" FIELD("a") "2\r\n--xyz--"), S("! name"));
}

TEST(multipart_headers_refused) {
    check(TYPE, S("--xyz\r\n\r\n1\r\n--xyz--"), S("! content-disposition"));
    check(TYPE, S("--xyz\r\nContent-Type: text/csv\r\n\r\n1\r\n--xyz--"),
          S("! content-disposition"));
    check(TYPE, S("--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--"),
          S("! content-disposition"));
    check(TYPE, S("--xyz\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n1\r\n--xyz--"),
          S("! name"));
    check(TYPE, S("--xyz\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n1\r\n--xyz--"),
          S("! name"));
    check(TYPE, S("--xyz\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--xyz--"),
          S("! content-disposition"));
    check(TYPE, S("--xyz\r\n" FIELD("a") "1\r\n--xyz\r\nno colon\r\n\r\n1\r\n--xyz--"),
          S("! header"));
    check(TYPE, S("--xyz\r\nContent-Transfer-Encoding: base64\r\n" FIELD("a") "MQ==\r\n--xyz--"),
          S("! content-transfer-encoding"));
}

TEST(multipart_too_many_parts_and_headers) {
    Arena *a = arena_open(0);
    Buf parts = buf_new(a, 0), head = buf_new(a, 0);
    for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
        buf_printf(&parts, "--xyz\r\nContent-Disposition: form-data; name=\"p%d\"\r\n\r\n1\r\n", i);
    buf_lit(&parts, "--xyz--");
    CHECK_STR(read(a, TYPE, buf_str(&parts)), S("! parts"));
    buf_lit(&head, "--xyz\r\n");
    for (int i = 0; i < 20; i++) buf_printf(&head, "X-%d: 1\r\n", i);
    buf_lit(&head, FIELD("a") "1\r\n--xyz--");
    CHECK_STR(read(a, TYPE, buf_str(&head)), S("! header"));
    head.n = 0;
    buf_lit(&head, "--xyz\r\nX: ");
    for (int i = 0; i < 5000; i++) buf_char(&head, 'x');
    buf_lit(&head, "\r\n" FIELD("a") "1\r\n--xyz--");
    CHECK_STR(read(a, TYPE, buf_str(&head)), S("! header"));
    arena_close(a);
}

/* Any cut and any changed byte is read or refused, never read past its end. */
TEST(multipart_cut_and_changed) {
    Arena *a = arena_open(0);
    Str whole = S("--xyz\r\n" FILED("a.csv") "x,y\r\n1,2\r\n--xyz\r\n" FIELD("b") "2\r\n--xyz--");
    for (ptrdiff_t n = 0; n < whole.n; n++) {
        char *exact = arena_copy(a, whole.p, (size_t)n);
        Str got = read(a, TYPE, (Str){exact, n});
        CHECK(str_starts(got, S("!")));
    }
    for (ptrdiff_t i = 0; i < whole.n; i++) {
        char *copy = arena_copy(a, whole.p, (size_t)whole.n);
        copy[i] = (char)(copy[i] ^ 0x55);
        Ctx c = ctx_new(a, 0);
        Multipart m;
        bool ok = multipart_read(&c, str_from(TYPE), (Str){copy, whole.n}, &m);
        CHECK(ok == ctx_ok(&c));
    }
    arena_close(a);
}

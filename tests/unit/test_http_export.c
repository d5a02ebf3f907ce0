/* Exports, by the table of routes: whatever a route answers that is not JSON is what the table says
 * of it, and an export says who took it, when and its highest grade, whatever its format. A route
 * that answers with a file the table does not know, or with an export nobody marked, fails here. */
#include <string.h>

#include "codec/unzip.h"
#include "job/export.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { PART_MAX = 16 << 20 };

typedef struct Walk {
    HttpFixture *f;
    Str notice, revision; /* one not published; one of a model with one table */
    int files, marked;
} Walk;

static bool is_file(const HttpReply *r) {
    return r->status == 200 && !str_starts(r->type, S("application/json"));
}

/* Parts of a workbook or a document that carry marks. */
static Str part_of(Walk *w, Str bytes, const char *name) {
    Ctx c = ctx_new(w->f->call, 0);
    Unzip *z = unzip_open(&c, bytes, S("answer"));
    Str out = S("");
    if (z && unzip_has(z, str_from(name)) && !unzip_bytes(z, str_from(name), PART_MAX, &out))
        out = S("");
    if (z) unzip_close(z);
    return out;
}

static bool says(Str text, Str grade) {
    return str_find(text, S("导出人 boss")) >= 0 && str_find(text, S("时间 20")) >= 0 &&
           str_find(text, str_from("级别 ")) >= 0 && (!grade.n || str_find(text, grade) >= 0);
}

/* The last line of a table as text, the heads and feet of the pages and the sheet 说明 of a
 * workbook, the properties of a document, the page itself. */
static bool marked(Walk *w, const HttpReply *r, Str grade) {
    if (str_starts(r->type, S("text/csv"))) {
        ptrdiff_t at = str_find(r->body, S(EXPORT_MARK_ZH)), next = r->body.n;
        Str last = at < 0 ? S("") : str_sub(r->body, at, next);
        return at > 0 && r->body.p[at - 1] != ',' && says(last, grade) &&
               str_find(last, S("\n")) == last.n - 1;
    }
    if (str_find(r->type, S("spreadsheetml")) >= 0) {
        Str data = part_of(w, r->body, "xl/worksheets/sheet1.xml");
        Str strings = part_of(w, r->body, "xl/worksheets/sheet2.xml");
        ptrdiff_t head = str_find(data, S("<oddHeader>")), foot = str_find(data, S("<oddFooter>"));
        return head >= 0 && foot > head && says(str_sub(data, head, foot), grade) &&
               says(str_sub(data, foot, data.n), grade) && says(strings, grade);
    }
    if (str_find(r->type, S("wordprocessingml")) >= 0)
        return says(part_of(w, r->body, "docProps/core.xml"), grade) &&
               str_find(part_of(w, r->body, "word/document.xml"), S("boss")) < 0;
    return says(r->body, grade);
}

/* With id 1, which the fixture has of everything, and a rule where one is meant. */
static Str path_of(Walk *w, const Route *t) {
    Arena *a = w->f->arena;
    if (strcmp(t->path, "/notices/{id}/docx") == 0) return str_cat(a, w->notice, S("/docx"));
    if (strcmp(t->path, "/revisions/{id}/table") == 0) return str_cat(a, w->revision, S("/table"));
    Str rest = str_from(t->path), out = S("");
    while (rest.p) {
        Str part = str_cut(&rest, '/');
        if (!part.n) continue;
        if (str_eq(part, S("{pack}"))) part = S("cn");
        if (str_starts(part, S("{")))
            part = strstr(t->path, "/rules/{") && str_eq(part, S("{id}")) ? S("unicorn") : S("1");
        out = str_printf(a, "%.*s/%.*s", STRF(out), STRF(part));
    }
    return out;
}

static const char *const QUERIES[] = {"",
                                      "?format=csv",
                                      "?format=xlsx",
                                      "?rule=cn/above-scale&format=csv",
                                      "?rule=cn/above-scale&format=xlsx",
                                      "?fields=post_money&format=csv"};

/* Whether any answer was a file; every one is looked at. */
static bool walk(Walk *w, const Route *t) {
    bool any = false, post = strcmp(t->method, "POST") == 0;
    for (size_t q = 0; q < sizeof QUERIES / sizeof *QUERIES; q++) {
        Str path = str_cat(w->f->arena, path_of(w, t), str_from(QUERIES[q]));
        HttpReply r =
            http_call(w->f, &(HttpCall){.method = t->method,
                                        .path = str_z(w->f->arena, path),
                                        .token = w->f->boss,
                                        .body = post ? S("{\"rows\":[\"山东科汇\"],\"fields\":"
                                                         "[\"post_money\"]}")
                                                     : S("")});
        if (r.status >= 500 && r.status != 503)
            test_failed(__FILE__, __LINE__, str_z(w->f->arena, path));
        if (!is_file(&r)) continue;
        any = true;
        w->files++;
        if (t->answer == ANSWER_JSON) test_failed(__FILE__, __LINE__, str_z(w->f->arena, path));
        if (t->answer != ANSWER_MARKED) continue;
        Str grade = strstr(QUERIES[q], "post_money") && strcmp(t->path, "/enterprises") == 0
                        ? S("商业秘密")
                        : S("");
        w->marked++;
        if (!marked(w, &r, grade)) test_failed(__FILE__, __LINE__, str_z(w->f->arena, path));
    }
    return any;
}

/* Below /api/v1. */
static Str made(Walk *w, const char *path, const char *body) {
    HttpReply r = http_call(
        w->f,
        &(HttpCall){.method = "POST", .path = path, .token = w->f->boss, .body = str_from(body)});
    CHECK_INT(r.status, 201);
    return str_sub(r.location, S("/api/v1").n, r.location.n);
}

TEST(http_exports_carry_who_when_and_grade) {
    Walk w = {.f = http_fixture()};
    w.notice = made(&w, "/notices", "{\"working_days\":1,\"rows\":[\"1\"]}");
    w.revision = made(&w, "/revisions", "{\"rule\":\"cn/unicorn\",\"base_version\":\"2018\"}");
    for (const Route *t = ROUTES; t->method; t++) {
        bool reads = strcmp(t->method, "GET") == 0 || strcmp(t->path, "/match") == 0;
        if (!reads) {
            CHECK_INT(t->answer, ANSWER_JSON);
            continue;
        }
        bool any = walk(&w, t);
        /* declared, and nothing ever comes: the walk would prove nothing of it */
        if (t->answer == ANSWER_MARKED && !any) test_failed(__FILE__, __LINE__, t->path);
    }
    CHECK(w.marked > 20 && w.files > w.marked);
    HttpReply r =
        http_get(w.f, w.f->boss, "/notices/1/docx"); /* published: no mark leaves with it */
    CHECK(is_file(&r) && part_of(&w, r.body, "docProps/core.xml").n == 0);
}

/* The suite of tables and expressions: tests/suite/ is written by hand, build/suite/ by
 * tests/suite/generate.py, an oracle that shares nothing with the engine. Each case counts. */
#include <stdio.h>

#include "base/file.h"
#include "codec/yaml.h"
#include "tests/suite_fixture.h"
#include "tests/test.h"

static void run_table(Ctx *c, const Json *entry) {
    SuiteTable *t = suite_table(c->arena, entry);
    DmnModel *m = suite_model(c, t);
    if (!m) {
        test_failed(__FILE__, __LINE__, str_z(c->arena, t->name));
        ctx_clear(c);
        return;
    }
    Str values[16];
    for (const Json *k = json_get(entry, S("cases"))->first; k; k = k->next) {
        ArenaMark mark = arena_mark(c->arena);
        int n = 0;
        Buf name = buf_new(c->arena, 0);
        for (const Json *v = k->first; v->next && n < 16; v = v->next) {
            values[n++] = json_str(v, S(""));
            buf_printf(&name, " %.*s", STRF(values[n - 1]));
        }
        test_case_begin(str_z(c->arena, t->name), buf_str(&name));
        CHECK_INT(n, t->ninputs);
        if (n == t->ninputs) CHECK_STR(suite_run(c->arena, m, t, values), json_str(k->last, S("")));
        test_case_end();
        arena_rewind(c->arena, mark);
    }
}

static void run_expressions(Ctx *c, const Json *entry) {
    const char *group = str_z(c->arena, json_get_str(entry, S("group")));
    const Json *let = json_get(entry, S("let"));
    for (const Json *k = json_get(entry, S("cases"))->first; k; k = k->next) {
        ArenaMark mark = arena_mark(c->arena);
        Str text = json_str(k->first, S(""));
        test_case_begin(group, text);
        CHECK_INT(k->count, 2);
        CHECK_STR(suite_value(c->arena, text, let), json_str(k->last, S("")));
        test_case_end();
        arena_rewind(c->arena, mark);
    }
}

/* All files of a folder; how many entries they hold. */
static int run_folder(const char *folder) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Str *names, bytes;
    int n, entries = 0;
    if (!file_list(&c, str_from(folder), &names, &n)) n = 0;
    for (int i = 0; i < n; i++) {
        if (!str_ends(names[i], S(".yaml"))) continue;
        Str path = path_join(a, str_from(folder), names[i]);
        Json *j = file_read(&c, path, 8 << 20, &bytes) ? yaml_parse(&c, bytes, names[i]) : NULL;
        if (!j) {
            Str why = note_text(a, &c.err.note, LANG_EN);
            printf("%.*s: %.*s\n", STRF(c.err.note.place), STRF(why));
            test_failed(__FILE__, __LINE__, str_z(a, path));
            break;
        }
        for (const Json *e = j->first; e; e = e->next, entries++) {
            if (json_get(e, S("table")))
                run_table(&c, e);
            else
                run_expressions(&c, e);
        }
    }
    arena_close(a);
    return entries;
}

TEST(suite_by_hand) {
    CHECK(run_folder("tests/suite") >= 10);
}

TEST(suite_of_the_oracle) {
    CHECK(run_folder("build/suite") >= 60);
}

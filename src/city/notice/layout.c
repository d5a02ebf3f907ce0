/* The layout of papers, from documents/layout.yaml of the packs. See paper.h. */
#include "city/notice/paper.h"
#include "codec/yaml.h"

enum { MM_MAX = 500, SIZE_MAX_PT = 72, CHARS_MAX = 60, SPACE_MAX = 10 };

typedef struct Reading {
    Ctx *c;
    bool ok;
} Reading;

static int whole(Reading *r, const Json *o, const char *key, int lo, int hi, bool needed) {
    const Json *j = json_get(o, str_from(key));
    int64_t v = 0;
    if (!j && !needed) return 0;
    bool fine = str_to_i64(json_str(j, S("")), &v) && v >= lo && v <= hi;
    if (!fine) r->ok = FAIL(r->c, ERR_INPUT, M_NOTICE_LAYOUT, str_from(key));
    return fine ? (int)v : lo;
}

static Str word(Reading *r, const Json *o, const char *key) {
    Str s = json_get_str(o, str_from(key));
    if (!s.n) r->ok = FAIL(r->c, ERR_INPUT, M_NOTICE_LAYOUT, str_from(key));
    return s;
}

static void read_style(Reading *r, const Json *o, PaperStyle *s) {
    static const char *const ALIGNS[] = {"both", "left", "center", "right"};
    Str align = word(r, o, "align");
    bool known = false;
    for (int i = 0; i < 4; i++) {
        if (!str_eq(str_from(ALIGNS[i]), align)) continue;
        s->align = i;
        known = true;
    }
    if (!known) r->ok = FAIL(r->c, ERR_INPUT, M_NOTICE_LAYOUT, S("align"));
    s->font = word(r, o, "font");
    s->size_half_pt = 2 * whole(r, o, "size_pt", 5, SIZE_MAX_PT, true);
    s->indent_chars = whole(r, o, "indent", 0, SPACE_MAX, false);
    s->right_chars = whole(r, o, "right", 0, SPACE_MAX, false);
    s->before_lines = whole(r, o, "before", 0, SPACE_MAX, false);
    s->after_lines = whole(r, o, "after", 0, SPACE_MAX, false);
}

static void read_page(Reading *r, const Json *o, PaperLayout *l) {
    l->width_mm = whole(r, o, "width_mm", 50, MM_MAX, true);
    l->height_mm = whole(r, o, "height_mm", 50, MM_MAX, true);
    l->top_mm = whole(r, o, "top_mm", 0, MM_MAX, true);
    l->left_mm = whole(r, o, "left_mm", 0, MM_MAX, true);
    l->text_width_mm = whole(r, o, "text_width_mm", 20, MM_MAX, true);
    l->text_height_mm = whole(r, o, "text_height_mm", 20, MM_MAX, true);
    l->lines = whole(r, o, "lines", 1, CHARS_MAX, true);
    l->characters = whole(r, o, "characters", 1, CHARS_MAX, true);
    l->number_below_mm = whole(r, o, "number_below_mm", 0, MM_MAX, true);
    l->number_half_pt = 2 * whole(r, o, "number_size_pt", 5, SIZE_MAX_PT, true);
    l->number_font = word(r, o, "number_font");
    const Json *form = json_get(o, S("number_form"));
    l->number_before = json_str(json_at(form, 0), S(""));
    l->number_after = json_str(json_at(form, 1), S(""));
    if (l->left_mm + l->text_width_mm > l->width_mm || l->top_mm + l->text_height_mm > l->height_mm)
        r->ok = FAIL(r->c, ERR_INPUT, M_NOTICE_LAYOUT, S("text_width_mm"));
}

bool paper_layout(Ctx *c, const PackSet *p, PaperLayout *out) {
    const PackFile *f = NULL;
    Reading r = {.c = c, .ok = true};
    for (int i = p->npacks - 1; i >= 0 && !f; i--)
        f = pack_file(p, p->packs[i].id, S("documents/layout.yaml"));
    if (!f) return FAIL(c, ERR_MISSING, M_NOTICE_NO_TEMPLATE, S("layout"));
    Json *j = yaml_parse(c, f->bytes, f->path);
    if (!j) return false;
    *out = (PaperLayout){0};
    read_page(&r, json_get(j, S("page")), out);
    for (int i = 0; i < PAPER_STYLES && r.ok; i++)
        read_style(&r, json_get(json_get(j, S("styles")), paper_kind_text((PaperKind)i)),
                   &out->styles[i]);
    return r.ok;
}

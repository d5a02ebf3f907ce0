/* Papers 公文稿: what a notice, a decision, a letter or a certificate says, as blocks, before any
 * form of it (DOCX, web page) is made.
 *
 * Templates and the layout are data of the packs: documents/<id>.yaml and documents/layout.yaml
 * (docs/notices.md). A template's text holds fields, {name}; what a value says is never read as a
 * field again. Texts of a paper hold no control characters and no marks that turn the direction of
 * writing; a line feed parts paragraphs.
 */
#ifndef JIXIA_CITY_NOTICE_PAPER_H
#define JIXIA_CITY_NOTICE_PAPER_H
#include "city/pack.h"

enum {
    PAPER_BLOCKS_MAX = 200,
    PAPER_COLUMNS_MAX = 10,
    PAPER_TEXT_MAX = 5000,  /* code points of a block */
    PAPER_VALUE_MAX = 2000, /* of a value */
    PAPER_FIRMS_MAX = 20000
};

/* Also the styles of a layout; the last two are of tables. */
typedef enum PaperKind {
    PAPER_NUMBER, /* 发文字号 */
    PAPER_TITLE,  /* 标题 */
    PAPER_TO,     /* 主送机关 */
    PAPER_BODY,   /* 正文 */
    PAPER_HEAD1,  /* 一级标题 */
    PAPER_HEAD2,  /* 二级标题 */
    PAPER_SIGN,   /* 发文机关署名 */
    PAPER_DATE,   /* 成文日期 */
    PAPER_NOTE,   /* 附注 */
    PAPER_CELL,
    PAPER_HEAD,
    PAPER_STYLES,
    PAPER_TABLE = PAPER_STYLES,
    PAPER_CODE, /* 二维码 of its text */
    PAPER_KINDS
} PaperKind;

typedef struct PaperBlock {
    PaperKind kind;
    Str text;
    Str *heads;  /* of a table: the titles of its columns, repeated on each page; NULL: none */
    int *widths; /* share of each column */
    Str *cells;  /* row by row */
    int ncolumns, nrows;
} PaperBlock;

typedef struct Paper {
    PaperBlock *blocks;
    int nblocks;
} Paper;

/* A row of the table of firms. */
typedef struct PaperFirm {
    int64_t subject, case_file; /* 0: none */
    Str name, code, district, group, note;
} PaperFirm;

typedef struct PaperStyle {
    Str font;
    int size_half_pt;
    enum { ALIGN_BOTH, ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT } align;
    int indent_chars, right_chars; /* of the first line; kept free at the right */
    int before_lines, after_lines;
} PaperStyle;

typedef struct PaperLayout {
    int width_mm, height_mm, top_mm, left_mm, text_width_mm, text_height_mm;
    int lines, characters, number_below_mm, number_half_pt;
    Str number_font, number_before, number_after;
    PaperStyle styles[PAPER_STYLES];
} PaperLayout;

/* The parsed file of a template: of the pack nearest to the city that has one. NULL on failure. */
Json *paper_template(Ctx *c, const PackSet *p, Str id);
/* All templates, an array of the parsed files in order of id. */
Json *paper_templates(Ctx *c, const PackSet *p);
/* The layout of the packs. */
bool paper_layout(Ctx *c, const PackSet *p, PaperLayout *out);

/* Whether `blocks` is an array of blocks and `values` an object of texts: ERR_RULE with a pointer
 * below /blocks or /values when not. */
bool paper_check(Ctx *c, const Json *blocks, const Json *values);
/* JSON merge patch (RFC 7396) of values, which are texts: only those named change, null takes one
 * away, null as the patch all of them. What is no object comes back for paper_check to refuse. */
Json *paper_values_merge(Arena *a, const Json *was, const Json *patch);
/* Puts values and firms into checked blocks. A field without a value stays as {name}. */
bool paper_fill(Ctx *c, const Json *blocks, const Json *values, const PaperFirm *firms, int n,
                Paper *out);
/* The names of fields that have no value, each once, an array of strings. */
Json *paper_open_fields(Ctx *c, const Json *blocks, const Json *values);
/* A paper as JSON: [{kind, text} | {kind, columns, rows}], the texts as they are read. */
Json *paper_json(Arena *a, const Paper *p);
/* The other way, for what was frozen; NULL texts and unknown kinds are ERR_INPUT. */
bool paper_read(Ctx *c, const Json *blocks, Paper *out);
/* Text without control characters (a line feed stays) and marks of direction. */
Str paper_plain(Arena *a, Str s);
Str paper_kind_text(PaperKind k);
#endif

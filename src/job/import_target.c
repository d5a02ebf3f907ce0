/* What heads can mean: the words of the dictionary, or the columns of a layout. */
#include "codec/gram.h"
#include "codec/yaml.h"
#include "job/import_plan.h"

static const struct {
    ColumnAs as;
    const char *words[14];
} identity_words[] = {
    {COL_USCC,
     {"统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "税号", "纳税人识别号",
      "credit_code", "uscc"}},
    {COL_STOCK, {"证券代码", "股票代码", "stock_code", "股票编码"}},
    {COL_NAME,
     {"企业名称", "单位名称", "公司名称", "企业全称", "公司全称", "单位全称", "名称", "申报单位",
      "申报企业", "企业", "法人单位名称", "name", "full_name"}},
    {COL_SHORT_NAME, {"简称", "企业简称", "证券简称", "股票简称", "short_name"}},
    {COL_FORMER_NAME, {"曾用名", "原名称", "曾用名称", "former_name"}},
    {COL_UNIT,
     {"考核单位", "区县", "所属区县", "所在区县", "县区", "所属县区", "区（县）", "属地",
      "所在区县（功能区）"}},
    {COL_YEAR,
     {"年度", "年份", "报告年度", "报告年份", "所属年度", "统计年度", "会计年度", "year",
      "report_year"}},
    {COL_EVIDENCE, {"依据", "证明材料", "佐证材料", "evidence"}},
    {COL_IGNORE,
     {"序号", "编号", "No.", "备注", "联系人", "联系电话", "填报人", "电话", "手机", "邮箱",
      "地址"}},
};

static void add_target(Arena *a, Map *m, Str word, HeadTarget *t) {
    Str key = gram_fold(a, word);
    if (key.n && !map_has(m, key)) map_put(m, key, t);
}

static void dictionary_targets(Ctx *c, const PackSet *pack, Map *m) {
    Arena *a = c->arena;
    for (size_t i = 0; i < sizeof identity_words / sizeof *identity_words; i++) {
        HeadTarget *t = NEW(a, HeadTarget);
        t->as = identity_words[i].as;
        for (int k = 0; k < 14 && identity_words[i].words[k]; k++)
            add_target(a, m, str_from(identity_words[i].words[k]), t);
    }
    /* Names first, aliases after all of them: an alias never hides a name. */
    HeadTarget *targets = NEW_N(a, HeadTarget, pack->nindicators);
    for (int i = 0; i < pack->nindicators; i++) {
        const Indicator *ind = pack->indicators[i];
        targets[i] = (HeadTarget){.as = COL_FACT, .indicator = ind};
        if (ind->by == BY_BASIS) continue;
        add_target(a, m, ind->name, &targets[i]);
        add_target(a, m, ind->zh, &targets[i]);
        add_target(a, m, ind->code, &targets[i]);
        add_target(a, m, ind->en, &targets[i]);
    }
    for (int i = 0; i < pack->nindicators; i++) {
        const Indicator *ind = pack->indicators[i];
        for (int k = 0; k < ind->naliases && ind->by != BY_BASIS; k++)
            add_target(a, m, ind->aliases[k], &targets[i]);
    }
}

static bool layout_error(Ctx *c, const Json *at, Str what) {
    Str place = str_printf(c->arena, "layout:%u", at ? at->line : 0);
    return FAIL_AT(c, ERR_INPUT, place, M_IMPORT_LAYOUT, what);
}

static const struct {
    Str word;
    ColumnAs as;
} as_words[] = {
    {STR_INIT("uscc"), COL_USCC},
    {STR_INIT("stock"), COL_STOCK},
    {STR_INIT("name"), COL_NAME},
    {STR_INIT("short_name"), COL_SHORT_NAME},
    {STR_INIT("former_name"), COL_FORMER_NAME},
    {STR_INIT("division"), COL_DIVISION},
    {STR_INIT("unit"), COL_UNIT},
    {STR_INIT("year"), COL_YEAR},
    {STR_INIT("evidence"), COL_EVIDENCE},
    {STR_INIT("from"), COL_FROM},
    {STR_INIT("to"), COL_TO},
    {STR_INIT("ignore"), COL_IGNORE},
};
enum { AS_WORDS = sizeof as_words / sizeof *as_words };

ColumnAs import_as(Str word) {
    for (int i = 0; i < AS_WORDS; i++)
        if (str_eq(word, as_words[i].word)) return as_words[i].as;
    return COL_UNUSED;
}

Str import_as_word(ColumnAs as) {
    for (int i = 0; i < AS_WORDS; i++)
        if (as_words[i].as == as) return as_words[i].word;
    return S("");
}

static bool layout_as(Ctx *c, const Json *entry, HeadTarget *t) {
    Str as = json_get_str(entry, S("as"));
    t->as = import_as(as);
    if (str_starts(as, S("id:")) && as.n > 3) t->as = COL_ID;
    return t->as != COL_UNUSED || layout_error(c, entry, str_cat(c->arena, S("as: "), as));
}

static bool layout_entry(Ctx *c, const PackSet *pack, const Json *entry, Map *m) {
    static const Str keys[] = {STR_INIT("head"), STR_INIT("as"),   STR_INIT("indicator"),
                               STR_INIT("unit"), STR_INIT("year"), STR_INIT("bound")};
    for (const Json *k = entry->first; k; k = k->next) {
        bool known = false;
        for (int i = 0; i < 6; i++) known |= str_eq(k->key, keys[i]);
        if (!known) return layout_error(c, k, k->key);
    }
    HeadTarget *t = NEW(c->arena, HeadTarget);
    Str head = json_get_str(entry, S("head")), indicator = json_get_str(entry, S("indicator"));
    t->entry = entry;
    if (!head.n) return layout_error(c, entry, S("head"));
    if (indicator.n) {
        t->as = COL_FACT;
        t->indicator = pack_indicator(pack, indicator);
        if (!t->indicator)
            return layout_error(c, entry, str_cat(c->arena, S("indicator: "), indicator));
    } else if (!layout_as(c, entry, t)) {
        return false;
    }
    Str key = gram_fold(c->arena, head);
    if (map_has(m, key)) return layout_error(c, entry, str_cat(c->arena, S("head twice: "), head));
    map_put(m, key, t);
    return true;
}

bool import_targets(Ctx *c, const PackSet *pack, const Json *layout, Map *out) {
    *out = map_new(c->arena);
    if (!layout) {
        dictionary_targets(c, pack, out);
        return true;
    }
    static const Str keys[] = {STR_INIT("id"),       STR_INIT("title"), STR_INIT("source"),
                               STR_INIT("known_at"), STR_INIT("sheet"), STR_INIT("head_row"),
                               STR_INIT("year"),     STR_INIT("unit"),  STR_INIT("create"),
                               STR_INIT("columns")};
    for (const Json *k = layout->first; k; k = k->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) known |= str_eq(k->key, keys[i]);
        if (!known) return layout_error(c, k, k->key);
    }
    const Json *columns = json_get(layout, S("columns"));
    if (!columns || columns->kind != JSON_ARRAY || !columns->first)
        return layout_error(c, layout, S("columns"));
    for (const Json *e = columns->first; e; e = e->next) {
        if (e->kind != JSON_OBJECT) return layout_error(c, e, S("columns"));
        if (!layout_entry(c, pack, e, out)) return false;
    }
    return true;
}

/* Takes a year out of a head: 营业收入2020, 2020年度营业收入, 2021年末从业人员. */
static Str without_year(Arena *a, Str head, int *year) {
    static const Str tails[] = {STR_INIT("年度"), STR_INIT("年末"), STR_INIT("年底"),
                                STR_INIT("年全年"), STR_INIT("年")};
    for (ptrdiff_t i = 0; i + 4 <= head.n; i++) {
        Str four = str_sub(head, i, i + 4);
        int64_t y = 0;
        bool before = i > 0 && head.p[i - 1] >= '0' && head.p[i - 1] <= '9';
        bool after = i + 4 < head.n && head.p[i + 4] >= '0' && head.p[i + 4] <= '9';
        if (before || after || !str_to_i64(four, &y) || y < 1990 || y > 2100) continue;
        ptrdiff_t end = i + 4;
        for (int k = 0; k < 5; k++)
            if (str_starts(str_sub(head, end, head.n), tails[k])) {
                end += tails[k].n;
                break;
            }
        *year = (int)y;
        return str_cat(a, str_sub(head, 0, i), str_sub(head, end, head.n));
    }
    return head;
}

/* Takes 本年, 上年, 前2年 … out of a head. */
static bool without_lag(Arena *a, Str *head, int *lag) {
    static const struct {
        Str word;
        int lag;
    } words[] = {{STR_INIT("本年度"), 0}, {STR_INIT("本年"), 0},   {STR_INIT("当年"), 0},
                 {STR_INIT("上年度"), 1}, {STR_INIT("上年末"), 1}, {STR_INIT("上年同期"), 1},
                 {STR_INIT("上年"), 1},   {STR_INIT("去年"), 1},   {STR_INIT("前1年"), 1},
                 {STR_INIT("前2年"), 2},  {STR_INIT("前3年"), 3},  {STR_INIT("前4年"), 4}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        ptrdiff_t at = str_find(*head, words[i].word);
        if (at < 0) continue;
        *lag = words[i].lag;
        *head = str_cat(a, str_sub(*head, 0, at), str_sub(*head, at + words[i].word.n, head->n));
        return true;
    }
    return false;
}

HeadTarget *import_head_target(Arena *a, const Map *targets, bool layout, Str head, Column *col) {
    Str rest = head;
    HeadTarget *t = map_get(targets, gram_fold(a, head));
    col->head = head;
    if (layout) return t;
    if (t) return t;
    num_head_unit(head, &col->scale, &rest);
    t = map_get(targets, gram_fold(a, rest));
    if (t) return t;
    Str folded = gram_fold(a, rest), plain = without_year(a, folded, &col->year);
    if (!col->year && !without_lag(a, &plain, &col->lag)) return NULL;
    t = map_get(targets, plain);
    return t && t->as == COL_FACT && t->indicator->period == PERIOD_YEARLY ? t : NULL;
}

const Json *import_layout(Ctx *c, const PackSet *pack, Str id) {
    for (int i = 0; i < pack->nfiles; i++) {
        const PackFile *f = &pack->files[i];
        if (!str_starts(f->path, S("layouts/")) || !str_ends(f->path, S(".yaml"))) continue;
        const Json *layout = yaml_parse(c, f->bytes, f->path);
        if (!layout) return NULL;
        if (str_eq(json_get_str(layout, S("id")), id)) return layout;
    }
    FAIL(c, ERR_MISSING, M_IMPORT_NO_LAYOUT, id);
    return NULL;
}

/* Changes of models as JSON and as lines for people. See diff.h. */
#include "base/buf.h"
#include "dmn/diff.h"

static const struct {
    Str word, zh, en;
} WORDS[] = {
    {STR_INIT("cell"), STR_INIT("单元格"), STR_INIT("cell")},
    {STR_INIT("annotation"), STR_INIT("批注"), STR_INIT("annotation")},
    {STR_INIT("rule_description"), STR_INIT("规则说明"), STR_INIT("rule description")},
    {STR_INIT("rule"), STR_INIT("规则"), STR_INIT("rule")},
    {STR_INIT("column"), STR_INIT("列"), STR_INIT("column")},
    {STR_INIT("hit_policy"), STR_INIT("命中策略"), STR_INIT("hit policy")},
    {STR_INIT("label"), STR_INIT("标题"), STR_INIT("label")},
    {STR_INIT("expression"), STR_INIT("表达式"), STR_INIT("expression")},
    {STR_INIT("name"), STR_INIT("名称"), STR_INIT("name")},
    {STR_INIT("type"), STR_INIT("类型"), STR_INIT("type")},
    {STR_INIT("values"), STR_INIT("取值"), STR_INIT("values")},
    {STR_INIT("default"), STR_INIT("默认值"), STR_INIT("default")},
    {STR_INIT("description"), STR_INIT("说明"), STR_INIT("description")},
    {STR_INIT("requirement"), STR_INIT("需求"), STR_INIT("requirement")},
    {STR_INIT("decision"), STR_INIT("决策"), STR_INIT("decision")},
    {STR_INIT("input"), STR_INIT("输入"), STR_INIT("input")},
    {STR_INIT("table"), STR_INIT("决策表"), STR_INIT("decision table")},
    {STR_INIT("type_definition"), STR_INIT("类型定义"), STR_INIT("type definition")},
    {STR_INIT("type_component"), STR_INIT("类型的组成"), STR_INIT("type component")},
    {STR_INIT("text_annotation"), STR_INIT("注释"), STR_INIT("text annotation")},
    {STR_INIT("namespace"), STR_INIT("命名空间"), STR_INIT("namespace")},
    {STR_INIT("knowledge_model"), STR_INIT("业务知识模型"), STR_INIT("knowledge model")},
};

static Str word_text(Str word, Lang lang) {
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_eq(WORDS[i].word, word)) return lang == LANG_EN ? WORDS[i].en : WORDS[i].zh;
    return word;
}

static Str kind_text(ChangeKind k, Lang lang) {
    static const Str TEXTS[][2] = {{STR_INIT("修改"), STR_INIT("changed")},
                                   {STR_INIT("新增"), STR_INIT("added")},
                                   {STR_INIT("删除"), STR_INIT("removed")},
                                   {STR_INIT("移动"), STR_INIT("moved")}};
    return TEXTS[k][lang == LANG_EN];
}

Str dmn_change_line(Arena *a, const DmnChange *k, Lang lang) {
    Buf b = buf_new(a, 0);
    buf_printf(&b, "%.*s", STRF(k->owner));
    if (k->row) buf_printf(&b, lang == LANG_EN ? " · rule %d" : " · 规则 %d", k->row);
    if (k->column.n) buf_printf(&b, " · %.*s", STRF(k->column));
    buf_printf(&b, " · %.*s %.*s: ", STRF(word_text(k->what, lang)),
               STRF(kind_text(k->kind, lang)));
    if (k->kind != CHANGE_ADDED) buf_put(&b, k->from);
    if (k->kind == CHANGE_CHANGED || k->kind == CHANGE_MOVED) buf_lit(&b, " → ");
    if (k->kind != CHANGE_REMOVED) buf_put(&b, k->to);
    for (size_t i = 0; i < b.n; i++)
        if (b.p[i] == '\n') b.p[i] = ' ';
    return buf_str(&b);
}

static void put(Arena *a, Json *o, Str key, Str s) {
    json_set(o, key, s.n ? json_string(a, s) : json_new(a, JSON_NULL));
}

static void put_number(Arena *a, Json *o, Str key, int n) {
    json_set(o, key, n ? json_int(a, n) : json_new(a, JSON_NULL));
}

Json *dmn_changes_json(Arena *a, const DmnChange *items, int n) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < n; i++) {
        const DmnChange *k = &items[i];
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        put(a, o, S("kind"), dmn_change_text(k->kind));
        put(a, o, S("what"), k->what);
        put(a, o, S("element"), k->element);
        put(a, o, S("owner"), k->owner);
        put(a, o, S("table"), k->table);
        put(a, o, S("rule"), k->rule);
        put(a, o, S("column"), k->column);
        put_number(a, o, S("row"), k->row);
        put_number(a, o, S("row_before"), k->row_before);
        put(a, o, S("from"), k->from);
        put(a, o, S("to"), k->to);
    }
    return list;
}

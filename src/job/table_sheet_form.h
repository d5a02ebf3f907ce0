/* The words of the sheet of a decision table; see table_sheet.h. Inside of src/job. */
#ifndef JIXIA_JOB_TABLE_SHEET_FORM_H
#define JIXIA_JOB_TABLE_SHEET_FORM_H
#include "base/str.h"

#define SHEET_NAME "决策表"
#define SHEET_INPUT "输入 Input"
#define SHEET_OUTPUT "输出 Output"
#define SHEET_NOTE "批注 Annotation"
#define SHEET_REMARK "规则说明 Description"

/* Rows are recognised by the first word of column A. */
typedef enum SheetHead {
    HEAD_DECISION,
    HEAD_TABLE,
    HEAD_PRINT,
    HEAD_DESCRIPTION,
    HEAD_HIT,
    HEAD_COLUMN, /* from here on: a cell per column */
    HEAD_COLUMN_ID,
    HEAD_LABEL,
    HEAD_EXPRESSION,
    HEAD_TYPE,
    HEAD_VALUES,
    HEAD_DEFAULT,
    HEAD_RULES,
    SHEET_HEAD_COUNT
} SheetHead;

static const Str SHEET_HEADS[SHEET_HEAD_COUNT] = {
    [HEAD_DECISION] = STR_INIT("决策 Decision"),
    [HEAD_TABLE] = STR_INIT("决策表编号 Table id"),
    [HEAD_PRINT] = STR_INIT("校验值 Fingerprint"),
    [HEAD_DESCRIPTION] = STR_INIT("说明 Description"),
    [HEAD_HIT] = STR_INIT("命中策略 Hit policy"),
    [HEAD_COLUMN] = STR_INIT("列 Column"),
    [HEAD_COLUMN_ID] = STR_INIT("列编号 Column id"),
    [HEAD_LABEL] = STR_INIT("标题 Label"),
    [HEAD_EXPRESSION] = STR_INIT("表达式/名称 Expression/name"),
    [HEAD_TYPE] = STR_INIT("类型 Type"),
    [HEAD_VALUES] = STR_INIT("取值 Values"),
    [HEAD_DEFAULT] = STR_INIT("默认值 Default"),
    [HEAD_RULES] = STR_INIT("规则编号 Rule id"),
};
#endif

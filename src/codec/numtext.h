/* Numbers and dates as people write them in sheets.
 *
 * Numbers: thousands separators, full-width digits, 亿 万 千元 万元 亿元 … behind the number, ％ ‰,
 * ￥ in front, (300) negative. Never guessed: exponents (a code that a spreadsheet spoiled), wrong
 * groups, text around the number are refused. Dates: a date that does not exist is refused. */
#ifndef JIXIA_CODEC_NUMTEXT_H
#define JIXIA_CODEC_NUMTEXT_H
#include "base/str.h"

typedef enum NumUnit {
    NUM_UNIT_NONE,   /* no unit written */
    NUM_UNIT_FACTOR, /* 万, 亿 …: a factor without saying of what */
    NUM_UNIT_YUAN,   /* 元, 万元, 亿元 … */
    NUM_UNIT_RATIO,  /* % ‰ */
    NUM_UNIT_PEOPLE, /* 人 名 */
    NUM_UNIT_PIECE,  /* 件 项 家 个 … */
    NUM_UNIT_YEAR,   /* 年 */
    NUM_UNIT_FOREIGN /* a currency that is not the yuan */
} NumUnit;

/* A unit and its power of ten against the base unit (元, a fraction, 人 …): 万元 is (YUAN, 4). */
typedef struct NumScale {
    NumUnit unit;
    int exp;
} NumScale;

typedef enum NumResult {
    NUM_OK,
    NUM_EMPTY,      /* empty, a dash, 不详 … : unknown */
    NUM_NONE,       /* 无: none or unknown, as the indicator says */
    NUM_SCIENTIFIC, /* has an exponent: 9.137E+17 */
    NUM_TOO_LONG,   /* more than 34 significant digits */
    NUM_BAD         /* not a number */
} NumResult;

typedef struct NumText {
    int64_t coef; /* value = coef * 10^exp when not big, unit in the number applied */
    int exp;
    bool big;       /* more than 18 digits: `text` holds the number as JSON text */
    NumScale scale; /* the unit written with the number; unit NONE: apply the column's */
    Str text;       /* valid when big; in the arena */
} NumText;

/* Reads s; the arena is used only for long numbers. Nothing is written to *out on a failure. */
NumResult num_read(Arena *a, Str s, NumText *out);
/* A unit word ("万元", "％", "人"); false when it is none. */
bool num_unit(Str word, NumScale *out);
/* The unit in a column head, in brackets or behind a slash or comma or "单位：": 营业收入(万元),
 * 研发费用/亿元; *rest gets the head without it. False when there is none (rest is then the head).
 */
bool num_head_unit(Str head, NumScale *out, Str *rest);
/* True for what stands for "not known": empty, -, —, /, 不详, 暂无, N/A, null … */
bool num_is_unknown(Str s);
/* True for 无, 没有, none. */
bool num_is_none(Str s);

typedef enum DateResult {
    DATE_OK,
    DATE_EMPTY,
    DATE_INCOMPLETE, /* only a year, or a year and month */
    DATE_NO_SUCH,    /* the form is right but there is no such day */
    DATE_BAD
} DateResult;

/* 2021-06-30, 2021/6/30, 2021.6.30, 2021年6月30日, 20210630, each also with a time of day behind
 * it, which is dropped. *days counts as in base/date.h. */
DateResult date_read(Str s, int64_t *days);
/* A spreadsheet's day number (1900 system with its phantom 29 February 1900, or 1904). */
DateResult date_from_serial(int64_t serial, bool system_1904, int64_t *days);
/* "2021", "2021年", "2021年度", "２０２１": a year from 1900 to 2100, or 0. */
int year_read(Str s);
#endif

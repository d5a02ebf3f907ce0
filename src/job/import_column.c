/* The columns of an import as people see them: what each means, its unit and year, samples. */
#include "job/import_plan.h"

static Str yuan_text(int exp) {
    switch (exp) {
    case 0: return S("元");
    case 3: return S("千元");
    case 4: return S("万元");
    case 6: return S("百万元");
    case 8: return S("亿元");
    default: return S("");
    }
}

Str import_unit_text(const Column *col) {
    if (col->as != COL_FACT) return S("");
    const Indicator *ind = col->indicator;
    if (ind->type != IND_NUMBER && ind->type != IND_INTEGER) return S("");
    bool none = col->scale.unit == NUM_UNIT_NONE;
    if (col->base == NUM_UNIT_YUAN) return none ? S("") : yuan_text(col->scale.exp);
    if (col->base != NUM_UNIT_RATIO) return ind->unit;
    if (none || col->scale.exp == 0) return S("比率");
    return col->scale.exp == -2 ? S("%") : S("‰");
}

static void show_column(Arena *a, const Plan *p, const Column *col, ImportColumn *out) {
    *out = (ImportColumn){.head = col->head, .by = col->by, .unit_sure = true};
    if (col->as == COL_IGNORE && col->by != IMPORT_BY_PERSON) out->by = IMPORT_BY_NONE;
    if (col->as == COL_ID) out->field = str_cat(a, S("id:"), col->scheme);
    if (col->as != COL_FACT) {
        if (col->as != COL_IGNORE && col->as != COL_ID) out->field = import_as_word(col->as);
        if (col->as == COL_STOCK) out->field = S("stock_code");
        return;
    }
    out->field = col->indicator->code;
    out->unit = import_unit_text(col);
    bool large = col->scale.exp == 8 && !col->confirmed;
    out->unit_sure = out->unit.n > 0 || col->base != NUM_UNIT_YUAN;
    if (col->base == NUM_UNIT_YUAN && large) out->unit_sure = false;
    if (col->indicator->period != PERIOD_YEARLY) return;
    out->year = col->year ? col->year : p->year && !p->has_year_column ? p->year - col->lag : 0;
}

static void add_samples(Arena *a, const SheetRow *rows, int n, int64_t head_row, int k,
                        ImportColumn *out) {
    for (int i = 0; i < n && out->sample_count < IMPORT_SAMPLES; i++) {
        if (rows[i].row <= head_row || k >= rows[i].n) continue;
        Str s = str_trim(rows[i].cells[k].text);
        if (s.n) out->samples[out->sample_count++] = str_dup(a, str_sub(s, 0, 200));
    }
}

void import_columns(Arena *a, const Plan *p, const SheetRow *rows, int n, ImportReport *out) {
    Column money = {.as = COL_FACT, .base = NUM_UNIT_YUAN, .scale = p->money};
    static const Indicator yuan = {.type = IND_NUMBER};
    money.indicator = &yuan;
    out->unit = import_unit_text(&money);
    out->year = p->year;
    out->head_row = p->head_row;
    out->first_head_row = p->first_head_row;
    out->head_count = p->n;
    out->heads = NEW_N(a, Str, p->n);
    out->columns = NEW_N(a, ImportColumn, p->n);
    for (int k = 0; k < p->n; k++) {
        out->heads[k] = p->columns[k].head;
        show_column(a, p, &p->columns[k], &out->columns[k]);
        add_samples(a, rows, n, p->head_row, k, &out->columns[k]);
    }
}

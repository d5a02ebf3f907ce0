/* The slots of a column: values in them, and the slot of a value.
 *
 * A search compares integers wherever the cuts can be written as integers in the same order
 * (numbers of one scale, dates, the first bytes behind what all texts begin with); anything else
 * goes through the comparison of FEEL itself.
 */
#include "dmn/table.h"

VTag cut_kind(Val v) {
    return v.tag == V_BIGNUM ? V_NUM : (VTag)v.tag;
}

int cut_cmp(Val x, Val y) {
    int cmp = 0;
    if (x.tag == V_BOOL) return (x.i > y.i) - (x.i < y.i);
    if (x.tag == V_STRING) return str_cmp(val_text(x), val_text(y));
    val_compare(x, y, &cmp);
    return cmp;
}

/* --- values inside slots ------------------------------------------------------------------------
 */

static bool between_nums(Arena *a, const Val *lo, const Val *hi, Val *out) {
    if (!lo && !hi) return false;
    Dec x = lo ? val_dec(*lo) : val_dec(*hi), y = hi ? val_dec(*hi) : x, r;
    Dec one = dec_int(1), two = dec_int(2);
    bool ok;
    if (!lo)
        ok = dec_sub(&r, &x, &one);
    else if (!hi)
        ok = dec_add(&r, &x, &one);
    else if (dec_sub(&r, &y, &x)) /* exact when they are close: no number between is missed */
        ok = dec_div(&r, &r, &two) && dec_add(&r, &x, &r);
    else
        ok = dec_add(&r, &x, &y) && dec_div(&r, &r, &two);
    if (!ok) return false;
    if (lo && dec_cmp(&r, &x) <= 0) return false;
    if (hi && dec_cmp(&r, &y) >= 0) return false;
    *out = val_num(a, &r);
    return true;
}

/* A string above lo: with U+0001 behind it or, as the least of all, U+0000. */
static bool between_strings(Arena *a, const Val *lo, const Val *hi, Val *out) {
    *out = val_str(lo ? str_cat(a, val_text(*lo), S("\x01")) : S(""));
    if (!hi || str_cmp(val_text(*out), val_text(*hi)) < 0) return true;
    if (lo) *out = val_str(str_cat(a, val_text(*lo), S("\0")));
    return str_cmp(val_text(*out), val_text(*hi)) < 0;
}

bool column_value(Arena *a, const TableColumn *col, int slot, Val *out) {
    if (slot & 1) {
        *out = col->cuts[slot / 2];
        return true;
    }
    const Val *lo = slot > 0 ? &col->cuts[slot / 2 - 1] : NULL;
    const Val *hi = slot / 2 < col->ncuts ? &col->cuts[slot / 2] : NULL;
    if (col->kind == V_BOOL) return false;
    if (col->kind == V_NUM) return between_nums(a, lo, hi, out);
    if (col->kind == V_STRING) return between_strings(a, lo, hi, out);
    if (!lo && !hi) return false;
    *out = lo ? *lo : *hi;
    out->i += lo ? 1 : -1;
    return !lo || !hi || out->i < hi->i;
}

/* --- finding the slot of a value ----------------------------------------------------------------
 */

enum { KEY_BYTES = 8 };

/* The bytes of a string behind a prefix as a number in the same order. */
static int64_t string_key(Str s, ptrdiff_t skip) {
    uint64_t key = 0;
    for (ptrdiff_t i = skip; i < skip + KEY_BYTES; i++)
        key = key << 8 | (i < s.n ? (unsigned char)s.p[i] : 0);
    return (int64_t)(key ^ (uint64_t)1 << 63);
}

/* The first cut whose key is at least key. Without a branch in the loop: which half a value lies in
 * cannot be foreseen. */
static int key_bound(const TableColumn *col, int64_t key) {
    const int64_t *at = col->keys;
    size_t n = (size_t)col->ncuts;
    while (n > 1) {
        size_t half = n / 2;
        at += half & (0 - (size_t)(at[half - 1] < key));
        n -= half;
    }
    return (int)(at - col->keys) + (n > 0 && *at < key);
}

/* The first cut whose key is greater. */
static int key_bound_above(const TableColumn *col, int64_t key) {
    return key == INT64_MAX ? col->ncuts : key_bound(col, key + 1);
}

static int slot_between(const TableColumn *col, Val v, int lo, int hi) {
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        int cmp = cut_cmp(col->cuts[mid], v);
        if (cmp == 0) return 2 * mid + 1;
        if (cmp < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return 2 * lo;
}

static int slot_of_key(const TableColumn *col, int64_t key) {
    int i = key_bound(col, key);
    return 2 * i + (i < col->ncuts && col->keys[i] == key);
}

/* Cuts that share the 8 bytes are told apart by all of their text. */
static int slot_of_string(const TableColumn *col, Val v) {
    Str s = val_text(v);
    if (!str_starts(s, col->prefix)) return slot_between(col, v, 0, col->ncuts);
    int64_t key = string_key(s, col->prefix.n);
    int lo = key_bound(col, key);
    if (lo == col->ncuts || col->keys[lo] != key) return 2 * lo;
    if (s.n <= col->prefix.n + KEY_BYTES && col->cuts[lo].n == v.n) return 2 * lo + 1;
    int hi = lo + 1;
    if (hi < col->ncuts && col->keys[hi] == key) hi = key_bound_above(col, key);
    return slot_between(col, v, lo, hi);
}

static int slot_of_number(const TableColumn *col, Val v) {
    int shift = v.exp - col->key_exp;
    int64_t key;
    if (shift >= 0 && shift <= DEC_POW10_MAX &&
        !__builtin_mul_overflow(v.i, DEC_POW10[shift], &key))
        return slot_of_key(col, key);
    if (shift >= 0 || shift < -DEC_POW10_MAX) return slot_between(col, v, 0, col->ncuts);
    int64_t whole = v.i / DEC_POW10[-shift], left = v.i % DEC_POW10[-shift];
    if (left == 0) return slot_of_key(col, whole);
    return 2 * key_bound_above(col, whole - (left < 0));
}

int column_slot(const TableColumn *col, Val v) {
    if (!col->indexed || cut_kind(v) != col->kind) return -1;
    if (!col->keys || v.tag == V_BIGNUM) return slot_between(col, v, 0, col->ncuts);
    if (v.tag == V_NUM) return slot_of_number(col, v);
    if (v.tag == V_STRING) return slot_of_string(col, v);
    return slot_of_key(col, v.i);
}

static Str common_prefix(const Val *cuts, int n) {
    Str x = val_text(cuts[0]), y = val_text(cuts[n - 1]);
    ptrdiff_t i = 0;
    while (i < x.n && i < y.n && x.p[i] == y.p[i]) i++;
    return str_sub(x, 0, i);
}

static bool number_keys(TableColumn *col, int64_t *keys) {
    for (int i = 0; i < col->ncuts; i++) {
        if (col->cuts[i].tag != V_NUM) return false;
        if (i == 0 || col->cuts[i].exp < col->key_exp) col->key_exp = col->cuts[i].exp;
    }
    for (int i = 0; i < col->ncuts; i++) {
        int shift = col->cuts[i].exp - col->key_exp;
        if (shift > DEC_POW10_MAX) return false;
        if (__builtin_mul_overflow(col->cuts[i].i, DEC_POW10[shift], &keys[i])) return false;
    }
    return true;
}

void column_keys(Arena *a, TableColumn *col) {
    int64_t *keys = NEW_N(a, int64_t, col->ncuts);
    if (col->ncuts == 0) return;
    if (col->kind == V_NUM && !number_keys(col, keys)) return;
    if (col->kind == V_STRING) col->prefix = common_prefix(col->cuts, col->ncuts);
    for (int i = 0; i < col->ncuts && col->kind != V_NUM; i++)
        keys[i] = col->kind == V_STRING ? string_key(val_text(col->cuts[i]), col->prefix.n)
                                        : col->cuts[i].i;
    col->keys = keys;
}

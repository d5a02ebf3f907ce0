/* External functions: a fixed set of pure Java methods that DMN models call, done here. Nothing is
 * loaded: external_call answers false for every other method. Arguments that do not fit the Java
 * types of the signature give null. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "feel/builtin.h"

/* The next type of a signature, up to the comma; blanks dropped. */
static Str next_type(Str *types) {
    Str t = str_cut(types, ',');
    return str_trim(t);
}

static bool int_between(Val v, int64_t lo, int64_t hi) {
    if (!val_is_num(v)) return false;
    Dec d = val_dec(v);
    int64_t i;
    return dec_to_i64(&d, &i) && i >= lo && i <= hi;
}

/* Does a value fit a Java parameter type? */
static bool fits(Str type, Val v) {
    if (str_eq(type, S("double")) || str_eq(type, S("float"))) return val_is_num(v);
    if (str_eq(type, S("long"))) return int_between(v, INT64_MIN, INT64_MAX);
    if (str_eq(type, S("int"))) return int_between(v, INT32_MIN, INT32_MAX);
    if (str_eq(type, S("short"))) return int_between(v, INT16_MIN, INT16_MAX);
    if (str_eq(type, S("byte"))) return int_between(v, INT8_MIN, INT8_MAX);
    if (str_eq(type, S("java.lang.String"))) return v.tag == V_STRING;
    if (str_eq(type, S("char"))) return v.tag == V_STRING && utf8_length(val_text(v)) == 1;
    return str_eq(type, S("[Ljava.lang.Object;"));
}

static bool is_number_type(Str type) {
    return str_eq(type, S("double")) || str_eq(type, S("float")) || str_eq(type, S("long")) ||
           str_eq(type, S("int"));
}

/* The cosine of a double is a double: 15 significant digits are the same on every machine. */
static Val cosine(Eval *e, Val x) {
    char text[40];
    Dec d = val_dec(x);
    int n = snprintf(text, sizeof text, "%.15g", cos(dec_double(&d)));
    int k = 0; /* the decimal point of the program's locale may be anything */
    for (int i = 0; i < n; i++) {
        bool part = (text[i] >= '0' && text[i] <= '9') || strchr("+-e", text[i]);
        if (part || k == 0 || text[k - 1] != '.') text[k++] = part ? text[i] : '.';
    }
    return dec_parse(str_of(text, (size_t)k), &d) ? val_num(e->arena, &d) : fn_result(e, "cos");
}

static bool math_call(Eval *e, Str name, Str type, const Val *args, int n, Val *out) {
    bool two = n == 2, one = n == 1;
    if (!is_number_type(type)) return false;
    if (one && str_eq(name, S("abs")))
        *out = bi_abs(e, args, n);
    else if (one && str_eq(name, S("cos")) && str_eq(type, S("double")))
        *out = cosine(e, args[0]);
    else if (two && str_eq(name, S("max")))
        *out = bi_max(e, args, n);
    else if (two && str_eq(name, S("min")))
        *out = bi_min(e, args, n);
    else
        return false;
    return true;
}

/* String.format with %s, %d and %%; anything else is null. */
static Val format(Eval *e, const Val *args, int n) {
    Str f = val_text(args[0]);
    const Val *items = args + 1;
    int count = n - 1, used = 0;
    if (count == 1 && items[0].tag == V_LIST) {
        count = (int)items[0].n;
        items = val_items(items[0]);
    }
    Buf b = buf_new(e->arena, 0);
    for (ptrdiff_t i = 0; i < f.n; i++) {
        if (f.p[i] != '%') {
            buf_char(&b, f.p[i]);
            continue;
        }
        char c = ++i < f.n ? f.p[i] : 0;
        if (c == '%') {
            buf_char(&b, '%');
            continue;
        }
        bool whole = used < count && int_between(items[used], INT64_MIN, INT64_MAX);
        if (used >= count || (c != 's' && !(c == 'd' && whole)))
            return fn_type(e, "format", "args", args[0]);
        val_string(&b, items[used++]);
    }
    return b.over ? fn_limit(e, "format") : val_str(buf_str(&b));
}

/* valueOf and format of the java.lang classes. */
static bool lang_call(Eval *e, Str class, Str name, Str type, const Val *args, int n, Val *out) {
    static const struct {
        Str class, type;
    } SAME[] = {{STR_INIT("Short"), STR_INIT("short")},   {STR_INIT("Byte"), STR_INIT("byte")},
                {STR_INIT("Integer"), STR_INIT("int")},   {STR_INIT("Long"), STR_INIT("long")},
                {STR_INIT("Double"), STR_INIT("double")}, {STR_INIT("Float"), STR_INIT("float")},
                {STR_INIT("String"), STR_INIT("char")}};
    bool text = str_eq(type, S("java.lang.String"));
    if (str_eq(class, S("String")) && str_eq(name, S("format")) && text) {
        *out = format(e, args, n);
        return true;
    }
    if (!str_eq(name, S("valueOf")) || n != 1) return false;
    for (size_t i = 0; i < sizeof SAME / sizeof SAME[0]; i++) {
        if (!str_eq(class, SAME[i].class)) continue;
        *out = args[0];
        if (str_eq(type, SAME[i].type)) return true;
        if (!text || i + 1 == sizeof SAME / sizeof SAME[0]) return false;
        *out = bi_number(e, args, 1);
        if (out->tag != V_NULL && !fits(SAME[i].type, *out))
            *out = fn_range(e, "valueOf", "from", args[0]);
        return true;
    }
    return false;
}

bool external_call(Eval *e, Str class, Str method, const Val *args, int n, Val *out) {
    if (!str_starts(class, S("java.lang."))) return false;
    class = str_sub(class, 10, class.n);
    Str types = method, name = str_trim(str_cut(&types, '('));
    if (!types.p || !str_ends(types, S(")"))) return false;
    types.n--;
    Str type = {0};
    int i = 0;
    for (Str t; types.p && (t = next_type(&types)).n > 0; i++) {
        if (i == 0) type = t;
        bool many = str_eq(t, S("[Ljava.lang.Object;"));
        if (many) i = n - 1; /* the rest */
        if (i >= n || i < 0) return false;
        if (val_unknown(args[i])) {
            *out = unknown_of(e, args, n);
            return true;
        }
        if (!fits(t, args[i])) {
            *out = fn_type(e, "external", "method", args[i]);
            return true;
        }
    }
    if (i != n) return false;
    if (str_eq(class, S("Math"))) return math_call(e, name, type, args, n, out);
    return lang_call(e, class, name, type, args, n, out);
}

/* Pinyin of names. See pinyin.h.
 *
 * Invariant: units_of is the only place where a name becomes readings; initials, full forms, grams
 * and matching all work on units, so they agree on what a name reads like. */
#include "codec/pinyin.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"
#include "pinyin_table.h"

typedef struct Unit {
    Str readings[PINYIN_READINGS_MAX];
    int n;
} Unit;

/* Words with a reading that is not the first one of their characters. Customary readings of place
 * names and of words common in the names of firms; one syllable per character. */
static const struct {
    Str word, reading;
} words[] = {
    {STR_INIT("厦门"), STR_INIT("xia men")},    {STR_INIT("乐山"), STR_INIT("le shan")},
    {STR_INIT("乐清"), STR_INIT("yue qing")},   {STR_INIT("乐陵"), STR_INIT("lao ling")},
    {STR_INIT("重庆"), STR_INIT("chong qing")}, {STR_INIT("六安"), STR_INIT("lu an")},
    {STR_INIT("台州"), STR_INIT("tai zhou")},   {STR_INIT("丽水"), STR_INIT("li shui")},
    {STR_INIT("洪洞"), STR_INIT("hong tong")},  {STR_INIT("番禺"), STR_INIT("pan yu")},
    {STR_INIT("莘县"), STR_INIT("shen xian")},  {STR_INIT("莘庄"), STR_INIT("xin zhuang")},
    {STR_INIT("单县"), STR_INIT("shan xian")},  {STR_INIT("东阿"), STR_INIT("dong e")},
    {STR_INIT("朝阳"), STR_INIT("chao yang")},  {STR_INIT("牟平"), STR_INIT("mu ping")},
    {STR_INIT("蚌埠"), STR_INIT("beng bu")},    {STR_INIT("铅山"), STR_INIT("yan shan")},
    {STR_INIT("百色"), STR_INIT("bai se")},     {STR_INIT("大埔"), STR_INIT("da bu")},
    {STR_INIT("黄埔"), STR_INIT("huang pu")},   {STR_INIT("浍河"), STR_INIT("hui he")},
    {STR_INIT("任丘"), STR_INIT("ren qiu")},    {STR_INIT("尉犁"), STR_INIT("yu li")},
    {STR_INIT("淄博"), STR_INIT("zi bo")},      {STR_INIT("桓台"), STR_INIT("huan tai")},
    {STR_INIT("沂源"), STR_INIT("yi yuan")},    {STR_INIT("临朐"), STR_INIT("lin qu")},
    {STR_INIT("茌平"), STR_INIT("chi ping")},   {STR_INIT("芝罘"), STR_INIT("zhi fu")},
    {STR_INIT("无棣"), STR_INIT("wu di")},      {STR_INIT("银行"), STR_INIT("yin hang")},
    {STR_INIT("行业"), STR_INIT("hang ye")},    {STR_INIT("重工"), STR_INIT("zhong gong")},
    {STR_INIT("会计"), STR_INIT("kuai ji")},    {STR_INIT("音乐"), STR_INIT("yin yue")},
    {STR_INIT("校准"), STR_INIT("jiao zhun")},  {STR_INIT("调味"), STR_INIT("tiao wei")},
    {STR_INIT("空调"), STR_INIT("kong tiao")},  {STR_INIT("供应"), STR_INIT("gong ying")},
    {STR_INIT("传感"), STR_INIT("chuan gan")},  {STR_INIT("长"), STR_INIT("chang")},
};

static const uint16_t *run_of(uint32_t cp) {
    if (cp >= PINYIN_BASIC_FIRST && cp < PINYIN_BASIC_END)
        return PINYIN_LISTS + PINYIN_BASIC[cp - PINYIN_BASIC_FIRST];
    size_t lo = 0, hi = sizeof PINYIN_MORE / sizeof *PINYIN_MORE;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (PINYIN_MORE[mid].cp < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool found = lo < sizeof PINYIN_MORE / sizeof *PINYIN_MORE && PINYIN_MORE[lo].cp == cp;
    return PINYIN_LISTS + (found ? PINYIN_MORE[lo].run : 0);
}

int pinyin_readings(uint32_t cp, Str out[PINYIN_READINGS_MAX]) {
    int n = 0;
    for (const uint16_t *r = run_of(cp); *r && n < PINYIN_READINGS_MAX; r++)
        out[n++] = str_from(PINYIN_SYLLABLES[*r]);
    return n;
}

/* Makes reading the first one of u. */
static void prefer(Unit *u, Str reading) {
    int at = 0;
    while (at < u->n && !str_eq(u->readings[at], reading)) at++;
    if (at == PINYIN_READINGS_MAX) at--;
    if (at == u->n) u->n++;
    for (; at > 0; at--) u->readings[at] = u->readings[at - 1];
    u->readings[0] = reading;
}

/* The reading that the word list gives the character at byte `at` of name; empty when none. */
static Str listed_reading(Str name, ptrdiff_t at) {
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        Str word = words[w].word, rest = words[w].reading;
        for (ptrdiff_t i = 0; i < word.n;) {
            Str syllable = str_cut(&rest, ' ');
            if (at >= i && str_starts(str_sub(name, at - i, name.n), word)) return syllable;
            utf8_next(word, &i);
        }
    }
    return (Str){0};
}

/* ASCII letters and digits of all widths; 0 for anything else. */
static char plain(uint32_t cp) {
    if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
    if (cp >= 'A' && cp <= 'Z') cp += 32;
    return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') ? (char)cp : '\0';
}

static int units_of(Str name, Unit out[PINYIN_UNITS_MAX]) {
    static const char self[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    int n = 0;
    for (ptrdiff_t i = 0; i < name.n && n < PINYIN_UNITS_MAX;) {
        ptrdiff_t at = i;
        uint32_t cp = utf8_next(name, &i);
        Unit *u = &out[n];
        u->n = 0;
        char c = plain(cp);
        if (c) {
            u->readings[u->n++] = (Str){strchr(self, c), 1};
        } else if (cp >= 0x80) {
            u->n = pinyin_readings(cp, u->readings);
            Str listed = u->n ? listed_reading(name, at) : (Str){0};
            if (listed.n) prefer(u, listed);
        }
        n += u->n > 0;
    }
    return n;
}

static Str reading_part(const Unit *u, int k, bool full) {
    return full ? u->readings[k] : str_sub(u->readings[k], 0, 1);
}

/* Whether reading k of u gives a part that an earlier reading gave already. */
static bool part_repeats(const Unit *u, int k, bool full) {
    for (int i = 0; i < k; i++)
        if (str_eq(reading_part(u, i, full), reading_part(u, k, full))) return true;
    return false;
}

static PinyinList forms(Arena *a, Str name, int max, bool full) {
    Unit units[PINYIN_UNITS_MAX];
    int n = units_of(name, units), count = 1;
    PinyinList l = {.items = NEW_N(a, Str, max > 0 ? max : 1)};
    if (n == 0 || max < 1) return l;
    l.items[0] = S("");
    for (int i = 0; i < n; i++) {
        int before = count;
        for (int k = units[i].n - 1; k >= 0; k--) { /* reading 0 last: it extends in place */
            if (part_repeats(&units[i], k, full)) continue;
            for (int f = 0; f < before; f++) {
                Str form = str_cat(a, l.items[f], reading_part(&units[i], k, full));
                if (k == 0)
                    l.items[f] = form;
                else if (count < max)
                    l.items[count++] = form;
                else
                    l.more = true;
            }
        }
    }
    l.n = count;
    return l;
}

PinyinList pinyin_initials(Arena *a, Str name, int max) {
    return forms(a, name, max, false);
}

PinyinList pinyin_full(Arena *a, Str name, int max) {
    return forms(a, name, max, true);
}

typedef struct GramSet {
    Map seen;
    Buf text;
} GramSet;

static void add_gram(GramSet *g, char kind, char x, char y) {
    Arena *a = g->seen.arena;
    char bytes[3] = {kind, x, y};
    Str gram = str_of(bytes, sizeof bytes);
    if (map_has(&g->seen, gram)) return;
    map_put(&g->seen, str_dup(a, gram), NULL);
    if (g->text.n) buf_char(&g->text, ' ');
    buf_put(&g->text, gram);
}

Str pinyin_grams(Arena *a, Str name) {
    Unit units[PINYIN_UNITS_MAX];
    int n = units_of(name, units);
    GramSet g = {.seen = map_new(a), .text = buf_new(a, 0)};
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < units[i].n; k++) {
            Str x = units[i].readings[k];
            for (ptrdiff_t at = 1; at < x.n; at++) add_gram(&g, 'f', x.p[at - 1], x.p[at]);
            for (int m = 0; i + 1 < n && m < units[i + 1].n; m++) {
                Str y = units[i + 1].readings[m];
                add_gram(&g, 'i', x.p[0], y.p[0]);
                add_gram(&g, 'f', x.p[x.n - 1], y.p[0]);
            }
        }
    }
    return buf_str(&g.text);
}

Str pinyin_query(Arena *a, Str query, bool full) {
    GramSet g = {.seen = map_new(a), .text = buf_new(a, 0)};
    char before = '\0';
    for (ptrdiff_t i = 0; i < query.n;) {
        uint32_t cp = utf8_next(query, &i);
        char c = plain(cp);
        if (!c && cp != ' ') return (Str){0};
        if (c && before) add_gram(&g, full ? 'f' : 'i', before, c);
        if (c) before = c;
    }
    return buf_str(&g.text);
}

/* Whether q reads from unit i on; states visited are kept so that it stays linear. */
typedef struct Matcher {
    const Unit *units;
    int n;
    Str q;
    uint64_t dead[PINYIN_UNITS_MAX]; /* bit: this position of q failed at this unit */
} Matcher;

static bool match_from(Matcher *m, int i, ptrdiff_t at) {
    if (at == m->q.n) return true;
    bool kept = at >= 0 && at < 64;
    if (i == m->n || (kept && m->dead[i] >> at & 1)) return false;
    for (int k = 0; k < m->units[i].n; k++) {
        Str r = m->units[i].readings[k], rest = str_sub(m->q, at, m->q.n);
        if (str_starts(r, rest)) return true; /* the query ends inside this syllable */
        if (str_starts(rest, r) && match_from(m, i + 1, at + r.n)) return true;
        bool shorter = r.n > 1 && rest.n > 0 && rest.p[0] == r.p[0];
        if (shorter && match_from(m, i + 1, at + 1)) return true;
    }
    if (kept) m->dead[i] |= (uint64_t)1 << at;
    return false;
}

enum { QUERY_MAX = 64 };

bool pinyin_matches(Str name, Str query) {
    Unit units[PINYIN_UNITS_MAX];
    char letters[QUERY_MAX];
    size_t n = 0;
    for (ptrdiff_t i = 0; i < query.n;) {
        uint32_t cp = utf8_next(query, &i);
        char c = plain(cp);
        if (cp == ' ' || cp == '\'') continue;
        if (!c || n == sizeof letters) return false;
        letters[n++] = c;
    }
    if (n == 0) return false;
    Matcher m = {.units = units, .n = units_of(name, units), .q = str_of(letters, n)};
    for (int i = 0; i < m.n; i++)
        if (match_from(&m, i, 0)) return true;
    return false;
}

/* pinyin Unihan_Readings.txt.bz2 > header: the toneless Mandarin readings of every character.
 *
 * Readings are those of today's dictionaries in the Unicode Han database: kMandarin (first, the
 * customary one), kHanyuPinlu, kTGHZ2013, kXHC1983; kHanyuPinyin, which is full of archaic ones,
 * only where none of the dictionaries has the character. u with diaeresis is written v.
 *
 *   PINYIN_SYLLABLES[][7]   every syllable; number 0 is empty
 *   PINYIN_LISTS[]          runs of syllable numbers, each ended by 0; run 0 is empty
 *   PINYIN_BASIC[]          for U+3400 … U+9FFF: where its run starts
 *   PINYIN_MORE[]           the other characters, by code point
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CODE_MAX = 0x33480,
    READINGS_MAX = 12,
    SYLLABLES_MAX = 1024,
    LISTS_MAX = 60000,
    BASIC_FIRST = 0x3400,
    BASIC_END = 0xA000
};

typedef struct Entry {
    uint16_t modern[READINGS_MAX + 1], archaic[READINGS_MAX + 1]; /* syllables, ended by 0 */
    bool dictionary; /* one of today's dictionaries has the character */
} Entry;

static Entry entries[CODE_MAX];
static char syllables[SYLLABLES_MAX][7];
static int syllable_count = 1;
static uint16_t lists[LISTS_MAX];
static int list_size = 1;
static uint16_t starts[CODE_MAX];

static void fail(const char *what) {
    fprintf(stderr, "pinyin: %s\n", what);
    exit(1);
}

/* The plain letter of a UTF-8 character of a reading: 0 for a tone mark, -1 when it is none. */
static int plain_letter(const unsigned char **at) {
    static const struct {
        uint16_t from, to;
        char letter;
    } marked[] = {
        {0xE0, 0xE5, 'a'},     {0xE8, 0xEB, 'e'},     {0xEC, 0xEF, 'i'},   {0xF2, 0xF6, 'o'},
        {0xF9, 0xFB, 'u'},     {0xFC, 0xFC, 'v'},     {0x101, 0x101, 'a'}, {0x113, 0x113, 'e'},
        {0x11B, 0x11B, 'e'},   {0x12B, 0x12B, 'i'},   {0x144, 0x144, 'n'}, {0x148, 0x148, 'n'},
        {0x14D, 0x14D, 'o'},   {0x16B, 0x16B, 'u'},   {0x1CE, 0x1CE, 'a'}, {0x1D0, 0x1D0, 'i'},
        {0x1D2, 0x1D2, 'o'},   {0x1D4, 0x1D4, 'u'},   {0x1D6, 0x1DC, 'v'}, {0x1F9, 0x1F9, 'n'},
        {0x1E3F, 0x1E3F, 'm'}, {0x1EBF, 0x1EC1, 'e'}, {0xEA, 0xEA, 'e'}};
    const unsigned char *p = *at;
    uint32_t cp = *p++;
    if (cp >= 0xE0 && p[0] && p[1]) {
        cp = (cp & 15) << 12 | (uint32_t)(p[0] & 63) << 6 | (uint32_t)(p[1] & 63);
        p += 2;
    } else if (cp >= 0xC0 && p[0]) {
        cp = (cp & 31) << 6 | (uint32_t)(p[0] & 63);
        p++;
    }
    *at = p;
    if (cp >= 'a' && cp <= 'z') return (int)cp;
    if (cp >= 0x300 && cp <= 0x36F) return cp == 0x308 ? 'v' : 0;
    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++)
        if (cp >= marked[i].from && cp <= marked[i].to) return marked[i].letter;
    return -1;
}

/* The number of a syllable, new ones included. */
static uint16_t syllable_number(const char *s) {
    for (int i = 1; i < syllable_count; i++)
        if (strcmp(syllables[i], s) == 0) return (uint16_t)i;
    if (syllable_count == SYLLABLES_MAX) fail("too many syllables");
    memcpy(syllables[syllable_count], s, strlen(s) + 1);
    return (uint16_t)syllable_count++;
}

static void add_reading(uint16_t *list, const char *s) {
    uint16_t k = syllable_number(s);
    int n = 0;
    while (list[n] && list[n] != k) n++;
    if (!list[n] && n < READINGS_MAX) list[n] = k;
}

/* The readings in the value of a field; digits, dots and colons of its places are skipped. */
static void add_readings(uint16_t *list, const char *value) {
    const unsigned char *p = (const unsigned char *)value;
    char word[7];
    size_t n = 0;
    bool ok = true;
    for (;;) {
        bool end = *p == '\0';
        int letter = -1;
        if (!end && (*p >= 0x80 || (*p >= 'a' && *p <= 'z')))
            letter = plain_letter(&p);
        else if (!end)
            p++;
        if (letter > 0 && n < sizeof word - 1) {
            if (letter == 'v' && n > 0 && word[n - 1] == 'u') n--; /* u + combining diaeresis */
            word[n++] = (char)letter;
        } else if (letter > 0) {
            ok = false;
        } else if (letter < 0) {
            word[n] = '\0';
            if (n > 0 && ok) add_reading(list, word);
            n = 0;
            ok = true;
        }
        if (end) return;
    }
}

static void read_line(char *line) {
    if (strncmp(line, "U+", 2) != 0) return;
    char *tab = NULL;
    unsigned long cp = strtoul(line + 2, &tab, 16);
    char *field = tab + 1, *value = *tab == '\t' ? strchr(field, '\t') : NULL;
    if (!value || cp >= CODE_MAX) return;
    *value++ = '\0';
    bool customary = strcmp(field, "kMandarin") == 0;
    bool dictionary = strcmp(field, "kHanyuPinlu") == 0 || strcmp(field, "kTGHZ2013") == 0 ||
                      strcmp(field, "kXHC1983") == 0;
    if (!customary && !dictionary && strcmp(field, "kHanyuPinyin") != 0) return;
    Entry *e = &entries[cp];
    e->dictionary = e->dictionary || dictionary;
    Entry before = *e;
    if (customary) memset(e->modern, 0, sizeof e->modern); /* the customary reading comes first */
    add_readings(customary || dictionary ? e->modern : e->archaic, value);
    for (int i = 0; customary && before.modern[i]; i++)
        add_reading(e->modern, syllables[before.modern[i]]);
}

/* Where the run of a list starts; equal runs are shared. */
static uint16_t run_of(const uint16_t *list) {
    int n = 0;
    while (list[n]) n++;
    if (n == 0) return 0;
    for (int at = 1; at + n < list_size; at++)
        if (memcmp(lists + at, list, (size_t)(n + 1) * sizeof *list) == 0) return (uint16_t)at;
    if (list_size + n + 1 >= LISTS_MAX) fail("too many runs");
    memcpy(lists + list_size, list, (size_t)(n + 1) * sizeof *list);
    list_size += n + 1;
    return (uint16_t)(list_size - n - 1);
}

static void print_numbers(const char *type, const char *name, const uint16_t *v, int n) {
    printf("static const %s %s[] = {", type, name);
    for (int i = 0; i < n; i++) printf(i % 20 ? "%u," : "\n%u,", v[i]);
    printf("};\n");
}

static void print_all(void) {
    printf("/* Made by tools/pinyin.c from the Unicode Han database. */\n");
    printf("enum { PINYIN_BASIC_FIRST = %d, PINYIN_BASIC_END = %d };\n", BASIC_FIRST, BASIC_END);
    printf("static const char PINYIN_SYLLABLES[][7] = {");
    for (int i = 0; i < syllable_count; i++) printf(i % 12 ? "\"%s\"," : "\n\"%s\",", syllables[i]);
    printf("};\n");
    print_numbers("uint16_t", "PINYIN_LISTS", lists, list_size);
    print_numbers("uint16_t", "PINYIN_BASIC", starts + BASIC_FIRST, BASIC_END - BASIC_FIRST);
    printf("static const struct {\n    uint32_t cp;\n    uint16_t run;\n} PINYIN_MORE[] = {");
    for (int cp = 0, n = 0; cp < CODE_MAX; cp++)
        if (starts[cp] && (cp < BASIC_FIRST || cp >= BASIC_END))
            printf(n++ % 10 ? "{%d,%u}," : "\n{%d,%u},", cp, starts[cp]);
    printf("};\n");
}

int main(int argc, char **argv) {
    char command[512], line[8192];
    if (argc != 2 || strchr(argv[1], '\'')) fail("usage: pinyin Unihan_Readings.txt.bz2");
    int n = snprintf(command, sizeof command, "bzcat '%s'", argv[1]);
    FILE *f = n > 0 && (size_t)n < sizeof command ? popen(command, "r") : NULL;
    if (!f) fail("cannot run bzcat");
    while (fgets(line, sizeof line, f)) read_line(line);
    if (pclose(f) != 0) fail("bzcat failed");
    for (int cp = 0; cp < CODE_MAX; cp++) {
        Entry *e = &entries[cp];
        for (int i = 0; !e->dictionary && e->archaic[i]; i++)
            add_reading(e->modern, syllables[e->archaic[i]]);
        starts[cp] = run_of(e->modern);
    }
    if (list_size < 400) fail("the table is too small");
    print_all();
    return 0;
}

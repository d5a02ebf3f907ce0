/* unicode case FOLDER > header, unicode blocks FOLDER > header: tables made from the Unicode data
 * files in FOLDER.
 *   case    CASE_UPPER, CASE_LOWER: runs of simple mappings; CASE_…_SPECIAL: the unconditional
 *           mappings of SpecialCasing.txt to several code points (for src/feel/textcase.c)
 *   blocks  UNICODE_BLOCKS: block names without blanks, sorted by bytes, first and last code point
 *           (for src/feel/regex.c); surrogate blocks are left out */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 0x110000, BLOCKS_MAX = 1000 };

static int32_t upper[POINTS], lower[POINTS];

static FILE *open_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "unicode: cannot open %s\n", path);
        exit(1);
    }
    return f;
}

/* Field number k of a line of fields separated by semicolons, as a hexadecimal number; -1: empty */
static long field(const char *line, int k) {
    for (; k > 0 && line; k--) {
        line = strchr(line, ';');
        if (line) line++;
    }
    while (line && *line == ' ') line++;
    char *end;
    long v = line ? strtol(line, &end, 16) : -1;
    return line && end != line ? v : -1;
}

static void print_runs(const char *name, const int32_t *delta) {
    int count = 0;
    printf("static const CaseRun %s[] = {\n", name);
    for (int c = 0; c < POINTS; c++) {
        if (!delta[c]) continue;
        int step = c + 1 < POINTS && delta[c + 1] == delta[c]   ? 1
                   : c + 2 < POINTS && delta[c + 2] == delta[c] ? 2
                                                                : 1;
        int last = c;
        while (last + step < POINTS && delta[last + step] == delta[c] &&
               (step == 1 || !delta[last + 1]))
            last += step;
        printf("    {0x%X, 0x%X, %d, %d},\n", c, last, delta[c], step);
        c = last;
        count++;
    }
    printf("};\nenum { %s_N = %d };\n", name, count);
}

/* The lines of SpecialCasing.txt without condition; column 1 is lower case, 3 upper case. */
static void print_special(const char *folder, const char *name, int column) {
    FILE *f = open_file(folder, "SpecialCasing.txt");
    char line[1024];
    int count = 0;
    printf("static const CaseSpecial %s[] = {\n", name);
    while (fgets(line, sizeof line, f)) {
        long from = field(line, 0);
        if (line[0] == '#' || from < 0) continue;
        const char *at = line;
        int semicolons = 0;
        for (const char *p = line; *p && *p != '#'; p++) semicolons += *p == ';';
        if (semicolons != 4) continue; /* a condition stands in column 4 */
        for (int k = 0; k < column; k++) at = strchr(at, ';') + 1;
        unsigned to[3] = {0};
        if (sscanf(at, " %x %x %x", &to[0], &to[1], &to[2]) < 2) continue;
        printf("    {0x%lX, {0x%X, 0x%X, 0x%X}},\n", from, to[0], to[1], to[2]);
        count++;
    }
    fclose(f);
    printf("};\nenum { %s_N = %d };\n", name, count);
}

static void print_case(const char *folder) {
    FILE *f = open_file(folder, "UnicodeData.txt");
    char line[1024];
    while (fgets(line, sizeof line, f)) {
        long c = field(line, 0), up = field(line, 12), low = field(line, 13);
        if (c < 0 || c >= POINTS) continue;
        if (up > 0) upper[c] = (int32_t)(up - c);
        if (low > 0) lower[c] = (int32_t)(low - c);
    }
    fclose(f);
    print_runs("CASE_UPPER", upper);
    print_runs("CASE_LOWER", lower);
    print_special(folder, "CASE_UPPER_SPECIAL", 3);
    print_special(folder, "CASE_LOWER_SPECIAL", 1);
}

typedef struct Block {
    char name[128];
    unsigned first, last;
} Block;

static int by_name(const void *x, const void *y) {
    return strcmp(((const Block *)x)->name, ((const Block *)y)->name);
}

static void print_blocks(const char *folder) {
    static Block blocks[BLOCKS_MAX];
    FILE *f = open_file(folder, "Blocks.txt");
    char line[1024];
    int count = 0;
    while (count < BLOCKS_MAX && fgets(line, sizeof line, f)) {
        Block *b = &blocks[count];
        char name[128];
        if (sscanf(line, "%x..%x; %127[^\n]", &b->first, &b->last, name) != 3) continue;
        if (b->first >= 0xD800 && b->first < 0xE000) continue;
        size_t n = 0;
        for (const char *p = name; *p; p++) {
            if (*p != ' ') b->name[n++] = *p;
        }
        b->name[n] = 0;
        count++;
    }
    fclose(f);
    qsort(blocks, (size_t)count, sizeof blocks[0], by_name);
    puts("static const UnicodeBlock UNICODE_BLOCKS[] = {");
    for (int i = 0; i < count; i++)
        printf("    {\"%s\", 0x%X, 0x%X},\n", blocks[i].name, blocks[i].first, blocks[i].last);
    puts("};");
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    if (!strcmp(argv[1], "case"))
        print_case(argv[2]);
    else
        print_blocks(argv[2]);
    return 0;
}

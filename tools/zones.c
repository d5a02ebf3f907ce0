/* zones FOLDER > header: compiles the IANA zones below FOLDER (TZif files, version 2 or later) into
 * tables for src/feel/zone.c:
 *   ZONE_VERSION   release of the data, from FOLDER/tzdata.zi
 *   ZONE_NAMES     {name, data index}, sorted by bytes; links share one data entry
 *   ZONE_DATA      {first transition, count, first type, tail rule}
 *   ZONE_AT        transition instants, seconds since 1970-01-01T00:00:00Z
 *   ZONE_AT_TYPE   type index after each transition
 *   ZONE_TYPES     offset of each type in seconds east of UTC
 * The tail rule is the POSIX rule of the footer (RFC 9636, section 3.3), taken apart here. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZONES_MAX = 2000, FILE_MAX = 1 << 16 };

typedef struct Zone {
    char *name;
    unsigned char *bytes;
    size_t size;
    int data; /* index of the data entry */
} Zone;

/* A day rule: kind J (1…365, no leap day), N (0…365) or M (month, week, weekday), and a time. */
typedef struct Day {
    char kind;
    int month, week, day, seconds;
} Day;

static Zone zones[ZONES_MAX];
static int count;
static size_t strip;

static void die(const char *what, const char *name) {
    fprintf(stderr, "zones: %s: %s\n", name, what);
    exit(1);
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st;
    const char *name = path + strip + 1;
    if (kind == FTW_D && at->level == 1 && (!strcmp(name, "posix") || !strcmp(name, "right")))
        return FTW_SKIP_SUBTREE;
    if (kind != FTW_F || !strcmp(name, "localtime") || !strcmp(name, "posixrules")) return 0;
    FILE *f = fopen(path, "rb");
    if (!f) die("cannot open", path);
    unsigned char *bytes = malloc(FILE_MAX);
    size_t n = bytes ? fread(bytes, 1, FILE_MAX, f) : 0;
    fclose(f);
    if (n < 44 || memcmp(bytes, "TZif", 4) || bytes[4] < '2') {
        free(bytes);
        return 0;
    }
    if (count == ZONES_MAX) die("too many zones", path);
    zones[count++] = (Zone){.name = strdup(name), .bytes = bytes, .size = n};
    return 0;
}

static int by_name(const void *x, const void *y) {
    return strcmp(((const Zone *)x)->name, ((const Zone *)y)->name);
}

static int64_t big(const unsigned char *p, int n) {
    uint64_t v = p[0] & 0x80 ? ~(uint64_t)0 : 0;
    for (int i = 0; i < n; i++) v = v << 8 | p[i];
    return (int64_t)v;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static int hms(const char **p) {
    int sign = 1, parts[3] = {0};
    if (**p == '-' || **p == '+') sign = *(*p)++ == '-' ? -1 : 1;
    for (int i = 0; i < 3; i++) {
        while (**p >= '0' && **p <= '9') parts[i] = parts[i] * 10 + (*(*p)++ - '0');
        if (**p != ':') break;
        (*p)++;
    }
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
}

static void skip_name(const char **p) {
    if (**p == '<') {
        while (**p && **p != '>') (*p)++;
        if (**p) (*p)++;
        return;
    }
    while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z')) (*p)++;
}

static int number(const char **p) {
    int v = 0;
    while (**p >= '0' && **p <= '9') v = v * 10 + (*(*p)++ - '0');
    return v;
}

static Day day_rule(const char **p) {
    Day d = {.kind = 'N', .seconds = 7200};
    if (**p == ',') (*p)++;
    if (**p == 'M') {
        (*p)++;
        d.kind = 'M';
        d.month = number(p), *p += **p == '.';
        d.week = number(p), *p += **p == '.';
        d.day = number(p);
    } else {
        if (**p == 'J') d.kind = 'J', (*p)++;
        d.day = number(p);
    }
    if (**p == '/') (*p)++, d.seconds = hms(p);
    return d;
}

static void print_day(Day d) {
    printf("{'%c', %d, %d, %d, %d}", d.kind, d.month, d.week, d.day, d.seconds);
}

static void print_rule(const char *tz) {
    Day start = {.kind = 'N'}, end = {.kind = 'N'};
    skip_name(&tz);
    int std = -hms(&tz), dst = std, has = *tz != 0;
    if (has) {
        skip_name(&tz);
        dst = *tz && *tz != ',' ? -hms(&tz) : std + 3600;
        start = day_rule(&tz);
        end = day_rule(&tz);
    }
    printf("%d, %d, %d, ", std, dst, has);
    print_day(start);
    printf(", ");
    print_day(end);
}

/* The parts of a TZif file behind the 32-bit block. */
typedef struct Parts {
    const unsigned char *at, *at_type, *types;
    int ntimes, ntypes;
    char tail[128];
} Parts;

static Parts take_apart(const Zone *z) {
    const unsigned char *p = z->bytes;
    int64_t n[6];
    for (int i = 0; i < 6; i++) n[i] = big(p + 20 + 4 * i, 4);
    p += 44 + n[3] * 5 + n[4] * 6 + n[5] + n[2] * 8 + n[1] + n[0];
    if (p + 44 > z->bytes + z->size || memcmp(p, "TZif", 4)) die("no 64-bit block", z->name);
    for (int i = 0; i < 6; i++) n[i] = big(p + 20 + 4 * i, 4);
    Parts r = {.at = p + 44, .ntimes = (int)n[3], .ntypes = (int)n[4]};
    if (n[2]) die("leap seconds are not wanted", z->name);
    r.at_type = r.at + n[3] * 8;
    r.types = r.at_type + n[3];
    const char *tail = (const char *)r.types + n[4] * 6 + n[5] + n[1] + n[0];
    size_t left = z->size - (size_t)((const unsigned char *)tail - z->bytes);
    const char *end = left > 1 ? memchr(tail + 1, '\n', left - 1) : NULL;
    if (!end || (size_t)(end - tail) > sizeof r.tail || *tail != '\n') die("no tail", z->name);
    memcpy(r.tail, tail + 1, (size_t)(end - tail - 1));
    return r;
}

static void print_version(const char *folder) {
    char path[4096], line[128] = "";
    snprintf(path, sizeof path, "%s/tzdata.zi", folder);
    FILE *f = fopen(path, "r");
    if (f && !fgets(line, sizeof line, f)) line[0] = 0;
    if (f) fclose(f);
    char version[64] = "unknown";
    if (sscanf(line, "# version %63[0-9a-z]", version) != 1) die("no version", path);
    printf("#define ZONE_VERSION \"%s\"\n", version);
}

static void print_data(void) {
    int ndata = 0, first = 0, type = 0;
    printf("static const ZoneData ZONE_DATA[] = {\n");
    for (int i = 0; i < count; i++) {
        int same = 0;
        while (same < i && (zones[same].size != zones[i].size ||
                            memcmp(zones[same].bytes, zones[i].bytes, zones[i].size) != 0))
            same++;
        zones[i].data = same < i ? zones[same].data : ndata;
        if (same < i) continue;
        Parts p = take_apart(&zones[i]);
        printf("    {%d, %d, %d, ", first, p.ntimes, type);
        print_rule(p.tail);
        printf("},\n");
        first += p.ntimes;
        type += p.ntypes;
        ndata++;
    }
    puts("};");
}

/* Calls print for each data entry once. */
static void each_data(const char *head, void (*print)(const Parts *)) {
    puts(head);
    for (int i = 0, seen = 0; i < count; i++) {
        if (zones[i].data != seen) continue;
        seen++;
        Parts p = take_apart(&zones[i]);
        print(&p);
        putchar('\n');
    }
    puts("};");
}

static void print_at(const Parts *p) {
    for (int i = 0; i < p->ntimes; i++) printf("%lld,", (long long)big(p->at + 8 * i, 8));
}
static void print_at_type(const Parts *p) {
    for (int i = 0; i < p->ntimes; i++) printf("%d,", p->at_type[i]);
}
static void print_types(const Parts *p) {
    for (int i = 0; i < p->ntypes; i++) printf("%lld,", (long long)big(p->types + 6 * i, 4));
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    strip = strlen(argv[1]);
    nftw(argv[1], visit, 16, FTW_ACTIONRETVAL);
    if (!count) die("no zones", argv[1]);
    qsort(zones, (size_t)count, sizeof zones[0], by_name);
    print_version(argv[1]);
    print_data();
    each_data("static const int64_t ZONE_AT[] = {", print_at);
    each_data("static const uint8_t ZONE_AT_TYPE[] = {", print_at_type);
    each_data("static const int32_t ZONE_TYPES[] = {", print_types);
    puts("static const ZoneName ZONE_NAMES[] = {");
    for (int i = 0; i < count; i++) printf("    {\"%s\", %d},\n", zones[i].name, zones[i].data);
    puts("};");
    for (int i = 0; i < count; i++) {
        free(zones[i].name);
        free(zones[i].bytes);
    }
    return 0;
}

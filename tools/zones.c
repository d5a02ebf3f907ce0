/* zones FOLDER > header: compiles the IANA zones below FOLDER (TZif files, version 2 or later) into
 * tables for src/feel/zone.c:
 *   ZONE_VERSION   release of the data, from FOLDER/tzdata.zi
 *   ZONE_NAMES     {name, data index}, sorted by bytes; links share one data entry
 *   ZONE_DATA      {first transition, count, first type, tail rule}
 *   ZONE_AT        transition instants, seconds since 1970-01-01T00:00:00Z
 *   ZONE_AT_TYPE   type index after each transition
 *   ZONE_TYPES     offset of each type in seconds east of UTC
 * The tail rule is the POSIX rule of the footer (RFC 9636, section 3.3), taken apart by tzif.c. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/tzif.h"

enum { ZONES_MAX = 2000 };

typedef struct Zone {
    char *name;
    unsigned char *bytes;
    size_t size;
    int data; /* index of the data entry */
} Zone;

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
    unsigned char *bytes = malloc(TZIF_BYTES_MAX + 1);
    size_t n = bytes ? fread(bytes, 1, TZIF_BYTES_MAX + 1, f) : 0;
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

/* The parts of a file, which must be sound: what is wrong with the zones of this machine ends the
 * build. */
static Tzif take_apart(const Zone *z) {
    Tzif t;
    const char *wrong = tzif_read(z->bytes, z->size, &t);
    if (wrong) die(wrong, z->name);
    return t;
}

static void print_day(TzifDay d) {
    printf("{'%c', %d, %d, %d, %d}", d.kind, d.month, d.week, d.day, d.seconds);
}

static void print_rule(const TzifRule *r) {
    printf("%d, %d, %d, ", r->std, r->dst, r->has_dst);
    print_day(r->start);
    printf(", ");
    print_day(r->end);
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
        Tzif t = take_apart(&zones[i]);
        printf("    {%d, %d, %d, ", first, (int)t.ntimes, type);
        print_rule(&t.rule);
        printf("},\n");
        first += (int)t.ntimes;
        type += (int)t.ntypes;
        ndata++;
    }
    puts("};");
}

/* Calls print for each data entry once. */
static void each_data(const char *head, void (*print)(const Tzif *)) {
    puts(head);
    for (int i = 0, seen = 0; i < count; i++) {
        if (zones[i].data != seen) continue;
        seen++;
        Tzif t = take_apart(&zones[i]);
        print(&t);
        putchar('\n');
    }
    puts("};");
}

static void print_at(const Tzif *t) {
    for (size_t i = 0; i < t->ntimes; i++) printf("%lld,", (long long)tzif_at(t, i));
}
static void print_at_type(const Tzif *t) {
    for (size_t i = 0; i < t->ntimes; i++) printf("%d,", tzif_at_type(t, i));
}
static void print_types(const Tzif *t) {
    for (size_t i = 0; i < t->ntypes; i++) printf("%d,", tzif_offset(t, i));
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

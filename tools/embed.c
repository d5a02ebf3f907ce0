/* embed NAME FILE… > header: the files as byte arrays and a table
 *   static const struct { const char *name; const unsigned char *data; size_t size; } NAME[];
 * ended by a NULL name. Names are the base names of the files, or the paths below a folder. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 4096 };
static char *names[FILES_MAX];
static int count;
static size_t strip;

static void add(const char *name, const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f || count == FILES_MAX) {
        fprintf(stderr, "embed: cannot embed %s\n", path);
        exit(1);
    }
    printf("static const unsigned char EMBED_%d[] = {", count);
    for (int c, n = 0; (c = getc(f)) != EOF; n++) printf(n % 24 ? "%d," : "\n%d,", c);
    printf("0};\n");
    fclose(f);
    names[count++] = strdup(name);
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)at;
    if (kind == FTW_F) add(path + strip, path);
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    for (int i = 2; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            strip = strlen(argv[i]);
            nftw(argv[i], visit, 16, FTW_PHYS);
        } else {
            const char *slash = strrchr(argv[i], '/');
            add(slash ? slash + 1 : argv[i], argv[i]);
        }
    }
    printf("static const struct {\n    const char *name;\n    const unsigned char *data;\n"
           "    size_t size;\n} %s[] = {\n",
           argv[1]);
    for (int i = 0; i < count; i++) {
        printf("    {\"%s\", EMBED_%d, sizeof EMBED_%d - 1},\n", names[i], i, i);
        free(names[i]);
    }
    puts("    {0},\n};");
    return 0;
}

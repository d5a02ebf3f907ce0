/* Evaluates one decision of a model on inputs from a JSON file:
 *
 *     evaluate MODEL.dmn INPUT.json DECISION
 *
 * The result goes to stdout as JSON, what was found on the way to stderr. */
#include <jixia/dmn.h>
#include <stdio.h>
#include <stdlib.h>

/* The whole file in memory of malloc, with its size; NULL when it cannot be read. */
static char *read_file(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    char *bytes = NULL;
    long end;
    if (!f) return NULL;
    if (fseek(f, 0, SEEK_END) == 0 && (end = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
        bytes = malloc((size_t)end + 1);
        *size = bytes ? fread(bytes, 1, (size_t)end, f) : 0;
    }
    fclose(f);
    return bytes;
}

static void print_diags(const jx_dmn_diag *d, size_t n) {
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "%s:%u:%u: %s [%s]%s%s\n", d[i].place.file, d[i].place.line,
                d[i].place.column, d[i].text, d[i].code, *d[i].hint ? " - " : "", d[i].hint);
}

static int evaluate(const jx_dmn_model *model, const char *json, size_t size, const char *name) {
    jx_dmn_eval *eval = NULL;
    const jx_dmn_value *value = NULL;
    const jx_dmn_diag *diags;
    jx_dmn_status status = jx_dmn_eval_new(model, &eval);
    if (status == JX_DMN_OK) status = jx_dmn_eval_set_json(eval, json, size);
    if (status == JX_DMN_OK) status = jx_dmn_eval_run(eval, name, 0, &value);
    size_t found = jx_dmn_eval_diags(eval, &diags);
    print_diags(diags, found);
    if (status == JX_DMN_OK)
        printf("%s = %s\n", name, jx_dmn_value_json(eval, value));
    else
        fprintf(stderr, "%s\n", jx_dmn_status_text(status));
    jx_dmn_eval_free(eval);
    return status == JX_DMN_OK ? 0 : 1;
}

int main(int argc, char **argv) {
    jx_dmn_source file = {0};
    jx_dmn_options options = {0};
    jx_dmn_model *model = NULL;
    size_t size = 0;
    if (argc != 4) {
        fprintf(stderr, "usage: evaluate MODEL.dmn INPUT.json DECISION\n");
        return 2;
    }
    char *xml = read_file(argv[1], &file.size), *json = read_file(argv[2], &size);
    file.name = argv[1];
    file.bytes = xml;
    options.lang = JX_DMN_ENGLISH;
    int failed = 1;
    if (xml && json) {
        const jx_dmn_diag *diags;
        jx_dmn_status status = jx_dmn_load(&file, 1, &options, &model);
        size_t found = jx_dmn_model_diags(model, &diags);
        print_diags(diags, found);
        if (status == JX_DMN_OK) failed = evaluate(model, json, size, argv[3]);
    }
    jx_dmn_model_free(model);
    free(json);
    free(xml);
    return failed;
}

/* A machine that runs out of memory at the n-th request, for every n: each call of the library ends
 * with a status, nothing leaks, and the next attempt works. Defines the allocator of the program,
 * so that it sees the library's requests and those of expat and PCRE2.
 *
 *     oom MODEL.dmn DECISION */
#include <errno.h>
#include <jixia/dmn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static long requests, fail_at, alive;

static int fails(void) {
    if (++requests != fail_at) return 0;
    errno = ENOMEM;
    return 1;
}

static void *counted(void *p) {
    if (p) alive++;
    return p;
}

void *malloc(size_t size) {
    return fails() ? NULL : counted(__libc_malloc(size));
}
void *calloc(size_t n, size_t size) {
    return fails() ? NULL : counted(__libc_calloc(n, size));
}
void *realloc(void *p, size_t size) {
    if (fails()) return NULL;
    void *q = __libc_realloc(p, size);
    if (q && !p) alive++;
    return q;
}
void free(void *p) {
    if (p) alive--;
    __libc_free(p);
}

static jx_dmn_status attempt(const jx_dmn_source *file, const char *decision) {
    static const char input[] = "{\"研发费用\": 1, \"营业收入\": 2, \"从业人员\": 3}";
    jx_dmn_model *model = NULL;
    jx_dmn_eval *eval = NULL;
    jx_dmn_report *report = NULL;
    const jx_dmn_value *value = NULL;
    jx_dmn_status status = jx_dmn_load(file, 1, NULL, &model);
    if (status == JX_DMN_OK) status = jx_dmn_model_check(model, &report);
    if (status == JX_DMN_OK) status = jx_dmn_eval_new(model, &eval);
    if (status == JX_DMN_OK) status = jx_dmn_eval_set_json(eval, input, sizeof input - 1);
    if (status == JX_DMN_OK) status = jx_dmn_eval_run(eval, decision, JX_DMN_TRACE, &value);
    if (status == JX_DMN_OK && !jx_dmn_eval_trace(eval, JX_DMN_JSON, 0)) status = JX_DMN_NO_MEMORY;
    jx_dmn_report_free(report);
    jx_dmn_eval_free(eval);
    jx_dmn_model_free(model);
    return status;
}

int main(int argc, char **argv) {
    enum { MODEL_MAX = 1 << 16, ATTEMPTS_MAX = 100000 };
    static char xml[MODEL_MAX];
    FILE *f = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!f) return 2;
    jx_dmn_source file = {argv[1], xml, fread(xml, 1, sizeof xml, f)};
    fclose(f);
    long refused = 0;
    for (long n = 1; n < ATTEMPTS_MAX; n++) {
        long before = alive;
        requests = 0;
        fail_at = n;
        jx_dmn_status status = attempt(&file, argv[2]);
        int met = requests >= n;
        fail_at = 0;
        if (alive != before) {
            printf("request %ld: %ld blocks leaked\n", n, alive - before);
            return 1;
        }
        if (!met) {
            printf("%ld requests refused one by one\n", refused);
            return status != JX_DMN_OK || refused < 10;
        }
        refused++;
        if (status == JX_DMN_NO_MEMORY || status == JX_DMN_OK) continue;
        printf("request %ld: %s\n", n, jx_dmn_status_text(status));
        return 1;
    }
    return 1;
}

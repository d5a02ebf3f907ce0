/* Checks a model, then lets four threads decide by it: the model is loaded once and shared.
 *
 *     check_threads grant.dmn */
#include <inttypes.h>
#include <jixia/dmn.h>
#include <pthread.h>
#include <stdio.h>

enum { MODEL_MAX = 1 << 16, THREADS = 4, ROWS = 1000 };

typedef struct Share {
    const jx_dmn_model *model;
    int64_t first; /* staff of the first firm */
    int64_t granted;
} Share;

static void *decide(void *user) {
    Share *share = user;
    jx_dmn_eval *eval = NULL;
    if (jx_dmn_eval_new(share->model, &eval) != JX_DMN_OK) return NULL;
    for (int64_t i = 0; i < ROWS; i++) {
        const jx_dmn_value *grant;
        int64_t yuan;
        jx_dmn_eval_set(eval, "研发费用", jx_dmn_integer(eval, 1000000));
        jx_dmn_eval_set(eval, "营业收入", jx_dmn_integer(eval, 8000000));
        jx_dmn_eval_set(eval, "从业人员", jx_dmn_integer(eval, share->first + i));
        if (jx_dmn_eval_run(eval, "补助金额", 0, &grant) == JX_DMN_OK &&
            jx_dmn_value_integer(grant, &yuan))
            share->granted += yuan;
        jx_dmn_eval_clear(eval);
    }
    jx_dmn_eval_free(eval);
    return NULL;
}

static size_t check(const jx_dmn_model *model) {
    jx_dmn_report *report = NULL;
    const jx_dmn_diag *diags;
    if (jx_dmn_model_check(model, &report) != JX_DMN_OK) return 1;
    size_t n = jx_dmn_report_diags(report, &diags);
    for (size_t i = 0; i < n; i++) printf("%s: %s\n", diags[i].place.element, diags[i].text);
    jx_dmn_report_free(report);
    return n;
}

int main(int argc, char **argv) {
    static char xml[MODEL_MAX];
    jx_dmn_model *model = NULL;
    FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!f) return 2;
    jx_dmn_source file = {argv[1], xml, fread(xml, 1, sizeof xml, f)};
    fclose(f);
    if (jx_dmn_load(&file, 1, NULL, &model) != JX_DMN_OK) return 1;
    printf("findings: %zu\n", check(model));

    Share shares[THREADS];
    pthread_t threads[THREADS];
    int64_t granted = 0;
    for (int i = 0; i < THREADS; i++) {
        shares[i] = (Share){model, i * ROWS, 0};
        if (pthread_create(&threads[i], NULL, decide, &shares[i]) != 0) return 1;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        granted += shares[i].granted;
    }
    printf("granted: %" PRId64 "\n", granted);
    jx_dmn_model_free(model);
    return 0;
}

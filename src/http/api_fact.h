/* Facts in words: what the page of facts and the history of an enterprise share. */
#ifndef JIXIA_HTTP_API_FACT_H
#define JIXIA_HTTP_API_FACT_H
#include "http/api_enterprise.h"

/* What is to be said of the batch a fact came with. Texts are in the request's arena. */
typedef struct FactBatch {
    int64_t id, import; /* import: id of its draft, 0: none */
    Str origin, actor, reason, name;
    Str undone_by, undone_reason; /* of the batch that reverses it */
} FactBatch;

/* Those met in one request; zero-initialised. */
typedef struct FactBatches {
    FactBatch **items;
    int n, cap;
} FactBatches;

/* Reads it once; never NULL (empty texts when a read failed, which is recorded). */
const FactBatch *fact_batch(Request *r, FactBatches *all, int64_t id);
/* A message in the language of the request. */
Str fact_text(Request *r, Msg m, Str one, Str two);
/* The code of the fact's source. */
Str fact_source(const FactNames *n, const Fact *f);
/* The value as the contract sends values. */
Json *fact_value_json(Request *r, const Indicator *i, const Fact *f);
/* The groups of GET /enterprises/{id}/facts as a file: a row a fact, those that count first. */
bool facts_export(Request *r, Str enterprise, const Json *groups, TableForm form, Response *out);
/* Generated for demonstration, by its enterprise or its source. */
bool fact_is_demo(const FactNames *n, const Subject *who, const Fact *f);
#endif

/* The history of an enterprise: what its files share. */
#ifndef JIXIA_HTTP_API_HISTORY_H
#define JIXIA_HTTP_API_HISTORY_H
#include "http/api_fact.h"

/* What became known at an instant: a fact, the withdrawal of one, or something that happened to the
 * enterprise itself (then `fact` is NULL and the texts are given). */
typedef struct Event {
    int64_t at_ms, seq, id; /* id orders those of one instant */
    const Fact *fact, *before;
    const Indicator *indicator;
    Str kind, text, actor, reason;
    int64_t import; /* id of its draft; 0: none */
} Event;

typedef struct History {
    RowMaker m;
    Known k;
    Event *events;
    int n, cap;
    bool sensitive;
    FactBatches batches;
} History;

Event *history_add(History *h, Event e);
/* Adds names and codes, mergers and their undoing, imports and their undoing, kept decisions: of
 * the enterprise and all that is merged into it, as the clocks of the request see them. */
bool history_records(History *h);
#endif

/* Inside of the reader of flows: shared by flow_read.c, flow_act.c and flow_check.c. */
#ifndef JIXIA_CITY_FLOW_READ_H
#define JIXIA_CITY_FLOW_READ_H
#include "city/flow/flow.h"

typedef struct FlowReader {
    Ctx *c;
    const PackSet *pack;
    const PackFile *file;
    Flow *flow;
    bool stored; /* read again for a case that was opened under it: see flow_parse_stored */
    int errors;
} FlowReader;

/* A finding of severity 0 at a line of the file. */
#define FLOW_BAD(r, line, ...)                                                                     \
    ((r)->errors++, note_at_((r)->c, 0, flow_place((r), (line)), FAIL_ARGS_(__VA_ARGS__)))
Str flow_place(const FlowReader *r, uint32_t line);
/* Findings for keys that are not in the NULL-ended list. */
void flow_keys(FlowReader *r, const Json *object, const char *const *known);
/* The elements of a list under a key; *n 0 when it is absent. Another kind is a finding. */
const Json *flow_list(FlowReader *r, const Json *object, Str key, int *n);
/* A truth value, a whole number, a text under a key; absent: false, the fallback, empty. Another
 * kind is a finding: `reason: yes` is a text in YAML and would ask for nothing. */
bool flow_bool(FlowReader *r, const Json *object, Str key);
int64_t flow_int(FlowReader *r, const Json *object, Str key, int64_t fallback);
Str flow_words(FlowReader *r, const Json *object, Str key);
/* A text in two languages under a key; a finding without the Chinese one. */
void flow_text(FlowReader *r, const Json *object, Str key, Str *zh, Str *en);
void flow_basis(FlowReader *r, const Json *object, Basis *out);
/* A bit for each role named; `opener` and `clock` only where there is a place for them. */
uint32_t flow_roles(FlowReader *r, const Json *object, Str key, bool *opener, bool *clock);
/* flow_act.c */
void flow_read_acts(FlowReader *r, const Json *root);
void flow_compile(FlowReader *r);
/* flow_check.c: what no single entry shows, such as a state nobody reaches. */
void flow_check(FlowReader *r);
/* What names other flows, once all are read. */
void flow_link(FlowReader *r);
#endif

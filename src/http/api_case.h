/* Shared by the routes of cases: answers as the contract writes them, field rights applied. */
#ifndef JIXIA_HTTP_API_CASE_H
#define JIXIA_HTTP_API_CASE_H
#include "city/flow/case.h"
#include "city/flow/evidence.h"
#include "http/http.h"

Str case_etag(const Request *r, const CaseFile *k);
/* The row of a list: number, title, flow, state, subject, clock. */
Json *case_row_json(Request *r, const CaseFile *k);
/* The rows of many, their enterprises read together; NULL on failure. */
Json **case_rows_json(Request *r, const CaseFile *const *cases, int n);
/* All of a case: with data, rail of states, acts and why not, fields, documents, clocks. NULL on
 * failure. */
Json *case_json_full(Request *r, const CaseFile *k);
Json *case_document_json(Request *r, const CaseFile *k, const CaseDocument *d);
/* What a reader of this grade may see of data (canonical text or tree). */
Json *case_data_json(Request *r, const Flow *f, const Json *data);
/* The case of the path, when it is one the user may see. */
bool case_of_path(Request *r, CaseFile *k);
#endif

/* A trace as a text for people, in Chinese or English: one line an item, indented by what it is
 * part of. */
#ifndef JIXIA_DMN_TRACE_TEXT_H
#define JIXIA_DMN_TRACE_TEXT_H
#include "dmn/dmn.h"

/* The trace of the evaluation since trace_start. limit_bytes > 0: cut to that size, and the last
 * line says so (it alone may be longer). In the arena of the evaluation. */
Str dmn_trace_text(DmnEval *e, Lang lang, size_t limit_bytes);
#endif

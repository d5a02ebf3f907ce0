/* The packed form of the facts of one record. Internal to city/fact*.c.
 *
 * A byte of version, then per fact: indicator (varint), two bytes of flags, value, and what the
 * flags announce (day of an event, key, text and unit as received, from, to). Texts have their
 * length as varint in front.
 */
#ifndef JIXIA_CITY_FACT_PACK_H
#define JIXIA_CITY_FACT_PACK_H
#include "base/buf.h"
#include "city/fact.h"

enum { RECORD_FACTS_MAX = 4096 };

/* The year a record of this period belongs to: 0, the year, or the year of the day. */
int32_t fact_year(int32_t period);
void fact_pack_begin(Buf *b);
void fact_pack_add(Buf *b, const FactNew *f);

typedef struct FactReader {
    Str bytes;
    ptrdiff_t at;
    bool damaged;
} FactReader;
FactReader fact_unpack(Str bytes);
/* Fills indicator, period, type, kind, texts (pointing into bytes), from, to. False at the end, and
 * when the bytes make no sense (damaged). */
bool fact_unpack_next(FactReader *r, int32_t year, Fact *f);
#endif

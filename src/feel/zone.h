/* Time zones of the IANA data base, compiled in at build time (tools/zones.c), so that a decision
 * gives the same answer on every machine. */
#ifndef JIXIA_FEEL_ZONE_H
#define JIXIA_FEEL_ZONE_H
#include "base/str.h"

/* Index of a zone name ("Europe/Paris"; exact case); false when there is none. */
bool zone_find(Str name, uint16_t *id);
Str zone_name(uint16_t id);
/* Seconds east of UTC at an instant (seconds since 1970-01-01T00:00:00Z). */
int32_t zone_offset_at(uint16_t id, int64_t utc_s);
/* Seconds east of UTC at a local date and time, given as if it were UTC. A local time that happens
 * twice is the earlier one; one that is skipped uses the offset before the gap, so that it lies
 * behind the gap by as much as it was inside (the rule of java.time, which DMN tools share). */
int32_t zone_offset_local(uint16_t id, int64_t local_s);
/* Standard time of the rule in force at the end of the data; for a time without a date. */
int32_t zone_offset_standard(uint16_t id);
/* Release of the zone data, e.g. "2024a". */
Str zone_table_version(void);
#endif

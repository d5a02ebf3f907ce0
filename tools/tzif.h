/* TZif files (RFC 9636) read into tables: the reader of tools/zones.c. A pure function on bytes
 * that allocates nothing: what it accepts, src/feel/zone.c can evaluate without another check. */
#ifndef JIXIA_TZIF_H
#define JIXIA_TZIF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits, far above what the IANA data holds (236 transitions, 19 types). */
enum { TZIF_BYTES_MAX = 1 << 16, TZIF_TIMES_MAX = 4096, TZIF_TYPES_MAX = 256 };

/* A day rule: kind 'J' (day 1…365, never 29 February), 'N' (day 0…365) or 'M' (weekday `day` of
 * week `week` of a month, 5 being the last), and seconds after local midnight, ±167:59:59. */
typedef struct TzifDay {
    char kind;
    int month, week, day, seconds;
} TzifDay;

/* The rule behind the last transition (RFC 9636, section 3.3.1), offsets in seconds east of UTC;
 * without daylight saving both are the same and the days are of kind 'N', day 0. */
typedef struct TzifRule {
    int std, dst;
    bool has_dst;
    TzifDay start, end;
} TzifRule;

/* The 64-bit block of a file; points into its bytes. */
typedef struct Tzif {
    const uint8_t *at, *at_type, *types;
    size_t ntimes, ntypes;
    TzifRule rule;
} Tzif;

/* Takes a file of version 2 or later apart. NULL when it is sound, otherwise what is wrong with it,
 * in English; *out is then not to be used. Sound: every part lies inside the bytes and the footer
 * ends them, instants ascend within ±2^59 seconds, types exist, offsets are in -24:59:59…25:59:59,
 * no leap seconds, and the footer holds a rule. */
const char *tzif_read(const uint8_t *bytes, size_t size, Tzif *out);
/* The rule of a footer's text (n bytes, without its line ends); errors as above. */
const char *tzif_rule(const char *text, size_t n, TzifRule *out);
/* Transition i < ntimes: seconds since 1970-01-01T00:00:00Z, and the type from then on. */
int64_t tzif_at(const Tzif *z, size_t i);
int tzif_at_type(const Tzif *z, size_t i);
/* Seconds east of UTC of type i < ntypes. */
int32_t tzif_offset(const Tzif *z, size_t i);
#endif

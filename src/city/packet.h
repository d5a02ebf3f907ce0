/* Packets: a decision as canonical JSON, replayed to the byte (design 5.1). A packet names its
 * subject by scheme:value, its rule by hash, both clocks, every fact read with its source, outcome,
 * result, conditions, what was missing, and the SM3 of all that. */
#ifndef JIXIA_CITY_PACKET_H
#define JIXIA_CITY_PACKET_H
#include "city/decide.h"

enum { PACKET_FORMAT = 1 };

/* The packet of a decision (not brief) as a JSON tree, and as its bytes. */
Json *packet_json(Arena *a, const Decision *d, const FactSet *set);
Str packet_bytes(Arena *a, const Decision *d, const FactSet *set);

/* What a packet says it was made from. */
typedef struct PacketHead {
    Str subject, rule, version, rule_hash;
    int64_t as_of, as_known_ms, seq; /* as_of: day */
    int year;
    const Json *root; /* facts and switches */
} PacketHead;

/* Reads a packet's head. ERR_INPUT for what is no packet, ERR_RULE for another format or a newer
 * engine. */
bool packet_read(Ctx *c, Str bytes, PacketHead *out);

/* The first difference between two packets: a path such as facts[3].value and the texts on both
 * sides; `at` is the byte offset in the first. */
typedef struct PacketDiff {
    bool same;
    ptrdiff_t at;
    Str path, stored, computed;
} PacketDiff;
PacketDiff packet_diff(Ctx *c, Str stored, Str computed);

/* Whether the content was changed after its digest was taken, and where: true when putting one
 * byte back makes it fit; then `computed` is what stood there. False when the digest fits, or more
 * than a byte was changed. Takes seconds when it has to search. */
bool packet_damage(Ctx *c, Str bytes, PacketDiff *out);
/* Decides again from a packet with the facts given (from the register at the packet's clocks, or
 * NULL: the facts inside the packet) and compares; a damaged packet is a difference. False
 * (recorded) when the rule of that hash is not loaded or the packet is unreadable; otherwise *diff
 * says. */
bool packet_replay(Ctx *c, const Rulebook *b, Str bytes, const FactSet *facts, PacketDiff *diff);
#endif

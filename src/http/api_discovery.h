/* What the routes of discovery share: the list behind its filters. */
#ifndef JIXIA_HTTP_API_DISCOVERY_H
#define JIXIA_HTTP_API_DISCOVERY_H
#include "city/library/discover.h"
#include "city/people/sight.h"
#include "http/http.h"

typedef struct DiscoveryAsked {
    const Rule *rule;
    Str district;      /* division or unit; empty: all */
    unsigned classes;  /* bits of DiscoverClass */
    int64_t within;    /* close: the changes are at most this share, millionths */
    int fact;          /* id of the indicator that is lacking or changes; -1: any */
    bool own_district; /* the caller sees the own district only */
    Sight sight;       /* of the caller */
    Grade reads;       /* the highest grade of what the rule reads */
} DiscoveryAsked;

/* Reads the query; false (422) for what makes no sense. */
bool discovery_read(Request *r, DiscoveryAsked *q);
/* The discovery, to be released; ERR_BUSY while it is computed. */
bool discovery_open(Request *r, const DiscoveryAsked *q, const Discovery **out);
/* Whether the row counts for the caller: in the own district, for whom sees no other. */
bool discovery_may_see(const Request *r, const DiscoveryAsked *q, const Discovery *d,
                       const DiscoverRow *row);
/* Whether it is shown: the caller sees of the enterprise everything the rule reads. */
bool discovery_shows(const Request *r, const DiscoveryAsked *q, const Discovery *d,
                     const DiscoverRow *row);
/* Shown, and what the query asks for. */
bool discovery_wanted(const Request *r, const DiscoveryAsked *q, const Discovery *d,
                      const DiscoverRow *row);
#endif

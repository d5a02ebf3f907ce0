/* Facts 事实 with two clocks: valid time (what period or interval they speak of) and known time
 * (when the city learned them). Append-only: a correction is a new fact, a withdrawal a new record.
 *
 * Facts enter in batches. A batch is staged until batch_publish gives it the next `seq` and a
 * recorded time under the writer lock; before that no reader sees it. Source and indicator are the
 * small integers of source.h. Numbers are exact decimals in base units as canonical text
 * (dec_text), with text and unit as received beside them. Functions that write run inside the
 * caller's DB_WRITE transaction (one or several per batch).
 */
#ifndef JIXIA_CITY_FACT_H
#define JIXIA_CITY_FACT_H
#include "city/journal.h"

typedef enum FactType {
    FACT_NUMBER, /* canonical decimal text */
    FACT_TEXT,
    FACT_DATE,    /* 2021-06-30 */
    FACT_BOOLEAN, /* true | false */
    FACT_CONTEXT, /* canonical JSON object: an event with keys */
    FACT_NONE     /* a known none (无): no value, and known to have none */
} FactType;

/* A bound says value >= (lower) or <= (upper). */
typedef enum FactKind { FACT_VALUE, FACT_LOWER, FACT_UPPER } FactKind;

/* What is given for a new fact. */
typedef struct FactNew {
    int64_t subject;
    int32_t indicator;
    int32_t period; /* 0 attribute; 2021 a year; 20210630 the day of an event */
    FactType type;
    FactKind kind;
    Str key;           /* tells events of one day apart (a certificate number); usually empty */
    Str value;         /* empty for FACT_NONE */
    Str received;      /* as received, empty when it is the value itself */
    Str unit_received; /* 万元, empty when it is the base unit */
    int32_t from, to;  /* attributes: valid from yyyymmdd until before `to`; 0 open */
    int source;
    Str evidence;     /* file and row, page, document; shared by the facts of a row (a record) */
    int64_t known_ms; /* when the city learned it; 0: when the batch is published */
} FactNew;

/* A stored fact. Texts live as long as the view that holds it. */
typedef struct Fact {
    int64_t id;      /* never reused */
    int64_t subject; /* as recorded (in a stream: the root) */
    int32_t indicator, period;
    FactType type;
    FactKind kind;
    Str key, value, received, unit_received, evidence;
    int32_t from, to;
    int source;
    int64_t known_ms, recorded_ms, seq, batch;
    bool withdrawn;  /* by a withdrawal or a reversed batch, as known then */
    bool not_valid;  /* an attribute outside its interval, an event after as_of */
    bool not_ranked; /* its source is refused for this indicator */
    int rank;        /* of its source; smaller is better */
} Fact;

/* The point a reader stands at. */
typedef struct FactAt {
    int32_t as_of;    /* yyyymmdd: law and validity */
    int64_t as_known; /* knowledge, UTC ms */
    int64_t seq;      /* nothing published later is seen */
} FactAt;

/* Fills what the caller left 0: as_of of the day of now_ms in UTC (give the business day instead),
 * as_known the later of now_ms and the last recorded time, seq the last published. */
bool fact_at(Db *db, FactAt *at);

/* Which source is better: rank(user, indicator, source), smaller is better, negative refuses the
 * source (listed, never counts). A NULL rank makes all sources equal. */
typedef struct FactRank {
    int (*rank)(const void *user, int32_t indicator, int source);
    const void *user;
} FactRank;

/* One indicator, period and key of a subject. The fact that counts has the best rank, then the
 * highest seq, then the latest in its batch; bounds are chosen in the same way, each for itself. */
typedef struct FactSlot {
    int32_t indicator, period;
    Str key;
    const Fact *value, *lower, *upper; /* NULL when there is none */
    const Fact *const *all;            /* every fact of the slot, those that count first */
    int n_all;
} FactSlot;

/* All a reader sees of one subject, mergers included. */
typedef struct FactView {
    int64_t subject; /* the root */
    FactSlot *slots; /* by indicator, period, key */
    int n;
    int n_facts;
} FactView;

/* Reads one subject into the ctx arena. */
bool fact_read(Db *db, int64_t subject, const FactAt *at, const FactRank *rank, FactView *out);
/* The slot with an empty key, or NULL. Attributes have period 0. */
const FactSlot *fact_slot(const FactView *v, int32_t indicator, int32_t period);
/* The slots of an indicator in order of period and key (the events, or all years); *n how many. */
const FactSlot *fact_slots(const FactView *v, int32_t indicator, int *n);

/* Streams the roots with from <= id < to (to 0: the end) in order of id, those without facts
 * included. The view is valid until the next call. Memory stays bounded; shards may run side by
 * side on connections of their own. Do not write on the same connection while it is open. */
typedef struct FactStream FactStream;
FactStream *fact_stream_open(Db *db, int64_t from, int64_t to, const FactAt *at,
                             const FactRank *rank);
const FactView *fact_stream_next(FactStream *s); /* NULL at the end and on failure */
void fact_stream_close(FactStream *s);

/* --- writing ------------------------------------------------------------------------------------
 */

typedef struct BatchNew {
    Str origin;        /* file name, form, "cli" */
    Str origin_sha256; /* of the file, to recognise it; may be empty */
    int64_t known_ms;  /* known time of facts that give none; 0: when published; never the future */
    int64_t reverses;  /* the batch this one undoes, or 0 */
} BatchNew;

/* Starts a staged batch; its id, or 0 on failure. */
int64_t batch_new(Db *db, const BatchNew *b);
/* Makes it visible and adds the journal entry ("fact.publish", with rows and their SM3); *seq may
 * be NULL. The publication may be in the transaction that staged it or in a later one. */
bool batch_publish(Db *db, int64_t batch, const Act *act, int64_t *seq);
/* Forgets a staged batch and what it staged (a dry run, a failed import). */
bool batch_drop(Db *db, int64_t batch);
/* Drops batches left staged by a process that died: those made before `before_ms`. */
bool batch_sweep(Db *db, int64_t before_ms, int *dropped);
/* The published batch made from a file with this digest, not reversed; 0 when there is none. */
int64_t batch_of_file(Db *db, Str sha256);
/* Undoes a published batch with a new one that reverses it; returns the new id. ERR_STATE when it
 * was undone already. */
int64_t batch_reverse(Db *db, int64_t batch, const Act *act);

typedef struct Batch {
    int64_t id, seq, recorded_ms, facts, reverses, reversed_by;
    Str origin, origin_sha256, actor, reason;
} Batch;
/* Published batches, newest first, with seq < before (0: from the newest). */
bool batch_list(Db *db, int64_t before, int most, Batch **out, int *n);

/* Stages facts in blocks (COPY on PostgreSQL). Facts of one subject and year that come close
 * together share a record. Refuses a number that is not canonical, a day that does not exist, an
 * interval that ends before it begins, an unknown type (ERR_INPUT). */
typedef struct FactLoader FactLoader;
FactLoader *fact_loader_open(Db *db, int64_t batch);
bool fact_loader_add(FactLoader *l, const FactNew *f);
bool fact_loader_close(FactLoader *l); /* writes the rest; must be called before the commit */

/* Stages the withdrawal of a fact (Fact.subject, Fact.id) in a batch. ERR_MISSING when there is no
 * such published fact. */
bool fact_withdraw(Db *db, int64_t batch, int64_t subject, int64_t fact, Str reason);

/* Coverage: inside [from, to) the facts of an indicator are complete (every subject without one has
 * none), by a list imported as complete or because the city grants it itself. to 0: until as_of. */
bool coverage_add(Db *db, int64_t batch, int32_t indicator, int32_t from, int32_t to, int source);
typedef struct Coverage Coverage;
/* All coverage a reader sees, in the ctx arena; for `absent: none`. */
const Coverage *coverage_read(Db *db, const FactAt *at);
/* Whether [from, to) is covered whole (several recorded intervals may join). to 0: up to and with
 * as_of. */
bool coverage_holds(const Coverage *c, int32_t indicator, int32_t from, int32_t to);
#endif

/* Requests, responses and routes: what every API file includes. Handlers are plain blocking
 * functions on a thread of their own connection; what they allocate lives in the request's arena.
 */
#ifndef JIXIA_HTTP_HTTP_H
#define JIXIA_HTTP_HTTP_H
#include "city/register.h"
#include "city/user.h"
#include "codec/json.h"

enum {
    HTTP_PARAMS_MAX = 4,     /* {…} of a route */
    HTTP_PAIRS_MAX = 100,    /* headers; query arguments */
    HTTP_BODY_MAX = 1 << 20, /* unless the route says otherwise */
    HTTP_UPLOAD_MAX = 64 << 20,
    HTTP_MODEL_MAX = 9 << 20, /* a model or the workbook of a table */
    HTTP_SCAN_MAX = 21 << 20, /* a scan with what surrounds it in the form */
    HTTP_ARENA_MAX = 1 << 30,
    HTTP_POOL = 32, /* connections to the database: who waits for the turn to write holds one */
    HTTP_BEAT_MS = 20000 /* see idempotency.c */
};

typedef struct Pair {
    Str name, value;
} Pair;

typedef struct Server Server;
typedef struct Route Route;
typedef struct Response Response;
typedef struct IdempotencyRun IdempotencyRun;

typedef struct Request {
    Ctx *c;
    const Server *server;
    const Register *reg;
    const Register *entered;      /* the same, to be left; NULL: not yet */
    Db *db;                       /* borrowed for this request */
    Str id;                       /* request id, also in the log */
    Str method, path, body, type; /* type: content type without parameters */
    Str address;                  /* of the client */
    Pair *headers, *query;
    int nheaders, nquery;
    const Route *route;
    Str params[HTTP_PARAMS_MAX]; /* the {…} of the path, in order */
    const User *user;            /* NULL: not signed in */
    RightScope scope;            /* of the route's right */
    Str token;                   /* session cookie */
    int64_t as_of;               /* day; ?as_of=, else today in China */
    FactAt at;                   /* the same with ?as_known= and the last seq */
    bool past;                   /* a date was asked for: read only */
    int grade;                   /* highest Grade (city/pack.h) of what the answer exports */
    bool marked;                 /* the answer carries a mark (table_mark) */
    Str temporary;               /* a file to remove when the request ends; empty: none */
    Json *current;               /* what a 412 shows beside the failure: the newest version */
    bool in_parts;               /* a request over many: see idempotency_parts */
    IdempotencyRun *running;     /* its claim on its Idempotency-Key; NULL: none */
} Request;

struct Response {
    int status; /* 0: 200 */
    Str type;   /* empty: application/json */
    Str body;
    Str etag; /* without quotes; adds ETag and answers If-None-Match with 304 */
    Str location, cookie, filename, cache, encoding; /* headers when not empty */
    int64_t retry_after_s;                           /* 0: none */
    bool inline_styles; /* the page may set styles inline and show data: images */
};

/* Fills the response; false: r->c holds the failure, which becomes a problem+json. */
typedef bool (*Handler)(Request *r, Response *out);

/* What a route answers besides JSON. The dispatcher takes it for a bug when a route that says none
 * answers with a file, or one of exports with a file that table_mark has not marked: an export
 * cannot be forgotten. */
typedef enum AnswerKind {
    ANSWER_JSON,
    ANSWER_MARKED,   /* an export: it says who took it, when, and its highest grade */
    ANSWER_SEALED,   /* a sealed bundle or its page: who, when and grade stand in its manifest */
    ANSWER_ORIGINAL, /* bytes as they were handed in */
    ANSWER_PAPER,    /* the page of an official paper, in the layout it leaves the house in */
    ANSWER_RULE,     /* the model of a rule, which goes back in as it came out */
    ANSWER_FEED,     /* a person's own subscription */
    ANSWER_PUBLIC    /* published for everybody, or a form without data */
} AnswerKind;

struct Route {
    const char *method;
    const char *path;  /* below /api/v1; {name} stands for one segment */
    const char *right; /* resource:action of city/rights.h */
    Handler run;
    size_t body_max; /* 0: HTTP_BODY_MAX */
    bool idempotent; /* takes an Idempotency-Key */
    AnswerKind answer;
    const char *members; /* what the JSON object of its body may hold, by spaces; NULL: no body */
};

/* All routes, ended by a NULL method (routes.c). */
extern const Route ROUTES[];

/* Query argument or header (any case) by name; {NULL, 0} when absent. */
Str http_query(const Request *r, Str name);
Str http_header(const Request *r, Str name);
/* An integer argument within [lo, hi]; false (422) when malformed. */
bool http_query_int(Request *r, Str name, int64_t fallback, int64_t lo, int64_t hi, int64_t *out);
bool http_query_bool(Request *r, Str name, bool fallback, bool *out);
/* The JSON object of the body; NULL otherwise: 400 when it is none, 422 for a member that the route
 * does not name. */
Json *http_json(Request *r);
/* Does the client prefer this type (Accept, or ?format=csv|xlsx)? */
bool http_accepts(const Request *r, Str type);
/* The path parameter as a positive id; false (404) otherwise. */
bool http_id(Request *r, int param, int64_t *id);
/* If-Match against the current ETag: 428 without one, 412 when it differs. */
bool http_if_match(Request *r, Str etag);
/* The ETag of an answer that depends on the rule set, the facts and the clocks, not on the user. */
Str http_tag(const Request *r);
/* Adds as_of and as_known, the clocks the answer was read at. */
void http_out_clocks(const Request *r, Json *o);
/* Who writes, for the journal. */
Act http_act(const Request *r, Str reason);

/* Answers. */
void http_reply(Response *out, const Request *r, int status, const Json *j);
/* 200 with the ETag of what the answer says, whatever the instant it was read at (as_known and
 * snapshot are left out), so that a reader who has it already is told so. */
void http_reply_tagged(Response *out, const Request *r, const Json *j);
/* FAIL_AT with a JSON pointer into the request as the place: listed under `errors`. */
#define HTTP_INVALID(r, pointer, ...) FAIL_AT((r)->c, ERR_RULE, (pointer), __VA_ARGS__)

/* Reads ?as_of= and ?as_known=; needs the database. */
bool http_read_clocks(Request *r);

/* Runs a request against the routes: session, rights, CSRF, idempotency, problem. */
void http_dispatch(Request *r, Response *out);
/* Before a body is received: finds the route and, for a body of some size, checks session and right
 * from the head alone. *body_max gets what the route takes. False: r->c holds the failure. Gives
 * the connection to the database back: receiving may take long. */
bool http_admit(Request *r, size_t *body_max);
/* Gives back what a request has borrowed. */
void http_end(Request *r);
/* Static files of the web app; false when the path is none. */
bool http_asset(const Request *r, Response *out);
/* The answer for a failure in r->c. */
void http_problem(Request *r, Response *out);

/* Idempotency (idempotency.c). Before: true to go on; false when *out is the answer already or the
 * failure is recorded. After: keeps the answer. */
bool idempotency_begin(Request *r, Response *out, bool *answered);
void idempotency_end(Request *r, const Response *out);
/* The request is over, whatever became of its answer: its claim is held no longer. */
void idempotency_over(Request *r);
/* For a handler that acts on many in transactions of their own: what an earlier run of the same
 * request had done when its server died (empty as a rule), by item. */
typedef struct IdempotencyPart {
    int64_t item;
    Str result; /* as given to idempotency_part_done */
} IdempotencyPart;
bool idempotency_parts(Request *r, IdempotencyPart **out, int *n);
/* The digest of the request, for idempotency_part_done. */
Str idempotency_request(const Request *r);
/* Says in the transaction of the act that it is done for this item. */
bool idempotency_part_done(Db *db, const Request *r, Str request, int64_t item, Str result);
/* Says that the server of this register lives, every HTTP_BEAT_MS, inside a write transaction. */
bool idempotency_beat(Db *db, const Register *reg);
/* Forgets servers of this machine that are gone, so that the next claim gives up theirs; in a write
 * transaction, before the server answers. */
bool idempotency_bury(Db *db, const Register *reg);
#endif

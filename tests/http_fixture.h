/* A register with the pack of Zibo and a user of each role, and calls through the dispatcher of the
 * server without a socket. Opened once for the whole run: tests that change users make their own.
 */
#ifndef JIXIA_HTTP_FIXTURE_H
#define JIXIA_HTTP_FIXTURE_H
#include "http/http.h"

#define FIXTURE_PASSWORD "harvest-moon-42"
enum { FIXTURE_PAIRS = 8 };

typedef struct HttpFixture {
    Arena *arena;
    Ctx ctx;
    Register *reg;
    Str url;
    Str tokens[ROLES]; /* a session of a user with this role alone, named as the role */
    Str boss;          /* a session of a user with every role, who has uploaded import 1
                          and drafted revision 1,
                          and reviews the one file of round 1 */
    int64_t now_ms;    /* the clock of the next call */
    Arena *call;       /* of the last call */
} HttpFixture;

HttpFixture *http_fixture(void);

typedef struct HttpCall {
    const char *method;
    const char *path; /* below /api/v1; a query may follow, its values with or without %XX */
    Str token;        /* empty: not signed in */
    Str body;
    Pair headers[FIXTURE_PAIRS]; /* besides those below, which `bare` leaves out */
    size_t memory;               /* of the request's arena; 0: 1 GiB */
    bool raw;                    /* the answer's body is not read as JSON */
    bool bare; /* without X-Jixia-CSRF, Content-Type and Idempotency-Key of their own */
} HttpCall;

typedef struct HttpReply {
    int status;
    Str body, type; /* valid until the next call */
    Json *json;     /* NULL when the body is none; valid until the next call */
    Str etag, location, cookie, cache, filename; /* valid for the whole run; etag without quotes */
} HttpReply;

HttpReply http_call(HttpFixture *f, const HttpCall *call);
/* A GET with a session. */
HttpReply http_get(HttpFixture *f, Str token, const char *path);
/* A new user with a password (FIXTURE_PASSWORD) and a session of it. */
Str http_sign_in(HttpFixture *f, Str name, Str password);
int64_t http_new_user(HttpFixture *f, Str name, uint32_t roles, bool must_change);
#endif

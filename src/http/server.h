/* The server: libmicrohttpd, a thread per connection, behind our own request gate. */
#ifndef JIXIA_HTTP_SERVER_H
#define JIXIA_HTTP_SERVER_H
#include "city/register.h"

typedef struct ServerOptions {
    Str bind; /* address, e.g. 127.0.0.1 */
    int port; /* 0: any free one */
    bool secure_cookie;
    int patience_s; /* see PATIENCE_S of server.c; 0: that */
} ServerOptions;

typedef struct Server Server;

/* Starts listening; NULL on failure. The register must outlive the server. */
Server *server_start(Ctx *c, const Register *reg, const ServerOptions *o);
int server_port(const Server *s);
/* Stops accepting, lets running requests finish (at most 10 s), closes. */
void server_stop(Server *s);
/* Whether cookies are for HTTPS only; false without a server. */
bool server_secure_cookie(const Server *s);
#endif

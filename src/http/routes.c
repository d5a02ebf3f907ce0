/* Every route with its right, in one table; src/http/openapi.json describes the same. */
#include "http/api.h"

const Route ROUTES[] = {
    {.method = "GET", .path = "/health", .right = "public:read", .run = api_health},
    {.method = "GET", .path = "/openapi.json", .right = "public:read", .run = api_openapi},
    {.method = "GET", .path = "/session", .right = "public:read", .run = api_session},
    {.method = "POST", .path = "/session", .right = "public:read", .run = api_sign_in},
    {.method = "DELETE", .path = "/session", .right = "profile:write", .run = api_sign_out},
    {.method = "GET", .path = "/me", .right = "profile:read", .run = api_me},
    {.method = "PATCH", .path = "/me", .right = "profile:write", .run = api_change_password},
    {.method = "GET", .path = "/users", .right = "user:read", .run = api_users},
    {.method = "POST",
     .path = "/users",
     .right = "user:write",
     .run = api_user_add,
     .idempotent = true},
    {.method = "GET", .path = "/users/{id}", .right = "user:read", .run = api_user},
    {.method = "PATCH", .path = "/users/{id}", .right = "user:write", .run = api_user_change},
    {0},
};

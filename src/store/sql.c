/* The check of SQL text that both drivers share: what SQLite would take as a name ($1::text, :x, ?)
 * binds NULL in silence, so it is refused before it reaches an engine. */
#include <string.h>

#include "store/driver.h"

/* Behind the quoted text, identifier or comment that starts at p; p itself when there is none. */
static const char *skip_quoted(const char *p) {
    if (*p == '\'' || *p == '"') {
        const char *end = strchr(p + 1, *p);
        return end ? end + 1 : p + strlen(p);
    }
    if (p[0] == '-' && p[1] == '-') return p + strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end ? end + 2 : p + strlen(p);
    }
    return p;
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

int sql_params(const char *sql) {
    uint64_t seen = 0;
    int most = 0;
    for (const char *p = sql; *p;) {
        const char *behind = skip_quoted(p);
        if (behind != p) {
            p = behind;
            continue;
        }
        if (*p == '?' || *p == ':' || *p == '@') return -1;
        if (*p++ != '$') continue;
        int n = 0;
        if (*p < '1' || *p > '9') return -1;
        while (*p >= '0' && *p <= '9' && n <= SQL_PARAMS_MAX) n = n * 10 + (*p++ - '0');
        if (n > SQL_PARAMS_MAX || is_word(*p)) return -1;
        seen |= (uint64_t)1 << (n - 1);
        if (n > most) most = n;
    }
    uint64_t all = most == 64 ? ~(uint64_t)0 : ((uint64_t)1 << most) - 1;
    return seen == all ? most : -1;
}

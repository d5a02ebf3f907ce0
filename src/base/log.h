/* One line per event on stderr in logfmt: ts=… lvl=… op=… key=value …  Values are quoted when
 * needed, control characters escaped, so a value can never forge a line. */
#ifndef JIXIA_BASE_LOG_H
#define JIXIA_BASE_LOG_H
#include "base/str.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;
typedef struct LogField {
    const char *key;
    Str value;
} LogField;

/* Events below the level are dropped; the default is LOG_INFO. */
void log_set_level(LogLevel level);
/* LOG(LOG_INFO, "serve", {"port", port_text}, {"bind", bind}); */
#define LOG(level, op, ...)                                                                        \
    log_event((level), (op), (LogField[]){__VA_ARGS__},                                            \
              (int)(sizeof((LogField[]){__VA_ARGS__}) / sizeof(LogField)))
void log_event(LogLevel level, const char *op, const LogField *fields, int n);
#endif

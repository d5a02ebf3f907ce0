/* See people.h. */
#include "city/people/people.h"

#include "base/utf8.h"

bool people_text(Ctx *c, Str name, Str *text, ptrdiff_t most) {
    *text = str_trim(*text);
    if (utf8_unseen_at(*text) >= 0)
        return FAIL_AT(c, ERR_RULE, str_cat(c->arena, S("/"), name), M_PEOPLE_UNSEEN, name);
    if (text->n > 0 && text->n <= most && utf8_invalid_at(*text) < 0) return ctx_ok(c);
    return FAIL_AT(c, ERR_RULE, str_cat(c->arena, S("/"), name), M_PEOPLE_TEXT, name);
}

bool people_journal(Db *db, const Act *act, const char *action, const char *kind, int64_t id,
                    Str content) {
    Str object = str_printf(db_ctx(db)->arena, "%s:%lld", kind, (long long)id);
    return journal_add(db, act, str_from(action), object, content);
}

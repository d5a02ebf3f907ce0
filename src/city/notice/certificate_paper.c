/* A certificate as a paper, and the limit of codes that are none. See certificate.h. */
#include "base/date.h"
#include "city/flow/calendar.h"
#include "city/library/title.h"
#include "city/notice/certificate.h"
#include "city/notice/objection.h"
#include "city/notice/row.h"

enum { HOUR_MS = 3600 * 1000 };

static Str day_words(Arena *a, int32_t day) {
    return str_printf(a, "%d年%d月%d日", day / 10000, day / 100 % 100, day % 100);
}

/* A paper names the last day that counts. */
static Str term_words(Arena *a, const Certificate *k) {
    return k->to ? str_printf(a, "%.*s至%.*s", STRF(day_words(a, k->from)),
                              STRF(day_words(a, title_last_day(k->to))))
                 : str_printf(a, "%.*s起，到期日以认定文件为准", STRF(day_words(a, k->from)));
}

bool certificate_paper(Ctx *c, const PackSet *p, const Certificate *k, Str address, Paper *out) {
    Arena *a = c->arena;
    const Json *t = paper_template(c, p, S("certificate"));
    if (!t) return false;
    Json *content = paper_content(c, t, NULL);
    Json *values = json_get(content, S("values"));
    const struct {
        const char *name;
        Str text;
    } FIELDS[] = {{"证书编号", k->number}, {"企业名称", k->name},        {"信用代码", k->uscc},
                  {"称号", k->title_name}, {"文号", k->document_number}, {"发文机关", k->issuer},
                  {"核验地址", address},   {"有效期", term_words(a, k)}};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        json_set(values, str_from(FIELDS[i].name), json_string(a, FIELDS[i].text));
    int64_t day = china_day(k->issued_ms);
    const PaperComputed is = {.issued = date_to_int(day)};
    return paper_fill(c, json_get(content, S("blocks")), paper_computed(a, content, &is), NULL, 0,
                      out);
}

bool certificate_miss(Db *db, Str sender) {
    Ctx *c = db_ctx(db);
    Str hash = objection_sender(db, sender);
    int64_t since = c->now_ms - HOUR_MS;
    if (!EXEC(db, "DELETE FROM certificate_miss WHERE at_ms <= $1", db_i(since))) return false;
    int64_t n =
        Q_I64(db, 0, "SELECT count(*) FROM certificate_miss WHERE sender_sm3 = $1", db_s(hash));
    if (!ctx_ok(c)) return false;
    if (n >= CERTIFICATE_MISS_HOUR) return FAIL(c, ERR_BUSY, M_CERTIFICATE_RATE);
    return EXEC(db, "INSERT INTO certificate_miss(sender_sm3, at_ms) VALUES ($1, $2)", db_s(hash),
                db_i(c->now_ms));
}

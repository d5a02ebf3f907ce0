/* See effect_value.h. */
#include "city/flow/effect_value.h"

#include "base/date.h"
#include "city/flow/case_inner.h"

Str effect_text(Db *db, const CaseStep *s, const Json *value) {
    static const Str DATA = STR_INIT("数据."), PARAMETERS = STR_INIT("参数.");
    const Json *from;
    Str word = json_str(value, S(""));
    if (str_starts(word, DATA)) return json_get_str(s->file->data, str_sub(word, DATA.n, word.n));
    if (str_starts(word, PARAMETERS))
        return case_parameters(db, s->reg, s->file, &from)
                   ? json_get_str(from, str_sub(word, PARAMETERS.n, word.n))
                   : S("");
    return str_eq(word, S("today")) ? date_text(db_ctx(db)->arena, s->day) : word;
}

bool effect_day(Db *db, const CaseStep *s, const Json *value, int32_t *out) {
    Str text = effect_text(db, s, value);
    int64_t day;
    *out = 0;
    if (!ctx_ok(db_ctx(db))) return false;
    if (!text.n) return true;
    if (!date_parse(text, &day)) return FAIL(db_ctx(db), ERR_RULE, M_CITY_BAD_VALUE, text);
    *out = date_to_int(day);
    return true;
}

Act effect_act(const CaseStep *s) {
    Str reason = str_trim(s->move->reason);
    return (Act){.actor = s->actor->name, .reason = reason.n ? reason : s->act->zh};
}

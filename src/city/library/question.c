/* Questions and what becomes of their answers. See question.h. */
#include "city/library/question.h"

#include "base/date.h"
#include "city/flow/effects.h"
#include "city/flow/evidence.h"
#include "city/library/authorisation.h"
#include "city/library/discover_words.h"

const char *const QUESTION_KEYS[] = {"ask",   "rule",  "indicator", "period", "days",
                                     "value", "class", "proof",     NULL};

/* --- the flow -----------------------------------------------------------------------------------
 */

/* The flow of questions and the entry that names its fields. */
static const Flow *question_flow(const PackSet *p, const Json **fields) {
    for (int i = 0; i < p->nflows; i++) {
        const Flow *f = p->flows[i];
        for (int k = 0; k < f->nacts; k++)
            for (int e = 0; e < f->acts[k].neffects; e++)
                if (f->acts[k].effects[e].effect->run == effect_fact_record) {
                    *fields = f->acts[k].effects[e].args;
                    return f;
                }
    }
    return NULL;
}

static bool same_question(const Json *data, const Json *fields, Str indicator, Str period) {
    return str_eq(json_get_str(data, json_get_str(fields, S("indicator"))), indicator) &&
           str_eq(json_get_str(data, json_get_str(fields, S("period"))), period);
}

static bool is_open_already(Db *db, const Register *reg, const Flow *f, const Json *fields,
                            int64_t subject, Str indicator, Str period, bool *yes) {
    CaseFilter want = {.flow = f->id, .subject = subject, .open_only = true};
    CaseFile *items;
    int n;
    int64_t total;
    *yes = false;
    if (!case_list(db, reg, &want, NULL, &items, &n, &total)) return false;
    for (int i = 0; i < n; i++) *yes |= same_question(items[i].data, fields, indicator, period);
    return true;
}

static void set(Arena *a, Json *data, const Json *fields, Str key, Json *value) {
    Str name = json_get_str(fields, key);
    if (name.n) json_set(data, name, value);
    (void)a;
}

bool question_open(Db *db, const Register *reg, const QuestionAsk *q, const CaseActor *actor,
                   int64_t *id) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    const Json *fields;
    const Flow *f = question_flow(reg->pack, &fields);
    const Discovery *d = q->discovery;
    bool asked;
    *id = 0;
    if (!f) return FAIL(c, ERR_STATE, M_QUESTION_FLOW);
    if (q->days < 1 || q->days > QUESTION_DAYS_MOST)
        return FAIL_AT(c, ERR_RULE, S("/days"), M_QUESTION_DAYS);
    const Indicator *i = reg->pack->indicators[q->row->indicator];
    Str period = q->row->lag < 0 ? S("") : str_printf(a, "%d", d->year - q->row->lag);
    if (!is_open_already(db, reg, f, fields, q->row->subject, i->code, period, &asked))
        return false;
    if (asked) return true;
    Str name = discover_fact_name(a, reg->pack, q->row->indicator, q->row->lag, d->year, LANG_ZH);
    if (i->unit.n) name = str_printf(a, "%.*s（%.*s）", STRF(name), STRF(i->unit));
    Str text = q->text.n ? q->text : msg_text(a, M_QUESTION_TEXT, LANG_ZH, 1, &name);
    Json *data = json_new(a, JSON_OBJECT);
    set(a, data, fields, S("ask"), json_string(a, text));
    set(a, data, fields, S("rule"), json_string(a, d->rule->id));
    set(a, data, fields, S("indicator"), json_string(a, i->code));
    set(a, data, fields, S("period"), json_string(a, period));
    set(a, data, fields, S("days"), json_int(a, q->days));
    CaseNew n = {.flow = f->id, .subject = q->row->subject, .data = data};
    CaseFile out;
    if (!case_open(db, reg, &n, actor, &out)) return false;
    *id = out.id;
    return true;
}

/* --- the answer ---------------------------------------------------------------------------------
 */

static bool is_one_of(Str text, const char *const *words) {
    for (int i = 0; words[i]; i++)
        if (str_eq(text, str_from(words[i]))) return true;
    return false;
}

/* Canonical text of an answer; false when it is no value of the indicator. */
static bool answer_value(Ctx *c, const Indicator *i, Str text, FactNew *f) {
    static const char *const YES[] = {"是", "有", "符合", "true", NULL};
    static const char *const NO[] = {"否", "无", "没有", "不符合", "false", NULL};
    Dec d;
    int64_t day, whole;
    bool ok = false;
    f->value = text;
    switch (i->type) {
    case IND_NUMBER:
    case IND_INTEGER:
        f->type = FACT_NUMBER;
        ok = dec_parse(text, &d) && (i->type == IND_NUMBER || dec_to_i64(&d, &whole));
        if (ok) f->value = dec_text(c->arena, &d);
        break;
    case IND_DATE:
        f->type = FACT_DATE;
        ok = date_parse(text, &day);
        if (ok) f->value = date_text(c->arena, day);
        break;
    case IND_BOOLEAN:
        f->type = FACT_BOOLEAN;
        ok = is_one_of(text, YES) || is_one_of(text, NO);
        f->value = is_one_of(text, YES) ? S("true") : S("false");
        break;
    case IND_TEXT:
        f->type = FACT_TEXT;
        ok = text.n > 0;
        for (int k = 0; k < i->nvalues; k++) ok = (k && ok) || str_eq(text, i->values[k]);
        break;
    case IND_LIST: /* records: only that there are none can be answered in a word */
        f->type = FACT_NONE;
        ok = is_one_of(text, NO);
        f->value = S("");
        break;
    }
    f->received = text;
    return ok || FAIL(c, ERR_RULE, M_QUESTION_VALUE, text, i->zh);
}

/* The source code of an answer of a class with its proof; empty on failure. */
static Str answer_source(Db *db, const CaseStep *s, const Indicator *i, Str class, Str proof) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    const SourceClass *k = source_class(class);
    int64_t auth = 0;
    Str none = S("");
    if (!k || !k->decides || k->demo) {
        if (!k || source_is_taken(c, class)) FAIL(c, ERR_RULE, M_CITY_NO_SOURCE, class);
        return none;
    }
    if (str_eq(class, S("self_report")))
        return str_printf(a, "self_report/case-%lld", (long long)s->file->id);
    if (!proof.n) {
        FAIL(c, ERR_RULE, M_QUESTION_PROOF, c->lang == LANG_EN ? k->en : k->zh);
        return none;
    }
    if (str_eq(class, S("department")) && i->type != IND_BOOLEAN) {
        FAIL(c, ERR_RULE, M_QUESTION_ANSWER, i->zh);
        return none;
    }
    if (!str_eq(class, S("authorised_proof")))
        return str_printf(a, "%.*s/case-%lld", STRF(class), (long long)s->file->id);
    if (!str_to_i64(proof, &auth) || auth < 1) {
        FAIL(c, ERR_RULE, M_AUTHORISATION_NONE, proof);
        return none;
    }
    if (!authorisation_check(db, auth, s->file->subject, i->code, date_to_int(s->day), none))
        return none;
    return str_printf(a, "authorised_proof/auth-%lld", (long long)auth);
}

/* case:12; report code; the files of the case by their digest. */
static Str evidence_of(Db *db, const CaseStep *s, Str proof) {
    Ctx *c = db_ctx(db);
    CaseDocument *docs;
    int n;
    Buf b = buf_new(c->arena, 0);
    buf_printf(&b, "case:%lld", (long long)s->file->id);
    if (proof.n) buf_printf(&b, " %.*s", STRF(proof));
    if (case_documents(db, s->file->id, false, &docs, &n))
        for (int i = 0; i < n; i++)
            buf_printf(&b, " %.*s sm3:%.*s", STRF(docs[i].name), STRF(docs[i].sm3));
    return buf_str(&b);
}

static bool publish(Db *db, const CaseStep *s, FactNew *f) {
    Ctx *c = db_ctx(db);
    Str object = str_printf(c->arena, "case:%lld", (long long)s->file->id);
    Str reason = s->move->reason.n ? s->move->reason : s->act->zh;
    Act act = {.actor = s->actor->name, .reason = reason};
    int64_t batch = batch_new(db, &(BatchNew){.origin = object});
    FactLoader *l = batch ? fact_loader_open(db, batch) : NULL;
    bool ok = l && fact_loader_add(l, f);
    if (l) ok = fact_loader_close(l) && ok;
    return ok && batch_publish(db, batch, &act, NULL);
}

bool effect_fact_record(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    const Json *data = s->file->data;
    Str code = json_get_str(data, json_get_str(args, S("indicator")));
    Str period = json_get_str(data, json_get_str(args, S("period")));
    Str class = json_get_str(data, json_get_str(args, S("class")));
    Str proof = str_trim(json_get_str(data, json_get_str(args, S("proof"))));
    Str text = str_trim(json_get_str(data, json_get_str(args, S("value"))));
    const Indicator *i = code.n ? pack_indicator(s->reg->pack, code) : NULL;
    int64_t year = 0;
    if (!code.n) return true; /* a question about no indicator: the answer is text */
    if (!i) return FAIL(c, ERR_RULE, M_FACT_UNKNOWN, code);
    if (i->period == PERIOD_YEARLY && !str_to_i64(period, &year))
        return FAIL(c, ERR_RULE, M_FACT_LAG, i->name, period);
    FactNew f = {.subject = s->file->subject, .period = (int32_t)year};
    if (!answer_value(c, i, text, &f)) return false;
    if (i->type == IND_LIST) f.period = 0;
    Str source = answer_source(db, s, i, class.n ? class : S("self_report"), proof);
    if (!source.n) return false;
    f.evidence = evidence_of(db, s, proof);
    f.indicator = indicator_id(db, i->code, true);
    f.source = source_id(db, source, S(""), proof, true);
    return f.indicator && f.source && publish(db, s, &f);
}

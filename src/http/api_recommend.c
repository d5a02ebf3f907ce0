/* Recommendations over HTTP. Scope: the office sees all; a district those it made and those of its
 * firms; a partner its own; an enterprise's account those it made. What is not in scope is not
 * there (404), so guessing an id says nothing. */
#include "http/api_recommend.h"

#include "base/date.h"
#include "city/library/recommend_case.h"
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/multipart.h"

enum {
    LIMIT_DEFAULT = 50,
    LIMIT_MOST = 500,
    OFFSET_MOST = 1 << 30,
    CHINA_MS = 8 * 3600 * 1000,
    DAY_MS = 86400000
};

Str id_text(Arena *a, int64_t id) {
    return str_printf(a, "%lld", (long long)id);
}

int32_t recommend_today(const Request *r) {
    return date_to_int((r->c->now_ms + CHINA_MS) / DAY_MS);
}

/* --- scope --------------------------------------------------------------------------------------
 */

bool recommend_filter(Request *r, RecommendFilter *f) {
    *f = (RecommendFilter){.round = -1, .rule = http_query(r, S("rule"))};
    if (r->scope == SCOPE_DISTRICT) f->district = r->user->district.n ? r->user->district : S("-");
    if (r->scope != SCOPE_OWN) return true;
    f->organisation = r->user->organisation;
    if (!f->organisation) f->user = r->user->id;
    return true;
}

static bool in_scope(Request *r, const Recommendation *o) {
    if (r->scope == SCOPE_ALL) return true;
    if (r->scope == SCOPE_OWN)
        return r->user->organisation ? o->sponsor.organisation == r->user->organisation
                                     : !o->sponsor.organisation && o->sponsor.user == r->user->id;
    Subject who;
    Str own = r->user->district;
    if (!own.n) return false;
    if (str_eq(o->sponsor.district, own)) return true;
    return o->subject && subject_get(r->db, o->subject, &who) &&
           (str_eq(who.division, own) || str_eq(who.unit, own));
}

static bool get_mine(Request *r, Recommendation *out) {
    int64_t id;
    if (!http_id(r, 0, &id) || !recommend_get(r->db, id, out)) return false;
    return in_scope(r, out) ||
           (ctx_ok(r->c) && FAIL(r->c, ERR_MISSING, M_RECOMMEND_MISSING, id_text(r->c->arena, id)));
}

/* --- answers ------------------------------------------------------------------------------------
 */

bool out_firm(Request *r, Json *o, int64_t subject) {
    Arena *a = r->c->arena;
    Subject who;
    if (!subject) {
        out_null(a, o, S("enterprise"));
        return true;
    }
    if (!subject_get(r->db, subject, &who)) return false;
    Str place = who.unit.n ? who.unit : who.division;
    Json *j = out_object(a, o, S("enterprise"));
    out_str(a, j, S("id"), id_text(a, who.id));
    out_str(a, j, S("name"), who.name);
    out_str(a, j, S("code"), who.code);
    out_bool(a, j, S("demo"), who.demo);
    out_code_name(a, j, S("district"), place, division_name(&r->reg->codes, place));
    return true;
}

void out_rule_name(Request *r, Json *o, Str id) {
    const Rule *rule = map_get(&r->reg->pack->by_rule, id);
    out_str(r->c->arena, o, S("rule"), id);
    out_text(r->c->arena, o, S("title"), rule ? rule->title_zh : id, rule ? rule->title_en : id);
}

static bool out_interest(Request *r, Json *o, const Recommendation *k) {
    Arena *a = r->c->arena;
    Interest *all = NULL;
    int n = 0;
    Json *j = out_object(a, o, S("interest"));
    if (k->has_interest && k->interest &&
        !interest_of(r->db, k->sponsor.organisation, k->sponsor.organisation ? 0 : k->sponsor.user,
                     &all, &n))
        return false;
    out_bool(a, j, S("declared"), k->has_interest);
    const Interest *found = NULL;
    for (int i = 0; i < n; i++)
        if (all[i].id == k->interest) found = &all[i];
    out_opt(a, j, S("kind"), found ? interest_kind_text(found->kind) : S(""));
    out_opt(a, j, S("share"), found ? found->share : S(""));
    out_opt(a, j, S("note"), found ? found->note : S(""));
    return true;
}

static bool out_consent(Request *r, Json *o, const Recommendation *k, int *sponsors) {
    Arena *a = r->c->arena;
    Candidate c = {.consent = CONSENT_ASKED};
    *sponsors = 1;
    if (k->subject && !k->withdrawn_ms) {
        if (!candidate_get(r->db, k->id, &c)) return false;
        *sponsors = c.sponsors;
    }
    out_str(a, o, S("consent"), consent_text(c.consent));
    return true;
}

static bool out_recommendation(Request *r, Json *o, const Recommendation *k) {
    Arena *a = r->c->arena;
    int sponsors;
    out_str(a, o, S("id"), id_text(a, k->id));
    out_rule_name(r, o, k->rule);
    if (!out_firm(r, o, k->subject)) return false;
    out_opt(a, o, S("firm_name"), k->firm_name);
    out_opt(a, o, S("firm_code"), k->firm_code);
    out_opt(a, o, S("round"), k->round ? id_text(a, k->round) : S(""));
    out_opt(a, o, S("case"), k->case_file ? id_text(a, k->case_file) : S(""));
    out_str(a, o, S("sponsor"), k->sponsor.kind);
    out_str(a, o, S("reason"), k->reason);
    out_opt(a, o, S("outcome"), r->scope == SCOPE_OWN ? S("") : k->outcome);
    if (!out_interest(r, o, k) || !out_consent(r, o, k, &sponsors)) return false;
    out_int(a, o, S("sponsors"), sponsors);
    out_str(a, o, S("made_by"), k->made_by);
    out_instant(a, o, S("made_at"), k->made_ms);
    out_instant(a, o, S("withdrawn_at"), k->withdrawn_ms);
    out_opt(a, o, S("withdrawn_reason"), k->withdrawn_reason);
    return true;
}

static bool reply_one(Request *r, int status, const Recommendation *k, Response *out) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    RecommendFile *files;
    int n;
    if (!out_recommendation(r, o, k) || !recommend_files(r->db, k->id, &files, &n)) return false;
    Json *list = out_list(a, o, S("files"));
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), id_text(a, files[i].id));
        out_str(a, j, S("name"), files[i].name);
        out_str(a, j, S("type"), files[i].type);
        out_int(a, j, S("size"), files[i].size);
        out_str(a, j, S("sha256"), files[i].sha256);
        out_instant(a, j, S("at"), files[i].made_ms);
    }
    http_reply(out, r, status, o);
    out->etag = str_printf(a, "%lld-%lld", (long long)k->id, (long long)k->version);
    return true;
}

bool api_recommendations(Request *r, Response *out) {
    Arena *a = r->c->arena;
    RecommendFilter f;
    Recommendation *items;
    int n;
    int64_t total;
    bool unmatched;
    if (!recommend_filter(r, &f) || !http_query_int(r, S("offset"), 0, 0, OFFSET_MOST, &f.offset) ||
        !http_query_int(r, S("limit"), LIMIT_DEFAULT, 1, LIMIT_MOST, &f.limit) ||
        !http_query_bool(r, S("unmatched"), false, &unmatched))
        return false;
    f.unmatched_only = unmatched;
    if (!recommend_list(r->db, &f, &items, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++)
        if (!out_recommendation(r, out_item(a, list), &items[i])) return false;
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

bool api_recommendation(Request *r, Response *out) {
    Recommendation k;
    return get_mine(r, &k) && reply_one(r, 200, &k, out);
}

/* --- making one ---------------------------------------------------------------------------------
 */

typedef struct Making {
    const Register *reg;
    RecommendMake make;
} Making;

static bool make_in_tx(Db *db, void *user) {
    Making *k = user;
    return recommend_make(db, k->reg, &k->make);
}

static bool read_interest(Request *r, const Json *j, RecommendNew *n) {
    if (!j || j->kind == JSON_NULL) return true;
    if (j->kind != JSON_OBJECT) return HTTP_INVALID(r, S("/interest"), M_RECOMMEND_INTEREST);
    Str kind = json_get_str(j, S("kind"));
    n->interest_said = true;
    if (str_eq(kind, S("none"))) return true;
    int k = interest_kind_find(kind);
    if (k < 0) return HTTP_INVALID(r, S("/interest/kind"), M_HTTP_QUERY, S("kind"), kind);
    n->has_interest = true;
    n->interest = (Interest){.kind = (InterestKind)k,
                             .share = json_get_str(j, S("share")),
                             .note = json_get_str(j, S("note"))};
    return true;
}

/* A case; `none`: for the library only; nothing said: 0. */
static bool read_round(Request *r, Str place, Str text, int64_t *round) {
    *round = str_eq(text, S("none")) ? RECOMMEND_NO_ROUND : 0;
    if (!text.n || *round) return true;
    return (str_to_i64(text, round) && *round > 0) ||
           HTTP_INVALID(r, place, M_HTTP_QUERY, S("round"), text);
}

static bool read_new(Request *r, const Json *j, RecommendNew *n) {
    Str firm = json_get_str(j, S("enterprise")), round = json_get_str(j, S("round"));
    *n = (RecommendNew){.firm_name = json_get_str(j, S("firm_name")),
                        .firm_code = json_get_str(j, S("firm_code")),
                        .rule = json_get_str(j, S("rule")),
                        .reason = json_get_str(j, S("reason")),
                        .places = &r->reg->codes};
    if (firm.n && (!str_to_i64(firm, &n->subject) || n->subject < 1))
        return HTTP_INVALID(r, S("/enterprise"), M_HTTP_QUERY, S("enterprise"), firm);
    return read_round(r, S("/round"), round, &n->round) &&
           read_interest(r, json_get(j, S("interest")), n);
}

bool api_recommendation_add(Request *r, Response *out) {
    Json *j = http_json(r);
    Making k = {.reg = r->reg, .make = {.actor = case_actor(r->user), .day = recommend_today(r)}};
    RecommendMake *m = &k.make;
    if (!j || !read_new(r, j, &m->n)) return false;
    if (!sponsor_of(r->db, r->user, &m->by)) {
        if (r->c->err.code == ERR_DENIED) r->c->err.code = ERR_RULE; /* the right is there */
        return false;
    }
    m->act = http_act(r, m->n.reason.n ? m->n.reason : S("推荐"));
    if (!tx_run(r->db, DB_WRITE, make_in_tx, &k) || !reply_one(r, 201, &m->made, out)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/recommendations/%lld", (long long)m->made.id);
    return true;
}

/* --- before it is made --------------------------------------------------------------------------
 */

static void out_match(Request *r, Json *o, const Match *m) {
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("candidates"));
    for (int i = 0; i < m->n; i++) {
        Json *j = out_item(a, list);
        Dec score = dec_scaled(m->candidates[i].score, -3);
        out_str(a, j, S("id"), id_text(a, m->candidates[i].subject));
        out_str(a, j, S("name"), m->candidates[i].name);
        out_str(a, j, S("score"), dec_text(a, &score));
    }
    out_bool(a, o, S("sure"), m->sure);
}

/* The own recommendation of the firm that stands already; 0: none. */
static bool find_mine(Request *r, int64_t subject, Str rule, int64_t round, int64_t *id) {
    RecommendFilter f;
    Recommendation *items;
    int n;
    int64_t total;
    *id = 0;
    if (!recommend_filter(r, &f)) return false;
    f.subject = subject;
    f.rule = rule;
    f.round = round;
    f.open_only = true;
    f.limit = 1;
    if (!recommend_list(r->db, &f, &items, &n, &total)) return false;
    if (n) *id = items[0].id;
    return true;
}

static bool out_rounds(Request *r, Json *o, Str rule) {
    Arena *a = r->c->arena;
    RecommendRound *rounds;
    int n;
    if (!recommend_rounds(r->db, rule, &rounds, &n)) return false;
    Json *list = out_list(a, o, S("rounds"));
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, list);
        out_str(a, j, S("case"), id_text(a, rounds[i].case_file));
        out_str(a, j, S("title"), rounds[i].title);
        out_str(a, j, S("rule"), rounds[i].rule);
        out_opt(a, j, S("from"), rounds[i].from);
        out_opt(a, j, S("to"), rounds[i].to);
    }
    return true;
}

/* GET /recommendations/check: what is known of the firm before recommending it, and the rounds it
 * can be recommended for. */
bool api_recommendation_check(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Str firm = http_query(r, S("enterprise")), name = str_trim(http_query(r, S("name")));
    Str rule = http_query(r, S("rule"));
    int64_t subject = 0, mine = 0, round = 0;
    int sponsors = 0;
    Match m = {.same_as = -1};
    if (firm.n && !str_to_i64(firm, &subject))
        return HTTP_INVALID(r, S("?enterprise"), M_HTTP_QUERY, S("enterprise"), firm);
    if (subject && !(subject = subject_root(r->db, subject)))
        return ctx_ok(r->c) && FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    if (!subject && name.n && !match_lines(r->db, &r->reg->codes, &name, 1, &m)) return false;
    if (m.sure) subject = m.candidates[0].subject;
    if (!read_round(r, S("?round"), http_query(r, S("round")), &round)) return false;
    if (!round) round = recommend_round(r->db, rule);
    if (round == RECOMMEND_NO_ROUND) round = 0;
    if (subject && rule.n &&
        (!find_mine(r, subject, rule, round, &mine) ||
         !recommend_sponsors(r->db, subject, rule, round, &sponsors)))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    if (!out_firm(r, o, subject)) return false;
    out_match(r, o, &m);
    out_opt(a, o, S("recommendation"), mine ? id_text(a, mine) : S(""));
    out_int(a, o, S("sponsors"), sponsors);
    if (!out_rounds(r, o, rule)) return false;
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

/* --- later --------------------------------------------------------------------------------------
 */

typedef struct Later {
    int64_t id, version, subject;
    const Register *reg;
    Act act;
} Later;

static bool withdraw_in_tx(Db *db, void *user) {
    Later *k = user;
    return recommend_withdraw(db, k->id, k->version, &k->act);
}

bool api_recommendation_withdraw(Request *r, Response *out) {
    Json *j = http_json(r);
    Recommendation k;
    if (!j || !get_mine(r, &k)) return false;
    Later w = {.id = k.id, .version = k.version, .act = http_act(r, json_get_str(j, S("reason")))};
    return tx_run(r->db, DB_WRITE, withdraw_in_tx, &w) && recommend_get(r->db, k.id, &k) &&
           reply_one(r, 200, &k, out);
}

static bool identify_in_tx(Db *db, void *user) {
    Later *k = user;
    return recommend_identify(db, k->id, k->subject, &k->act) &&
           recommend_join(db, k->reg, k->id, &k->act);
}

bool api_recommendation_identify(Request *r, Response *out) {
    Json *j = http_json(r);
    Recommendation k;
    if (!j || !get_mine(r, &k)) return false;
    Later w = {.id = k.id, .reg = r->reg, .act = http_act(r, S("确认被推荐的企业"))};
    if (!str_to_i64(json_get_str(j, S("enterprise")), &w.subject))
        return HTTP_INVALID(r, S("/enterprise"), M_HTTP_REQUIRED, S("enterprise"));
    return tx_run(r->db, DB_WRITE, identify_in_tx, &w) && recommend_get(r->db, k.id, &k) &&
           reply_one(r, 200, &k, out);
}

/* --- files --------------------------------------------------------------------------------------
 */

typedef struct Adding {
    int64_t id;
    Str name, bytes;
    Act act;
    RecommendFile made;
} Adding;

static bool add_in_tx(Db *db, void *user) {
    Adding *k = user;
    return recommend_file_add(db, k->id, k->name, k->bytes, &k->act, &k->made);
}

bool api_recommendation_file_add(Request *r, Response *out) {
    Recommendation k;
    Multipart parts;
    if (!get_mine(r, &k)) return false;
    if (!multipart_read(r->c, http_header(r, S("Content-Type")), r->body, &parts)) return false;
    const Part *file = multipart_find(&parts, S("file"));
    if (!file || !file->file || !file->filename.n)
        return HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
    Adding w = {.id = k.id,
                .name = file->filename,
                .bytes = file->bytes,
                .act = http_act(r, S("补充推荐材料"))};
    return tx_run(r->db, DB_WRITE, add_in_tx, &w) && reply_one(r, 201, &k, out);
}

bool api_recommendation_file(Request *r, Response *out) {
    static const Str TYPES[][2] = {
        {STR_INIT("pdf"), STR_INIT("application/pdf")},
        {STR_INIT("png"), STR_INIT("image/png")},
        {STR_INIT("jpg"), STR_INIT("image/jpeg")},
        {STR_INIT("xlsx"), STR_INIT(XLSX_TYPE)},
        {STR_INIT("docx"),
         STR_INIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document")}};
    Recommendation k;
    RecommendFile f;
    int64_t file;
    Str bytes;
    if (!get_mine(r, &k) || !http_id(r, 1, &file) ||
        !recommend_file_read(r->db, k.id, file, &f, &bytes) ||
        !journal_read(r, str_printf(r->c->arena, "recommendation:%lld", (long long)k.id), true))
        return false;
    out->status = 200;
    out->body = bytes;
    out->type = S("application/octet-stream");
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (str_eq(TYPES[i][0], f.type)) out->type = TYPES[i][1];
    out->filename = url_part(r->c->arena, f.name);
    return true;
}

/* See title_hand.h. Which cases let a firm in, the packs say: those of flows with an act that
 * grants 在库. */
#include "city/library/title_hand.h"

#include "city/flow/effect_value.h"
#include "city/flow/effects.h"
#include "city/library/library.h"

static bool grants(Db *db, const Register *reg, CaseFile *k, const FlowEffect *e,
                   const TitleNew *t) {
    CaseStep s = {.reg = reg, .file = k};
    Str kind = json_get_str(e->args, S("kind"));
    if (!str_eq(e->effect->name, S("title.grant")) || title_kind_find(kind) != (int)t->kind)
        return false;
    const LibraryTier *tier =
        library_tier(library_of(reg->pack), effect_text(db, &s, json_get(e->args, S("tier"))));
    Str level = effect_text(db, &s, json_get(e->args, S("level")));
    return tier && tier == library_tier(library_of(reg->pack), t->tier) && str_eq(level, t->level);
}

static bool would_grant(Db *db, const Register *reg, CaseFile *k, const TitleNew *t) {
    for (int i = 0; i < k->flow->nacts; i++)
        for (int e = 0; e < k->flow->acts[i].neffects; e++)
            if (grants(db, reg, k, &k->flow->acts[i].effects[e], t)) return true;
    return false;
}

static bool no_case_open(Db *db, const Register *reg, const TitleNew *t) {
    CaseFilter f = {.subject = subject_root(db, t->subject), .open_only = true};
    CaseFile *all;
    int n;
    int64_t total;
    if (!f.subject) return ctx_ok(db_ctx(db)); /* title_record says that there is none */
    if (!case_list(db, reg, &f, NULL, &all, &n, &total)) return false;
    for (int i = 0; i < n; i++)
        if (would_grant(db, reg, &all[i], t))
            return FAIL(db_ctx(db), ERR_STATE, M_TITLE_CASE_OPEN, all[i].number);
    return ctx_ok(db_ctx(db));
}

int64_t title_record_by_hand(Db *db, const Register *reg, const TitleNew *t, const Act *act) {
    Ctx *c = db_ctx(db);
    if (t->kind == TITLE_IN_LIBRARY) {
        if (!str_trim(t->document_number).n && !str_trim(t->document).n) {
            FAIL_AT(c, ERR_INPUT, S("/document"), M_TITLE_HAND_PAPER);
            return 0;
        }
        if (!str_trim(act->reason).n) {
            FAIL_AT(c, ERR_INPUT, S("/reason"), M_TITLE_HAND_PAPER);
            return 0;
        }
        if (!no_case_open(db, reg, t)) return 0;
    }
    return title_record(db, reg->pack, t, act);
}

/* Letters as effects of flows. See notice_effect.h. */
#include "city/flow/effect_value.h"
#include "city/library/library.h"
#include "city/notice/letter.h"
#include "city/notice/notice_effect.h"
#include "city/notice/row.h"

const char *const LETTER_KEYS[] = {"template", "to",    "way",   "body", "values",
                                   "flow",     "where", "group", "note", NULL};

/* To whom: the enterprise of the case, who objected (known by the receipt alone), or a name. */
static bool address(Db *db, const CaseStep *s, const Json *args, LetterNew *n) {
    Ctx *c = db_ctx(db);
    Objection o;
    Str to = json_get_str(args, S("to"));
    n->notice = 0;
    if (str_eq(to, S("firm"))) {
        n->subject = s->file->subject;
        return n->subject || FAIL(c, ERR_RULE, M_LETTER_ADDRESSEE);
    }
    if (!str_eq(to, S("objector"))) {
        n->addressee = effect_text(db, s, json_get(args, S("to")));
        return ctx_ok(c);
    }
    if (!objection_of_case(db, s->file->id, &o)) return false;
    n->objection = o.id;
    n->notice = o.notice;
    n->addressee = str_printf(c->arena, "异议人（回执 %.*s）", STRF(o.receipt));
    return true;
}

/* The name the packs give the title that the case is about, where they name one. */
static void name_title(const CaseStep *s, Arena *a, Json **values) {
    Str tier = json_get_str(s->file->data, S("称号")),
        level = json_get_str(s->file->data, S("级别"));
    const LibraryTitle *t = library_title(library_of(s->reg->pack), tier, level);
    if (tier.n && !json_get(*values, S("称号名称")))
        json_set(*values, S("称号名称"), json_string(a, t ? t->id : tier));
}

static bool draft(Db *db, const CaseStep *s, const Json *args, Letter *out) {
    Ctx *c = db_ctx(db);
    Act act = effect_act(s);
    PaperFirm *firms = NULL;
    LetterNew n = {.template_id = json_get_str(args, S("template")),
                   .case_file = s->file->id,
                   .round = effect_round(s)};
    if (!address(db, s, args, &n)) return false;
    if (json_get(args, S("flow")) &&
        !effect_firms(db, s, args, (FirmWish){.unheld = true}, &firms, &n.nfirms))
        return false;
    n.firms = firms;
    Json *values = effect_values(db, s, json_get(args, S("values")), n.notice);
    if (!values) return false;
    name_title(s, c->arena, &values);
    if (n.objection) json_set(values, S("收件人"), json_string(c->arena, S("{异议人}")));
    if (n.objection && s->file->subject) {
        PaperFirm firm;
        if (!notice_firm_of(db, &s->reg->codes, s->file->subject, &firm)) return false;
        if (!json_get(values, S("企业名称")))
            json_set(values, S("企业名称"), json_string(c->arena, firm.name));
    }
    n.values = values;
    n.body = effect_text(db, s, json_get(args, S("body")));
    return ctx_ok(c) && letter_add(db, s->reg->pack, &n, &act, out);
}

bool effect_letter_draft(Db *db, const CaseStep *s, const Json *args) {
    Letter l;
    return draft(db, s, args, &l);
}

bool effect_letter_send(Db *db, const CaseStep *s, const Json *args) {
    Letter l;
    Act act = effect_act(s);
    int way = letter_way_find(json_get_str(args, S("way")));
    return draft(db, s, args, &l) &&
           letter_send(db, &l, way < 0 ? WAY_NONE : (LetterWay)way, 0, &act);
}

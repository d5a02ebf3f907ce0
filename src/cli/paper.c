/* See paper.h. */
#include "cli/paper.h"

#include "base/file.h"
#include "city/notice/notice.h"
#include "city/subject.h"
#include "job/docx.h"

enum { WORDS = 2 };

static bool is_one(const char *const *verbs, Str verb) {
    for (int i = 0; verbs[i]; i++)
        if (str_eq(str_from(verbs[i]), verb)) return true;
    return false;
}

bool cli_paper_begin(Cli *cli, int argc, char **argv, CliPaper *p) {
    Str args[WORDS];
    int n;
    p->status = EXIT_USAGE;
    if (!cli_parse(cli, argc, argv, p->options, p->noptions, args, WORDS, &n)) {
        p->status = cli_failed(cli);
        return false;
    }
    p->verb = n ? args[0] : S("");
    bool writes = is_one(p->writing, p->verb);
    const CliOpt *reason = &p->options[p->reason], *with = &p->options[p->with];
    bool known = writes || is_one(p->reading, p->verb);
    if (!known || (writes && !str_trim(reason->text).n)) {
        p->status = cli_usage(cli);
        return false;
    }
    if (n > 1 && (!str_to_i64(args[1], &p->id) || p->id <= 0)) p->what = args[1];
    p->json = with->given ? json_parse(cli->c, with->text, S("--with"))
                          : json_new(cli->arena, JSON_OBJECT);
    p->act = (Act){.actor = cli_actor(cli->arena), .reason = reason->text};
    p->reg = p->json ? register_open(cli->c, cli_db(cli), 2) : NULL;
    p->db = p->reg ? db_borrow(cli->c, p->reg->store) : NULL;
    if (p->db) return true;
    p->status = cli_failed(cli);
    register_close(p->reg);
    return false;
}

int cli_paper_end(Cli *cli, CliPaper *p, bool ok, const Json *answer) {
    Buf b = buf_new(cli->arena, 0);
    ok = ok && journal_seal(p->db, 1000, NULL);
    if (ok) {
        json_print(&b, answer, 2);
        buf_char(&b, '\n');
        ok = cli_print(buf_str(&b));
    }
    int status = ok ? EXIT_YES : cli_failed(cli);
    db_return(p->db);
    register_close(p->reg);
    return status;
}

bool cli_paper_firms(Db *db, const Register *reg, const Json *with, PaperFirm **firms, int *n) {
    const Json *rows = json_get(with, S("rows"));
    *n = 0;
    *firms = NULL;
    if (!rows) return true;
    *firms = NEW_N(db_ctx(db)->arena, PaperFirm, rows->count + 1);
    for (const Json *e = rows->first; e; e = e->next) {
        bool whole = e->kind == JSON_OBJECT;
        Str key = whole ? json_get_str(e, S("enterprise")) : json_str(e, S(""));
        int64_t id = subject_find(db, key);
        PaperFirm *f = &(*firms)[(*n)++];
        if (!id || !notice_firm_of(db, &reg->codes, id, f)) return false;
        if (!whole) continue;
        f->group = json_get_str(e, S("group"));
        f->note = json_get_str(e, S("note"));
    }
    return true;
}

Json *cli_paper_merge(Arena *a, const Json *content, const Json *with, const char *const *parts,
                      int n) {
    Json *o = json_new(a, JSON_OBJECT);
    for (const Json *e = content->first; e; e = e->next) {
        const Json *given = NULL;
        for (int i = 0; i < n; i++)
            if (str_eq(e->key, str_from(parts[i]))) given = json_get(with, e->key);
        json_set(o, e->key, json_copy(a, given ? given : e));
    }
    return o;
}

bool cli_paper_docx(Ctx *c, const PackSet *p, const Paper *paper, Str mark, Str path) {
    PaperLayout layout;
    Str bytes;
    return paper_layout(c, p, &layout) && docx_write(c, paper, &layout, mark, &bytes) &&
           file_write(c, path, bytes);
}

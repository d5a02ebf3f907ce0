/* jixia audit diff: what was known of a thing at one point against another. */
#include "base/date.h"
#include "city/bundle/diff.h"
#include "city/subject.h"
#include "cli/city.h"
#include "codec/json.h"

static Json *diff_json(Arena *a, Str object, const AuditDiff *d) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("object"), json_string(a, object));
    Json *list = json_set(o, S("items"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < d->n; i++) {
        const DiffLine *l = &d->lines[i];
        Json *e = json_push(list, json_new(a, JSON_OBJECT));
        json_set(e, S("path"), json_string(a, l->path));
        json_set(e, S("before"), l->had ? json_string(a, l->before) : json_new(a, JSON_NULL));
        json_set(e, S("after"), l->has ? json_string(a, l->after) : json_new(a, JSON_NULL));
    }
    json_set(o, S("total"), json_int(a, d->n));
    json_set(o, S("same"), json_int(a, d->same));
    return o;
}

static Str diff_text(Arena *a, const AuditDiff *d) {
    Buf b = buf_new(a, 0);
    for (int i = 0; i < d->n; i++) {
        const DiffLine *l = &d->lines[i];
        buf_printf(&b, "%s %.*s\t%.*s\t%.*s\n",
                   !l->had   ? "+"
                   : !l->has ? "-"
                             : "~",
                   STRF(l->path), STRF(l->before), STRF(l->after));
    }
    buf_printf(&b, "%d / %d\n", d->n, d->n + d->same);
    return buf_str(&b);
}

/* enterprise:CODE or enterprise:NAME is as good as its id. */
static bool find_object(Db *db, Str *object) {
    Arena *a = db_ctx(db)->arena;
    int64_t id;
    if (!str_starts(*object, S("enterprise:"))) return true;
    Str who = str_sub(*object, 11, object->n);
    if (str_to_i64(who, &id) && id > 0) return true;
    id = subject_find(db, who);
    *object = str_printf(a, "enterprise:%lld", (long long)id);
    return id != 0;
}

static bool read_point(Cli *cli, const CliOpt *of, const CliOpt *known, FactAt *at) {
    int64_t day, ms;
    if (!cli_day(cli, of, &day) || !cli_instant(cli, known, &ms)) return false;
    *at = (FactAt){.as_of = date_to_int(day), .as_known = ms};
    return true;
}

int cmd_audit(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--from-as-of"},
                  {.name = "--from-as-known"},
                  {.name = "--as-of"},
                  {.name = "--as-known"}};
    Str args[2];
    int n;
    FactAt before, after;
    AuditDiff d;
    if (!cli_parse(cli, argc, argv, o, 4, args, 2, &n)) return cli_failed(cli);
    if (n != 2 || !str_eq(args[0], S("diff"))) return cli_usage(cli);
    if (!read_point(cli, &o[2], &o[3], &after) ||
        !read_point(cli, o[0].given ? &o[0] : &o[2], o[1].given ? &o[1] : &o[3], &before))
        return cli_failed(cli);
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    bool ok = db && find_object(db, &args[1]) && fact_at(db, &before) && fact_at(db, &after) &&
              audit_diff(db, reg, NULL, args[1], &before, &after, &d);
    int status = ok ? EXIT_YES : cli_failed(cli);
    if (ok) {
        if (cli->json)
            cli_print_json(cli, diff_json(cli->arena, args[1], &d));
        else
            cli_print(diff_text(cli->arena, &d));
        status = d.n ? EXIT_NO : EXIT_YES;
    }
    if (db) db_return(db);
    register_close(reg);
    return status;
}

/* Shared by the commands of the city. See city.h. */
#include "cli/city.h"

#include <pwd.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };

bool cli_day(Cli *cli, const CliOpt *o, int64_t *day) {
    *day = (cli->c->now_ms + CHINA_MS) / DAY_MS;
    if (!o->given || date_parse(o->text, day)) return true;
    return FAIL(cli->c, ERR_INPUT, M_CLI_DATE, str_from(o->name), o->text);
}

bool cli_instant(Cli *cli, const CliOpt *o, int64_t *ms) {
    int64_t day;
    *ms = 0;
    if (!o->given) return true;
    if (date_parse(o->text, &day)) {
        *ms = (day + 1) * DAY_MS - CHINA_MS - 1;
        return true;
    }
    if (instant_parse(o->text, ms)) return true;
    return FAIL(cli->c, ERR_INPUT, M_CLI_DATE, str_from(o->name), o->text);
}

Str cli_actor(Arena *a) {
    char text[1024];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(getuid(), &entry, text, sizeof text, &found) == 0 && found)
        return str_printf(a, "cli:%s", entry.pw_name);
    return str_printf(a, "cli:%d", (int)getuid());
}

Str cli_actor_as(Arena *a, const CliOpt *as) {
    return as->given ? str_cat(a, S("cli:"), as->text) : cli_actor(a);
}

bool cli_has_db(Cli *cli) {
    Str url = cli_db(cli);
    if (str_starts(url, S("postgres"))) return true;
    if (str_starts(url, S("sqlite:"))) url = str_sub(url, S("sqlite:").n, url.n);
    return file_exists(cli->arena, url);
}

bool cli_make_folder(Cli *cli) {
    if (cli->db.n) return true;
    Str path = cli_db(cli);
    if (str_starts(path, S("postgres"))) return true;
    ptrdiff_t end = path.n;
    while (end > 0 && path.p[end - 1] != '/') end--;
    return end < 2 || file_folder(cli->c, str_sub(path, 0, end - 1));
}

Grade cli_grade(const PackSet *pack, const Rulebook *book, const Rule *const *rules, int n) {
    Grade most = GRADE_INTERNAL;
    for (int i = 0; i < pack->nindicators; i++) {
        const Indicator *k = pack->indicators[i];
        for (int r = 0; r < n && k->grade > most; r++)
            if (rulebook_reads(book, rules[r], k)) most = k->grade;
    }
    return most;
}

Str cli_mark(Cli *cli, Grade grade) {
    return export_mark(cli->c, cli_actor(cli->arena), grade);
}

void cli_export_mark(Cli *cli, Export *e, Str path, Grade grade) {
    if (!str_ends(path, S(".xlsx"))) return;
    Str label = msg_text(cli->arena, M_EXPORT_WATERMARK, cli->c->lang, 0, NULL);
    export_watermark(e, label, cli_mark(cli, grade));
}

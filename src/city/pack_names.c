/* See pack_names.h. */
#include "city/pack_names.h"

#include "city/source.h"
#include "codec/csv.h"

bool pack_read_sources(Ctx *c, PackSet *p) {
    for (int i = 0; i < p->nfiles; i++) {
        CsvRow row;
        if (!str_eq(p->files[i].path, S("sources.csv"))) continue;
        Csv csv = csv_open(c->arena, p->files[i].bytes, ',');
        csv_next(&csv, &row); /* key,grade,what,url */
        while (csv_next(&csv, &row)) {
            if (row.n < 3 || row.problem != MSG_NONE || row.cells[2].n == 0) continue;
            Str *title = NEW(c->arena, Str);
            *title = str_dup(c->arena, str_trim(row.cells[2]));
            map_put(&p->by_source, str_dup(c->arena, str_trim(row.cells[0])), title);
        }
    }
    return true;
}

Str pack_source_title(Arena *a, const PackSet *p, Str code, Lang lang) {
    const Str *title = code.n ? map_get(&p->by_source, code) : NULL;
    const SourceClass *k = source_class(code);
    if (title) return *title;
    if (!k) return code;
    Str rest = code, text = lang == LANG_EN ? k->en : k->zh;
    str_cut(&rest, '/');
    if (!rest.p) return text;
    if (str_eq(k->id, S("suspect"))) rest = pack_source_title(a, p, rest, lang);
    return str_printf(a, lang == LANG_EN ? "%.*s (%.*s)" : "%.*s（%.*s）", STRF(text), STRF(rest));
}

/* File kinds by their first bytes. See filekind.h. */
#include "codec/filekind.h"

#include <string.h>

enum { LOOKED_AT = 4096 };

static bool has_wide(Str bytes, const char *word) {
    char wide[64];
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++) {
        wide[2 * i] = word[i];
        wide[2 * i + 1] = '\0';
    }
    return str_find(bytes, str_of(wide, 2 * n)) >= 0;
}

/* An OLE container: what its directory names. */
static FileKind ole_kind(Str bytes) {
    if (has_wide(bytes, "EncryptedPackage")) return FILE_ENCRYPTED;
    return has_wide(bytes, "Workbook") || has_wide(bytes, "Book") ? FILE_XLS : FILE_OLE;
}

static bool starts_nocase(Str s, Str prefix) {
    return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

static FileKind text_kind(Str s) {
    if (str_starts(s, S("\xEF\xBB\xBF"))) s = str_sub(s, 3, s.n);
    s = str_trim(str_sub(s, 0, LOOKED_AT));
    if (starts_nocase(s, S("<!doctype html")) || starts_nocase(s, S("<html")) ||
        starts_nocase(s, S("<table")) || starts_nocase(s, S("<head")) ||
        starts_nocase(s, S("<meta")) || starts_nocase(s, S("<body")))
        return FILE_HTML;
    if (starts_nocase(s, S("<?xml"))) return str_find(s, S("<html")) >= 0 ? FILE_HTML : FILE_XML;
    if (s.n && s.p[0] == '{') return FILE_JSON;
    if (s.n > 1 && s.p[0] == '[' && strchr("{[\"]0123456789", str_trim(str_sub(s, 1, s.n)).p[0]))
        return FILE_JSON;
    return FILE_CSV;
}

FileKind file_kind(Str s) {
    static const struct {
        Str magic;
        FileKind kind;
    } magics[] = {
        {STR_INIT("%PDF-"), FILE_PDF},
        {STR_INIT("\x89PNG"), FILE_IMAGE},
        {STR_INIT("\xFF\xD8\xFF"), FILE_IMAGE},
        {STR_INIT("GIF8"), FILE_IMAGE},
        {STR_INIT("\x1F\x8B"), FILE_ARCHIVE},
        {STR_INIT("Rar!"), FILE_ARCHIVE},
        {STR_INIT("7z\xBC\xAF"), FILE_ARCHIVE},
        {STR_INIT("BM\x00\x00"), FILE_IMAGE},
        {STR_INIT("\x7F"
                  "ELF"),
         FILE_BINARY},
        {STR_INIT("SQLite format 3"), FILE_BINARY},
    };
    if (str_trim(s).n == 0) return FILE_EMPTY;
    if (str_starts(s, S("PK\x03\x04")) || str_starts(s, S("PK\x05\x06")))
        return str_find(s, S("xl/workbook.xml")) >= 0 ? FILE_XLSX : FILE_ZIP;
    if (str_starts(s, S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))) return ole_kind(s);
    /* BIFF2 to BIFF5 without a container */
    if (s.n > 4 && s.p[0] == '\x09' && (s.p[1] == 0 || s.p[1] == 2 || s.p[1] == 4 || s.p[1] == 8) &&
        s.p[3] == 0)
        return FILE_XLS;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (str_starts(s, magics[i].magic)) return magics[i].kind;
    if (str_starts(s, S("\xFF\xFE")) || str_starts(s, S("\xFE\xFF"))) return FILE_CSV;
    Str head = str_sub(s, 0, LOOKED_AT);
    int nul = 0;
    for (ptrdiff_t i = 0; i < head.n; i++) nul += head.p[i] == '\0';
    /* A stray NUL is a damaged cell; many are not text. */
    return nul > 8 && nul * 20 > head.n ? FILE_BINARY : text_kind(s);
}

Str file_kind_text(Arena *a, FileKind k, Lang lang) {
    return msg_text(a, (Msg)(M_KIND_EMPTY + (int)k), lang, 0, NULL);
}

/* What a file is, by its bytes and not by its name. */
#ifndef JIXIA_CODEC_FILEKIND_H
#define JIXIA_CODEC_FILEKIND_H
#include "base/err.h"

typedef enum FileKind {
    FILE_EMPTY,
    FILE_CSV, /* text that is none of the others */
    FILE_XLSX,
    FILE_XLS,       /* BIFF workbook in an OLE container */
    FILE_ENCRYPTED, /* an Office file with a password */
    FILE_OLE,       /* another old Office file, such as .doc */
    FILE_ZIP,       /* another archive: .docx, .ods, .zip */
    FILE_JSON,
    FILE_HTML,
    FILE_XML,
    FILE_PDF,
    FILE_IMAGE,
    FILE_ARCHIVE, /* gzip, rar, 7z */
    FILE_BINARY
} FileKind;

FileKind file_kind(Str bytes);
/* Its name for people: "XLSX 工作簿", "an HTML page" … */
Str file_kind_text(Arena *a, FileKind k, Lang lang);
#endif

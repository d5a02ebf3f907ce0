/* Files beside a recommendation: typed by their bytes, kept once by their digest. See recommend.h.
 */
#include "base/hash.h"
#include "city/library/recommend.h"
#include "codec/filekind.h"

static Str kind_of(Str bytes) {
    switch (file_kind(bytes)) {
    case FILE_PDF: return S("pdf");
    case FILE_XLSX: return S("xlsx");
    case FILE_ZIP: return S("docx");
    case FILE_IMAGE: return str_starts(bytes, S("\x89PNG")) ? S("png") : S("jpg");
    default: return S("");
    }
}

/* A picture that is neither PNG nor JPEG, an archive that is no document, are not taken. */
static bool is_taken(Str bytes, Str type) {
    if (str_eq(type, S("jpg"))) return str_starts(bytes, S("\xff\xd8\xff"));
    if (str_eq(type, S("docx"))) return str_find(bytes, S("word/")) >= 0;
    return type.n > 0;
}

/* The extension of a name, whatever its case, is that of its type. */
static bool name_agrees(Str name, Str type) {
    ptrdiff_t at = name.n;
    while (at > 0 && name.p[at - 1] != '.') at--;
    Str end = str_sub(name, at, name.n);
    if (at == 0) return false;
    if (str_eq(type, S("jpg")) && end.n == 4) type = S("jpeg");
    for (ptrdiff_t i = 0; i < end.n && i < type.n; i++)
        if ((end.p[i] | 0x20) != type.p[i]) return false;
    return end.n == type.n;
}

bool recommend_file_add(Db *db, int64_t id, Str name, Str bytes, const Act *act,
                        RecommendFile *out) {
    Ctx *c = db_ctx(db);
    Recommendation o;
    Str type = kind_of(bytes), sha256 = hash_hex(c->arena, HASH_SHA256, bytes);
    if (!recommend_get(db, id, &o)) return false;
    if (o.withdrawn_ms)
        return FAIL(c, ERR_STATE, M_RECOMMEND_STATE, str_printf(c->arena, "%lld", (long long)id));
    if (bytes.n > RECOMMEND_FILE_MAX) return FAIL(c, ERR_LIMIT, M_RECOMMEND_FILE_LARGE, name);
    if (!is_taken(bytes, type) || !name_agrees(name, type))
        return FAIL(c, ERR_RULE, M_RECOMMEND_FILE, name,
                    file_kind_text(c->arena, file_kind(bytes), c->lang));
    if (Q_I64(db, 0, "SELECT count(*) FROM recommendation_file WHERE recommendation = $1",
              db_i(id)) >= RECOMMEND_FILES_MAX)
        return FAIL(c, ERR_LIMIT, M_RECOMMEND_FILE_LARGE, name);
    if (!EXEC(db,
              "INSERT INTO recommendation_content(sha256, made_ms, bytes) VALUES($1, $2, $3) "
              "ON CONFLICT DO NOTHING",
              db_s(sha256), db_i(c->now_ms), db_b(bytes)))
        return false;
    *out = (RecommendFile){.recommendation = id,
                           .size = bytes.n,
                           .made_ms = c->now_ms,
                           .name = name,
                           .type = type,
                           .sha256 = sha256,
                           .actor = act->actor};
    out->id = Q_I64(db, 0,
                    "INSERT INTO recommendation_file(recommendation, name, type, size, sha256, "
                    "made_ms, actor) VALUES($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                    db_i(id), db_s(name), db_s(type), db_i(bytes.n), db_s(sha256), db_i(c->now_ms),
                    db_s(act->actor));
    return out->id &&
           journal_add(db, act, S("recommendation.file"),
                       str_printf(c->arena, "recommendation:%lld", (long long)id), sha256);
}

static void read_row(Arena *a, Rows *r, RecommendFile *f) {
    *f = (RecommendFile){.id = row_i64(r, 0),
                         .recommendation = row_i64(r, 1),
                         .name = str_dup(a, row_str(r, 2)),
                         .type = str_dup(a, row_str(r, 3)),
                         .size = row_i64(r, 4),
                         .sha256 = str_dup(a, row_str(r, 5)),
                         .made_ms = row_i64(r, 6),
                         .actor = str_dup(a, row_str(r, 7))};
}

bool recommend_files(Db *db, int64_t id, RecommendFile **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT id, recommendation, name, type, size, sha256, made_ms, actor FROM "
                "recommendation_file WHERE recommendation = $1 ORDER BY id",
                db_i(id));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, r, &(*out)[(*n)++]);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool recommend_file_read(Db *db, int64_t id, int64_t file, RecommendFile *out, Str *bytes) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db,
                "SELECT f.id, f.recommendation, f.name, f.type, f.size, f.sha256, f.made_ms, "
                "f.actor, k.bytes FROM recommendation_file f JOIN recommendation_content k "
                "ON k.sha256 = f.sha256 WHERE f.recommendation = $1 AND f.id = $2",
                db_i(id), db_i(file));
    bool there = r && row_next(r);
    if (there) {
        read_row(c->arena, r, out);
        *bytes = str_dup(c->arena, row_str(r, 8));
    }
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there ||
           FAIL(c, ERR_MISSING, M_RECOMMEND_MISSING, str_printf(c->arena, "%lld", (long long)file));
}

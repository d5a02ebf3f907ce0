/* Papers as files: DOCX and the printed page of letters, the printed page of notices, scans and
 * proofs that were uploaded for them. */
#include <string.h>

#include "base/utf8.h"
#include "city/flow/evidence.h"
#include "http/api.h"
#include "http/api_letter.h"
#include "http/multipart.h"
#include "http/page.h"
#include "http/table_out.h"
#include "job/docx.h"

enum { SCAN_MAX_MB = 20 };

/* --- letters ------------------------------------------------------------------------------------
 */

typedef struct Seen {
    int64_t objection;
    Act act;
} Seen;

static bool see_in_tx(Db *db, void *user) {
    const Seen *s = user;
    return objection_seen(db, s->objection, &s->act);
}

/* The paper as who asks may see it; that a name was shown is journalled. */
static bool paper_of_letter(Request *r, Letter *l, Paper *p) {
    if (!letter_of_path(r, l)) return false;
    Seen s = {.objection = l->objection,
              .act = http_act(r, msg_text(r->c->arena, M_OBJECTION_ACT_READ, r->c->lang, 0, NULL))};
    bool whole = letter_whole(r, l);
    table_grade(r, whole ? GRADE_SENSITIVE : GRADE_INTERNAL);
    return letter_paper(r->db, l, whole, p) && (!whole || tx_run(r->db, DB_WRITE, see_in_tx, &s));
}

bool api_letter_docx(Request *r, Response *out) {
    Letter l;
    Paper p;
    PaperLayout layout;
    if (!paper_of_letter(r, &l, &p) || !paper_layout(r->c, r->reg->pack, &layout) ||
        !docx_write(r->c, &p, &layout, table_mark(r), &out->body))
        return false;
    out->status = 200;
    out->type = S(DOCX_TYPE);
    out->cache = S("no-store");
    out->filename =
        str_cat(r->c->arena, paper_file_name(r, l.title, l.template_id, l.id), S(".docx"));
    return true;
}

/* A string of CSS: the quote, the backslash and what could end the style are written as numbers. */
static void css_string(Buf *b, Str s) {
    buf_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch < ' ' || strchr("\"\\<>&", ch))
            buf_printf(b, "\\%x ", ch);
        else
            buf_char(b, (char)ch);
    }
    buf_char(b, '"');
}

/* What leaves the house is the paper alone; a draft says that it is one, who printed it and when:
 * on paper in the margin of every page, on the screen below the text. */
static bool print_paper(Request *r, Response *out, Str title, const Paper *p, bool draft) {
    Str mark = S("");
    Buf style = buf_new(r->c->arena, 0);
    if (draft) {
        const Str made = table_mark(r);
        mark = msg_text(r->c->arena, M_PAGE_DRAFT, r->c->lang, 1, &made);
        buf_lit(&style, "@page{@bottom-left{font-size:8pt;color:#767676;white-space:nowrap;"
                        "content:");
        css_string(&style, mark);
        buf_lit(&style, "}}footer{font-size:9pt;color:#767676}@media print{footer{display:none}}");
    }
    Buf b = page_print(r, title, buf_str(&style));
    if (!page_paper_codes(r->c, &b, p)) return false;
    if (draft) {
        buf_lit(&b, "<footer>");
        html_text(&b, mark);
        buf_lit(&b, "</footer>");
    }
    page_end(r, out, &b, 200);
    out->inline_styles = draft;
    out->cache = S("no-store");
    return true;
}

bool api_letter_print(Request *r, Response *out) {
    Letter l;
    Paper p;
    return paper_of_letter(r, &l, &p) &&
           print_paper(r, out, l.title, &p, l.state == LETTER_DRAFT || l.state == LETTER_DROPPED);
}

bool api_notice_print(Request *r, Response *out) {
    PublicNotice n;
    Paper p;
    int64_t id;
    return http_id(r, 0, &id) && notice_get(r->db, id, &n) && notice_paper(r->db, &n, &p) &&
           print_paper(r, out, n.title, &p, !notice_is_issued(&n));
}

/* --- scans and proofs ---------------------------------------------------------------------------
 */

typedef struct Upload {
    Request *r;
    Str name, bytes, sm3;
    bool proof; /* kept for an outcome to name, not the letter's scan */
    PublicNotice n;
    Letter l;
    Act act;
} Upload;

static bool read_upload(Request *r, Upload *u) {
    Multipart *m = NEW(r->c->arena, Multipart);
    *u = (Upload){.r = r};
    u->act = http_act(r, msg_text(r->c->arena, M_NOTICE_ACT_ENTER, r->c->lang, 0, NULL));
    if (!multipart_read(r->c, http_header(r, S("content-type")), r->body, m)) return false;
    const Part *file = multipart_find(m, S("file")), *kind = multipart_find(m, S("kind"));
    if (!file || !file->file) return HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
    const FlowDocument scan = {.types =
                                   1u << EVIDENCE_PDF | 1u << EVIDENCE_PNG | 1u << EVIDENCE_JPG,
                               .max_mb = SCAN_MAX_MB};
    u->name = file->filename;
    u->bytes = file->bytes;
    u->proof = kind && str_eq(str_trim(kind->bytes), S("proof"));
    return evidence_check(r->c, &scan, u->name, u->bytes);
}

static bool notice_scan_in_tx(Db *db, void *user) {
    Upload *u = user;
    EvidenceType type;
    if (!evidence_keep(db, u->bytes, &type, &u->sm3) || !notice_get(db, u->n.id, &u->n))
        return false;
    u->n.scan_sm3 = u->sm3;
    u->n.scan_name = u->name;
    return notice_enter(db, &u->n, &u->act);
}

static bool letter_scan_in_tx(Db *db, void *user) {
    Upload *u = user;
    EvidenceType type;
    if (!evidence_keep(db, u->bytes, &type, &u->sm3) || !letter_get(db, u->l.id, &u->l))
        return false;
    if (u->proof) return true;
    u->l.scan_sm3 = u->sm3;
    u->l.scan_name = u->name;
    return letter_enter(db, &u->l, &u->act);
}

static bool reply_file(Request *r, Response *out, const Upload *u) {
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_str(r->c->arena, o, S("sm3"), u->sm3);
    out_str(r->c->arena, o, S("name"), u->name);
    out_int(r->c->arena, o, S("size"), u->bytes.n);
    http_reply(out, r, 201, o);
    out->cache = S("no-store");
    return true;
}

bool api_notice_file_add(Request *r, Response *out) {
    Upload u;
    int64_t id;
    if (!http_id(r, 0, &id) || !read_upload(r, &u) || !notice_get(r->db, id, &u.n)) return false;
    return tx_run(r->db, DB_WRITE, notice_scan_in_tx, &u) && reply_file(r, out, &u);
}

bool api_letter_file_add(Request *r, Response *out) {
    Upload u;
    Letter l;
    if (!letter_of_path(r, &l) || !read_upload(r, &u)) return false;
    u.l = l;
    return tx_run(r->db, DB_WRITE, letter_scan_in_tx, &u) && reply_file(r, out, &u);
}

static bool send_file(Request *r, Response *out, Str sm3, Str name) {
    EvidenceFile f;
    if (!evidence_get(r->db, sm3, &f)) return false;
    *out = (Response){.type = evidence_media_type(f.type),
                      .body = f.bytes,
                      .filename = url_part(r->c->arena, name),
                      .cache = S("no-store")};
    return true;
}

bool api_notice_file(Request *r, Response *out) {
    PublicNotice n;
    int64_t id;
    if (!http_id(r, 0, &id) || !notice_get(r->db, id, &n)) return false;
    if (!n.scan_sm3.n || !str_eq(n.scan_sm3, r->params[1]))
        return FAIL(r->c, ERR_MISSING, M_FILE_UNKNOWN);
    return send_file(r, out, n.scan_sm3, n.scan_name);
}

bool api_letter_file(Request *r, Response *out) {
    Letter l;
    LetterEvent *e;
    int n;
    if (!letter_of_path(r, &l) || !letter_events(r->db, l.id, &e, &n)) return false;
    if (l.scan_sm3.n && str_eq(l.scan_sm3, r->params[1]))
        return send_file(r, out, l.scan_sm3, l.scan_name);
    for (int i = 0; i < n && r->scope == SCOPE_ALL; i++)
        if (e[i].proof_sm3.n && str_eq(e[i].proof_sm3, r->params[1]))
            return send_file(r, out, e[i].proof_sm3, S("proof"));
    return FAIL(r->c, ERR_MISSING, M_FILE_UNKNOWN);
}

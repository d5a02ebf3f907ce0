/* Pages for the public, made by the server: plain HTML that needs no script, one style sheet of the
 * web app (notice.css), printed on A4 in the layout of official documents. */
#ifndef JIXIA_HTTP_PAGE_H
#define JIXIA_HTTP_PAGE_H
#include "city/notice/certificate.h"
#include "http/notice_json.h"

/* Text of HTML, escaped; also for attribute values in double quotes. */
void html_text(Buf *b, Str s);
void html_msg(Buf *b, const Request *r, Msg m);
/* A term and its text in a <dl>; nothing when the text is empty. */
void html_term(Buf *b, const Request *r, Msg m, Str value);
/* Up to the content; title is escaped here. */
Buf page_begin(const Request *r, Str title);
void page_end(Request *r, Response *out, Buf *b, int status);
/* The same for print alone: no navigation; style: CSS besides notice.css, of the program's own. */
Buf page_print(const Request *r, Str title, Str style);
/* What its file is called: the title, or the template's and the number while fields of the title
 * are open; percent-encoded. */
Str paper_file_name(const Request *r, Str title, Str template_id, int64_t id);
/* The blocks of a paper as HTML. */
void page_paper(Buf *b, const Paper *p);
/* The same with QR codes drawn. */
bool page_paper_codes(Ctx *c, Buf *b, const Paper *p);

/* /public/verify and /public/verify/CODE. */
bool page_verify(Request *r, Response *out, Str code);
/* /public/titles, /public/titles.csv, /public/titles.json; rest: behind “titles”. */
bool page_titles(Request *r, Response *out, Str rest);
/* The certificate of a code, *there when there is one; ERR_BUSY when the sender asks for too many
 * that are none. */
bool certificate_of_code(Request *r, Str code, Certificate *k, bool *there);
Msg certificate_state_msg(CertificateState s);

/* Answers /public/…: true when the path is one of these, also with a failure as its page. */
bool http_public_page(Request *r, Response *out);
/* The notice of a path that the public may see now. */
bool notice_of_public(Request *r, Str id, PublicNotice *n);
/* A field of a form (application/x-www-form-urlencoded), decoded; empty when it is not there. */
Str form_field(Request *r, Str name);
#endif

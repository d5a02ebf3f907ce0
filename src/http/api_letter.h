/* Letters and certificates as the contract writes them, and who may see one. */
#ifndef JIXIA_HTTP_API_LETTER_H
#define JIXIA_HTTP_API_LETTER_H
#include "city/notice/certificate.h"
#include "city/notice/letter.h"
#include "http/notice_json.h"

/* May who asks see it? An enterprise sees what was sent to itself. */
bool letter_shown(const Request *r, const Letter *l);
/* The letter of the path; ERR_MISSING when it is not there for who asks. */
bool letter_of_path(Request *r, Letter *l);
/* Whether who asks may know who objected. */
bool letter_whole(const Request *r, const Letter *l);
Str letter_etag(const Request *r, const Letter *l);
Json *letter_row_json(Request *r, const Letter *l);
/* With blocks, paper, events, what may be done; NULL on failure. */
Json *letter_json(Request *r, const Letter *l);

bool certificate_shown(const Request *r, const Certificate *k);
/* The certificate of the path; ERR_MISSING when it is not there for who asks. */
bool certificate_of_path(Request *r, Certificate *k);
/* What everybody who holds the code may know. */
Json *certificate_public_json(Request *r, const Certificate *k);
/* Where a code is verified: with the site's address where that is known. */
Str certificate_address(const Request *r, Str code);
#endif

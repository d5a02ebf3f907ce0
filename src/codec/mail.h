/* Electronic mail, RFC 5322 and MIME (RFC 2045, 2047): one text message written. Nothing a caller
 * passes can begin a header or end the message: header values are either printable ASCII or encoded
 * words, the text is base64. */
#ifndef JIXIA_CODEC_MAIL_H
#define JIXIA_CODEC_MAIL_H
#include "base/buf.h"

typedef struct MailText {
    Str from, from_name; /* from and to: addresses that mail_address_valid accepts */
    Str to, subject, text;
    Str id; /* of Message-ID, with its angle brackets */
    int64_t at_ms;
} MailText;

/* Something like an address of electronic mail: one @, a dot behind it, printable ASCII without
 * blanks, quotes, angle brackets or anything that could begin a second header. */
bool mail_address_valid(Str s);
/* The message with CR LF line ends. The same values give the same bytes. */
void mail_write(Buf *b, const MailText *m);
#endif

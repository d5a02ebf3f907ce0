/* Mail. See mail.h. */
#include "codec/mail.h"

#include "base/date.h"
#include "codec/base64.h"

enum {
    ADDRESS_MAX = 254, /* RFC 5321 4.5.3.1.3 */
    WORD_BYTES = 45,   /* of text in one encoded word of 75 characters, RFC 2047 2 */
    PLAIN_MAX = 60,
    LINE = 76 /* RFC 2045 6.8 */
};

bool mail_address_valid(Str s) {
    ptrdiff_t at = -1;
    if (s.n < 5 || s.n > ADDRESS_MAX) return false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (ch <= ' ' || ch >= 0x7f || str_find(S("<>()[]\\,;:\""), str_of(&ch, 1)) >= 0)
            return false;
        if (ch != '@') continue;
        if (at >= 0) return false;
        at = i;
    }
    Str host = str_sub(s, at + 1, s.n);
    return at > 0 && str_find(host, S(".")) > 0 && !str_ends(host, S(".")) &&
           str_find(s, S("..")) < 0;
}

static bool plain(Str s) {
    if (s.n > PLAIN_MAX || str_find(s, S("=?")) >= 0) return false;
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\') return false;
    return true;
}

/* Bytes of the longest beginning of at most `most` bytes that ends between characters. */
static ptrdiff_t whole_characters(Str s, ptrdiff_t most) {
    if (s.n <= most) return s.n;
    while (most > 0 && ((unsigned char)s.p[most] & 0xc0) == 0x80) most--;
    return most > 0 ? most : s.n;
}

/* Encoded words, one a line. */
static void put_words(Buf *b, Str s) {
    for (bool first = true; s.n > 0; first = false) {
        ptrdiff_t n = whole_characters(s, WORD_BYTES);
        buf_put(b, first ? S("=?UTF-8?B?") : S("\r\n =?UTF-8?B?"));
        base64_put(b, str_sub(s, 0, n), 0);
        buf_lit(b, "?=");
        s = str_sub(s, n, s.n);
    }
}

/* RFC 5322 3.3, at UTC. */
static void put_date(Buf *b, int64_t ms) {
    static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t day = ms / 86400000, second = ms % 86400000 / 1000;
    Ymd d = date_from_days(day);
    buf_printf(b, "Date: %s, %d %s %lld %02d:%02d:%02d +0000\r\n", DAYS[date_weekday(day) - 1],
               (int)d.day, MONTHS[d.month - 1], (long long)d.year, (int)(second / 3600),
               (int)(second / 60 % 60), (int)(second % 60));
}

void mail_write(Buf *b, const MailText *m) {
    buf_lit(b, "From: ");
    if (m->from_name.n) {
        put_words(b, m->from_name);
        buf_lit(b, " ");
    }
    buf_printf(b, "<%.*s>\r\nTo: <%.*s>\r\nSubject: ", STRF(m->from), STRF(m->to));
    if (plain(m->subject))
        buf_put(b, m->subject);
    else
        put_words(b, m->subject);
    buf_lit(b, "\r\n");
    put_date(b, m->at_ms);
    buf_printf(b, "Message-ID: %.*s\r\n", STRF(m->id));
    buf_lit(b, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    base64_put(b, m->text, LINE);
}

/* Sending a mail. See smtp.h.
 *
 * Invariant: the server counts nothing as received before the end of the data (RFC 5321 4.1.1.4).
 * before_end is called exactly once, when all of the message was handed over and before that end;
 * what fails until then can be tried again, what fails after it without an answer is unclear.
 */
#include "job/smtp.h"

#include <curl/curl.h>
#include <string.h>

typedef struct Talk {
    const SmtpSend *send;
    size_t at;
    bool ended; /* the end of the data goes out */
    char line[MAIL_ANSWER_MAX];
    size_t n;
} Talk;

void smtp_init(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t give(char *to, size_t size, size_t n, void *user) {
    Talk *t = user;
    size_t left = (size_t)t->send->message.n - t->at, room = size * n;
    size_t take = left < room ? left : room;
    if (take == 0) {
        if (t->ended) return 0;
        if (!t->send->before_end(t->send->user)) return CURL_READFUNC_ABORT;
        t->ended = true;
        t->n = 0; /* only what comes now is the answer to the data */
        return 0;
    }
    memcpy(to, t->send->message.p + t->at, take);
    t->at += take;
    return take;
}

/* The last line the server said. */
static size_t hear(char *bytes, size_t size, size_t n, void *user) {
    Talk *t = user;
    size_t all = size * n;
    t->n = 0;
    for (size_t i = 0; i < all && t->n < sizeof t->line; i++)
        if (bytes[i] != '\r' && bytes[i] != '\n')
            t->line[t->n++] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
    return all;
}

static int stopped(void *user, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un) {
    const Talk *t = user;
    (void)dt, (void)dn, (void)ut, (void)un;
    return !t->ended && t->send->stop && atomic_load(t->send->stop);
}

/* Settings that libcurl refuses count as a failure of the settings. */
static bool set_up(CURL *h, Arena *a, Talk *t, struct curl_slist *to) {
    const SmtpSend *s = t->send;
    const MailConfig *k = s->config;
    long all = s->all_ms ? s->all_ms : SMTP_ALL_MS;
    bool ok = true;
#define SET(option, value) ok = ok && curl_easy_setopt(h, option, value) == CURLE_OK
    SET(CURLOPT_URL, str_z(a, k->server));
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_USE_SSL, (long)(k->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (k->ca_file.n) SET(CURLOPT_CAINFO, str_z(a, k->ca_file));
    if (s->password.n) {
        SET(CURLOPT_USERNAME, str_z(a, k->user));
        SET(CURLOPT_PASSWORD, str_z(a, s->password));
    }
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)SMTP_CONNECT_MS);
    SET(CURLOPT_TIMEOUT_MS, all);
    SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, all / 4000 + 1); /* seconds; of the last QUIT, too */
    SET(CURLOPT_MAIL_FROM, str_z(a, str_printf(a, "<%.*s>", STRF(k->from))));
    SET(CURLOPT_MAIL_RCPT, to);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, give);
    SET(CURLOPT_READDATA, t);
    SET(CURLOPT_HEADERFUNCTION, hear);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_XFERINFOFUNCTION, stopped);
    SET(CURLOPT_XFERINFODATA, t);
    SET(CURLOPT_NOPROGRESS, 0L);
#undef SET
    return ok;
}

/* The code of a reply, 0 for none. */
static int code_of(const Talk *t) {
    int code = 0;
    for (size_t i = 0; i < 3; i++) {
        if (i >= t->n || t->line[i] < '0' || t->line[i] > '9') return 0;
        code = code * 10 + (t->line[i] - '0');
    }
    return code;
}

static SmtpAnswer judge(Arena *a, const Talk *t, CURLcode got, const char *error) {
    SmtpAnswer out = {.state = MAIL_WAITS};
    int code = code_of(t);
    Str said = str_dup(a, str_of(t->line, t->n));
    out.text = code >= 400 || (code && t->ended)
                   ? said
                   : str_from(error[0] ? error : curl_easy_strerror(got));
    out.text = str_dup(a, out.text);
    if (t->ended) {
        out.state = code >= 200 && code < 300   ? MAIL_SENT
                    : code >= 500               ? MAIL_REFUSED
                    : code >= 400 && code < 500 ? MAIL_WAITS
                                                : MAIL_UNCLEAR;
        return out;
    }
    /* Before the data: a 5yz to sender, receiver or DATA is about this mail; to greeting, TLS or
     * signing in it is about the server. */
    bool mail = code >= 500 && code != 530 && code != 534 && code != 535 && code != 538 &&
                (got == CURLE_SEND_ERROR || got == CURLE_UPLOAD_FAILED);
    if (mail) out.state = MAIL_REFUSED;
    out.server = !mail && !(code >= 400 && got == CURLE_SEND_ERROR);
    return out;
}

SmtpAnswer smtp_send(Arena *a, const SmtpSend *s) {
    Talk t = {.send = s};
    char error[CURL_ERROR_SIZE] = "";
    SmtpAnswer out = {.state = MAIL_WAITS, .server = true, .text = S("libcurl")};
    CURL *h = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, str_z(a, str_printf(a, "<%.*s>", STRF(s->to))));
    if (h && to && curl_easy_setopt(h, CURLOPT_ERRORBUFFER, error) == CURLE_OK &&
        set_up(h, a, &t, to)) {
        CURLcode got = curl_easy_perform(h);
        out = judge(a, &t, got, error);
    }
    curl_easy_cleanup(h);
    curl_slist_free_all(to);
    return out;
}

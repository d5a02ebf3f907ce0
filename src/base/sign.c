/* SM2 signatures through OpenSSL 3; see sign.h. Debian 12's OpenSSL 3.0 has SM2 in its default
 * provider: docs/decisions/0010. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERR_STATE OPENSSL_ERR_STATE /* a type of OpenSSL has the name of one of our codes */
#include <openssl/pem.h>
#undef ERR_STATE

#include "base/sign.h"

static const char ID[] = "1234567812345678";

static bool write_key(int fd, EVP_PKEY *key) {
    FILE *f = fdopen(fd, "w");
    if (!f) {
        close(fd);
        return false;
    }
    bool ok = PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1 && fflush(f) == 0 &&
              fsync(fd) == 0;
    return fclose(f) == 0 && ok;
}

bool sign_new(Ctx *c, Str path) {
    const char *name = str_z(c->arena, path);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) return FAIL(c, ERR_STATE, M_SIGN_EXISTS, path, str_from(strerror(errno)));
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    bool ok = key ? write_key(fd, key) : (close(fd), false);
    EVP_PKEY_free(key);
    if (ok) return true;
    unlink(name);
    return FAIL(c, ERR_STORE, M_SIGN_KEY, path);
}

static EVP_PKEY *read_pem(Ctx *c, Str path, bool secret) {
    FILE *f = fopen(str_z(c->arena, path), "r");
    if (!f) {
        FAIL(c, ERR_MISSING, M_SIGN_NO_KEY, path, str_from(strerror(errno)));
        return NULL;
    }
    struct stat st;
    EVP_PKEY *key = NULL;
    if (secret && (fstat(fileno(f), &st) != 0 || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0))
        FAIL(c, ERR_DENIED, M_SIGN_OPEN_KEY, path);
    else
        key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    if (!key && !secret && fseek(f, 0, SEEK_SET) == 0) key = PEM_read_PUBKEY(f, NULL, NULL, NULL);
    fclose(f);
    if (key && !EVP_PKEY_is_a(key, "SM2")) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    if (!key && ctx_ok(c)) FAIL(c, ERR_INPUT, M_SIGN_KEY, path);
    return key;
}

SignKey *sign_open(Ctx *c, Str path) {
    return (SignKey *)read_pem(c, path, true);
}

void sign_close(SignKey *k) {
    EVP_PKEY_free((EVP_PKEY *)k);
}

static Str der_of(Arena *a, const EVP_PKEY *key) {
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    Str s = n > 0 ? str_dup(a, str_of(der, (size_t)n)) : S("");
    OPENSSL_free(der);
    return s;
}

Str sign_public(Arena *a, const SignKey *k) {
    return der_of(a, (const EVP_PKEY *)k);
}

bool sign_read_public(Ctx *c, Str path, Str *der) {
    EVP_PKEY *key = read_pem(c, path, false);
    if (!key) return false;
    *der = der_of(c->arena, key);
    EVP_PKEY_free(key);
    return true;
}

/* A context with the identity set; both are freed together by the digest context's owner. */
static EVP_MD_CTX *context(EVP_PKEY *key, EVP_PKEY_CTX **pctx) {
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    *pctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (md && *pctx && EVP_PKEY_CTX_set1_id(*pctx, ID, (int)sizeof ID - 1) > 0) {
        EVP_MD_CTX_set_pkey_ctx(md, *pctx);
        return md;
    }
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(*pctx);
    *pctx = NULL;
    return NULL;
}

Str sign_bytes(Ctx *c, const SignKey *k, Str bytes) {
    EVP_PKEY_CTX *pctx;
    EVP_MD_CTX *md = context((EVP_PKEY *)(uintptr_t)k, &pctx);
    unsigned char out[256];
    size_t n = sizeof out;
    bool ok =
        md &&
        EVP_DigestSignInit_ex(md, NULL, "SM3", NULL, NULL, (EVP_PKEY *)(uintptr_t)k, NULL) > 0 &&
        EVP_DigestSign(md, out, &n, (const unsigned char *)bytes.p, (size_t)bytes.n) > 0;
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(pctx);
    if (ok) return str_dup(c->arena, str_of(out, n));
    FAIL(c, ERR_BUG, M_SIGN_KEY, S("SM2"));
    return S("");
}

bool sign_verify(Str public_der, Str bytes, Str signature) {
    const unsigned char *p = (const unsigned char *)public_der.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)public_der.n);
    bool whole = key && p == (const unsigned char *)public_der.p + public_der.n;
    EVP_PKEY_CTX *pctx = NULL;
    EVP_MD_CTX *md = whole && EVP_PKEY_is_a(key, "SM2") ? context(key, &pctx) : NULL;
    bool ok = md && EVP_DigestVerifyInit_ex(md, NULL, "SM3", NULL, NULL, key, NULL) > 0 &&
              EVP_DigestVerify(md, (const unsigned char *)signature.p, (size_t)signature.n,
                               (const unsigned char *)bytes.p, (size_t)bytes.n) == 1;
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(pctx);
    EVP_PKEY_free(key);
    return ok;
}

Str sign_public_pem(Arena *a, Str der) {
    const unsigned char *p = (const unsigned char *)der.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)der.n);
    BIO *bio = key ? BIO_new(BIO_s_mem()) : NULL;
    Str out = S("");
    char *text = NULL;
    if (bio && PEM_write_bio_PUBKEY(bio, key) == 1) {
        long n = BIO_get_mem_data(bio, &text);
        out = str_dup(a, str_of(text, (size_t)n));
    }
    BIO_free(bio);
    EVP_PKEY_free(key);
    return out;
}

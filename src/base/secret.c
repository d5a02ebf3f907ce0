/* Secrets through libsodium. Parameters: OWASP's argon2id minimum (19 MiB, 2 passes). Sealing is
 * XChaCha20-Poly1305 (libsodium's choice where AES has no hardware; its nonces may be random). */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALED S("x1.")
enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING
};
_Static_assert(SECRET_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key of the seal");

static void ready(void) {
    if (sodium_init() < 0) {
        fputs("jixia: secret: libsodium cannot start\n", stderr);
        abort();
    }
}

void secret_random(void *out, size_t n) {
    ready();
    randombytes_buf(out, n);
}

static Str base64(Arena *a, const unsigned char *bytes, size_t n) {
    size_t size = sodium_base64_encoded_len(n, VARIANT);
    char *text = arena_alloc(a, size);
    sodium_bin2base64(text, size, bytes, n, VARIANT);
    return str_from(text);
}

Str secret_token(Arena *a, size_t n) {
    unsigned char *raw = arena_alloc(a, n);
    secret_random(raw, n);
    return base64(a, raw, n);
}

bool secret_hash_password(Arena *a, Str password, Str *out) {
    ready();
    char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(hash, password.p, (unsigned long long)password.n, 2, 19u << 20,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return false;
    *out = str_from(hash);
    return true;
}

bool secret_check_password(Str hash, Str password) {
    ready();
    char text[crypto_pwhash_STRBYTES] = {0};
    if (hash.n <= 0 || hash.n >= (ptrdiff_t)sizeof text) return false;
    for (ptrdiff_t i = 0; i < hash.n; i++) text[i] = hash.p[i];
    return crypto_pwhash_str_verify(text, password.p, (unsigned long long)password.n) == 0;
}

Str secret_nobody(void) {
    return S("$argon2id$v=19$m=19456,t=2,p=1$39ujgz4wVcAlKTMUkRiTIQ"
             "$4KjgRFOADXIMxyk+3AOzda6pOUIBL/vhR7l5GuJWC/g");
}

void secret_check_nobody(Str password) {
    secret_check_password(secret_nobody(), password);
}

/* --- sealing -----------------------------------------------------------------------------------
 */

/* Under a name of its own first, then linked: whoever comes second finds a whole key. */
static bool make_key(Ctx *c, Str path) {
    const char *name = str_z(c->arena, path);
    const char *own = str_z(
        c->arena, str_printf(c->arena, "%.*s.%.*s", STRF(path), STRF(secret_token(c->arena, 9))));
    SecretKey key;
    int fd = open(own, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) return FAIL(c, ERR_STORE, M_IO_OPEN, path, str_from(strerror(errno)));
    secret_random(key.bytes, sizeof key.bytes);
    bool ok = write(fd, key.bytes, sizeof key.bytes) == (ssize_t)sizeof key.bytes && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && (link(own, name) == 0 || errno == EEXIST);
    int why = errno;
    unlink(own);
    sodium_memzero(&key, sizeof key);
    return ok || FAIL(c, ERR_STORE, M_IO_WRITE, path, str_from(strerror(why)));
}

bool secret_key(Ctx *c, Str path, bool make, SecretKey *out) {
    const char *name = str_z(c->arena, path);
    struct stat st;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && make) {
        if (!make_key(c, path)) return false;
        fd = open(name, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0) return FAIL(c, ERR_MISSING, M_SECRET_NO_KEY, path, str_from(strerror(errno)));
    char more;
    bool apart = fstat(fd, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    bool whole = read(fd, out->bytes, sizeof out->bytes) == (ssize_t)sizeof out->bytes &&
                 read(fd, &more, 1) == 0;
    close(fd);
    if (!apart) return FAIL(c, ERR_DENIED, M_SIGN_OPEN_KEY, path);
    return whole || FAIL(c, ERR_INPUT, M_SECRET_KEY, path);
}

Str secret_seal(Arena *a, const SecretKey *k, Str about, Str plain) {
    size_t n = (size_t)plain.n + NONCE + TAG;
    unsigned char *out = arena_alloc(a, n);
    unsigned long long made = 0;
    secret_random(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + NONCE, &made, (const unsigned char *)plain.p, (unsigned long long)plain.n,
        (const unsigned char *)about.p, (unsigned long long)about.n, NULL, out, k->bytes);
    return str_cat(a, SEALED, base64(a, out, NONCE + (size_t)made));
}

bool secret_is_sealed(Str text) {
    return str_starts(text, SEALED);
}

bool secret_unseal(Arena *a, const SecretKey *k, Str about, Str sealed, Str *plain) {
    ready();
    if (!secret_is_sealed(sealed)) return false;
    Str text = str_sub(sealed, SEALED.n, sealed.n);
    unsigned char *raw = arena_alloc(a, (size_t)text.n + 1);
    size_t n = 0;
    const char *end = NULL;
    if (sodium_base642bin(raw, (size_t)text.n, text.p, (size_t)text.n, NULL, &n, &end, VARIANT) ||
        end != text.p + text.n || n < NONCE + TAG)
        return false;
    unsigned char *out = arena_alloc(a, n);
    unsigned long long made = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            out, &made, NULL, raw + NONCE, (unsigned long long)(n - NONCE),
            (const unsigned char *)about.p, (unsigned long long)about.n, raw, k->bytes) != 0)
        return false;
    *plain = str_of(out, (size_t)made);
    return true;
}

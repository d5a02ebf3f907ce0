/* The seal of a bundle: what makes every byte of the file count.
 *
 * Behind the N pages stand N digests (SM3, 32 bytes each) and a block of BUNDLE_PAGE bytes of text:
 * lines "name value", the last one the SM3 of the lines before it, filled up with line feeds. The
 * root is the SM3 of the digests; the signature is over the lines before it, so over page size,
 * number of pages, root and public key. Reading builds the block again from what it says and
 * compares: there is no second way to write the same seal.
 */
#include <string.h>

#include "city/bundle/bundle_inner.h"
#include "codec/base64.h"

#define HEAD "jixia-seal 1\n"

static const char B64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Str bundle_base64(Arena *a, Str s) {
    Buf b = buf_new(a, 0);
    base64_put(&b, s, 0);
    return buf_str(&b);
}

/* What is no base64 gives empty. */
static Str unbase64(Arena *a, Str s) {
    Buf b = buf_new(a, 0);
    uint32_t v = 0;
    int bits = 0;
    for (ptrdiff_t i = 0; i < s.n && s.p[i] != '='; i++) {
        const char *at = strchr(B64, s.p[i]);
        if (!at || !*at) return S("");
        v = v << 6 | (uint32_t)(at - B64);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        buf_char(&b, (char)(v >> bits & 0xff));
    }
    return buf_str(&b);
}

static Str digests_of(Arena *a, Str image) {
    Buf b = buf_new(a, BUNDLE_MAX);
    for (ptrdiff_t i = 0; i < image.n; i += BUNDLE_PAGE) {
        unsigned char digest[HASH_BYTES];
        Hash *h = hash_open(HASH_SM3);
        hash_add(h, str_sub(image, i, i + BUNDLE_PAGE));
        hash_close(h, digest);
        buf_put(&b, str_of(digest, HASH_BYTES));
    }
    return buf_str(&b);
}

/* The lines the signature is over. */
static Str signed_lines(Arena *a, int64_t pages, Str root, Str public_key) {
    return str_printf(a,
                      HEAD "page-size %d\npages %lld\nroot %.*s\nalgorithm %.*s\npublic-key %.*s\n",
                      BUNDLE_PAGE, (long long)pages, STRF(root), STRF(SIGN_ALGORITHM),
                      STRF(bundle_base64(a, public_key)));
}

static Str block_of(Arena *a, Str lines, Str signature) {
    Str text =
        str_printf(a, "%.*ssignature %.*s\n", STRF(lines), STRF(bundle_base64(a, signature)));
    Buf b = buf_new(a, 0);
    buf_put(&b, text);
    buf_lit(&b, "check ");
    buf_put(&b, hash_hex(a, HASH_SM3, text));
    while (b.n < BUNDLE_PAGE) buf_char(&b, '\n');
    return buf_str(&b);
}

bool bundle_seal(Ctx *c, Str image, const SignKey *key, Str *sealed) {
    Arena *a = c->arena;
    Str digests = digests_of(a, image), public_key = sign_public(a, key);
    Str lines = signed_lines(a, image.n / BUNDLE_PAGE, hash_hex(a, HASH_SM3, digests), public_key);
    Str signature = sign_bytes(c, key, lines);
    if (!ctx_ok(c)) return false;
    Str block = block_of(a, lines, signature);
    if (image.n % BUNDLE_PAGE || block.n != BUNDLE_PAGE) return FAIL(c, ERR_BUG, M_BUNDLE_FORM);
    Buf b = buf_new(a, (size_t)BUNDLE_MAX * 2);
    buf_put(&b, image);
    buf_put(&b, digests);
    buf_put(&b, block);
    *sealed = buf_str(&b);
    return !b.over || FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
}

/* The value of a line "name value" of the block; empty when it is not there. */
static Str line_of(Str block, Str name) {
    while (block.p) {
        Str line = str_cut(&block, '\n');
        if (str_starts(line, name) && line.n > name.n && line.p[name.n] == ' ')
            return str_sub(line, name.n + 1, line.n);
    }
    return S("");
}

static void check_pages(Ctx *c, Str image, Str digests, BundleCheck *check) {
    Str now = digests_of(c->arena, image);
    for (ptrdiff_t i = 0; i * HASH_BYTES < digests.n; i++) {
        Str x = str_sub(digests, i * HASH_BYTES, (i + 1) * HASH_BYTES);
        if (str_eq(x, str_sub(now, i * HASH_BYTES, (i + 1) * HASH_BYTES))) continue;
        Str name = str_printf(c->arena, "%lld", (long long)i + 1);
        Str bytes = str_printf(c->arena, "%lld–%lld", (long long)i * BUNDLE_PAGE,
                               (long long)(i + 1) * BUNDLE_PAGE - 1);
        bundle_finding(c, check, "page", name, M_BUNDLE_PAGE, bytes);
    }
}

void bundle_check_seal(Ctx *c, Str file, BundleSeal *out, BundleCheck *check) {
    Arena *a = c->arena;
    *out = (BundleSeal){0};
    Str block = str_sub(file, file.n - BUNDLE_PAGE, file.n);
    int64_t pages = 0, stands = (file.n - BUNDLE_PAGE) / (BUNDLE_PAGE + HASH_BYTES);
    bool sized = file.n > BUNDLE_PAGE && (file.n - BUNDLE_PAGE) % (BUNDLE_PAGE + HASH_BYTES) == 0;
    if (!sized || !str_starts(file, S("SQLite format 3")))
        bundle_finding(c, check, "seal", S("size"), M_BUNDLE_SIZE, S(""));
    str_to_i64(line_of(block, S("pages")), &pages);
    if (pages < 1 || pages > stands) pages = stands < 1 ? 0 : stands;
    out->image = str_sub(file, 0, (ptrdiff_t)pages * BUNDLE_PAGE);
    Str digests = str_sub(file, out->image.n, out->image.n + (ptrdiff_t)pages * HASH_BYTES);
    out->root = line_of(block, S("root"));
    out->algorithm = line_of(block, S("algorithm"));
    out->public_key = unbase64(a, line_of(block, S("public-key")));
    out->signature = unbase64(a, line_of(block, S("signature")));
    out->key_sm3 = hash_hex(a, HASH_SM3, out->public_key);
    Str lines = signed_lines(a, pages, out->root, out->public_key);
    if (!str_eq(block_of(a, lines, out->signature), block))
        bundle_finding(c, check, "seal", S("text"), M_BUNDLE_SEAL, S(""));
    if (!str_eq(hash_hex(a, HASH_SM3, digests), out->root))
        bundle_finding(c, check, "seal", S("digests"), M_BUNDLE_ROOT, S(""));
    if (!sign_verify(out->public_key, lines, out->signature))
        bundle_finding(c, check, "signature", S("SM2"), M_BUNDLE_SIGNATURE, S(""));
    check_pages(c, out->image, digests, check);
}

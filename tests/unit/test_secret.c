/* Sealing: what is sealed opens with the same key for the same cause only, not with one bit else.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "tests/test.h"

TEST(secret_seal_opens_for_its_cause_only) {
    Arena *a = arena_open(0);
    SecretKey key, other;
    Str plain, sealed, empty;
    secret_random(&key, sizeof key);
    secret_random(&other, sizeof other);
    sealed = secret_seal(a, &key, S("user:1"), S("GEZDGNBVGY3TQOJQ"));
    CHECK(secret_is_sealed(sealed) && str_find(sealed, S("GEZD")) < 0);
    CHECK(!str_eq(sealed, secret_seal(a, &key, S("user:1"), S("GEZDGNBVGY3TQOJQ"))));
    CHECK(secret_unseal(a, &key, S("user:1"), sealed, &plain));
    CHECK_STR(plain, S("GEZDGNBVGY3TQOJQ"));
    CHECK(!secret_unseal(a, &key, S("user:2"), sealed, &plain));
    CHECK(!secret_unseal(a, &other, S("user:1"), sealed, &plain));
    CHECK(!secret_unseal(a, &key, S("user:1"), S("GEZDGNBVGY3TQOJQ"), &plain));
    for (ptrdiff_t n = 0; n < sealed.n; n++) {
        CHECK(!secret_unseal(a, &key, S("user:1"), str_sub(sealed, 0, n), &plain));
        Str bad = str_dup(a, sealed);
        ((char *)(uintptr_t)bad.p)[n] = sealed.p[n] == 'Q' ? 'g' : 'Q';
        CHECK(!secret_unseal(a, &key, S("user:1"), bad, &plain));
    }
    empty = secret_seal(a, &key, S(""), S(""));
    CHECK(secret_unseal(a, &key, S(""), empty, &plain) && plain.n == 0);
    arena_close(a);
}

TEST(secret_key_file) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Str path = str_printf(a, "/tmp/jixia-secret-%.*s.key", STRF(secret_token(a, 9)));
    const char *name = str_z(a, path);
    SecretKey made, read;
    struct stat st;
    CHECK(!secret_key(&c, path, false, &made) && c.err.code == ERR_MISSING);
    ctx_clear(&c);
    CHECK(secret_key(&c, path, true, &made) && secret_key(&c, path, true, &read));
    CHECK(memcmp(&made, &read, sizeof made) == 0);
    CHECK(stat(name, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK_INT(chmod(name, 0640), 0);
    CHECK(!secret_key(&c, path, true, &read) && c.err.code == ERR_DENIED);
    ctx_clear(&c);
    CHECK(chmod(name, 0600) == 0 && truncate(name, 31) == 0);
    CHECK(!secret_key(&c, path, true, &read) && c.err.code == ERR_INPUT);
    ctx_clear(&c);
    CHECK(truncate(name, 33) == 0 && !secret_key(&c, path, true, &read));
    ctx_clear(&c);
    CHECK(!secret_key(&c, S("/nowhere/at/all.key"), true, &read) && c.err.code == ERR_STORE);
    unlink(name);
    arena_close(a);
}

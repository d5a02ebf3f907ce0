/* What the files of the bundle share. */
#ifndef JIXIA_CITY_BUNDLE_INNER_H
#define JIXIA_CITY_BUNDLE_INNER_H
#include "base/hash.h"
#include "city/bundle/bundle.h"
#include "codec/json.h"

/* The schema, statement by statement, as sqlite_master keeps it: {type, name, sql}. */
typedef struct BundleSchema {
    const char *type, *name, *sql;
} BundleSchema;
extern const BundleSchema BUNDLE_SCHEMA[];
extern const int BUNDLE_SCHEMA_COUNT;

/* --- writing (bundle_write.c) --- */
typedef struct BundleWriter BundleWriter;
/* A new SQLite file at path. */
BundleWriter *bundle_writer_open(Ctx *c, Str path);
/* Adds an item; a second one of the same kind and key is passed over. */
bool bundle_add(BundleWriter *w, const char *kind, Str key, Str name, Str type, Grade grade,
                Str bytes);
bool bundle_add_json(BundleWriter *w, const char *kind, Str key, Str name, Grade grade,
                     const Json *j);
bool bundle_has(const BundleWriter *w, const char *kind, Str key);
bool bundle_note(BundleWriter *w, const char *name, Str value); /* a line of the manifest */
Grade bundle_grade(const BundleWriter *w);
int64_t bundle_items(const BundleWriter *w);
/* Writes what is left of the manifest (format, counts, digest of all items, grade) and closes. */
bool bundle_writer_close(BundleWriter *w, bool keep);

/* --- the seal (bundle_seal.c) --- */
/* Puts the seal behind the pages. */
bool bundle_seal(Ctx *c, Str image, const SignKey *key, Str *sealed);
typedef struct BundleSeal {
    Str image; /* the pages */
    Str root;  /* SM3 of the page digests, hex */
    Str algorithm, public_key, key_sm3, signature;
} BundleSeal;
/* Reads the seal and checks it, the page digests and the pages. */
void bundle_check_seal(Ctx *c, Str file, BundleSeal *out, BundleCheck *check);

Str bundle_base64(Arena *a, Str s); /* RFC 4648 4 */

/* Adds a finding; what beyond BUNDLE_FINDINGS_MAX is counted. */
enum { BUNDLE_FINDINGS_MAX = 50 };
void bundle_finding(Ctx *c, BundleCheck *check, const char *what, Str name, Msg m, Str arg);

/* Digest of an item's row: what the manifest's digest of all items is made of. */
void bundle_hash_item(Hash *h, int64_t place, Str kind, Str key, Str grade, Str name, Str type,
                      Str sm3);

/* The same of a line of the manifest, in order of name: for manifest_sm3. */
void bundle_hash_note(Hash *h, Str name, Str value);

/* --- collecting (bundle_case.c) --- */
/* A case and those below it: their ids, parents first. */
bool bundle_cases(Db *db, int64_t root, int64_t **ids, int *n);
/* Adds a case with events, signatures, messages, papers and documents (withdrawn ones too), and the
 * flow it runs under. names false: of a case about an objection only what says nothing of who
 * objected. */
bool bundle_add_case(Db *db, const Register *r, BundleWriter *w, int64_t id, bool names,
                     BundleReport *report);

/* --- rounds (bundle_round.c) --- */
/* Adds what a round has besides its cases; puts the objects its journal entries are of into wanted.
 * names: who objected, too. */
bool bundle_add_round(Db *db, BundleWriter *w, int64_t round, bool names, Map *wanted);
/* Whether a case is about an objection. */
bool bundle_withheld(Db *db, int64_t kase);
#endif

/* The sealed bundle 封存包: what was decided, from what and by whom, in one file that anybody can
 * check without a server, a network or the register.
 *
 * F.zbb is a SQLite file followed by a seal. Its tables: manifest (name, value) and item, one row a
 * thing with the SM3 of its bytes; views over them name decisions, facts, rules, cases, journal
 * entries. The seal holds the SM3 of every page, and an SM2 signature over their digest: no byte of
 * the file is outside it. docs/bundle.md describes the form.
 */
#ifndef JIXIA_CITY_BUNDLE_H
#define JIXIA_CITY_BUNDLE_H
#include "base/sign.h"
#include "city/register.h"

enum { BUNDLE_FORMAT = 1, BUNDLE_PAGE = 4096, BUNDLE_MAX = 1 << 30 };

typedef struct BundleWish {
    int64_t subject;    /* all kept decisions of this subject; 0: none */
    int64_t kase;       /* this case with what hangs below it; 0: none */
    int64_t round;      /* a round with its case, candidates' cases and all it has; 0: none */
    bool names;         /* with who objected and what they wrote */
    Str rule;           /* all kept decisions of this rule; empty: none */
    int64_t as_of;      /* with rule: only those of this day (yyyymmdd); 0: any */
    bool whole_journal; /* every entry between the first and the last, not only the links */
    Act act;
} BundleWish;

typedef struct BundleReport {
    int64_t items, decisions, cases, documents, entries, bytes;
    Grade grade; /* the highest of anything in it */
    Str sm3;     /* of the whole file, hex */
} BundleReport;

/* Makes a bundle of what is wished for at `path` (replaced whole) and journals it first
 * ("bundle.make"), so that it stands in the part it carries. ERR_MISSING when nothing was found,
 * ERR_LIMIT when it is more than the memory of the ctx arena holds. */
bool bundle_make(Ctx *c, const Register *r, const BundleWish *w, const SignKey *key, Str path,
                 BundleReport *out);

/* One thing that is not as it was sealed. */
typedef struct BundleFinding {
    const char *what; /* seal, page, schema, manifest, item, journal, packet, signature */
    Str name;         /* which: "decision 17", "entry 88213", "page 12" */
    Str text;         /* what is wrong, in the language of the ctx */
} BundleFinding;

typedef struct BundleCheck {
    BundleFinding *findings;
    int n;
    int64_t more; /* findings beyond those listed */
    int64_t items, decisions, replayed, entries, links;
    Str signer;     /* SM3 of the public key, hex; empty when unreadable */
    Str public_key; /* DER */
    Str grade, object, made_at, made_by;
} BundleCheck;

/* Checks a bundle: seal, pages, schema, items, journal part, and each packet decided again from the
 * facts and rules inside. True when it could be read, whatever it found. */
bool bundle_verify(Ctx *c, Str path, BundleCheck *out);

/* The reader: one HTML page with the content inside, without network. Verifies first; a bundle with
 * findings gives a page that shows them. */
bool bundle_reader(Ctx *c, Str path, Str *html);
#endif

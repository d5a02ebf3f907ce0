/* Checking a bundle: from the bytes of the file to the meaning of what it holds. See bundle.h.
 *
 * Each check goes on after the ones before it failed, so that one changed byte is told at every
 * level that sees it: the page, the item, the journal entry or decision.
 */
#include "base/file.h"
#include "city/bundle/bundle_inner.h"

typedef struct Verify {
    Ctx *c;
    Db *db;
    BundleCheck *check;
    Ctx read; /* of the connection: its failures are findings */
    Arena *kept;
    Map manifest; /* name -> Str* */
    Map recorded; /* "decision:ID" -> Str* of the content's SM3 */
    Map files;    /* SM3 of a rule file -> Str* of its bytes */
    Rulebook **books;
    PackSet **packs;
    int nbooks, cap;
    Hash *all;
    int64_t place;
    int64_t number; /* journal: the last entry or link seen */
    Str link;
} Verify;

void bundle_finding(Ctx *c, BundleCheck *check, const char *what, Str name, Msg m, Str arg) {
    if (check->n == BUNDLE_FINDINGS_MAX) {
        check->more++;
        return;
    }
    if (!check->findings) check->findings = NEW_N(c->arena, BundleFinding, BUNDLE_FINDINGS_MAX);
    Str args[] = {arg};
    check->findings[check->n++] = (BundleFinding){.what = what,
                                                  .name = str_dup(c->arena, name),
                                                  .text = msg_text(c->arena, m, c->lang, 1, args)};
}

static void finding(Verify *v, const char *what, Str name, Msg m, Str arg) {
    bundle_finding(v->c, v->check, what, name, m, arg);
}

/* What a read on the bundle failed with is a finding, and the next read starts afresh. */
static void read_failed(Verify *v, const char *what) {
    if (ctx_ok(&v->read)) return;
    finding(v, what, S("SQLite"), M_BUNDLE_READ,
            note_text(v->c->arena, &v->read.err.note, v->c->lang));
    ctx_clear(&v->read);
}

static Str manifest(const Verify *v, Str name) {
    const Str *s = map_get(&v->manifest, name);
    return s ? *s : S("");
}

static Str *keep(Verify *v, Str s) {
    Str *p = NEW(v->kept, Str);
    *p = str_dup(v->kept, s);
    return p;
}

/* --- schema and manifest -----------------------------------------------------------------------
 */

static void check_schema(Verify *v) {
    int i = 0;
    Rows *r = Q(v->db, "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE "
                       "'sqlite_autoindex%' ORDER BY rowid");
    for (; r && row_next(r); i++) {
        const BundleSchema *want = i < BUNDLE_SCHEMA_COUNT ? &BUNDLE_SCHEMA[i] : NULL;
        if (!want || !str_eq(row_str(r, 0), str_from(want->type)) ||
            !str_eq(row_str(r, 1), str_from(want->name)) ||
            !str_eq(row_str(r, 2), str_from(want->sql)))
            finding(v, "schema", row_str(r, 1), M_BUNDLE_SCHEMA, row_str(r, 1));
    }
    if (r) rows_close(r);
    if (ctx_ok(&v->read) && i < BUNDLE_SCHEMA_COUNT)
        finding(v, "schema", str_from(BUNDLE_SCHEMA[i].name), M_BUNDLE_SCHEMA,
                str_from(BUNDLE_SCHEMA[i].name));
    read_failed(v, "schema");
}

static void compare(Verify *v, Str name, Str now) {
    if (!str_eq(manifest(v, name), now)) finding(v, "manifest", name, M_BUNDLE_MANIFEST, name);
}

static void read_manifest(Verify *v) {
    Rows *r = Q(v->db, "SELECT name, value FROM manifest ORDER BY name");
    while (r && row_next(r))
        map_put(&v->manifest, str_dup(v->kept, row_str(r, 0)), keep(v, row_str(r, 1)));
    if (r) rows_close(r);
    read_failed(v, "manifest");
    Hash *h = hash_open(HASH_SM3);
    for (int i = 0; i < v->manifest.n; i++)
        if (!str_eq(v->manifest.entries[i].key, S("manifest_sm3")))
            bundle_hash_note(h, v->manifest.entries[i].key, *(Str *)v->manifest.entries[i].value);
    unsigned char digest[HASH_BYTES];
    hash_close(h, digest);
    compare(v, S("manifest_sm3"), hex_text(v->c->arena, digest, HASH_BYTES));
    v->check->grade = manifest(v, S("grade"));
    v->check->object = manifest(v, S("object"));
    v->check->made_at = manifest(v, S("made_at"));
    v->check->made_by = manifest(v, S("made_by"));
    str_to_i64(manifest(v, S("journal_from")), &v->number);
    v->number--;
    v->link = manifest(v, S("journal_before"));
}

/* --- items -------------------------------------------------------------------------------------
 */

static void check_entry(Verify *v, Str key, Str bytes) {
    Json *o = json_parse(&v->read, bytes, key);
    ctx_clear(&v->read);
    JournalEntry e = {.number = json_get_i64(o, S("number"), 0),
                      .at_ms = json_get_i64(o, S("at_ms"), 0),
                      .actor = json_get_str(o, S("actor")),
                      .action = json_get_str(o, S("action")),
                      .object = json_get_str(o, S("object")),
                      .reason = json_get_str(o, S("reason")),
                      .content_sm3 = json_get_str(o, S("content_sm3")),
                      .sm3 = json_get_str(o, S("sm3"))};
    v->check->entries++;
    if (e.number != v->number + 1 || !str_eq(journal_link(v->read.arena, v->link, &e), e.sm3))
        finding(v, "journal", str_printf(v->c->arena, "%lld", (long long)v->number + 1),
                M_BUNDLE_LINK, S(""));
    v->number++;
    v->link = str_dup(v->kept, e.sm3);
    if (str_eq(e.action, S("decision.keep")))
        map_put(&v->recorded, str_dup(v->kept, e.object), keep(v, e.content_sm3));
}

/* Links of entries that are not shown say only where the next shown one goes on. */
static void check_links(Verify *v, Str key, Str bytes) {
    Str to = key, from = str_cut(&to, '-');
    int64_t first = 0, last = 0;
    bool fits = str_to_i64(from, &first) && to.p && str_to_i64(to, &last) &&
                first == v->number + 1 && last >= first &&
                bytes.n == (last - first + 1) * 2 * HASH_BYTES;
    if (!fits)
        finding(v, "journal", str_printf(v->c->arena, "%lld", (long long)v->number + 1),
                M_BUNDLE_LINK, S(""));
    v->check->links += last - first + 1;
    v->number = last;
    v->link = str_dup(v->kept, str_sub(bytes, bytes.n - 2 * HASH_BYTES, bytes.n));
}

static void open_rules(Verify *v, Str key, Str bytes) {
    Ctx c = ctx_new(v->kept, v->c->now_ms);
    Json *list = json_parse(&c, str_dup(v->kept, bytes), key);
    PackFile *files = NEW_N(v->kept, PackFile, (list ? list->count : 0) + 1);
    int n = 0;
    for (const Json *f = list ? list->first : NULL; f; f = f->next) {
        const Str *content = map_get(&v->files, json_get_str(f, S("sm3")));
        if (content)
            files[n++] = (PackFile){.pack = json_get_str(f, S("pack")),
                                    .path = json_get_str(f, S("path")),
                                    .bytes = *content};
    }
    PackSet *p = pack_parse(&c, files, n);
    Rulebook *b = p ? rulebook_open(&c, p) : NULL;
    if (!b) {
        finding(v, "item", str_cat(v->c->arena, S("rule_set "), key), M_BUNDLE_READ,
                note_text(v->c->arena, &c.err.note, v->c->lang));
        pack_close(p);
        return;
    }
    int cap = v->cap;
    GROW(v->kept, v->books, v->nbooks, v->cap);
    GROW(v->kept, v->packs, v->nbooks, cap);
    v->packs[v->nbooks] = p;
    v->books[v->nbooks++] = b;
}

typedef struct Item {
    int64_t place;
    Str kind, key, grade, name, type, sm3, bytes;
} Item;

static void check_item(Verify *v, const Item *i) {
    Arena *a = v->read.arena;
    bool in_place = i->place == v->place + 1;
    v->place = i->place;
    if (!in_place || !str_eq(hash_hex(a, HASH_SM3, i->bytes), i->sm3))
        finding(v, "item", str_printf(a, "%.*s %.*s", STRF(i->kind), STRF(i->key)), M_BUNDLE_ITEM,
                S(""));
    bundle_hash_item(v->all, i->place, i->kind, i->key, i->grade, i->name, i->type, i->sm3);
    v->check->items++;
    if (str_eq(i->kind, S("journal"))) check_entry(v, i->key, i->bytes);
    if (str_eq(i->kind, S("links"))) check_links(v, i->key, i->bytes);
    if (str_eq(i->kind, S("rule"))) map_put(&v->files, str_dup(v->kept, i->key), keep(v, i->bytes));
    if (str_eq(i->kind, S("rule_set"))) open_rules(v, i->key, i->bytes);
}

#define ITEM_COLUMNS "place, kind, key, grade, name, type, sm3, bytes "

static Item item_of(Rows *r) {
    return (Item){row_i64(r, 0), row_str(r, 1), row_str(r, 2), row_str(r, 3),
                  row_str(r, 4), row_str(r, 5), row_str(r, 6), row_str(r, 7)};
}

static void check_items(Verify *v) {
    v->all = hash_open(HASH_SM3);
    Rows *r = Q(v->db, "SELECT " ITEM_COLUMNS "FROM item ORDER BY place");
    while (r && row_next(r)) {
        ArenaMark m = arena_mark(v->read.arena);
        Item i = item_of(r);
        check_item(v, &i);
        arena_rewind(v->read.arena, m);
    }
    if (r) rows_close(r);
    read_failed(v, "item");
    unsigned char digest[HASH_BYTES];
    hash_close(v->all, digest);
    Arena *a = v->c->arena;
    compare(v, S("format"), str_printf(a, "%d", BUNDLE_FORMAT));
    compare(v, S("items"), str_printf(a, "%lld", (long long)v->check->items));
    compare(v, S("content_sm3"), hex_text(a, digest, HASH_BYTES));
    compare(v, S("journal_to"), str_printf(a, "%lld", (long long)v->number));
    if (!str_eq(manifest(v, S("journal_head")), v->link))
        finding(v, "journal", str_printf(a, "%lld", (long long)v->number), M_BUNDLE_HEAD, v->link);
}

/* --- decisions ---------------------------------------------------------------------------------
 */

static void replay(Verify *v, Str key, Str packet) {
    Arena *a = v->read.arena;
    PacketHead head;
    PacketDiff diff = {0};
    const Str *recorded = map_get(&v->recorded, str_cat(a, S("decision:"), key));
    v->check->decisions++;
    if (!recorded || !str_eq(*recorded, hash_hex(a, HASH_SM3, packet)))
        finding(v, "packet", key, M_BUNDLE_UNRECORDED, S(""));
    const Rulebook *book = v->nbooks ? v->books[0] : NULL;
    bool ok = book && packet_read(&v->read, packet, &head);
    for (int i = 0; ok && i < v->nbooks; i++)
        if (map_get(&v->books[i]->by_hash, head.rule_hash)) book = v->books[i];
    ok = ok && packet_replay(&v->read, book, packet, NULL, &diff);
    if (ok && diff.same)
        v->check->replayed++;
    else
        finding(v, "packet", key, M_BUNDLE_REPLAY,
                ok ? diff.path : note_text(a, &v->read.err.note, v->c->lang));
    ctx_clear(&v->read);
}

static void replay_all(Verify *v) {
    Rows *r = Q(v->db, "SELECT key, bytes FROM item WHERE kind = 'decision' ORDER BY place");
    while (r && row_next(r)) {
        ArenaMark m = arena_mark(v->read.arena);
        Str key = str_dup(v->read.arena, row_str(r, 0));
        replay(v, key, str_dup(v->read.arena, row_str(r, 1)));
        arena_rewind(v->read.arena, m);
    }
    if (r) rows_close(r);
    read_failed(v, "packet");
    compare(v, S("decisions"), str_printf(v->c->arena, "%lld", (long long)v->check->decisions));
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static void check_content(Verify *v, Str path) {
    Ctx *c = v->c;
    Arena *reading = arena_child(c->arena, 0);
    v->read = ctx_new(reading, c->now_ms);
    v->read.lang = c->lang;
    Store *s = store_open(&v->read, str_cat(c->arena, S("single:"), path), false, 1);
    v->db = s ? db_borrow(&v->read, s) : NULL;
    if (!v->db) read_failed(v, "schema");
    if (v->db) {
        check_schema(v);
        read_manifest(v);
    }
    if (v->db) {
        check_items(v);
        replay_all(v);
        db_return(v->db);
    }
    if (s) store_close(s);
    for (int i = 0; i < v->nbooks; i++) {
        rulebook_close(v->books[i]);
        pack_close(v->packs[i]);
    }
    arena_close(reading);
}

bool bundle_verify(Ctx *c, Str path, BundleCheck *out) {
    Str file;
    BundleSeal seal;
    *out = (BundleCheck){0};
    if (!file_read(c, path, (size_t)BUNDLE_MAX * 2, &file)) return false;
    if (file.n <= BUNDLE_PAGE) return FAIL(c, ERR_INPUT, M_BUNDLE_NOT, path);
    bundle_check_seal(c, file, &seal, out);
    out->signer = seal.public_key.n ? seal.key_sm3 : S("");
    out->public_key = seal.public_key;
    Verify v = {.c = c, .check = out, .kept = c->arena};
    v.manifest = map_new(v.kept);
    v.recorded = map_new(v.kept);
    v.files = map_new(v.kept);
    check_content(&v, path);
    return ctx_ok(c);
}

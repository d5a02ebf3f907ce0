/* Packets. See packet.h. Everything that can change a result is inside; nothing else is: no wall
 * clock, no internal id, no language. */
#include "city/packet.h"

#include "base/date.h"
#include "base/hash.h"
#include "feel/zone.h"

static void set_str(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, json_string(a, value));
}

static Json *facts_json(Arena *a, const Decision *d) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < d->nfacts; i++) json_push(list, fact_to_json(a, d->facts[i]));
    return list;
}

static Json *conditions_json(Arena *a, const Decision *d) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < d->nconditions; i++) {
        const ConditionResult *k = &d->conditions[i];
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("decision"), k->condition->decision);
        set_str(a, o, S("outcome"), outcome_text(k->outcome));
        if (k->value.tag != V_NULL) json_set(o, S("value"), value_to_json(a, k->value));
        if (k->required.n) set_str(a, o, S("required"), k->required);
    }
    return list;
}

static Json *missing_json(Arena *a, const Decision *d) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < d->nmissing; i++) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("name"), d->missing[i].name);
        set_str(a, o, S("kind"), missing_kind_text(d->missing[i].kind));
    }
    return list;
}

static Json *errors_json(Arena *a, const Decision *d) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < d->nerrors; i++) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("code"), msg_code(d->errors[i].msg));
        set_str(a, o, S("place"), d->errors[i].place);
    }
    return list;
}

static void set_clocks(Arena *a, Json *o, const Decision *d) {
    set_str(a, o, S("as_of"), date_text(a, d->as_of));
    json_set(o, S("reference_year"), json_int(a, d->year));
    if (d->seq == 0) return;
    set_str(a, o, S("as_known"), instant_text(a, d->as_known_ms));
    json_set(o, S("seq"), json_int(a, d->seq));
}

Json *packet_json(Arena *a, const Decision *d, const FactSet *set) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("format"), json_int(a, PACKET_FORMAT));
    json_set(o, S("engine"), json_int(a, ENGINE_VERSION));
    set_str(a, o, S("zones"), zone_table_version());
    set_str(a, o, S("subject"), d->subject);
    set_str(a, o, S("rule"), d->rule->id);
    set_str(a, o, S("version"), d->version ? d->version->id : S(""));
    set_str(a, o, S("rule_hash"), d->version ? d->version->hash : S(""));
    set_clocks(a, o, d);
    set_str(a, o, S("outcome"), outcome_text(d->outcome));
    if (d->why != MSG_NONE) set_str(a, o, S("why"), msg_code(d->why));
    json_set(o, S("unchecked"), json_bool(a, d->validity == VALIDITY_UNCHECKED));
    json_set(o, S("result"), value_to_json(a, d->result));
    json_set(o, S("facts"), facts_json(a, d));
    json_set(o, S("conditions"), conditions_json(a, d));
    json_set(o, S("missing"), missing_json(a, d));
    json_set(o, S("errors"), errors_json(a, d));
    if (set->kind.n) set_str(a, o, S("kind"), set->kind);
    if (set->switches) {
        Json *copy = json_new(a, JSON_OBJECT);
        for (const Json *j = set->switches->first; j; j = j->next) {
            Json *value = NEW(a, Json);
            *value = *j;
            value->next = NULL;
            json_set(copy, j->key, value);
        }
        json_set(o, S("parameters"), copy);
    }
    Buf b = buf_new(a, 0);
    json_canonical(&b, o);
    set_str(a, o, S("sm3"), hash_hex(a, HASH_SM3, buf_str(&b)));
    return o;
}

Str packet_bytes(Arena *a, const Decision *d, const FactSet *set) {
    Buf b = buf_new(a, 0);
    json_canonical(&b, packet_json(a, d, set));
    return buf_str(&b);
}

bool packet_read(Ctx *c, Str bytes, PacketHead *out) {
    Json *o = json_parse(c, bytes, S("packet"));
    *out = (PacketHead){.root = o};
    if (!o) return false;
    Str as_of = json_get_str(o, S("as_of")), known = json_get_str(o, S("as_known"));
    out->subject = json_get_str(o, S("subject"));
    out->rule = json_get_str(o, S("rule"));
    out->version = json_get_str(o, S("version"));
    out->rule_hash = json_get_str(o, S("rule_hash"));
    out->seq = json_get_i64(o, S("seq"), 0);
    out->year = (int)json_get_i64(o, S("reference_year"), 0);
    if (out->rule.n == 0 || !date_parse(as_of, &out->as_of))
        return FAIL(c, ERR_INPUT, M_PACKET_BAD);
    if (known.n && !instant_parse(known, &out->as_known_ms))
        return FAIL(c, ERR_INPUT, M_PACKET_BAD);
    if (json_get_i64(o, S("format"), 0) != PACKET_FORMAT ||
        json_get_i64(o, S("engine"), 0) != ENGINE_VERSION)
        return FAIL(c, ERR_RULE, M_PACKET_ENGINE);
    return true;
}

/* --- differences -------------------------------------------------------------------------------
 */

/* At most n bytes, whole characters. */
static Str excerpt(Str s, ptrdiff_t from, ptrdiff_t n) {
    while (from > 0 && from < s.n && ((unsigned char)s.p[from] & 0xC0) == 0x80) from--;
    ptrdiff_t end = from + n < s.n ? from + n : s.n;
    while (end > from && end < s.n && ((unsigned char)s.p[end] & 0xC0) == 0x80) end--;
    return str_sub(s, from, end);
}

static Str whole_text(Arena *a, const Json *j) {
    if (!j) return S("");
    Buf b = buf_new(a, 0);
    json_canonical(&b, j);
    return buf_str(&b);
}

static Str member_path(Arena *a, Str path, Str key) {
    return path.n ? str_printf(a, "%.*s.%.*s", STRF(path), STRF(key)) : key;
}

/* The first place where two trees differ; false when they are equal. */
static bool tree_diff(Arena *a, const Json *x, const Json *y, Str path, PacketDiff *out) {
    if (x && y && x->kind == y->kind && x->kind == JSON_OBJECT) {
        for (const Json *e = x->first; e; e = e->next)
            if (tree_diff(a, e, json_get(y, e->key), member_path(a, path, e->key), out))
                return true;
        for (const Json *e = y->first; e; e = e->next)
            if (!json_get(x, e->key))
                return tree_diff(a, NULL, e, member_path(a, path, e->key), out);
        return false;
    }
    if (x && y && x->kind == y->kind && x->kind == JSON_ARRAY) {
        const Json *e = x->first, *f = y->first;
        for (int i = 0; e || f; i++, e = e ? e->next : NULL, f = f ? f->next : NULL)
            if (tree_diff(a, e, f, str_printf(a, "%.*s[%d]", STRF(path), i), out)) return true;
        return false;
    }
    Str p = whole_text(a, x), q = whole_text(a, y);
    if (x && y && str_eq(p, q)) return false;
    out->path = path;
    out->stored = excerpt(p, 0, 200);
    out->computed = excerpt(q, 0, 200);
    return true;
}

/* Hides the digest: what it covers differs first and says more. */
static const Json *without_digest(Arena *a, const Json *o) {
    if (!o || o->kind != JSON_OBJECT) return o;
    Json *copy = json_new(a, JSON_OBJECT);
    for (const Json *e = o->first; e; e = e->next) {
        if (str_eq(e->key, S("sm3"))) continue;
        Json *value = NEW(a, Json);
        *value = *e;
        value->next = NULL;
        json_set(copy, e->key, value);
    }
    return copy;
}

PacketDiff packet_diff(Ctx *c, Str stored, Str computed) {
    PacketDiff d = {.same = str_eq(stored, computed)};
    if (d.same) return d;
    while (d.at < stored.n && d.at < computed.n && stored.p[d.at] == computed.p[d.at]) d.at++;
    Ctx quiet = ctx_new(c->arena, c->now_ms);
    const Json *x = json_parse(&quiet, stored, S("stored"));
    const Json *y = x ? json_parse(&quiet, computed, S("computed")) : NULL;
    bool named =
        x && y &&
        (tree_diff(c->arena, without_digest(c->arena, x), without_digest(c->arena, y), S(""), &d) ||
         tree_diff(c->arena, x, y, S(""), &d));
    if (!named) { /* the same content in another form, or no JSON at all */
        d.path = S("(form)");
        d.stored = excerpt(stored, d.at, 60);
        d.computed = excerpt(computed, d.at, 60);
    }
    return d;
}

bool packet_replay(Ctx *c, const Rulebook *b, Str bytes, const FactSet *facts, PacketDiff *diff) {
    PacketHead head;
    FactSet inside;
    if (packet_damage(c, bytes, diff)) return true;
    if (!packet_read(c, bytes, &head)) return false;
    const CompiledVersion *cv = map_get(&b->by_hash, head.rule_hash);
    const Rule *rule = cv ? cv->version->rule : pack_rule(c, b->pack, head.rule);
    if (!rule) return false;
    if (!cv && head.rule_hash.n)
        return FAIL(c, ERR_MISSING, M_PACKET_RULE, head.rule, head.rule_hash);
    if (!facts) {
        if (!factset_from_packet(c, b->pack, json_get(head.root, S("facts")), &inside))
            return false;
        inside.subject = head.subject;
        inside.kind = json_get_str(head.root, S("kind"));
        inside.switches = json_get(head.root, S("parameters"));
        facts = &inside;
    }
    DecideOptions o = {.as_of = head.as_of,
                       .as_known_ms = head.as_known_ms,
                       .seq = head.seq,
                       .year = head.year,
                       .version = cv ? cv->version : NULL};
    Decision d = decide(c->arena, b, rule, facts, &o);
    *diff = packet_diff(c, bytes, packet_bytes(c->arena, &d, facts));
    return true;
}

/* YAML of packs through libyaml's event parser, into the Json tree. The only file that includes
 * yaml.h.
 *
 * Invariants: one document, no anchors, aliases or tags, keys are scalars and unique, depth at most
 * JSON_DEPTH_MAX. Only JSON's own words become null, true and false: YAML 1.1's yes, no and on stay
 * text, so a district called NO is not false. */
#include "codec/yaml.h"

#include <yaml.h>

#include "base/map.h"
#include "base/utf8.h"

typedef struct Reader {
    Ctx *c;
    Str name;
    yaml_parser_t parser;
    yaml_event_t event; /* the newest: the only one alive, so that a jump leaves nothing behind */
    int depth;
    Json *root;
    bool ok;
} Reader;

static Str place_of(const Reader *r, yaml_mark_t at) {
    return str_printf(r->c->arena, "%.*s:%zu:%zu", STRF(r->name), at.line + 1, at.column + 1);
}

static Str text_of(Reader *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

/* What libyaml found, in our words; in its own, quoted, where we have none. */
static Str problem_text(Reader *r) {
    static const struct {
        const char *problem;
        Msg text;
    } TEXTS[] = {
        {"found character that cannot start any token", M_YAML_TOKEN},
        {"mapping values are not allowed in this context", M_YAML_COLON},
        {"could not find expected ':'", M_YAML_NO_COLON},
        {"did not find expected key", M_YAML_KEY},
        {"did not find expected '-' indicator", M_YAML_DASH},
        {"did not find expected ',' or ']'", M_YAML_LIST_END},
        {"did not find expected ',' or '}'", M_YAML_MAP_END},
        {"found unexpected end of stream", M_YAML_OPEN_QUOTE},
        {"found a tab character that violates indentation", M_YAML_TAB},
        {"found unknown escape character", M_YAML_ESCAPE},
        {"block sequence entries are not allowed in this context", M_YAML_NO_LIST},
        {"control characters are not allowed", M_YAML_CONTROL},
        {"did not find expected node content", M_YAML_CONTENT},
    };
    Str problem = str_from(r->parser.problem ? r->parser.problem : "?");
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (str_eq(problem, str_from(TEXTS[i].problem))) return text_of(r, TEXTS[i].text);
    return str_printf(r->c->arena, "“%.*s”", STRF(problem));
}

static bool next_event(Reader *r) {
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event)) return true;
    if (r->parser.error == YAML_MEMORY_ERROR) return FAIL(r->c, ERR_LIMIT, M_LIMIT_MEMORY);
    return FAIL_AT(r->c, ERR_INPUT, place_of(r, r->parser.problem_mark), M_YAML_SYNTAX,
                   problem_text(r));
}

/* Records why an event is not allowed; false when it is not. */
static bool allowed(Reader *r) {
    const yaml_event_t *e = &r->event;
    Msg what = MSG_NONE;
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (e->type == YAML_ALIAS_EVENT) what = M_YAML_ALIAS;
    if (e->type == YAML_SCALAR_EVENT) anchor = e->data.scalar.anchor, tag = e->data.scalar.tag;
    if (e->type == YAML_SEQUENCE_START_EVENT)
        anchor = e->data.sequence_start.anchor, tag = e->data.sequence_start.tag;
    if (e->type == YAML_MAPPING_START_EVENT)
        anchor = e->data.mapping_start.anchor, tag = e->data.mapping_start.tag;
    if (anchor) what = M_YAML_ANCHOR;
    if (tag) what = M_YAML_TAG;
    if (what == MSG_NONE) return true;
    return FAIL_AT(r->c, ERR_INPUT, place_of(r, e->start_mark), M_YAML_REFUSED, text_of(r, what));
}

static Str scalar_text(Reader *r) {
    const yaml_event_t *e = &r->event;
    return str_dup(r->c->arena, str_of(e->data.scalar.value, e->data.scalar.length));
}

static void set_scalar(Reader *r, Json *v) {
    Str s = scalar_text(r);
    v->text = s;
    v->kind = JSON_STRING;
    if (r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return;
    if (s.n == 0 || str_eq(s, S("~")) || str_eq(s, S("null"))) {
        v->kind = JSON_NULL;
        v->text = (Str){0};
    } else if (str_eq(s, S("true")) || str_eq(s, S("false"))) {
        v->kind = JSON_BOOL;
        v->truth = s.p[0] == 't';
    } else if (json_is_number(s)) {
        v->kind = JSON_NUMBER;
    }
}

static bool read_node(Reader *r, Json *v);

static bool read_sequence(Reader *r, Json *v) {
    for (;;) {
        if (!next_event(r)) return false;
        if (r->event.type == YAML_SEQUENCE_END_EVENT) return true;
        if (!read_node(r, json_push(v, NEW(r->c->arena, Json)))) return false;
    }
}

/* Reads the key event: its text and that it is new. */
static bool read_key(Reader *r, Map *seen, Str *key) {
    if (!allowed(r)) return false;
    if (r->event.type != YAML_SCALAR_EVENT)
        return FAIL_AT(r->c, ERR_INPUT, place_of(r, r->event.start_mark), M_YAML_REFUSED,
                       text_of(r, M_YAML_KEY_KIND));
    *key = scalar_text(r);
    if (map_has(seen, *key))
        return FAIL_AT(r->c, ERR_INPUT, place_of(r, r->event.start_mark), M_YAML_DUPLICATE, *key);
    map_put(seen, *key, NULL);
    return true;
}

static bool read_mapping(Reader *r, Json *v) {
    Map seen = map_new(r->c->arena);
    for (;;) {
        Str key = {0};
        if (!next_event(r)) return false;
        if (r->event.type == YAML_MAPPING_END_EVENT) return true;
        if (!read_key(r, &seen, &key) || !next_event(r)) return false;
        if (!read_node(r, json_set(v, key, NEW(r->c->arena, Json)))) return false;
    }
}

static bool read_node(Reader *r, Json *v) {
    if (!allowed(r)) return false;
    v->line = (uint32_t)r->event.start_mark.line + 1;
    if (r->event.type == YAML_SCALAR_EVENT) {
        set_scalar(r, v);
        return true;
    }
    if (++r->depth > JSON_DEPTH_MAX)
        return FAIL_AT(r->c, ERR_LIMIT, place_of(r, r->event.start_mark), M_YAML_DEPTH,
                       str_printf(r->c->arena, "%d", JSON_DEPTH_MAX));
    bool mapping = r->event.type == YAML_MAPPING_START_EVENT;
    v->kind = mapping ? JSON_OBJECT : JSON_ARRAY;
    bool ok = mapping ? read_mapping(r, v) : read_sequence(r, v);
    r->depth--;
    return ok;
}

/* Reads the events of the stream; the root stays NULL for an empty one. */
static bool read_stream(Reader *r) {
    for (;;) {
        if (!next_event(r)) return false;
        switch (r->event.type) {
        case YAML_STREAM_END_EVENT: return true;
        case YAML_DOCUMENT_START_EVENT:
            if (!r->root) break;
            return FAIL_AT(r->c, ERR_INPUT, place_of(r, r->event.start_mark), M_YAML_REFUSED,
                           text_of(r, M_YAML_SECOND));
        case YAML_SCALAR_EVENT:
        case YAML_ALIAS_EVENT:
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT:
            r->root = NEW(r->c->arena, Json);
            if (!read_node(r, r->root)) return false;
            break;
        default: break;
        }
    }
}

static void read_in(void *user) {
    Reader *r = user;
    r->ok = read_stream(r);
}

Json *yaml_parse(Ctx *c, Str text, Str name) {
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_sub(text, 3, text.n);
    ptrdiff_t bad = utf8_invalid_at(text);
    if (bad >= 0) {
        FAIL_AT(c, ERR_INPUT, name, M_TEXT_NOT_UTF8, str_printf(c->arena, "%td", bad + 1));
        return NULL;
    }
    Reader r = {.c = c, .name = name};
    if (!yaml_parser_initialize(&r.parser)) {
        FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
        return NULL;
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.p, (size_t)text.n);
    bool full = !arena_guard(c->arena, read_in, &r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (full) arena_raise(c->arena);
    if (!r.ok) return NULL;
    return r.root ? r.root : json_new(c->arena, JSON_NULL);
}

/* Reading a flow: fields, states, documents, codes. Acts are in flow_act.c, the checks of the whole
 * in flow_check.c. Reading goes on behind a finding, so that an author sees all of them at once; a
 * flow with a finding is not used. */
#include "city/flow/flow_read.h"
#include "base/hash.h"
#include "city/flow/evidence.h"
#include "city/pack_parse.h"
#include "codec/yaml.h"

static const char *const FLOW_KEYS[] = {"id",    "title", "subject",   "parent",     "status",
                                        "basis", "note",  "fields",    "start",      "states",
                                        "acts",  "codes", "documents", "roles_view", NULL};
static const char *const FIELD_KEYS[] = {"name", "title", "type", "choices", "grade", NULL};
static const char *const CHOICE_KEYS[] = {"id", "title", NULL};
static const char *const STATE_KEYS[] = {"id", "title", "stage", "final", "clock", NULL};
static const char *const CLOCK_KEYS[] = {"name",  "days",   "kind", "escalate_to",
                                         "basis", "status", "note", NULL};
static const char *const DOCUMENT_KEYS[] = {"id", "title", "types", "max_mb", "grade", "by", NULL};
static const char *const BASIS_KEYS[] = {"document", "article", "note", NULL};
static const char *const TEXT_KEYS[] = {"zh", "en", NULL};
static const char *const FIELD_TYPES[] = {"text", "number", "date", "boolean",
                                          "list", "choice", NULL};
static const char *const GRADES[] = {"公开", "内部", "敏感", "商业秘密", NULL};
static const char *const STATUSES[] = {"", "V", "V*", "I", "DEMO", NULL};
static const char *const SUBJECTS[] = {"enterprise", "none", NULL};
static const char *const CLOCK_KINDS[] = {"working", "calendar", NULL};
enum { CLOCK_DAYS_MAX = 3660, LIST_MAX = 20000 };

Str field_type_text(FieldType t) {
    return str_from(FIELD_TYPES[t]);
}

/* --- parts -------------------------------------------------------------------------------------
 */

Str flow_place(const FlowReader *r, uint32_t line) {
    return pack_place(r->c->arena, r->file, line);
}

void flow_keys(FlowReader *r, const Json *object, const char *const *known) {
    if (!object) return;
    if (object->kind != JSON_OBJECT) {
        FLOW_BAD(r, object->line, M_FLOW_KEY, object->key);
        return;
    }
    for (const Json *j = object->first; j; j = j->next)
        if (pack_word(j->key, known, -1) < 0) FLOW_BAD(r, j->line, M_FLOW_UNKNOWN_KEY, j->key);
}

const Json *flow_list(FlowReader *r, const Json *object, Str key, int *n) {
    const Json *j = json_get(object, key);
    *n = 0;
    if (!j || j->kind == JSON_NULL) return NULL;
    if (j->kind != JSON_ARRAY || j->count > LIST_MAX) {
        FLOW_BAD(r, j->line, M_FLOW_KEY, key);
        return NULL;
    }
    *n = j->count;
    return j->first;
}

/* NULL: absent, or of another kind, which is a finding. */
static const Json *of_kind(FlowReader *r, const Json *object, Str key, JsonKind kind) {
    const Json *j = json_get(object, key);
    if (!j || j->kind == JSON_NULL || j->kind == kind) return j && j->kind == kind ? j : NULL;
    if (!r->stored) FLOW_BAD(r, j->line, M_FLOW_KEY, key);
    return NULL;
}

bool flow_bool(FlowReader *r, const Json *object, Str key) {
    const Json *j = of_kind(r, object, key, JSON_BOOL);
    return j && j->truth;
}

int64_t flow_int(FlowReader *r, const Json *object, Str key, int64_t fallback) {
    const Json *j = of_kind(r, object, key, JSON_NUMBER);
    int64_t n = fallback;
    if (j && !str_to_i64(j->text, &n)) FLOW_BAD(r, j->line, M_FLOW_KEY, key);
    return n;
}

Str flow_words(FlowReader *r, const Json *object, Str key) {
    return json_str(of_kind(r, object, key, JSON_STRING), S(""));
}

void flow_text(FlowReader *r, const Json *object, Str key, Str *zh, Str *en) {
    const Json *t = json_get(object, key);
    flow_keys(r, t, TEXT_KEYS);
    *zh = json_get_str(t, S("zh"));
    *en = json_get_str(t, S("en"));
    if (!zh->n) FLOW_BAD(r, object->line, M_FLOW_KEY, key);
}

void flow_basis(FlowReader *r, const Json *object, Basis *out) {
    const Json *b = json_get(object, S("basis"));
    if (!b || b->kind == JSON_NULL) return;
    flow_keys(r, b, BASIS_KEYS);
    Str key = json_get_str(b, S("document"));
    out->article = json_get_str(b, S("article"));
    out->document = key.n ? pack_document(r->pack, key) : NULL;
    if (key.n && !out->document && !r->stored) FLOW_BAD(r, b->line, M_PACK_DOCUMENT, key);
}

uint32_t flow_roles(FlowReader *r, const Json *object, Str key, bool *opener, bool *clock) {
    uint32_t roles = 0;
    int n;
    for (const Json *j = flow_list(r, object, key, &n); j; j = j->next) {
        Str name = json_str(j, S(""));
        int role = role_find(name);
        if (role >= 0)
            roles |= (uint32_t)1 << role;
        else if (opener && str_eq(name, S("opener")))
            *opener = true;
        else if (clock && str_eq(name, S("clock")))
            *clock = true;
        else
            FLOW_BAD(r, j->line, M_FLOW_ROLE, name);
    }
    return roles;
}

static int word(FlowReader *r, const Json *object, Str key, const char *const *words,
                int fallback) {
    int at = pack_word(flow_words(r, object, key), words, fallback);
    if (at >= 0) return at;
    FLOW_BAD(r, object->line, M_FLOW_KEY, key);
    return 0;
}

/* --- fields, documents, codes ------------------------------------------------------------------
 */

static void read_choices(FlowReader *r, const Json *j, FlowField *f) {
    int n;
    const Json *e = flow_list(r, j, S("choices"), &n);
    f->choices = NEW_N(r->c->arena, FlowChoice, n + 1);
    for (; e; e = e->next) {
        FlowChoice *k = &f->choices[f->nchoices++];
        *k = (FlowChoice){.id = json_str(e, S("")), .zh = json_str(e, S(""))};
        if (e->kind != JSON_OBJECT) continue;
        flow_keys(r, e, CHOICE_KEYS);
        k->id = json_get_str(e, S("id"));
        flow_text(r, e, S("title"), &k->zh, &k->en);
    }
    if ((f->type == FIELD_CHOICE) != (f->nchoices > 0))
        FLOW_BAD(r, j->line, M_FLOW_KEY, S("choices"));
}

static void read_fields(FlowReader *r, const Json *root) {
    Flow *f = r->flow;
    int n;
    const Json *j = flow_list(r, root, S("fields"), &n);
    if (n > FLOW_FIELDS_MAX) {
        FLOW_BAD(r, j->line, M_FLOW_MANY, S("fields"));
        return;
    }
    f->fields = NEW_N(r->c->arena, FlowField, n + 1);
    for (; j; j = j->next) {
        flow_keys(r, j, FIELD_KEYS);
        FlowField k = {.name = json_get_str(j, S("name"))};
        if (!k.name.n) FLOW_BAD(r, j->line, M_FLOW_KEY, S("name"));
        if (flow_field(f, k.name)) FLOW_BAD(r, j->line, M_FLOW_TWICE, k.name);
        k.type = (FieldType)word(r, j, S("type"), FIELD_TYPES, FIELD_TEXT);
        k.grade = (Grade)word(r, j, S("grade"), GRADES, GRADE_INTERNAL);
        if (json_get(j, S("title"))) flow_text(r, j, S("title"), &k.zh, &k.en);
        if (!k.zh.n) k.zh = k.name;
        read_choices(r, j, &k);
        f->fields[f->nfields++] = k;
    }
}

static uint32_t read_types(FlowReader *r, const Json *j) {
    uint32_t types = 0;
    int n;
    for (const Json *e = flow_list(r, j, S("types"), &n); e; e = e->next) {
        EvidenceType t = evidence_type_find(json_str(e, S("")));
        if (t == EVIDENCE_NONE) FLOW_BAD(r, e->line, M_FLOW_FILE_TYPE, json_str(e, S("")));
        types |= (uint32_t)1 << t;
    }
    if (!types) FLOW_BAD(r, j->line, M_FLOW_KEY, S("types"));
    return types;
}

static void read_documents(FlowReader *r, const Json *root) {
    Flow *f = r->flow;
    int n;
    const Json *j = flow_list(r, root, S("documents"), &n);
    f->documents = NEW_N(r->c->arena, FlowDocument, n + 1);
    for (; j; j = j->next) {
        flow_keys(r, j, DOCUMENT_KEYS);
        FlowDocument k = {.id = json_get_str(j, S("id")), .types = read_types(r, j)};
        int64_t mb = flow_int(r, j, S("max_mb"), 10);
        if (!k.id.n) FLOW_BAD(r, j->line, M_FLOW_KEY, S("id"));
        if (flow_document(f, k.id)) FLOW_BAD(r, j->line, M_FLOW_TWICE, k.id);
        if (mb < 1 || mb > EVIDENCE_MAX_MB) FLOW_BAD(r, j->line, M_FLOW_KEY, S("max_mb"));
        k.max_mb = (int)mb;
        k.grade = (Grade)word(r, j, S("grade"), GRADES, GRADE_INTERNAL);
        k.by = flow_roles(r, j, S("by"), NULL, NULL);
        flow_text(r, j, S("title"), &k.zh, &k.en);
        f->documents[f->ndocuments++] = k;
    }
}

static void read_codes(FlowReader *r, const Json *root) {
    Flow *f = r->flow;
    int n;
    const Json *j = flow_list(r, root, S("codes"), &n);
    f->codes = NEW_N(r->c->arena, FlowCode, n + 1);
    for (; j; j = j->next) {
        flow_keys(r, j, CHOICE_KEYS);
        FlowCode k = {.id = json_get_str(j, S("id"))};
        if (!k.id.n) FLOW_BAD(r, j->line, M_FLOW_KEY, S("id"));
        if (flow_code(f, k.id)) FLOW_BAD(r, j->line, M_FLOW_TWICE, k.id);
        flow_text(r, j, S("title"), &k.zh, &k.en);
        f->codes[f->ncodes++] = k;
    }
}

/* --- states ------------------------------------------------------------------------------------
 */

static const FlowClock *read_clock(FlowReader *r, const Json *j, Str state) {
    Flow *f = r->flow;
    if (!j || j->kind == JSON_NULL) return NULL;
    flow_keys(r, j, CLOCK_KEYS);
    FlowClock k = {.name = json_get_str(j, S("name")), .escalate_to = -1};
    Str days = json_get_str(j, S("days")), role = json_get_str(j, S("escalate_to"));
    int64_t number;
    if (!k.name.n) k.name = state;
    if (str_starts(days, S("参数.")) && days.n > S("参数.").n)
        k.days_of = str_sub(days, S("参数.").n, days.n);
    else if (str_to_i64(days, &number) && number > 0 && number <= CLOCK_DAYS_MAX)
        k.days = (int)number;
    else
        FLOW_BAD(r, j->line, M_FLOW_KEY, S("days"));
    k.working = word(r, j, S("kind"), CLOCK_KINDS, 0) == 0;
    if (role.n && (k.escalate_to = role_find(role)) < 0) FLOW_BAD(r, j->line, M_FLOW_ROLE, role);
    flow_basis(r, j, &k.basis);
    for (int i = 0; i < f->nclocks; i++)
        if (str_eq(f->clocks[i].name, k.name)) FLOW_BAD(r, j->line, M_FLOW_TWICE, k.name);
    f->clocks[f->nclocks] = k;
    return &f->clocks[f->nclocks++];
}

static void read_states(FlowReader *r, const Json *root) {
    Flow *f = r->flow;
    int n;
    const Json *j = flow_list(r, root, S("states"), &n);
    if (n == 0 || n > FLOW_STATES_MAX) {
        FLOW_BAD(r, root->line, n ? M_FLOW_MANY : M_FLOW_KEY, S("states"));
        return;
    }
    f->states = NEW_N(r->c->arena, FlowState, n);
    f->clocks = NEW_N(r->c->arena, FlowClock, n);
    for (; j; j = j->next) {
        flow_keys(r, j, STATE_KEYS);
        FlowState k = {.id = json_get_str(j, S("id")),
                       .stage = json_get_str(j, S("stage")),
                       .final = flow_bool(r, j, S("final")),
                       .line = j->line};
        if (!k.id.n) FLOW_BAD(r, j->line, M_FLOW_KEY, S("id"));
        if (flow_state(f, k.id)) FLOW_BAD(r, j->line, M_FLOW_TWICE, k.id);
        if (json_get(j, S("title"))) flow_text(r, j, S("title"), &k.zh, &k.en);
        if (!k.zh.n) k.zh = k.id;
        if (!k.stage.n) k.stage = k.id;
        k.clock = read_clock(r, json_get(j, S("clock")), k.id);
        if (k.clock && k.final) FLOW_BAD(r, j->line, M_FLOW_KEY, S("clock"));
        f->states[f->nstates++] = k;
    }
    f->start = flow_state(f, json_get_str(root, S("start")));
    if (!f->start) FLOW_BAD(r, root->line, M_FLOW_STATE, json_get_str(root, S("start")));
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static void read_head(FlowReader *r, const Json *root) {
    Flow *f = r->flow;
    flow_keys(r, root, FLOW_KEYS);
    f->id = json_get_str(root, S("id"));
    f->note = json_get_str(root, S("note"));
    f->parent = json_get_str(root, S("parent"));
    if (!f->id.n) FLOW_BAD(r, root->line, M_FLOW_KEY, S("id"));
    flow_text(r, root, S("title"), &f->zh, &f->en);
    f->subject_enterprise = word(r, root, S("subject"), SUBJECTS, 0) == 0;
    f->status = (Status)word(r, root, S("status"), STATUSES, STATUS_NONE);
    if (f->status == STATUS_NONE) FLOW_BAD(r, root->line, M_FLOW_KEY, S("status"));
    flow_basis(r, root, &f->basis);
    f->view = flow_roles(r, root, S("roles_view"), NULL, NULL);
    if (r->stored) return;
    /* What is proved names its document; office practice says what it rests on. */
    if ((f->status == STATUS_V || f->status == STATUS_COPY) && !f->basis.document)
        FLOW_BAD(r, root->line, M_FLOW_KEY, S("basis"));
    if (f->status == STATUS_INFERRED && !f->basis.document && !f->note.n)
        FLOW_BAD(r, root->line, M_FLOW_KEY, S("note"));
}

/* The first finding becomes the failure. */
static Flow *finish(FlowReader *r, const Note *before) {
    const Note *n = before ? before->next : r->c->notes;
    while (n && n->severity) n = n->next;
    if (!r->errors || !n) return r->errors ? NULL : r->flow;
    Str args[MSG_ARGS_MAX + 1] = {{0}}; /* as FAIL passes them: behind an empty one */
    for (int i = 0; i < n->nargs; i++) args[i + 1] = n->args[i];
    fail_at_(r->c, ERR_INPUT, n->place, __FILE__, __LINE__, n->msg, n->nargs, args);
    fail_hint(r->c, n->hint);
    return NULL;
}

static Flow *read_flow(Ctx *c, const PackSet *p, const PackFile *file, bool stored) {
    Note *before = c->notes_last;
    Flow *f = NEW(c->arena, Flow);
    FlowReader r = {.c = c, .pack = p, .file = file, .flow = f, .stored = stored};
    Json *root = yaml_parse(c, file->bytes, flow_place(&r, 0));
    f->file = file;
    f->sm3 = hash_hex(c->arena, HASH_SM3, file->bytes);
    if (!root) return NULL;
    read_head(&r, root);
    read_fields(&r, root);
    read_documents(&r, root);
    read_codes(&r, root);
    read_states(&r, root);
    if (!r.errors) flow_read_acts(&r, root);
    if (!r.errors) flow_compile(&r);
    if (!r.errors && !stored) flow_check(&r);
    return finish(&r, before);
}

static bool link_flow(Ctx *c, const PackSet *p, Flow *f) {
    Note *before = c->notes_last;
    FlowReader r = {.c = c, .pack = p, .file = f->file, .flow = f};
    flow_link(&r);
    return finish(&r, before) != NULL;
}

Flow *flow_parse(Ctx *c, const PackSet *p, const PackFile *file) {
    Flow *f = read_flow(c, p, file, false);
    return f && link_flow(c, p, f) ? f : NULL;
}

Flow *flow_parse_stored(Ctx *c, const PackSet *p, const PackFile *file) {
    return read_flow(c, p, file, true);
}

static bool is_flow(const PackFile *f) {
    return str_starts(f->path, S("flows/")) && str_ends(f->path, S(".yaml"));
}

bool pack_parse_flows(Ctx *c, PackSet *p) {
    int n = 0;
    for (int i = 0; i < p->nfiles; i++) n += is_flow(&p->files[i]);
    p->flows = NEW_N(c->arena, Flow *, n + 1);
    for (int i = 0; i < p->nfiles; i++) {
        if (!is_flow(&p->files[i])) continue;
        Flow *f = read_flow(c, p, &p->files[i], false);
        if (!f) return false;
        if (map_put(&p->by_flow, f->id, f))
            return FAIL_AT(c, ERR_INPUT, pack_place(c->arena, &p->files[i], 0), M_PACK_DUPLICATE,
                           f->id);
        p->flows[p->nflows++] = f;
    }
    for (int i = 0; i < p->nflows; i++)
        if (!link_flow(c, p, p->flows[i])) return false;
    return true;
}

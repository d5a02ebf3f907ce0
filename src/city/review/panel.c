/* The panel in the store: members, the wall from what is recorded, seats. See panel.h. */
#include "city/review/panel.h"

#include "city/library/interest.h"
#include "city/review/round_parts.h"
#include "city/user.h"
#include "store/counter.h"

enum { LACKS_NAMED = 5 };

static bool open_for_panel(Ctx *c, const Round *r) {
    if (!r->listed_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_LISTED);
    return !r->scored_ms || FAIL(c, ERR_STATE, M_ROUND_SCORED);
}

/* --- members ---------------------------------------------------------------------------------- */

bool panel_member(Db *db, int64_t round, const PanelMember *m, const Act *act) {
    Ctx *c = db_ctx(db);
    Json *o = json_new(c->arena, JSON_OBJECT), *fields = json_new(c->arena, JSON_ARRAY);
    for (int i = 0; i < m->nfields; i++) json_push(fields, json_string(c->arena, m->fields[i]));
    json_set(o, S("person"), json_string(c->arena, m->person));
    json_set(o, S("fields"), fields);
    User u;
    if (!review_touch(db, round)) return false;
    if (!user_by_name(db, m->person, &u))
        return ctx_ok(c) && FAIL(c, ERR_MISSING, M_PANEL_MEMBER, m->person);
    if (Q_I64(db, 0, "SELECT scored_ms FROM review_round WHERE id = $1", db_i(round)))
        return FAIL(c, ERR_STATE, M_ROUND_SCORED);
    return EXEC(db,
                "INSERT INTO review_member(round, person, organisation, fields, most, chair, "
                "gone_ms) VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (round, person) DO UPDATE "
                "SET fields = $4, most = $5, chair = $6, gone_ms = 0",
                db_i(round), db_s(m->person), db_i(m->organisation),
                db_s(review_text(c->arena, fields)), db_i(m->most), db_i(m->chair)) &&
           review_note(db, act, S("panel.member"), round, o);
}

static void read_fields(Ctx *c, Str text, PanelMember *m) {
    const Json *j = json_parse(c, text, S("fields"));
    m->fields = NEW_N(c->arena, Str, (j ? j->count : 0) + 1);
    for (const Json *e = j ? j->first : NULL; e; e = e->next)
        m->fields[m->nfields++] = json_str(e, S(""));
}

bool panel_members(Db *db, int64_t round, PanelMember **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *q = Q(db,
                "SELECT m.person, m.organisation, m.fields, m.most, m.chair, m.gone_ms, "
                "(SELECT count(*) FROM review_seat s WHERE s.round = m.round AND "
                "s.person = m.person AND s.ended_ms = 0), "
                "(SELECT count(*) FROM review_seat s WHERE s.round = m.round AND "
                "s.person = m.person AND s.ended_ms = 0 AND s.submitted_ms > 0) "
                "FROM review_member m WHERE m.round = $1 ORDER BY m.person",
                db_i(round));
    while (q && row_next(q)) {
        PanelMember m = {.person = str_dup(c->arena, row_str(q, 0)),
                         .organisation = row_i64(q, 1),
                         .most = (int)row_i64(q, 3),
                         .chair = row_i64(q, 4) != 0,
                         .gone = row_i64(q, 5) != 0,
                         .load = (int)row_i64(q, 6),
                         .submitted = (int)row_i64(q, 7)};
        read_fields(c, str_dup(c->arena, row_str(q, 2)), &m);
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = m;
    }
    if (q) rows_close(q);
    return ctx_ok(c);
}

/* --- the wall --------------------------------------------------------------------------------- */

typedef struct Bench {
    const Round *round;
    Candidate *file;
    PanelMember *member;
    int files, members;
    uint8_t *wall; /* [file * members + member] */
    AssignIn in;
} Bench;

static Str party(Arena *a, const char *kind, int64_t id) {
    return id ? str_printf(a, "%s:%lld", kind, (long long)id) : S("");
}

static WallKind kind_of(InterestKind k) {
    return k == INTEREST_HOLDING      ? WALL_HOLDING
           : k == INTEREST_EMPLOYMENT ? WALL_EMPLOYER
           : k == INTEREST_EARLIER    ? WALL_EARLIER
                                      : WALL_KIN;
}

/* Ties of a member: own interests and those of the organisation, by subject root. */
static bool ties(Db *db, const PanelMember *m, WallReviewer *w) {
    Arena *a = db_ctx(db)->arena;
    Interest *of[2];
    int n[2] = {0, 0};
    User u = {0};
    if (!user_by_name(db, m->person, &u) && !ctx_ok(db_ctx(db))) return false;
    if (u.id && !interest_of(db, 0, u.id, &of[0], &n[0])) return false;
    if (m->organisation && !interest_of(db, m->organisation, 0, &of[1], &n[1])) return false;
    WallTie *t = NEW_N(a, WallTie, n[0] + n[1] + 1);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < n[k]; i++) {
            if (of[k][i].ended_ms) continue;
            t[w->nties++] = (WallTie){kind_of(of[k][i].kind),
                                      party(a, "subject", subject_root(db, of[k][i].subject))};
        }
    w->person = m->person;
    w->organisation = party(a, "organisation", m->organisation);
    w->ties = t;
    return ctx_ok(db_ctx(db));
}

static bool sponsors(Db *db, const Candidate *k, WallFile *f) {
    Ctx *c = db_ctx(db);
    Str *people = NULL, *orgs = NULL;
    int pcap = 0, ocap = 0;
    f->firm = party(c->arena, "subject", subject_root(db, k->subject));
    Rows *q = Q(db,
                "SELECT person, organisation FROM review_sponsor WHERE candidate = $1 "
                "ORDER BY person, organisation",
                db_i(k->id));
    while (q && row_next(q)) {
        GROW(c->arena, people, f->nrecommenders, pcap);
        people[f->nrecommenders++] = str_dup(c->arena, row_str(q, 0));
        GROW(c->arena, orgs, f->norganisations, ocap);
        orgs[f->norganisations++] = party(c->arena, "organisation", row_i64(q, 1));
    }
    if (q) rows_close(q);
    f->recommenders = people;
    f->organisations = orgs;
    return ctx_ok(c);
}

/* Interests members declared on single files. */
static bool declared(Db *db, Bench *b) {
    Rows *q = Q(db,
                "SELECT candidate, person, kind FROM review_wall WHERE round = $1 "
                "ORDER BY candidate, person",
                db_i(b->round->id));
    while (q && row_next(q))
        for (int f = 0; f < b->files; f++) {
            if (b->file[f].id != row_i64(q, 0)) continue;
            for (int m = 0; m < b->members; m++)
                if (str_eq(b->member[m].person, row_str(q, 1)) && !b->wall[f * b->members + m])
                    b->wall[f * b->members + m] = (uint8_t)wall_find(row_str(q, 2));
        }
    if (q) rows_close(q);
    return ctx_ok(db_ctx(db));
}

static bool bench_open(Db *db, const Round *r, Bench *b) {
    Ctx *c = db_ctx(db);
    int64_t total;
    *b = (Bench){.round = r};
    CandidateFilter f = {.round = r->id, .had = -1};
    if (!round_candidates(db, &f, &b->file, &b->files, &total) ||
        !panel_members(db, r->id, &b->member, &b->members))
        return false;
    if (!b->members) {
        FAIL(c, ERR_STATE, M_PANEL_EMPTY);
        return false;
    }
    b->wall = NEW_N(c->arena, uint8_t, b->files * b->members + 1);
    WallReviewer *who = NEW_N(c->arena, WallReviewer, b->members);
    AssignFile *file = NEW_N(c->arena, AssignFile, b->files + 1);
    AssignReviewer *rev = NEW_N(c->arena, AssignReviewer, b->members);
    for (int m = 0; m < b->members; m++) {
        const PanelMember *p = &b->member[m];
        if (!ties(db, p, &who[m])) return false;
        rev[m] = (AssignReviewer){p->person, p->fields, p->nfields, p->most, p->gone};
    }
    for (int i = 0; i < b->files; i++) {
        WallFile about = {0};
        if (!sponsors(db, &b->file[i], &about)) return false;
        file[i] = (AssignFile){b->file[i].number, b->file[i].field};
        for (int m = 0; m < b->members; m++)
            b->wall[i * b->members + m] = (uint8_t)wall_between(&who[m], &about);
    }
    b->in = (AssignIn){.file = file,
                       .reviewer = rev,
                       .files = b->files,
                       .reviewers = b->members,
                       .per_file = r->setting.score.sheets,
                       .wall = b->wall,
                       .seed = r->seed,
                       .order = r->setting.order};
    return declared(db, b);
}

/* --- seats ------------------------------------------------------------------------------------ */

static bool wall_note(Db *db, const Bench *b, int f, int m, Str note) {
    return EXEC(db,
                "INSERT INTO review_wall(round, candidate, person, kind, note, at_ms) "
                "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                db_i(b->round->id), db_i(b->file[f].id), db_s(b->member[m].person),
                db_s(wall_text((WallKind)b->wall[f * b->members + m])), db_s(note),
                db_i(db_ctx(db)->now_ms));
}

static bool seat_new(Db *db, const Bench *b, const AssignPair *p) {
    int64_t id = counter_take(db, S("review_seat"), 1);
    return id && EXEC(db,
                      "INSERT INTO review_seat(id, round, candidate, person, version, assigned_ms, "
                      "declared_ms, sheet, saved_ms, first, submitted_ms, second_ms, ended_ms, "
                      "ended) VALUES ($1, $2, $3, $4, 1, $5, 0, '{}', 0, '', 0, 0, 0, '')",
                      db_i(id), db_i(b->round->id), db_i(b->file[p->file].id),
                      db_s(b->member[p->reviewer].person), db_i(db_ctx(db)->now_ms));
}

/* Names the files that lack somebody, the first few in words. */
static bool lacking(Ctx *c, const Bench *b, const AssignOut *out) {
    Buf text = buf_new(c->arena, 0);
    for (int i = 0; i < out->lacks && i < LACKS_NAMED; i++) {
        const AssignLack *k = &out->lack[i];
        Str args[5] = {b->file[k->file].number, str_printf(c->arena, "%d", k->got),
                       str_printf(c->arena, "%d", k->walled), str_printf(c->arena, "%d", k->full),
                       str_printf(c->arena, "%d", k->gone)};
        if (i) buf_lit(&text, "; ");
        buf_put(&text, msg_text(c->arena, M_PANEL_LACK_ONE, c->lang, 5, args));
    }
    if (out->lacks > LACKS_NAMED) buf_lit(&text, " …");
    return FAIL(c, ERR_RULE, M_PANEL_LACK, str_printf(c->arena, "%d", out->lacks),
                str_printf(c->arena, "%d", b->in.per_file), buf_str(&text));
}

static bool note_seats(Db *db, const Bench *b, const AssignOut *out, Str action, const Act *act) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT), *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < out->n; i++) {
        Json *e = json_push(list, json_new(a, JSON_ARRAY));
        json_push(e, json_string(a, b->file[out->pair[i].file].number));
        json_push(e, json_string(a, b->member[out->pair[i].reviewer].person));
    }
    json_set(o, S("seats"), list);
    return review_note(db, act, action, b->round->id, o);
}

bool panel_assign(Db *db, const Round *r, const Act *act, AssignOut *out, Candidate **files) {
    Ctx *c = db_ctx(db);
    Bench b;
    if (!open_for_panel(c, r) || !review_touch(db, r->id)) return false;
    if (r->assigned_ms) return FAIL(c, ERR_STATE, M_PANEL_ASSIGNED);
    if (!bench_open(db, r, &b)) return false;
    *files = b.file;
    assign_panel(c->arena, &b.in, out);
    if (out->lacks) return lacking(c, &b, out);
    for (int f = 0; f < b.files; f++)
        for (int m = 0; m < b.members; m++)
            if (b.wall[f * b.members + m] && !wall_note(db, &b, f, m, S(""))) return false;
    for (int i = 0; i < out->n; i++)
        if (!seat_new(db, &b, &out->pair[i])) return false;
    return review_moment(db, "UPDATE review_round SET assigned_ms = $1 WHERE id = $2", r->id) &&
           note_seats(db, &b, out, S("panel.assign"), act);
}

static int member_of(const Bench *b, Str person) {
    for (int m = 0; m < b->members; m++)
        if (str_eq(b->member[m].person, person)) return m;
    return -1;
}

static int file_of(const Bench *b, int64_t candidate) {
    for (int f = 0; f < b->files; f++)
        if (b->file[f].id == candidate) return f;
    return -1;
}

bool panel_refill(Db *db, const Round *r, const Act *act, AssignOut *out) {
    Ctx *c = db_ctx(db);
    Bench b;
    Seat *seats;
    int n;
    if (!bench_open(db, r, &b) || !seat_list(db, r->id, &seats, &n)) return false;
    AssignPair *kept = NEW_N(c->arena, AssignPair, n + 1);
    for (int i = 0; i < n; i++)
        kept[i] = (AssignPair){file_of(&b, seats[i].candidate), member_of(&b, seats[i].person),
                               seats[i].saved_ms > 0 || seats[i].declared_ms > 0};
    b.in.kept = kept;
    b.in.nkept = n;
    assign_panel(c->arena, &b.in, out);
    uint8_t *on = NEW_N(c->arena, uint8_t, b.files * b.members + 1);
    uint8_t *was = NEW_N(c->arena, uint8_t, b.files * b.members + 1);
    for (int i = 0; i < out->n; i++) on[out->pair[i].file * b.members + out->pair[i].reviewer] = 1;
    for (int i = 0; i < n; i++) {
        was[kept[i].file * b.members + kept[i].reviewer] = 1;
        if (on[kept[i].file * b.members + kept[i].reviewer]) continue;
        if (!EXEC(db, "UPDATE review_seat SET ended_ms = $1, ended = 'handed' WHERE id = $2",
                  db_i(c->now_ms), db_i(seats[i].id)))
            return false;
    }
    for (int i = 0; i < out->n; i++)
        if (!was[out->pair[i].file * b.members + out->pair[i].reviewer] &&
            !seat_new(db, &b, &out->pair[i]))
            return false;
    return note_seats(db, &b, out, S("panel.refill"), act);
}

bool panel_leave(Db *db, const Round *r, Str person, const Act *act, AssignOut *out) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("person"), json_string(c->arena, person));
    if (!open_for_panel(c, r) || !review_touch(db, r->id)) return false;
    if (!db_exec(db,
                 "UPDATE review_member SET gone_ms = $1 WHERE round = $2 AND person = $3 AND "
                 "gone_ms = 0",
                 &changed, 3, (DbVal[]){db_i(c->now_ms), db_i(r->id), db_s(person)}))
        return false;
    if (!changed) return FAIL(c, ERR_MISSING, M_PANEL_MEMBER, person);
    *out = (AssignOut){0};
    return EXEC(db,
                "UPDATE review_seat SET ended_ms = $1, ended = 'left' WHERE round = $2 AND "
                "person = $3 AND submitted_ms = 0 AND ended_ms = 0",
                db_i(c->now_ms), db_i(r->id), db_s(person)) &&
           review_note(db, act, S("panel.leave"), r->id, o) &&
           (!r->assigned_ms || panel_refill(db, r, act, out));
}

bool panel_wall(Db *db, int64_t round, Json **out) {
    Ctx *c = db_ctx(db);
    *out = json_new(c->arena, JSON_ARRAY);
    Rows *q = Q(db,
                "SELECT k.number, w.person, w.kind, w.note FROM review_wall w "
                "JOIN review_candidate k ON k.id = w.candidate WHERE w.round = $1 "
                "ORDER BY k.number, w.person, w.kind",
                db_i(round));
    while (q && row_next(q)) {
        static const char *const KEYS[] = {"candidate", "person", "kind", "note"};
        Json *e = json_push(*out, json_new(c->arena, JSON_OBJECT));
        for (int i = 0; i < 4; i++)
            json_set(e, str_from(KEYS[i]), json_string(c->arena, str_dup(c->arena, row_str(q, i))));
    }
    if (q) rows_close(q);
    return ctx_ok(c);
}

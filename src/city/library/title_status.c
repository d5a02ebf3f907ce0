/* The status of a title on a day, from its record and events. See title.h.
 *
 * Events count in order of day, then of recording. What was taken back by a correction is passed
 * over. A removal, a revocation or an expiry by decision is final; a term that ran out is not: a
 * renewal recorded later gives the title back from its day on. */
#include "city/library/title.h"

#include <stdlib.h>

#include "base/date.h"

static const Str KINDS[] = {STR_INIT(""), STR_INIT("在库"), STR_INIT("认定"), STR_INIT("上榜")};
static const Str KIND_WORDS[] = {STR_INIT(""), STR_INIT("in_library"), STR_INIT("recognised"),
                                 STR_INIT("listed")};
static const Str EVENTS[] = {STR_INIT(""),       STR_INIT("suspend"), STR_INIT("resume"),
                             STR_INIT("renew"),  STR_INIT("remove"),  STR_INIT("revoke"),
                             STR_INIT("expire"), STR_INIT("correct"), STR_INIT("transfer"),
                             STR_INIT("bar"),    STR_INIT("publish")};
static const Str STATES[] = {STR_INIT("not_yet"), STR_INIT("held"), STR_INIT("suspended"),
                             STR_INIT("ended"), STR_INIT("void")};

Str title_kind_text(TitleKind k) {
    return KINDS[k];
}

Str title_kind_word(TitleKind k) {
    return KIND_WORDS[k];
}

int title_kind_find(Str text) {
    for (int k = TITLE_IN_LIBRARY; k <= TITLE_LISTED; k++)
        if (str_eq(KINDS[k], text) || str_eq(KIND_WORDS[k], text)) return k;
    return -1;
}

Str title_event_text(TitleEventKind k) {
    return EVENTS[k];
}

int title_event_find(Str text) {
    for (int k = TITLE_SUSPEND; k <= TITLE_PUBLISH; k++)
        if (str_eq(EVENTS[k], text)) return k;
    return -1;
}

Str title_state_text(TitleState s) {
    return STATES[s];
}

static int32_t next_to(int32_t day, int step) {
    int64_t days;
    return day && date_from_int(day, &days) ? date_to_int(days + step) : 0;
}

int32_t title_last_day(int32_t to) {
    return next_to(to, -1);
}

int32_t title_day_after(int32_t last) {
    return next_to(last, 1);
}

bool title_counts(const TitleStatus *s) {
    return s->state == TITLE_HELD || s->state == TITLE_SUSPENDED;
}

static bool known(int64_t seq, int64_t recorded_ms, const FactAt *at) {
    return seq <= at->seq && recorded_ms <= at->as_known;
}

const TitleEvent *title_taken_back(const TitleEvent *events, int n, int64_t title, int64_t event,
                                   const FactAt *at) {
    for (int i = 0; i < n; i++) {
        const TitleEvent *e = &events[i];
        if (e->kind == TITLE_CORRECT && e->title == title && e->target == event &&
            known(e->seq, e->recorded_ms, at))
            return e;
    }
    return NULL;
}

static int by_day(const void *px, const void *py) {
    const TitleEvent *x = *(const TitleEvent *const *)px, *y = *(const TitleEvent *const *)py;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Where the walk stands. */
typedef struct Walk {
    TitleStatus s;
    int32_t suspended_to;
    bool over; /* ended by a decision */
} Walk;

/* What time alone does until the morning of a day. */
static void pass(Walk *w, int32_t day) {
    TitleStatus *s = &w->s;
    if (s->state == TITLE_ENDED) return;
    if (s->to && s->to <= day) {
        s->state = TITLE_ENDED;
        s->why = TITLE_EXPIRE;
        s->since = s->to;
        s->by = NULL;
    } else if (s->state == TITLE_SUSPENDED && w->suspended_to && w->suspended_to <= day) {
        s->state = TITLE_HELD;
        s->since = w->suspended_to;
        s->by = NULL;
    }
}

static void turn(Walk *w, TitleState state, const TitleEvent *e) {
    w->s.state = state;
    w->s.since = e->day;
    w->s.by = e;
}

static void end(Walk *w, const TitleEvent *e) {
    turn(w, TITLE_ENDED, e);
    w->s.why = e->kind;
    w->over = true;
}

static void renew(Walk *w, const TitleEvent *e) {
    w->s.to = e->to;
    w->s.renewals++;
    if (w->s.state != TITLE_ENDED) return;
    turn(w, TITLE_HELD, e);
    w->s.why = 0;
}

static void happen(Walk *w, const TitleEvent *e) {
    if (e->kind == TITLE_PUBLISH) w->s.published = true;
    if (w->over) return;
    bool lives = w->s.state != TITLE_ENDED;
    switch (e->kind) {
    case TITLE_SUSPEND:
        if (!lives) return;
        turn(w, TITLE_SUSPENDED, e);
        w->suspended_to = e->to;
        return;
    case TITLE_RESUME:
        if (w->s.state == TITLE_SUSPENDED) turn(w, TITLE_HELD, e);
        return;
    case TITLE_RENEW: renew(w, e); return;
    case TITLE_REVOKE: end(w, e); return; /* also of a title whose term is over */
    case TITLE_REMOVE:
    case TITLE_EXPIRE:
        if (lives) end(w, e);
        return;
    case TITLE_TRANSFER:
        if (lives) w->s.holder = e->target;
        return;
    default: return;
    }
}

TitleStatus title_status(const Title *t, const TitleEvent *events, int n, const FactAt *at,
                         const SubjectMergers *mergers) {
    Walk w = {.s = {.title = t,
                    .holder = t->subject,
                    .state = TITLE_HELD,
                    .since = t->from,
                    .to = t->to,
                    .published = t->published}};
    const TitleEvent *mine[TITLE_EVENTS_MAX];
    int count = 0;
    for (int i = 0; i < n && count < TITLE_EVENTS_MAX; i++) {
        const TitleEvent *e = &events[i];
        if (e->title == t->id && e->kind != TITLE_CORRECT && e->day <= at->as_of &&
            known(e->seq, e->recorded_ms, at) && !title_taken_back(events, n, t->id, e->id, at))
            mine[count++] = e;
    }
    qsort(mine, (size_t)count, sizeof *mine, by_day);
    for (int i = 0; i < count; i++) {
        pass(&w, mine[i]->day);
        happen(&w, mine[i]);
    }
    pass(&w, at->as_of);
    const TitleEvent *wrong = title_taken_back(events, n, t->id, 0, at);
    if (wrong || at->as_of < t->from) w.s.why = 0;
    if (wrong) {
        w.s.state = TITLE_VOID;
        w.s.by = wrong;
        w.s.since = wrong->day;
    } else if (at->as_of < t->from) {
        w.s.state = TITLE_NOT_YET;
    }
    if (mergers) w.s.holder = subject_climb(mergers, w.s.holder);
    return w.s;
}

/* The panel of a round 评审组: members, the wall, seats, sheets, results. See round.h for rules of
 * writing. */
#ifndef JIXIA_CITY_REVIEW_PANEL_H
#define JIXIA_CITY_REVIEW_PANEL_H
#include "city/flow/evidence.h"
#include "city/review/panel_stats.h"
#include "city/review/round.h"

typedef struct PanelMember {
    Str person; /* user name */
    int64_t organisation;
    Str *fields;
    int nfields;
    int most;
    bool chair, gone;
    int load, submitted; /* seats that stand; of them handed in */
} PanelMember;

/* Adds or changes a member. ERR_STATE once scoring is closed. */
bool panel_member(Db *db, int64_t round, const PanelMember *m, const Act *act);
bool panel_members(Db *db, int64_t round, PanelMember **out, int *n);
/* A member leaves: files not handed in go to others, nothing else moves. */
bool panel_leave(Db *db, const Round *r, Str person, const Act *act, AssignOut *out);
/* Completes the seats after one ended: only what lacks a reviewer changes. */
bool panel_refill(Db *db, const Round *r, const Act *act, AssignOut *out);
/* Seats k members a file. Each pair the wall keeps apart is recorded with its reason. When a file
 * lacks a reviewer nothing is written: ERR_RULE, and out->lack names the files (by index into
 * *files). */
bool panel_assign(Db *db, const Round *r, const Act *act, AssignOut *out, Candidate **files);

typedef struct Seat {
    int64_t id, round, candidate, version;
    Str person, number, sheet, first, ended;
    int64_t assigned_ms, declared_ms, saved_ms, submitted_ms, second_ms, ended_ms;
} Seat;
/* The seats of a round, of a person in all rounds, of a candidate; those ended left out. By
 * candidate and person. */
bool seat_list(Db *db, int64_t round, Seat **out, int *n);
bool seat_list_mine(Db *db, Str person, Seat **out, int *n);
bool seat_list_of(Db *db, int64_t candidate, Seat **out, int *n);
/* ERR_MISSING unless the seat stands, is this person's and they have not left the panel: nobody
 * learns whether it exists. */
bool seat_get(Db *db, int64_t id, Str person, Seat *out);
/* Declares whether there is an interest, before the file opens. With one the seat ends, the wall
 * holds the pair, and somebody else is seated where possible (*lacking otherwise). */
bool seat_declare(Db *db, const Round *r, const Seat *s, bool interest, Str note, const Act *act,
                  bool *lacking);
/* Saves a sheet; version is the one read (ERR_STALE). submit: hands it in: every criterion marked
 * (or a vote), a comment beside each extreme. ERR_STATE past the deadline or before declaring. */
bool seat_save(Db *db, const Round *r, const Seat *s, int64_t version, const Json *sheet,
               bool submit, const Act *act);
/* The documents of the candidate's case for the holder of a seat: up to 敏感, none withdrawn, from
 * the second pass on (a document names its enterprise) until scoring is closed. *later: how many
 * the blind pass holds back. */
bool seat_documents(Db *db, const Round *r, const Seat *s, CaseDocument **out, int *n, int *later);
/* Opens one of them; ERR_MISSING for every other. Inside a write transaction: the reading of 敏感
 * is journalled. */
bool seat_document(Db *db, const Round *r, const Seat *s, int64_t id, CaseDocument *out,
                   EvidenceFile *file);
/* Opens the second pass: names and the others' sheets become visible. Every sheet must be in. */
bool panel_second(Db *db, const Round *r, const Act *act);
/* Consensus: records the value; those seated sign it. */
bool panel_consensus(Db *db, const Round *r, int64_t candidate, Str value, Str note,
                     const Act *act);
bool panel_sign(Db *db, const Round *r, int64_t candidate, const Act *act);

typedef struct PanelView {
    Candidate *files;
    int nfiles;
    PanelMember *members;
    int nmembers;
    FileStats *file;
    ReviewerStats *member;
    int seats, submitted;
} PanelView;
/* Results and statistics from the sheets handed in; for the office and the chair. */
bool panel_view(Db *db, const Round *r, PanelView *out);
/* Closes scoring: the result of each file is kept. A file without its full number of sheets has
 * none: ERR_RULE unless `lacking` allows it, with the reason of the act. */
bool panel_close(Db *db, const Round *r, bool lacking, const Act *act);
/* JSON of the pair-wise wall of a round, for the office. */
bool panel_wall(Db *db, int64_t round, Json **out);
#endif

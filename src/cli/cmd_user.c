/* jixia user: accounts from the command line. */
#include "base/date.h"
#include "city/people/factor.h"
#include "city/people/invitation.h"
#include "city/people/organisation.h"
#include "city/register.h"
#include "city/user.h"
#include "cli/city.h"

typedef struct Work {
    User user;
    Str organisation, token;
    int64_t expires_ms;
    Str password;
    PasswordHash hash;
    Act act;
} Work;

static bool add(Db *db, void *data) {
    Work *w = data;
    Organisation o;
    if (w->organisation.n && !organisation_by_name(db, w->organisation, &o))
        return ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_MISSING, M_PEOPLE_NO_ORGANISATION);
    if (w->organisation.n) w->user.organisation = o.id;
    return user_add(db, &w->user, w->hash, &w->act) != 0;
}

static bool known(Db *db, const Work *w, User *u) {
    return user_by_name(db, w->user.name, u) ||
           (ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_MISSING, M_USER_UNKNOWN));
}

static bool reset(Db *db, void *data) {
    const Work *w = data;
    User u;
    return known(db, w, &u) && user_set_password(db, u.id, w->hash, true, &w->act);
}

static bool invite(Db *db, void *data) {
    Work *w = data;
    User u;
    return known(db, w, &u) && invitation_make(db, u.id, &w->token, &w->expires_ms, &w->act);
}

static bool end_codes(Db *db, void *data) {
    const Work *w = data;
    User u;
    return known(db, w, &u) && factor_remove(db, u.id, &w->act);
}

static bool end_sessions(Db *db, void *data) {
    const Work *w = data;
    User u;
    SessionRow *all;
    int n;
    if (!known(db, w, &u) || !session_list(db, u.id, &all, &n)) return false;
    for (int i = 0; i < n; i++)
        if (!session_end(db, u.id, all[i].serial, &w->act)) return false;
    return true;
}

static bool read_roles(Cli *cli, const CliOpt *o, uint32_t *roles) {
    for (int i = 0; i < o->n; i++) {
        int role = role_find(o->all[i]);
        if (role < 0)
            return FAIL(cli->c, ERR_INPUT, M_HTTP_ROLE, o->all[i],
                        role_list(cli->arena, cli->c->lang == LANG_EN));
        *roles |= 1u << role;
    }
    return true;
}

static bool list(Cli *cli, Db *db) {
    User *users;
    int n;
    Buf b = buf_new(cli->arena, 0);
    if (!user_list(db, S(""), &users, &n)) return false;
    for (int i = 0; i < n; i++) {
        buf_printf(&b, "%.*s\t%.*s\t", STRF(users[i].name), STRF(users[i].display_name));
        bool first = true;
        for (int r = 0; r < ROLES; r++) {
            if (!(users[i].roles >> r & 1)) continue;
            if (!first) buf_char(&b, ',');
            buf_put(&b, role_text((Role)r));
            first = false;
        }
        buf_put(&b, users[i].disabled ? S("\tdisabled\n") : S("\n"));
    }
    return cli_print(buf_str(&b));
}

static bool write_user(Cli *cli, Db *db, Work *w, bool fresh) {
    if (!user_hash_password(cli->c, w->user.name, w->password, &w->hash) ||
        !tx_run(db, DB_WRITE, fresh ? add : reset, w) || !journal_seal(db, 1000, NULL))
        return false;
    Str args[] = {w->user.name, w->password};
    return cli_print(
        str_cat(cli->arena, msg_text(cli->arena, M_CLI_PASSWORD, cli->c->lang, 2, args), S("\n")));
}

static bool run(Cli *cli, Db *db, Work *w, bool (*fn)(Db *, void *)) {
    if (!tx_run(db, DB_WRITE, fn, w) || !journal_seal(db, 1000, NULL)) return false;
    if (!w->token.n) return true;
    Str args[] = {w->user.name, instant_text(cli->arena, w->expires_ms), w->token};
    return cli_print(str_cat(
        cli->arena, msg_text(cli->arena, M_CLI_INVITATION, cli->c->lang, 3, args), S("\n")));
}

/* What needs no password. */
static bool (*act_of(Str word))(Db *, void *) {
    if (str_eq(word, S("invite"))) return invite;
    if (str_eq(word, S("end-codes"))) return end_codes;
    return str_eq(word, S("end-sessions")) ? end_sessions : NULL;
}

/* A district or zone of the city, when one is given. */
static bool check_district(Cli *cli, const Register *reg, Str district) {
    return district.n == 0 || map_get(&reg->codes.division, district) ||
           FAIL(cli->c, ERR_INPUT, M_PEOPLE_DISTRICT, district);
}

int cmd_user(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--role"},
                  {.name = "--display-name"},
                  {.name = "--district"},
                  {.name = "--organisation"}};
    Str args[2];
    int n;
    Work w = {.act = {.actor = cli_actor(cli->arena), .reason = S("jixia user")}};
    if (!cli_parse(cli, argc, argv, o, 4, args, 2, &n)) return cli_failed(cli);
    bool listing = n == 1 && str_eq(args[0], S("list"));
    bool adding = n == 2 && str_eq(args[0], S("add"));
    bool (*fn)(Db *, void *) = n == 2 ? act_of(args[0]) : NULL;
    if (!listing && !adding && !fn && !(n == 2 && str_eq(args[0], S("reset"))))
        return cli_usage(cli);
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    w.user = (User){.name = n == 2 ? args[1] : S(""),
                    .display_name = o[1].text,
                    .district = o[2].text,
                    .must_change = true};
    w.organisation = o[3].text;
    w.password = user_one_time_password(cli->arena);
    bool ok = db && read_roles(cli, &o[0], &w.user.roles) &&
              check_district(cli, reg, w.user.district) &&
              (listing ? list(cli, db)
               : fn    ? run(cli, db, &w, fn)
                       : write_user(cli, db, &w, adding));
    if (db) db_return(db);
    register_close(reg);
    return ok ? EXIT_YES : cli_failed(cli);
}

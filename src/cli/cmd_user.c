/* jixia user: accounts from the command line. */
#include "city/register.h"
#include "city/user.h"
#include "cli/city.h"

typedef struct Work {
    User user;
    Str password;
    PasswordHash hash;
    Act act;
} Work;

static bool add(Db *db, void *data) {
    Work *w = data;
    return user_add(db, &w->user, w->hash, &w->act) != 0;
}

static bool reset(Db *db, void *data) {
    Work *w = data;
    User u;
    if (!user_by_name(db, w->user.name, &u))
        return ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_MISSING, M_USER_UNKNOWN);
    return user_set_password(db, u.id, w->hash, true, &w->act);
}

static bool read_roles(Cli *cli, const CliOpt *o, uint32_t *roles) {
    for (int i = 0; i < o->n; i++) {
        int role = role_find(o->all[i]);
        if (role < 0) return FAIL(cli->c, ERR_INPUT, M_HTTP_ROLE, o->all[i]);
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

int cmd_user(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--role"}, {.name = "--display-name"}, {.name = "--district"}};
    Str args[2];
    int n;
    Work w = {.act = {.actor = cli_actor(cli->arena), .reason = S("jixia user")}};
    if (!cli_parse(cli, argc, argv, o, 3, args, 2, &n)) return cli_failed(cli);
    bool listing = n == 1 && str_eq(args[0], S("list"));
    bool adding = n == 2 && str_eq(args[0], S("add"));
    if (!listing && !adding && !(n == 2 && str_eq(args[0], S("reset")))) return cli_usage(cli);
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    w.user = (User){.name = n == 2 ? args[1] : S(""),
                    .display_name = o[1].text,
                    .district = o[2].text,
                    .must_change = true};
    w.password = user_one_time_password(cli->arena);
    bool ok = db && read_roles(cli, &o[0], &w.user.roles) &&
              (listing ? list(cli, db) : write_user(cli, db, &w, adding));
    if (db) db_return(db);
    register_close(reg);
    return ok ? EXIT_YES : cli_failed(cli);
}

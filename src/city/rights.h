/* The rights table: role × resource:action × scope, in one place (design 8). Every route names its
 * right; a test walks all routes × all roles. */
#ifndef JIXIA_CITY_RIGHTS_H
#define JIXIA_CITY_RIGHTS_H
#include "base/str.h"

/* Append only: stored as bit numbers. */
typedef enum Role {
    ROLE_LEADER,         /* 领导 */
    ROLE_CLERK_OFFICE,   /* 经办（处室） */
    ROLE_CLERK_DISTRICT, /* 经办（区县） */
    ROLE_POLICY,         /* 政策 */
    ROLE_REVIEWER,       /* 评审 */
    ROLE_PARTNER,        /* 推荐机构：智库、创投 */
    ROLE_FINANCE,        /* 财政 */
    ROLE_TALENT,         /* 人才办 */
    ROLE_CHAIN,          /* 链长办 */
    ROLE_ENTERPRISE,     /* 企业 */
    ROLE_AUDITOR,        /* 审计：都能看，都不能改 */
    ROLE_SYSADMIN,       /* 系统管理员 */
    ROLE_SECADMIN,       /* 安全管理员 */
    ROLE_AUDITADMIN,     /* 审计管理员 */
    ROLES
} Role;

typedef enum RightScope { SCOPE_NONE, SCOPE_OWN, SCOPE_DISTRICT, SCOPE_ALL } RightScope;

typedef struct Right {
    Str name;               /* resource:action */
    char scopes[ROLES + 1]; /* per role: a all, d district, o own, - none */
} Right;

extern const Right RIGHTS[];
extern const int RIGHT_COUNT;

Str role_text(Role r); /* clerk_office, … */
Str role_title(Role r, bool english);
int role_find(Str text); /* -1: no such role */
/* All roles for a message: text and title of each. The caller's arena owns it. */
Str role_list(Arena *a, bool english);
const Right *right_find(Str name); /* NULL: no such right */
/* The scope of one role. */
RightScope right_scope(const Right *right, Role role);
/* The widest scope a set of roles (bits) has for a right. */
RightScope rights_scope(const Right *right, uint32_t roles);
Str scope_text(RightScope s);
/* The three administrators are kept apart: at most one of them, and then nothing else; an account
 * of an enterprise has no other role. */
bool roles_apart(uint32_t roles);
#endif

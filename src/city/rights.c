/* The rights table. A column per role, in the order of the enum; o own, d district, a all. */
#include "city/rights.h"

static const struct {
    Str text, zh, en;
} ROLE_NAMES[ROLES] = {
    [ROLE_LEADER] = {STR_INIT("leader"), STR_INIT("领导"), STR_INIT("Leader")},
    [ROLE_CLERK_OFFICE] = {STR_INIT("clerk_office"), STR_INIT("经办（市级处室）"),
                           STR_INIT("Clerk (office)")},
    [ROLE_CLERK_DISTRICT] = {STR_INIT("clerk_district"), STR_INIT("经办（区县）"),
                             STR_INIT("Clerk (district)")},
    [ROLE_POLICY] = {STR_INIT("policy"), STR_INIT("政策"), STR_INIT("Policy staff")},
    [ROLE_REVIEWER] = {STR_INIT("reviewer"), STR_INIT("评审"), STR_INIT("Reviewer")},
    [ROLE_PARTNER] = {STR_INIT("partner"), STR_INIT("推荐机构"), STR_INIT("Recommending partner")},
    [ROLE_FINANCE] = {STR_INIT("finance"), STR_INIT("财政"), STR_INIT("Finance")},
    [ROLE_TALENT] = {STR_INIT("talent"), STR_INIT("人才办"), STR_INIT("Talent office")},
    [ROLE_CHAIN] = {STR_INIT("chain"), STR_INIT("链长办"), STR_INIT("Chain office")},
    [ROLE_ENTERPRISE] = {STR_INIT("enterprise"), STR_INIT("企业"), STR_INIT("Enterprise")},
    [ROLE_AUDITOR] = {STR_INIT("auditor"), STR_INIT("审计"), STR_INIT("Auditor")},
    [ROLE_SYSADMIN] = {STR_INIT("sysadmin"), STR_INIT("系统管理员"),
                       STR_INIT("System administrator")},
    [ROLE_SECADMIN] = {STR_INIT("secadmin"), STR_INIT("安全管理员"),
                       STR_INIT("Security administrator")},
    [ROLE_AUDITADMIN] = {STR_INIT("auditadmin"), STR_INIT("审计管理员"),
                         STR_INIT("Audit administrator")},
};

enum { N = SCOPE_NONE, O = SCOPE_OWN, D = SCOPE_DISTRICT, A = SCOPE_ALL };

/* clang-format off */
const Right RIGHTS[] = {
    /*                             lead off  dis  pol  rev  par  fin  tal  cha  ent  aud  sys  sec  adm */
    {STR_INIT("public:read"),      {A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A}},
    {STR_INIT("profile:read"),     {O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O}},
    {STR_INIT("profile:write"),    {O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O,   O}},
    {STR_INIT("dictionary:read"),  {A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A}},
    {STR_INIT("rule:read"),        {A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A,   A}},
    {STR_INIT("search:run"),       {A,   A,   A,   A,   A,   N,   A,   A,   A,   N,   A,   A,   N,   N}},
    {STR_INIT("overview:read"),    {A,   A,   A,   A,   N,   N,   A,   A,   A,   N,   A,   A,   N,   N}},
    {STR_INIT("enterprise:read"),  {A,   A,   A,   A,   A,   N,   A,   A,   A,   N,   A,   A,   N,   N}},
    {STR_INIT("enterprise:export"),{A,   A,   A,   A,   N,   N,   A,   N,   A,   N,   A,   N,   N,   N}},
    {STR_INIT("fact:read"),        {A,   A,   A,   A,   A,   N,   A,   A,   A,   N,   A,   N,   N,   N}},
    {STR_INIT("decision:read"),    {A,   A,   A,   A,   A,   N,   A,   A,   A,   N,   A,   N,   N,   N}},
    {STR_INIT("import:read"),      {N,   A,   A,   N,   N,   N,   N,   N,   N,   N,   A,   A,   N,   N}},
    {STR_INIT("import:write"),     {N,   A,   A,   N,   N,   N,   N,   N,   N,   N,   N,   A,   N,   N}},
    {STR_INIT("import:commit"),    {N,   A,   A,   N,   N,   N,   N,   N,   N,   N,   N,   A,   N,   N}},
    {STR_INIT("match:run"),        {N,   A,   A,   A,   N,   N,   A,   A,   A,   N,   A,   A,   N,   N}},
    {STR_INIT("user:read"),        {N,   N,   N,   N,   N,   N,   N,   N,   N,   N,   A,   A,   A,   A}},
    {STR_INIT("user:write"),       {N,   N,   N,   N,   N,   N,   N,   N,   N,   N,   N,   A,   A,   N}},
};
/* clang-format on */
const int RIGHT_COUNT = sizeof RIGHTS / sizeof *RIGHTS;

Str role_text(Role r) {
    return ROLE_NAMES[r].text;
}

Str role_title(Role r, bool english) {
    return english ? ROLE_NAMES[r].en : ROLE_NAMES[r].zh;
}

int role_find(Str text) {
    for (int i = 0; i < ROLES; i++)
        if (str_eq(ROLE_NAMES[i].text, text)) return i;
    return -1;
}

const Right *right_find(Str name) {
    for (int i = 0; i < RIGHT_COUNT; i++)
        if (str_eq(RIGHTS[i].name, name)) return &RIGHTS[i];
    return NULL;
}

RightScope rights_scope(const Right *right, uint32_t roles) {
    RightScope best = SCOPE_NONE;
    for (int i = 0; i < ROLES; i++)
        if (roles >> i & 1 && right->scope[i] > best) best = (RightScope)right->scope[i];
    return best;
}

Str scope_text(RightScope s) {
    static const Str TEXTS[] = {STR_INIT("none"), STR_INIT("own"), STR_INIT("district"),
                                STR_INIT("all")};
    return TEXTS[s];
}

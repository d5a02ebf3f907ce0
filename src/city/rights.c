/* The rights table. A character per role, in the order of the enum. */
#include "city/rights.h"
#include "base/buf.h"

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

/* clang-format off */
const Right RIGHTS[] = {
    /* leader, clerk of the office, of a district, policy; reviewer, partner, finance; talent,
     * chain, enterprise; auditor, administrators of system, security, audit */
    {STR_INIT("public:read"),         "aaaaaaaaaaaaaa"},
    {STR_INIT("profile:read"),        "oooooooooooooo"},
    {STR_INIT("profile:write"),       "oooooooooooooo"},
    {STR_INIT("dictionary:read"),     "aaaaaaaaaaaaaa"},
    {STR_INIT("rule:read"),           "aaaaaaaaaaaaaa"},
    {STR_INIT("revision:read"),       "aaaa--a---a---"},
    {STR_INIT("revision:write"),      "---a----------"},
    {STR_INIT("revision:release"),    "a--a----------"},
    {STR_INIT("search:run"),          "aaaaaaaaaoaa--"},
    {STR_INIT("overview:read"),       "aaaa--aaa-aa--"},
    {STR_INIT("enterprise:read"),     "aaaaaoaaaoaa--"},
    {STR_INIT("enterprise:export"),   "aaaa--a-aoa---"},
    {STR_INIT("fact:read"),           "aaaaaoaaaoa---"},
    {STR_INIT("decision:read"),       "aaaaaoaaaoa---"},
    {STR_INIT("import:read"),         "-ao-------a---"},
    {STR_INIT("import:write"),        "-ao-----------"},
    {STR_INIT("import:commit"),       "-ao-----------"},
    {STR_INIT("match:run"),           "-aaa--aaa-aa--"},
    {STR_INIT("user:read"),           "----------aaaa"},
    {STR_INIT("user:write"),          "-----------aa-"},
    /* flows, cases, evidence files, tasks */
    {STR_INIT("flow:read"),           "aaaaaaaaaaaaaa"},
    {STR_INIT("task:read"),           "ooooooooooo---"},
    {STR_INIT("case:read"),           "aadaooa-aoa---"},
    {STR_INIT("case:act"),            "aadaooa-ao----"},
    {STR_INIT("case:paper"),          "aada--a-a-----"},
    {STR_INIT("file:read"),           "aadaooa-aoa---"},
    /* people, offices, organisations */
    {STR_INIT("office:read"),         "aaaaa-aaa-aaaa"},
    {STR_INIT("office:write"),        "-----------a--"},
    {STR_INIT("organisation:read"),   "aaaa-o----aaa-"},
    {STR_INIT("organisation:write"),  "-a----------a-"},
    {STR_INIT("binding:read"),        "-ad-------a-a-"},
    {STR_INIT("binding:decide"),      "-ad-----------"},
    {STR_INIT("binding:ask"),         "---------o----"},
    {STR_INIT("firm:read"),           "---------o----"},
    {STR_INIT("session:read"),        "----------a-aa"},
    {STR_INIT("session:end"),         "------------a-"},
    {STR_INIT("view:preview"),        "---a--------a-"},
    /* titles, recommendations, discovery */
    {STR_INIT("title:read"),          "aaaaaoaaaoa---"},
    {STR_INIT("title:write"),         "-a------------"},
    {STR_INIT("library:read"),        "aaaa--aaa-a---"},
    {STR_INIT("discovery:read"),      "aada----a-a---"},
    {STR_INIT("discovery:ask"),       "-ad-----------"},
    {STR_INIT("watch:read"),          "oooo--ooo-----"},
    {STR_INIT("watch:write"),         "oooo--ooo-----"},
    {STR_INIT("watch:run"),           "-a------------"},
    {STR_INIT("authorisation:read"),  "aad------oa---"},
    {STR_INIT("authorisation:write"), "-ad------o----"},
    {STR_INIT("recommendation:read"), "aada-o---oa---"},
    {STR_INIT("recommendation:write"), "-ad--o---o----"},
    {STR_INIT("recommendation:decide"), "-a------------"},
    {STR_INIT("candidate:read"),      "aada-----oa---"},
    {STR_INIT("candidate:consent"),   "-ad------o----"},
    /* rounds and reviews */
    {STR_INIT("round:read"),          "aa-a------a---"},
    {STR_INIT("round:write"),         "-a------------"},
    {STR_INIT("round:sign"),          "aa------------"},
    {STR_INIT("panel:read"),          "-a--o-----a---"},
    {STR_INIT("visit:read"),          "aaaa------a---"},
    {STR_INIT("visit:write"),         "-a------------"},
    {STR_INIT("review:read"),         "----o---------"},
    {STR_INIT("review:write"),        "----o---------"},
    /* notices, letters, certificates */
    {STR_INIT("notice:read"),         "aaaa--aaa-a---"},
    {STR_INIT("notice:write"),        "-a-a----------"},
    {STR_INIT("notice:publish"),      "aa------------"},
    {STR_INIT("objection:read"),      "aa--------a---"},
    {STR_INIT("objection:private"),   "-a------------"},
    {STR_INIT("objection:write"),     "-a------------"},
    {STR_INIT("letter:read"),         "aa-------oa---"},
    {STR_INIT("letter:write"),        "-a------------"},
    {STR_INIT("certificate:read"),    "aaaa--aaaoa---"},
    {STR_INIT("certificate:write"),   "-a------------"},
    /* sealed bundles, notifications, audit */
    {STR_INIT("audit:read"),          "----------a--a"},
    {STR_INIT("audit:diff"),          "----------a---"},
    {STR_INIT("bundle:read"),         "----------a---"},
    {STR_INIT("bundle:make"),         "----------a---"},
    {STR_INIT("proof:read"),          "-a--------a--a"},
    /* reconciling lists */
    {STR_INIT("match:confirm"),       "-aa-----------"},
    {STR_INIT("reconciliation:read"), "aa-a------a---"},
    {STR_INIT("reconciliation:write"),"-a------------"},
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

Str role_list(Arena *a, bool english) {
    Buf b = buf_new(a, 0);
    for (int i = 0; i < ROLES; i++) {
        Str name = role_title((Role)i, english);
        buf_printf(&b, "%s%.*s %.*s", i ? english ? ", " : "、" : "", STRF(role_text((Role)i)),
                   STRF(name));
    }
    return buf_str(&b);
}

const Right *right_find(Str name) {
    for (int i = 0; i < RIGHT_COUNT; i++)
        if (str_eq(RIGHTS[i].name, name)) return &RIGHTS[i];
    return NULL;
}

RightScope right_scope(const Right *right, Role role) {
    switch (right->scopes[role]) {
    case 'a': return SCOPE_ALL;
    case 'd': return SCOPE_DISTRICT;
    case 'o': return SCOPE_OWN;
    default: return SCOPE_NONE;
    }
}

RightScope rights_scope(const Right *right, uint32_t roles) {
    RightScope best = SCOPE_NONE;
    for (int i = 0; i < ROLES; i++)
        if (roles >> i & 1 && right_scope(right, (Role)i) > best)
            best = right_scope(right, (Role)i);
    return best;
}

Str scope_text(RightScope s) {
    static const Str TEXTS[] = {STR_INIT("none"), STR_INIT("own"), STR_INIT("district"),
                                STR_INIT("all")};
    return TEXTS[s];
}

bool roles_apart(uint32_t roles) {
    const uint32_t alone =
        1u << ROLE_SYSADMIN | 1u << ROLE_SECADMIN | 1u << ROLE_AUDITADMIN | 1u << ROLE_ENTERPRISE;
    return (roles & alone) == 0 || (roles & (roles - 1)) == 0;
}

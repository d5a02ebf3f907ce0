/* Import: heads found, columns understood, rows checked and refused with their place, stored whole
 * or not at all, recognised and undone. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "codec/yaml.h"
#include "job/import.h"
#include "tests/test.h"
#include "tests/unit/zipfile.h"

enum { NOW = 1782864000 }; /* 2026-07-01 in seconds */

static const char INDICATORS[] =
    "- {code: revenue, name: 营业收入, zh: 营业收入, en: Revenue, type: number, period: yearly,"
    " unit: 元, grade: 内部, by: data, definition: d, min: 0, aliases: [营业总收入, 营收]}\n"
    "- {code: net_profit, name: 净利润, zh: 净利润, en: Profit, type: number, period: yearly,"
    " unit: 元, grade: 内部, by: data, definition: d, signed: true}\n"
    "- {code: employees, name: 从业人员, zh: 从业人员, en: Employees, type: integer,"
    " period: yearly, unit: 人, grade: 内部, by: data, definition: d, min: 0,"
    " aliases: [员工人数]}\n"
    "- {code: patents, name: 发明专利授权数, zh: 发明专利授权数, en: Patents, type: integer,"
    " period: attribute, unit: 件, grade: 公开, by: data, definition: d, min: 0}\n"
    "- {code: debt_ratio, name: 资产负债率, zh: 资产负债率, en: Debt ratio, type: number,"
    " period: yearly, unit: 比率, grade: 内部, by: data, definition: d}\n"
    "- {code: founded_on, name: 成立日期, zh: 成立日期, en: Founded, type: date,"
    " period: attribute, grade: 公开, by: data, definition: d, aliases: [注册日期]}\n"
    "- {code: is_listed, name: 是否上市, zh: 是否上市, en: Listed, type: boolean,"
    " period: attribute, grade: 公开, by: data, definition: d}\n"
    "- {code: accidents, name: 重大安全事故, zh: 重大安全事故, en: Accidents, type: list,"
    " period: event, grade: 敏感, absent: none, by: data, definition: d}\n"
    "- {code: apply_type, name: 申报类型, zh: 申报类型, en: Type, type: text, period: attribute,"
    " grade: 公开, by: data, definition: d, values: [种子, 瞪羚]}\n"
    "- {code: industry_code, name: 行业代码, zh: 行业代码, en: Industry, type: text,"
    " period: attribute, grade: 公开, by: data, definition: d}\n";

typedef struct Fixture {
    Arena *arena;
    Ctx c;
    PackSet *pack;
    Store *store;
    Db *db;
    ImportReport r;
} Fixture;

static void setup(Fixture *f, bool store) {
    *f = (Fixture){.arena = arena_open(0)};
    f->c = ctx_new(f->arena, (int64_t)NOW * 1000);
    PackFile *files = NEW_N(f->arena, PackFile, 2);
    files[0] = (PackFile){S("t"), S("pack.yaml"),
                          S("id: t\nversion: 1\ntitle: {zh: t, en: t}\ndivision: '370300'\n")};
    files[1] = (PackFile){S("t"), S("indicators.yaml"), str_from(INDICATORS)};
    f->pack = pack_parse(&f->c, files, 2);
    if (!f->pack) test_failed(__FILE__, __LINE__, str_z(f->arena, f->c.err.note.args[0]));
    if (!store) return;
    f->store = store_open(&f->c, test_db_url(f->arena), true, 2);
    CHECK(f->store && store_migrate(&f->c, f->store));
    f->db = db_borrow(&f->c, f->store);
}

static void teardown(Fixture *f) {
    if (f->db) db_return(f->db);
    if (f->store) store_close(f->store);
    pack_close(f->pack);
    arena_close(f->arena);
}

static ImportOptions options(Str bytes, const char *name) {
    return (ImportOptions){.name = str_from(name), .bytes = bytes, .act = {S("tester"), S("test")}};
}

/* "rows/accepted/refused/facts" and each problem as " row:column:code=value"; or the failure. */
static Str run(Fixture *f, const ImportOptions *o) {
    ctx_clear(&f->c);
    if (!import_run(&f->c, f->db, f->pack, o, &f->r)) return msg_code(f->c.err.note.msg);
    Buf b = buf_new(f->arena, 0);
    buf_printf(&b, "%lld/%lld/%lld/%lld", (long long)f->r.rows, (long long)f->r.accepted,
               (long long)f->r.refused, (long long)f->r.facts);
    for (int i = 0; i < f->r.problem_count; i++) {
        const ImportProblem *p = &f->r.problems[i];
        buf_printf(&b, " %lld:%.*s:%s%.*s=%.*s", (long long)p->row, STRF(p->column),
                   p->note.severity ? "~" : "", STRF(msg_code(p->note.msg)), STRF(p->value));
    }
    return buf_str(&b);
}

static void check(Str bytes, const char *name, Str want) {
    Fixture f;
    setup(&f, false);
    ImportOptions o = options(bytes, name);
    CHECK_STR(run(&f, &o), want);
    teardown(&f);
}

#define CODE_A "91350100M000100Y43"
#define CODE_B "91370300735756562M"

TEST(plain_csv) {
    check(S("企业名称,统一社会信用代码,年度,营业收入(万元),员工人数\n"
            "甲," CODE_A ",2021,\"1,234.5\",230\n乙," CODE_B ",2021,—,无\n"),
          "a.csv", S("2/2/0/3"));
}

TEST(office_sheet) {
    Str text =
        S("附件2：,,,,,\n2021年度企业情况表,,,,,\n填报单位（盖章）：张店区工信局,,,,单位：万元,\n"
          "序号,企业名称,统一社会信用代码,营业收入,员工人数,成立日期\n"
          "1,甲," CODE_A ",１２３４．５,230人,2010年6月30日\n"
          "2,乙," CODE_B ",(300),,2010/2/30\n"
          "合计,,,1234.5,230,\n,,,,,\n注：以上数据由企业填报,,,,,\n");
    Fixture f;
    setup(&f, false);
    ImportOptions o = options(text, "a.csv");
    CHECK_STR(run(&f, &o), S("2/1/1/3 6:营业收入:import.out_of_range=(300)"
                             " 6:成立日期:import.no_such_date=2010/2/30"));
    CHECK_INT(f.r.head_row, 4);
    CHECK_INT(f.r.skipped, 3);
    teardown(&f);
}

TEST(two_row_heads_and_wide_years) {
    check(S("企业名称,统一社会信用代码,营业收入(万元),,从业人员\n,,2020年,2021年,2021年末\n"
            "甲," CODE_A ",100,120,30\n"),
          "a.csv", S("1/1/0/3"));
    check(S("企业名称,统一社会信用代码,营业收入2020(万元),2021年营业收入（万元）\n"
            "甲," CODE_A ",100,120\n"),
          "a.csv", S("1/1/0/2"));
    check(S("企业名称,统一社会信用代码,营业收入2020(万元),营业收入2020（元）\n"), "a.csv",
          S("import.column_twice"));
    check(S("企业名称,统一社会信用代码,营业收入\n甲," CODE_A ",100\n"), "a.csv",
          S("import.no_year"));
    check(S("2021年上半年情况\n企业名称,统一社会信用代码,营业收入\n甲," CODE_A ",100\n"), "a.csv",
          S("import.no_year"));
}

TEST(merged_heads_in_a_workbook) {
    Fixture f;
    setup(&f, false);
    Str sheet =
        S("<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>情况表</t></is></c></row>"
          "<row r='2'><c r='A2' t='inlineStr'><is><t>区县</t></is></c>"
          "<c r='B2' t='inlineStr'><is><t>统一社会信用代码</t></is></c>"
          "<c r='C2' t='inlineStr'><is><t>营业收入（万元）</t></is></c>"
          "<c r='E2' t='inlineStr'><is><t>成立日期</t></is></c></row>"
          "<row r='3'><c r='C3' t='inlineStr'><is><t>2020年</t></is></c>"
          "<c r='D3' t='inlineStr'><is><t>2021年</t></is></c></row>"
          "<row r='4'><c r='A4' t='inlineStr'><is><t>张店区</t></is></c>"
          "<c r='B4' t='inlineStr'><is><t>" CODE_A "</t></is></c><c r='C4'><v>100</v></c>"
          "<c r='D4'><f>C4*2</f></c><c r='E4' s='1'><v>40359</v></c></row>"
          "<row r='5' hidden='1'><c r='B5' t='inlineStr'><is><t>" CODE_B "</t></is></c>"
          "<c r='C5'><v>7.5</v></c><c r='E5'><v>40359</v></c></row>"
          "<row r='6'><c r='B6'><v>9.1370300123456794E+17</v></c><c r='C6'><v>1</v></c></row>"
          "</sheetData><mergeCells><mergeCell ref='A1:E1'/><mergeCell ref='A2:A3'/>"
          "<mergeCell ref='B2:B3'/><mergeCell ref='C2:D2'/><mergeCell ref='E2:E3'/>"
          "<mergeCell ref='A4:A5'/><mergeCell ref='C5:C6'/></mergeCells>");
    ImportOptions o = options(xlsx_of(f.arena, sheet, S(""), false), "a.xlsx");
    CHECK_STR(run(&f, &o), S("3/1/2/2 4:营业收入2021年（万元）:import.formula_without_value="
                             " 5:成立日期:~import.serial_date=40359"
                             " 6:统一社会信用代码:import.code_spoiled=913703001234568000"));
    CHECK_INT(f.r.head_row, 3);
    teardown(&f);
}

TEST(units) {
    check(S("企业名称,统一社会信用代码,年度,营业收入（亿元）\n甲," CODE_A ",2021,2\n"), "a.csv",
          S("import.confirm_unit"));
    Fixture f;
    setup(&f, false);
    ImportOptions o = options(
        S("企业名称,统一社会信用代码,年度,营业收入（亿元）\n甲," CODE_A ",2021,2\n"), "a.csv");
    o.confirm_units = true;
    CHECK_STR(run(&f, &o), S("1/1/0/1"));
    teardown(&f);
    check(S("企业名称,统一社会信用代码,年度,营业收入（人）\n甲," CODE_A ",2021,2\n"), "a.csv",
          S("import.unit_misfit"));
    check(S("统一社会信用代码,年度,资产负债率,营业收入\n" CODE_A ",2021,55.5,5万美元\n" CODE_B
            ",2021,55.5%,3人\n"),
          "a.csv",
          S("2/0/2/0 2:资产负债率:import.ratio_unit=55.5 2:营业收入:import.foreign_currency=5万美元"
            " 3:营业收入:import.bad_unit=3人"));
}

TEST(codes) {
    check(S("统一社会信用代码,年度,营业收入\n9.137E+17,2021,1\n91350100I000100Y43,2021,1\n"
            "913501,2021,1\n91350100M000100Y44,2021,1\n,2021,1\n"),
          "a.csv",
          S("5/1/4/1 2:统一社会信用代码:import.code_spoiled=9.137E+17"
            " 3:统一社会信用代码:import.code_character=91350100I000100Y43"
            " 4:统一社会信用代码:import.code_length=913501"
            " 5:统一社会信用代码:~import.code_check=91350100M000100Y44"
            " 6::import.row_without_key="));
    check(S("证券代码,年度,营业收入\n1,2021,1\n600352,2021,1\n000001.SZ,2020,1\nSH600352,2020,1\n"),
          "a.csv", S("4/3/1/3 2:证券代码:import.bad_stock_code=1"));
}

TEST(kinds_of_cells) {
    check(S("统一社会信用代码,是否上市,重大安全事故,申报类型,发明专利授权数,行业代码,净利润,"
            "年度\n" CODE_A ",是,2020-01-02、2021.3.4,瞪羚,无,0113,无,2021\n" CODE_B
            ",也许,2020-02-30,独角兽,1.5,2.6E+03,约300,21\n"),
          "a.csv",
          S("2/1/1/6 3:年度:import.bad_year=21 3:是否上市:import.not_yes_or_no=也许"
            " 3:重大安全事故:import.no_such_date=2020-02-30 3:申报类型:import.not_allowed=独角兽"
            " 3:发明专利授权数:import.not_an_integer=1.5 3:行业代码:import.scientific=2.6E+03"
            " 3:净利润:import.not_a_number=约300"));
}

TEST(damaged_rows_cost_only_themselves) {
    check(S("统一社会信用代码,年度,营业收入\n" CODE_A ",2021,1\0"
            "2\n" CODE_B ",2021,7\n"),
          "a.csv", S("2/1/1/1 2:营业收入:cell.nul="));
    check(S("统一社会信用代码,年度,营业收入\n" CODE_A ",2021,1,234\n" CODE_B ",2021,7\n"), "a.csv",
          S("2/1/1/1 2::import.too_many_cells="));
    check(S("统一社会信用代码,年度,营业收入\n" CODE_A ",2021,\"1\n" CODE_B ",2021,7\n"), "a.csv",
          S("csv.quote_open"));
    check(
        S("\xEF\xBB\xBF统一社会信用代码,年度,营业收入\n" CODE_A ",2021,\xFF\n" CODE_B ",2021,7\n"),
        "a.csv", S("2/1/1/1 2:营业收入:import.bad_character=\xEF\xBF\xBD"));
}

TEST(whole_files_refused) {
    check(S("a,b\n1,2\n"), "a.csv", S("import.no_head"));
    check(S("营业收入,年度,员工人数\n1,2021,3\n"), "a.csv", S("import.no_key"));
    check(S("{\"message\":\"login\"}"), "a.csv", S("import.misnamed"));
    check(S(""), "a.csv", S("import.file_kind"));
}

TEST(contradictions_and_jumps) {
    check(S("统一社会信用代码,年度,营业收入\n" CODE_A ",2020,100\n" CODE_A ",2021,1001\n" CODE_A
            ",2021,1001\n" CODE_A ",2021,1002\n" CODE_B ",2020,100\n" CODE_B ",2021,1001\n"),
          "a.csv",
          S("6/5/1/5 3:营业收入:~import.ten_times=1001 5:营业收入:import.conflict=1002"
            " 7:营业收入:~import.ten_times=1001"));
}

TEST(layouts) {
    static const char *const bad[] = {
        "id: x\n",
        "id: x\ncolumns: []\n",
        "id: x\ncolumns: [{head: 代码, as: nonsense}]\n",
        "id: x\ncolumns: [{head: 代码, as: uscc, colour: red}]\n",
        "id: x\ncolumns: [{head: 代码, as: uscc}, {head: 代码, as: name}]\n",
        "id: x\ncolumns: [{head: 代码, indicator: 没有这个指标}]\n",
        "id: x\nyears: 3\ncolumns: [{head: 代码, as: uscc}]\n",
    };
    Fixture f;
    setup(&f, false);
    ImportOptions o = options(S("代码,收入千元,x\n" CODE_A ",5,y\n"), "a.csv");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.layout = yaml_parse(&f.c, str_from(bad[i]), S("l"));
        CHECK_STR(run(&f, &o), S("import.layout"));
    }
    o.layout = yaml_parse(&f.c,
                          S("id: x\nyear: 2020\ncolumns:\n- {head: 代码, as: uscc}\n"
                            "- {head: 收入千元, indicator: revenue, unit: 千元}\n"),
                          S("l"));
    CHECK_STR(run(&f, &o), S("1/1/0/1"));
    o.layout = yaml_parse(&f.c,
                          S("id: x\nyear: 2020\ncolumns:\n- {head: 代码, as: uscc}\n"
                            "- {head: 营收, indicator: revenue, unit: 千元}\n"),
                          S("l"));
    CHECK_STR(run(&f, &o), S("import.head_missing"));
    o.layout = yaml_parse(&f.c, S("id: x\ncolumns:\n- {head: 代码, as: uscc, unit: 斤}\n"), S("l"));
    CHECK_STR(run(&f, &o), S("import.unit_misfit"));
    teardown(&f);
}

/* The layout shipped for the company-years of listed firms, on rows of that file. */
TEST(layout_of_listed_years) {
    Fixture f = {.arena = arena_open(0)};
    PackFile *files;
    int n;
    Str yaml;
    f.c = ctx_new(f.arena, (int64_t)NOW * 1000);
    CHECK(pack_read(&f.c, S("packs/zibo"), &files, &n));
    f.pack = pack_parse(&f.c, files, n);
    CHECK(file_read(&f.c, S("tests/data/layouts/listed-years-slim.yaml"), 1 << 16, &yaml));
    ImportOptions o =
        options(S("stock_code,report_year,short_name,province_code,city_code,sw_l3_code,sw_l3_name,"
                  "employees,rd_staff,revenue_yuan,rd_expense_yuan,net_profit_yuan,"
                  "total_assets_yuan,total_liabilities_yuan\n"
                  "000001,2019,平安银行,440000,440300,480301,股份制银行Ⅲ,,,,,,,\n"
                  "000005,2019,世纪星源,440000,440300,760104,综合环境治理,680,65,552609080.63,"
                  "22311212.49,178498643.45,3031840976.34,1289555472.06\n"
                  "000006,2019,x,440000,440300,760104,y,1.5,65,1,-2,3,4,5\n"),
                "china.csv");
    o.layout = yaml_parse(&f.c, yaml, S("layout"));
    CHECK_STR(run(&f, &o), S("3/2/1/7 4:employees:import.not_an_integer=1.5"
                             " 4:rd_expense_yuan:import.out_of_range=-2"));
    CHECK_STR(f.r.source, S("annual_report"));
    teardown(&f);
}

/* Damaged files are refused or read; rows are never lost. */
TEST(mutations) {
    Fixture f;
    setup(&f, false);
    Rng rng = rng_new(20260701);
    Str samples[] = {
        S("附件,,,\n单位：万元,,,\n企业名称,统一社会信用代码,年度,营业收入,成立日期,重大安全事故\n"
          "甲," CODE_A ",2021,\"1,234.5\",2010/6/30,2020-01-02、2021.3.4\n乙," CODE_B
          ",2020,(3),44377,无\n合计,,,5,,\n注：略\n"),
        xlsx_of(f.arena,
                S("<sheetData><row r='1'><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2"
                  "</v></c></row><row r='2'><c t='inlineStr'><is><t>" CODE_A "</t></is></c><c><v>"
                  "2021</v></c><c><v>12.5</v></c></row></sheetData><mergeCells><mergeCell "
                  "ref='A2:B3'/></mergeCells>"),
                S("<si><t>统一社会信用代码</t></si><si><t>年度</t></si><si><t>营业收入</t></si>"),
                false)};
    for (int i = 0; i < 1500; i++) {
        Str sample = samples[i % 2];
        char *bytes = arena_copy(f.arena, sample.p, (size_t)sample.n);
        for (uint64_t k = rng_below(&rng, 6) + 1; k > 0; k--) {
            uint64_t at = rng_below(&rng, (uint64_t)sample.n);
            static const char special[] = "\0\"\n\r,;\xFF-(E9<>'&";
            bytes[at] = rng_below(&rng, 2) ? special[rng_below(&rng, sizeof special - 1)]
                                           : (char)rng_u64(&rng);
        }
        ImportOptions o = options(str_of(bytes, (size_t)sample.n), "mutant");
        ctx_clear(&f.c);
        f.c.notes = f.c.notes_last = NULL;
        bool ok = import_run(&f.c, NULL, f.pack, &o, &f.r);
        CHECK(ok ? f.r.rows == f.r.accepted + f.r.refused : !ctx_ok(&f.c));
    }
    teardown(&f);
}

/* --- stored ----------------------------------------------------------------------------------- */

static Str value_of(Fixture *f, Str code, Str indicator, int period) {
    int64_t id = subject_by_code(f->db, S("uscc"), code);
    FactAt at = {.as_known = INT64_MAX, .seq = 0};
    FactView v;
    at.as_known = 0;
    if (!id || !fact_at(f->db, &at) || !fact_read(f->db, id, &at, NULL, &v)) return S("none");
    const FactSlot *s = fact_slot(&v, indicator_id(f->db, indicator, false), period);
    return s && s->value ? s->value->value : S("none");
}

/* Profits swing around zero: only large ones and the ratios of units are worth a look. */
TEST(jumps_of_what_may_be_negative) {
    static const struct {
        const char *before, *now;
        bool warned;
    } CASES[] = {
        {"20000", "900000", false},     {"-900000", "20000", false},
        {"900000", "-30000000", false}, {"1000000", "10000001", true},
        {"-1200000", "30000000", true}, {"1000000", "10000000", false},
        {"8600000", "860", true},       {"860", "8600000", true},
        {"-50000", "5100000", true},    {"50000", "5400000", false},
        {"0", "30000000", false},       {"30000000", "0", false},
        {"3", "310000000", true},       {"3", "350000000", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Fixture f;
        setup(&f, false);
        Str text = str_printf(
            f.arena, "统一社会信用代码,年度,净利润\n" CODE_A ",2020,%s\n" CODE_A ",2021,%s\n",
            CASES[i].before, CASES[i].now);
        ImportOptions o = options(text, "a.csv");
        o.dry_run = true;
        bool warned = str_find(run(&f, &o), S("import.ten_times")) >= 0;
        if (warned != CASES[i].warned) test_failed(__FILE__, __LINE__, str_z(f.arena, text));
        teardown(&f);
    }
    check(S("统一社会信用代码,年度,资产负债率\n" CODE_A ",2020,0.02\n" CODE_A ",2021,0.4\n" CODE_B
            ",2020,0.005\n" CODE_B ",2021,0.5\n"),
          "a.csv", S("4/4/0/4 5:资产负债率:~import.ten_times=0.5"));
}

TEST(stored_recognised_undone) {
    Fixture f;
    setup(&f, true);
    Str text = S("企业名称,统一社会信用代码,年度,营业收入(万元),员工人数,成立日期\n"
                 "甲," CODE_A ",2021,\"1,234.5\",230,2010-06-30\n乙,,2021,5,5,\n");
    ImportOptions o = options(text, "a.csv");
    o.dry_run = true;
    CHECK_STR(run(&f, &o), S("2/1/1/3 3::import.unknown_subject=乙"));
    CHECK_INT(subject_count(f.db, 0), 0);
    o.dry_run = false;
    CHECK_STR(run(&f, &o), S("2/1/1/3 3::import.unknown_subject=乙"));
    CHECK(f.r.batch > 0 && f.r.seq > 0 && f.r.new_subjects == 1);
    CHECK_STR(value_of(&f, S(CODE_A), S("revenue"), 2021), S("12345000"));
    CHECK_STR(value_of(&f, S(CODE_A), S("founded_on"), 0), S("2010-06-30"));
    int64_t batch = f.r.batch;
    CHECK_STR(run(&f, &o), S("import.same_file"));
    CHECK_INT(f.c.err.code, ERR_STATE);
    ctx_clear(&f.c);
    /* A later file is compared with what is on file. */
    ImportOptions later = options(S("企业名称,年度,营业收入(元)\n甲,2022,1234000\n"), "b.csv");
    CHECK_STR(run(&f, &later), S("1/1/0/1 2:营业收入(元):~import.ten_times=1234000"));
    CHECK_INT(f.r.new_subjects, 0);
    CHECK_STR(value_of(&f, S(CODE_A), S("revenue"), 2022), S("1234000"));
    CHECK(tx_begin(f.db, DB_WRITE) && batch_reverse(f.db, batch, &o.act) && tx_commit(f.db));
    CHECK_STR(value_of(&f, S(CODE_A), S("revenue"), 2021), S("none"));
    CHECK_STR(value_of(&f, S(CODE_A), S("revenue"), 2022), S("1234000"));
    CHECK_STR(run(&f, &o), S("2/1/1/3 2:营业收入(万元):~import.ten_times=12345000"
                             " 3::import.unknown_subject=乙"));
    CHECK_INT(f.r.new_subjects, 0);
    teardown(&f);
}

TEST(nothing_accepted_writes_nothing) {
    Fixture f;
    setup(&f, true);
    ImportOptions o = options(S("统一社会信用代码,年度,营业收入\n9.137E+17,2021,1\n"), "a.csv");
    CHECK_STR(run(&f, &o), S("1/0/1/0 2:统一社会信用代码:import.code_spoiled=9.137E+17"));
    CHECK_INT(f.r.batch, 0);
    Batch *list;
    int n = 0;
    CHECK(batch_list(f.db, 0, 10, &list, &n) && n == 0);
    teardown(&f);
}

TEST(a_name_does_not_join_another_code) {
    Fixture f;
    setup(&f, true);
    ImportOptions o =
        options(S("企业名称,统一社会信用代码,年度,营业收入\n甲," CODE_A ",2021,1\n"), "a.csv");
    CHECK_STR(run(&f, &o), S("1/1/0/1"));
    o = options(S("企业名称,统一社会信用代码,年度,营业收入\n甲," CODE_B ",2021,2\n"), "b.csv");
    CHECK_STR(run(&f, &o), S("1/1/0/1"));
    CHECK_INT(f.r.new_subjects, 1);
    CHECK_STR(value_of(&f, S(CODE_A), S("revenue"), 2021), S("1"));
    CHECK_STR(value_of(&f, S(CODE_B), S("revenue"), 2021), S("2"));
    teardown(&f);
}

TEST(refused_rows_file) {
    Fixture f;
    setup(&f, false);
    ImportOptions o = options(
        S("统一社会信用代码,年度,营业收入\n9.137E+17,2021,=1+1\n" CODE_A ",2021,1\n"), "a.csv");
    run(&f, &o);
    Str path = str_printf(f.arena, "%s/refused.csv", test_folder()), bytes;
    CHECK(import_write_refused(&f.c, &f.r, S(""), path) && file_read(&f.c, path, 1 << 20, &bytes));
    CHECK_STR(
        bytes,
        S("\xEF\xBB\xBF原行号,统一社会信用代码,年度,营业收入,原因\r\n"
          "2,9.137E+17,2021,'=1+1,统一社会信用代码：代码被表格软件改成了数字（请将该列设"
          "为文本格式后重新填写代码）；营业收入：不是数字（请只填数字，不写“约”“左右”）\r\n"));
    CHECK_INT(import_grade(f.pack, &f.r), GRADE_INTERNAL); /* 营业收入 */
    path = str_printf(f.arena, "%s/refused.xlsx", test_folder());
    CHECK(import_write_refused(&f.c, &f.r, S(""), path) && file_read(&f.c, path, 1 << 20, &bytes));
    Table t;
    TableRow row;
    CHECK(table_open(&f.c, bytes, S("refused.xlsx"), S(""), &t) && table_next(&t, &row));
    CHECK(table_next(&t, &row) && row.n == 5 && str_eq(row.cells[1].text, S("9.137E+17")));
    Buf b = buf_new(f.arena, 0);
    JsonWriter w = jw_new(&b);
    import_json(&w, &f.r, LANG_ZH);
    Json *j = json_parse(&f.c, buf_str(&b), S("report"));
    CHECK_INT(json_get_i64(j, S("refused"), -1), 1);
    CHECK_INT(json_get_i64(json_at(json_get(j, S("errors")), 0), S("row"), -1), 2);
    CHECK_STR(json_get_str(json_at(json_get(j, S("errors")), 0), S("value")), S("9.137E+17"));
    teardown(&f);
}

/* A process killed in the middle leaves the store as it was before. */
TEST(killed_import_leaves_nothing) {
    Arena *a = arena_open(0);
    Str url = str_printf(a, "sqlite:%s/kill.db", test_folder());
    Buf text = buf_new(a, 0);
    buf_lit(&text, "证券代码,年度,营业收入,员工人数\n");
    for (int i = 0; i < 60000; i++)
        buf_printf(&text, "%06d,%d,%d,%d\n", 600000 + i / 3, 2019 + i % 3, 1000 + i, 10 + i % 7);
    for (int wait_ms = 5; wait_ms <= 320; wait_ms *= 2) {
        Fixture f;
        pid_t child = fork();
        if (child == 0) {
            setup(&f, false);
            f.store = store_open(&f.c, url, true, 2);
            if (!f.store || !store_migrate(&f.c, f.store)) _exit(3);
            f.db = db_borrow(&f.c, f.store);
            ImportOptions o = options(buf_str(&text), "k.csv");
            run(&f, &o);
            _exit(0);
        }
        usleep((useconds_t)wait_ms * 1000);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        setup(&f, false);
        f.store = store_open(&f.c, url, true, 2);
        CHECK(f.store && store_migrate(&f.c, f.store));
        f.db = db_borrow(&f.c, f.store);
        int64_t subjects = subject_count(f.db, 0);
        int64_t facts = Q_I64(f.db, -1, "SELECT count(*) FROM fact_record");
        CHECK((subjects == 0 && facts == 0) || (subjects == 20000 && facts == 60000));
        teardown(&f);
        if (subjects) break;
    }
    arena_close(a);
}

/* A list said to be complete: whoever is not in it has none, between the days, until it is undone.
 */
TEST(import_of_a_complete_list) {
    Fixture f;
    setup(&f, true);
    ImportOptions o =
        options(S("统一社会信用代码,重大安全事故\n91370300MA3C00001X,2021-03-04\n"), "a.csv");
    o.complete_from = 20210101;
    o.complete_to = 20220101;
    CHECK(str_starts(run(&f, &o), S("1/1/0/1 ")));
    int32_t id = indicator_id(f.db, S("accidents"), false);
    FactAt at = {.as_of = 20210630, .as_known = INT64_MAX, .seq = INT64_MAX};
    const Coverage *k = coverage_read(f.db, &at);
    CHECK(k && coverage_holds(k, id, 20210101, 20220101) && coverage_holds(k, id, 20210630, 0));
    CHECK(k && !coverage_holds(k, id, 20201231, 20210102));
    CHECK(k && !coverage_holds(k, id, 20211231, 20220102));
    Act act = {S("tester"), S("undone")};
    CHECK(tx_begin(f.db, DB_WRITE) && batch_reverse(f.db, f.r.batch, &act) && tx_commit(f.db));
    k = coverage_read(f.db, &at);
    CHECK(k && !coverage_holds(k, id, 20210630, 0));
    o.bytes = S("统一社会信用代码,重大安全事故\n91370300MA3C00001X,2021-02-30\n");
    CHECK_STR(run(&f, &o), S("import.complete_refused"));
    o.bytes = S("统一社会信用代码,是否上市\n91370300MA3C00001X,是\n");
    CHECK_STR(run(&f, &o), S("import.complete_none"));
    ctx_clear(&f.c);
    k = coverage_read(f.db, &at);
    CHECK(k && !coverage_holds(k, id, 20210630, 0));
    teardown(&f);
}

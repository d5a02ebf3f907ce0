/* JSON, or YAML behind a first byte 'y': the canonical form reads back as itself. */
#include "codec/json.h"
#include "codec/yaml.h"
#include "dmn/value_json.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(Ctx *c, Str data) {
    if (data.n < 1) return;
    bool yaml = data.p[0] == 'y';
    Str s = str_sub(data, 1, data.n);
    Json *j = yaml ? yaml_parse(c, s, S("y")) : json_parse(c, s, S("j"));
    HOLDS((j != NULL) == ctx_ok(c));
    if (!j) return;
    Buf b = buf_new(c->arena, 0), again = buf_new(c->arena, 0), pretty = buf_new(c->arena, 0);
    json_canonical(&b, j);
    json_print(&pretty, j, 2);
    Json *k = json_parse(c, buf_str(&b), S("canonical"));
    if (!k) fuzz_show("canonical", buf_str(&b));
    HOLDS(k);
    json_canonical(&again, k);
    HOLDS(str_eq(buf_str(&b), buf_str(&again)));
    HOLDS(json_parse(c, buf_str(&pretty), S("pretty")));
    Val v;
    Ctx d = ctx_new(c->arena, 0);
    if (val_from_json(&d, j, NULL, S("v"), &v)) json_from_val(c->arena, v);
}

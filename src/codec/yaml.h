/* YAML 1.1 files of a pack, read through libyaml into the Json tree: mappings become objects,
 * sequences arrays; a plain scalar that is null/~/empty becomes null, true/false a boolean, a JSON
 * number a number; every other scalar, and each quoted one, a string. Anchors, aliases, tags,
 * several documents and duplicate keys are refused; `line` is set. */
#ifndef JIXIA_CODEC_YAML_H
#define JIXIA_CODEC_YAML_H
#include "codec/json.h"

/* NULL on failure (file name, line and column recorded). */
Json *yaml_parse(Ctx *c, Str text, Str name);
#endif

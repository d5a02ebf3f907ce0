"""pick.py EXPRESSION: prints a Python expression over the JSON document j on standard input, as compact JSON."""
import json
import sys

j = json.load(sys.stdin, parse_float=str)
print(json.dumps(eval(sys.argv[1], {"j": j}), ensure_ascii=False, separators=(",", ":")))

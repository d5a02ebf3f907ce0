"""Writes the suite of decision tables: tables, inputs, and the results DMN prescribes, computed
here by a second reading of the standard that shares nothing with the engine (the expressions are
made by generate_feel.py). The seed is fixed, so every run writes the same bytes.

    generate.py FOLDER
"""
import os
import random
import sys
from datetime import date, timedelta
from decimal import Decimal as D
from functools import cmp_to_key

import generate_feel
from feel_values import Days, Moment, Months, Time, YAML, compare, literal, same

R = random.Random(20240601)


# --- unary tests: (text, function from a value to True, False or None) ---------------------------

def kleene_or(xs):
    return True if True in xs else None if None in xs else False


def kleene_not(x):
    return None if x is None else not x


OPS = {"<": lambda c: c < 0, "<=": lambda c: c <= 0, ">": lambda c: c > 0, ">=": lambda c: c >= 0}


def t_any():
    return "-", lambda x: True


def t_cmp(op, v):
    def run(x):
        c = compare(x, v)
        return None if c is None else OPS[op](c)
    return f"{op} {literal(v)}", run


def t_range(lo, hi, left, right):
    def run(x):
        a, b = compare(x, lo), compare(x, hi)
        if a is None or b is None:
            return None
        return (a >= 0 if left == "[" else a > 0) and (b <= 0 if right == "]" else b < 0)
    return f"{left}{literal(lo)}..{literal(hi)}{right}", run


def t_eq(v):
    return literal(v), lambda x: same(x, v)


def t_list(tests):
    return ", ".join(t for t, _ in tests), lambda x: kleene_or([f(x) for _, f in tests])


def t_not(tests):
    text, run = t_list(tests)
    return f"not({text})", lambda x: kleene_not(run(x))


def t_null():
    return "null", lambda x: x is None


# --- values of each type --------------------------------------------------------------------------

def pool(kind):
    if kind == "number":
        return [D(x) for x in ("-3", "0", "0.1", "1", "2.5", "2.50", "10", "99.99", "100", "100.01",
                               "1234567890123456789012345678901234", "-0.000001", "5E+30")]
    if kind == "string":
        return ["", "a", "ab", "b", "一档", "二档", "二档 ", "Ａ", "甲（公司）", "甲(公司)"]
    if kind == "boolean":
        return [True, False]
    if kind == "date":
        return [date(2024, 2, 28) + timedelta(days=d) for d in (0, 1, 2, 3, 366, -1, -365)]
    if kind == "time":
        return [Time(h * 3600 + m * 60 + s) for h, m, s in
                ((0, 0, 0), (9, 0, 0), (9, 0, 1), (12, 30, 0), (23, 59, 59))]
    if kind == "date and time":
        return [Moment(date(2024, 2, d), h * 3600) for d in (28, 29) for h in (0, 9, 23)]
    if kind == "days and time duration":
        return [Days(s) for s in (0, 1, 3600, 86400, 90000, -86400)]
    if kind == "years and months duration":
        return [Months(m) for m in (0, 1, 11, 12, 13, -1, 36)]
    raise SystemExit(kind)


ORDERED = ["number", "string", "date", "time", "date and time", "days and time duration",
           "years and months duration"]
KINDS = ORDERED + ["boolean"]


def random_test(kind, depth=0):
    p = pool(kind)
    k = R.randrange(10)
    if kind == "boolean":
        return R.choice([t_any(), t_eq(True), t_eq(False), t_null(), t_not([t_eq(True)])])
    if k < 1:
        return t_any()
    if k < 4:
        return t_cmp(R.choice(list(OPS)), R.choice(p))
    if k < 7:
        a, b = sorted(R.sample(range(len(p)), 2), key=lambda i: cmp_to_key(compare)(p[i]))
        if compare(p[a], p[b]) == 0:
            return t_eq(p[a])
        return t_range(p[a], p[b], R.choice("[(]"), R.choice("])["))
    if k < 8 or depth:
        return t_eq(R.choice(p))
    inner = [random_test(kind, 1) for _ in range(R.randrange(1, 4))]
    inner = [t for t in inner if t[0] != "-"] or [t_eq(p[0])]
    return t_list(inner) if k == 8 else t_not(inner)


# --- hit policies ---------------------------------------------------------------------------------

def decide(policy, rules, outputs, inputs, order):
    """rules: ([tests], [values]); outputs: [(name, default or NONE)]; order: values per output."""
    hits = [v for tests, v in rules if all(f(x) is True for (_, f), x in zip(tests, inputs))]

    def one(v):
        return v[0] if len(outputs) == 1 else dict(zip([n for n, _ in outputs], v))

    def rank(v):
        return [o.index(x) if x in o else len(o) for o, x in zip(order, v)]

    if not hits:
        if any(d is not NONE for _, d in outputs):
            return one([None if d is NONE else d for _, d in outputs])
        return D(0) if policy == "C#" else None
    if policy == "U":
        return one(hits[0]) if len(hits) == 1 else None
    if policy == "A":
        return one(hits[0]) if all(h == hits[0] for h in hits) else None
    if policy == "F":
        return one(hits[0])
    if policy == "P":
        return one(sorted(hits, key=rank)[0])
    if policy == "O":
        return [one(h) for h in sorted(hits, key=rank)]
    if policy in ("R", "C"):
        return [one(h) for h in hits]
    if policy == "C#":
        return D(len(hits))
    first = [h[0] for h in hits]
    if policy == "C+":
        return sum(first[1:], first[0])
    return (min if policy == "C<" else max)(first)


NONE = object()
POLICIES = ["U", "A", "F", "P", "R", "O", "C", "C+", "C<", "C>", "C#"]
STRINGS = ["高", "中", "低"]


def inputs_for(kinds, tests, n):
    """Values of the pools, null among them; the thresholds themselves are in the pools."""
    rows = [[None] * len(kinds)]
    for _ in range(n):
        rows.append([None if R.randrange(12) == 0 else R.choice(pool(k)) for k in kinds])
    return rows


def table(y, name, policy, kinds, names, columns=1, default=False, rules=5, cases=8):
    numeric = policy in ("C+", "C<", "C>")
    count = 1 if numeric or policy == "C#" else columns
    values = [D(x) for x in ("10", "20.5", "-3", "0.001")] if numeric else STRINGS
    outputs = [(f"结果{i + 1}" if count > 1 else "结果",
                (values[-1] if default else NONE)) for i in range(count)]
    order = [values[:] for _ in range(count)]
    made = []
    for _ in range(rules):
        tests = [random_test(k) for k in kinds]
        made.append((tests, [R.choice(values) for _ in range(count)]))
    if policy == "A" and R.randrange(2):
        made = [(t, made[0][1]) for t, _ in made]
    y.table(name, policy, list(zip(names, kinds)),
            [(n, None if numeric or policy == "C#" else ", ".join(map(literal, order[i])),
              None if d is NONE else literal(d)) for i, (n, d) in enumerate(outputs)],
            [[t for t, _ in tests] + [literal(v) for v in vals] for tests, vals in made])
    for row in inputs_for(kinds, made, cases):
        y.case(row, decide(policy, made, outputs, row, order))


def policies(folder):
    for policy in POLICIES:
        with YAML(folder, f"policy-{POLICIES.index(policy):02}.yaml") as y:
            for i, kind in enumerate(KINDS):
                table(y, f"{policy} {kind}", policy, [kind], ["值"], default=i % 2 == 1)
            table(y, f"{policy} two inputs", policy, ["number", "string"], ["营业收入", "类 别"],
                  rules=7, cases=12)
            if policy in ("U", "A", "F", "P", "R", "O", "C"):
                table(y, f"{policy} three inputs, two outputs", policy,
                      ["number", "date", "boolean"], ["研发 费用", "成立日期", "a-b"], columns=2,
                      rules=6, cases=12)
                table(y, f"{policy} two outputs, defaults", policy, ["date and time", "string"],
                      ["时 刻", "区/县"], columns=2, default=True, rules=4, cases=8)


# --- tables as policies write them: steps of money ------------------------------------------------

def steps(folder):
    """Bands [t0..t1), [t1..t2) …: values at, just below and just above each threshold, and unknown
    values whose bounds lie within one band (decided) or across a threshold (not decided)."""
    with YAML(folder, "steps.yaml") as y:
        for k in range(12):
            scale = R.randrange(0, 5)
            unit = D(1).scaleb(-scale)
            cuts = sorted(R.sample(range(1, 5000), R.randrange(2, 6)))
            cuts = [D(c) * unit * (10 ** R.randrange(0, 3)) for c in cuts]
            cuts = sorted(set(cuts))
            bands = [(None, cuts[0])] + list(zip(cuts, cuts[1:])) + [(cuts[-1], None)]
            grants = [D(R.randrange(0, 1000) * 10000) for _ in bands]
            cells = [f"< {literal(b)}" if a is None else f">= {literal(a)}" if b is None
                     else f"[{literal(a)}..{literal(b)})" for a, b in bands]

            def band(x):
                return sum(x >= c for c in cuts)
            y.table(f"分档 {k + 1}", R.choice("UAF"), [("营业收入", "number")], [("奖励", None, None)],
                    [[c, literal(g)] for c, g in zip(cells, grants)])
            for c in cuts:
                for x in (c - unit, c, c + unit, -c):
                    y.case([x], grants[band(x)])
                known = grants[band(c)] if grants[band(c)] == grants[band(c - unit)] else "unknown"
                y.raw([f"unknown {literal(c - unit)} {literal(c)}"],
                      known if known == "unknown" else literal(known))
                top = c + unit
                known = band(top) == band(c) or grants[band(top)] == grants[band(c)]
                y.raw([f"unknown {literal(c)} {literal(top)}"],
                      literal(grants[band(c)]) if known else "unknown")
            y.raw(["null"], "null")


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    policies(folder)
    steps(folder)
    generate_feel.write(folder)


main()

#!/usr/bin/env python3
"""Draws a published sample again, from the text of docs/rounds.md alone.

redraw.py FILE: FILE is what `jixia round redraw --json` or the page of a draw gives. Exit status 0 when
digests, list, sample and inspectors agree with what was published, 1 with the first difference.
"""
import hashlib
import json
import sys


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def redraw(d):
    seed, cases = d["seed"], d["list"]
    yield "seed_sha256", sha256(seed), d["seed_sha256"]
    if "sm3" in hashlib.algorithms_available:
        yield "seed_sm3", hashlib.new("sm3", seed.encode()).hexdigest(), d["seed_sm3"]
    listed = "".join(c + "\n" for c in sorted(cases, key=str.encode))
    yield "list_sha256", sha256(listed), d["list_sha256"]
    drawn = sorted(cases, key=lambda c: sha256(f"{seed}\ncase\n{c}"))[: d["n"]]
    yield "sample", drawn, [s["case"] for s in d["sample"]]
    for s in d["sample"]:
        c = s["case"]
        free = [i for i in d["inspectors"] if i not in s["kept_from"]]
        two = sorted(free, key=lambda i: sha256(f"{seed}\ninspector\n{c}\n{i}"))[: d["per_case"]]
        yield "inspectors of " + c, two, s["inspectors"]


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        draw = json.load(f)
    for what, computed, published in redraw(draw):
        if computed != published:
            print(f"{what}: drawn again {computed}, published {published}")
            return 1
    print(f"{len(draw['sample'])} of {len(draw['list'])} drawn again, the same")
    return 0


sys.exit(main())

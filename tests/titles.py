#!/usr/bin/env python3
"""What the library shows, worked out a second time from the raw rows of titles by the text of docs/library-titles.md.

titles.py JIXIA FOLDER [SEED]: makes a generated city, lets titles be recorded and things happen to them at random, then
compares lists, what is due, movement, counts, status and cohorts, by the API and by the command line, on many days,
with what this program finds in title, title_event, merger and placement. Ends with `N passed, N failed`.
"""
import collections
import csv
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import urllib.parse

import round_city as rc

KINDS = {1: "in_library", 2: "recognised", 3: "listed"}
EVENTS = ["", "suspend", "resume", "renew", "remove", "revoke", "expire", "correct", "transfer", "bar", "publish"]
OFTEN = ["suspend", "suspend", "resume", "renew", "renew"]
FIRMS, ROWS, EVENTS_TRIED, MERGERS, MOVES = 220, 420, 420, 12, 25
passed = failed = 0


def check(what, ours, theirs):
    global passed, failed
    if ours == theirs:
        passed += 1
        return
    failed += 1
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = [k for k in sorted(set(ours) | set(theirs), key=str) if ours.get(k) != theirs.get(k)]
        ours, theirs = {k: ours.get(k) for k in keys[:3]}, {k: theirs.get(k) for k in keys[:3]}
    print(f"FAIL {what}\n  here  {ours}\n  Jixia {theirs}")


def text(day):
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" if day else None


def shift(day, months):
    """A day some months later; the last of the month when it has no such day."""
    year, month = divmod(day // 10000 * 12 + day // 100 % 100 - 1 + months, 12)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
    return year * 10000 + (month + 1) * 100 + min(day % 100, last)


def day_before(day):
    if day % 100 > 1:
        return day - 1
    before = shift(day, -1)
    return next(d for d in range(before // 100 * 100 + 31, 0, -1) if shift(d, 0) == d)


class Library:
    """The rows, and what follows from them. Nothing here asks Jixia."""

    def __init__(self, db):
        with sqlite3.connect(db) as c:
            c.row_factory = sqlite3.Row
            self.titles = [dict(r) for r in c.execute("SELECT * FROM title ORDER BY id")]
            self.events = collections.defaultdict(list)
            for r in c.execute("SELECT * FROM title_event ORDER BY day, id"):
                self.events[r["title"]].append(dict(r, kind=EVENTS[r["kind"]]))
            self.up = dict(c.execute("SELECT absorbed, kept FROM merger WHERE undone_ms IS NULL").fetchall())
            self.places = c.execute("SELECT subject, kind, from_day, recorded_ms, code FROM placement").fetchall()
        self.cycles = {}
        for pack in ("cn", "shandong", "zibo"):
            with open(os.path.join(rc.PACK, "..", pack, "libraries.yaml"), encoding="utf-8") as f:
                for t in re.split(r"\n  - id:", f.read()):
                    review = re.search(r"\n    tier: (\S+)\n    level: (\S+)\n.*?review: {cycle_years: (\d+)", t, re.S)
                    if review:
                        self.cycles[review[1], review[2]] = int(review[3])

    def root(self, subject):
        while subject in self.up:
            subject = self.up[subject]
        return subject

    def known(self, t):
        """The events of a title that nobody took back, by day, then as recorded."""
        back = {e["target"] for e in self.events[t["id"]] if e["kind"] == "correct"}
        return [e for e in self.events[t["id"]] if e["kind"] != "correct" and e["id"] not in back]

    def status(self, t, day):
        """(state, why, term's end, holder, renewals, published; the decision that ended it) on a day."""
        to, holder, renewals, published = t["to_day"], t["subject"], 0, bool(t["published"])
        decided, pause, lapsed = "", None, False  # pause: (its end or 0)
        for e in self.known(t) + [{"kind": "today", "day": day}]:
            if e["day"] > day:
                continue
            if to and to <= e["day"]:
                lapsed = True
            if pause is not None and pause and pause <= e["day"]:
                pause = None
            kind = e["kind"]
            published |= kind == "publish"
            if decided:
                continue
            if kind == "revoke" or kind in ("remove", "expire") and not lapsed:
                decided = kind
            elif kind == "renew":
                to, renewals = e["to_day"], renewals + 1
                if lapsed:
                    lapsed, pause = False, None
            elif kind == "suspend" and not lapsed:
                pause = e["to_day"]
            elif kind == "resume":
                pause = None
            elif kind == "transfer" and not lapsed:
                holder = e["target"]
        if any(e["kind"] == "correct" and e["target"] == 0 for e in self.events[t["id"]]):
            state = "void"
        elif day < t["from_day"]:
            state = "not_yet"
        elif decided or lapsed:
            state = "ended"
        else:
            state = "held" if pause is None else "suspended"
        why = (decided or "expire") if state == "ended" else None
        return state, why, to, self.root(holder), renewals, published, decided

    def on(self, day):
        return [(t, self.status(t, day)) for t in self.titles]

    def district(self, subject, day):
        """Both places of a firm on a day: its division and its assessed unit."""
        found = {}
        for s, kind, start, recorded, code in self.places:
            if s == subject and start <= day:
                found[kind] = max(found.get(kind, (0, 0, "")), (start, recorded, code))
        return {x[2] for x in found.values()}

    def held(self, day, kind=None):
        """{firm: the tiers it holds}."""
        firms = collections.defaultdict(set)
        for t, s in self.on(day):
            if s[0] in ("held", "suspended") and kind in (None, t["kind"]):
                firms[s[3]].add(t["tier"])
        return firms

    def movement(self, since, day):
        old, now, cells = self.held(since), self.held(day), collections.Counter()
        for firm in set(old) | set(now):
            was, has = old.get(firm, set()), now.get(firm, set())
            came, gone = has - was, was - has
            cells.update(("kept", x, x) for x in was & has)
            cells.update(("new", None, x) for x in came if not gone)
            cells.update(("left", x, None) for x in gone if not came)
            cells.update(("moved", x, y) for x in gone for y in came)
        return dict(cells)

    def due(self, t, s, day):
        """(day, by what); day 0: nothing says."""
        if s[2]:
            return day_before(s[2]), "term"
        years = self.cycles.get((t["tier"], t["level"]), 0)
        if t["kind"] != 2 or not years:
            return 0, ""
        start = max([t["from_day"]] + [e["day"] for e in self.known(t) if e["kind"] == "renew" and e["day"] <= day])
        return shift(start, 12 * years), "review"

    def cohorts(self, today, tier=None, kind=None):
        years = {}
        for t, s in self.on(today):
            if s[0] == "void" or t["from_day"] > today or tier not in (None, t["tier"]) or kind not in (None, t["kind"]):
                continue
            c = years.setdefault(t["from_day"] // 10000, [0] + [collections.Counter() for _ in range(3)])
            c[0] += 1
            for n in (1, 2, 3):
                mark = shift(t["from_day"], 12 * n)
                if mark > today:
                    c[n]["censored"] += 1
                    continue
                state, _, _, _, renewals, _, decided = self.status(t, mark)
                lives = state in ("held", "suspended")
                c[n]["held"] += lives
                c[n]["renewed"] += lives and renewals > 0
                if state == "ended":
                    c[n][{"": "ran_out", "expire": "expired", "remove": "removed", "revoke": "revoked"}[decided]] += 1
        return years


# --- the city ---


def random_day(r, first=2019, last=2026):
    return r.randint(first, last) * 10000 + r.randint(1, 12) * 100 + r.randint(1, 28)


def fill(server, admin, r):
    """Lists of titles, then events, mergers and moves; what Jixia refuses does not happen."""
    answer, _ = admin.must("GET", "/library")
    tiers, levels = [t["id"] for t in answer["tiers"]], answer["levels"]
    firms = rc.firms_of(server.folder, FIRMS)
    heads = ["统一社会信用代码", "称号", "级别", "记录种类", "公布日期", "to", "发布单位", "文号", "依据"]
    for part in range(3):
        path = os.path.join(server.folder, f"list{part}.csv")
        with open(path, "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(heads)
            for i in range(ROWS // 3):
                start = random_day(r)
                end = text(shift(start, r.choice([6, 12, 24, 36, 48]))) if r.random() < 0.6 else ""
                tier = r.choice(tiers[:6] + ["瞪羚", "独角兽"] * 2)
                out.writerow([r.choice(firms)[1].removeprefix("uscc:"), tier, r.choice(levels), r.choice(["在库", "认定", "上榜"]),
                              text(start), end, "演示局", f"演示〔{part}〕{i}号", "演示名单"])
        server.run_any("title", "import", path, "--only-good", "--reason", "演示名单")
    with sqlite3.connect(os.path.join(server.folder, "jixia.db")) as c:
        titles = c.execute("SELECT id, from_day FROM title").fetchall()
    done = collections.Counter()
    for n in range(EVENTS_TRIED):
        title, start = r.choice(titles)
        kind = r.choice(OFTEN + EVENTS[1:9] + ["publish"])
        day = shift(start, r.randint(0, 50)) if r.random() < 0.9 else start
        body = {"kind": kind, "day": text(day), "reason": "演示"}
        if kind == "renew" or kind == "suspend" and r.random() < 0.6:
            body["to"] = text(shift(day, r.choice([3, 12, 36])))
        if kind == "transfer":
            body["target"] = str(r.choice(firms)[0])
        if kind == "correct":
            known, _ = admin.must("GET", f"/titles/{title}")
            open_events = [e["id"] for e in known["events"] if e["kind"] != "correct" and not e["taken_back"]]
            if open_events and r.random() < 0.8:
                body["target"] = r.choice(open_events)
        done[kind if admin.call("POST", f"/titles/{title}/events", body)[0] < 300 else "refused"] += 1
    for _ in range(MERGERS):
        server.run_any("subject", "merge", *(f"id:{x[0]}" for x in r.sample(firms, 2)), "--reason", "演示")
    with sqlite3.connect(os.path.join(server.folder, "jixia.db"), timeout=30) as c:
        for firm in r.sample(firms, MOVES):  # no page moves a firm by itself: a row as subject_place writes it
            to, day = r.choice(rc.DISTRICTS), random_day(r, 2022, 2025)
            for kind in (1, 2):
                c.execute("INSERT INTO placement(subject, kind, from_day, recorded_ms, code) VALUES(?, ?, ?, 1, ?)",
                          (firm[0], kind, day, to))
            c.execute("UPDATE subject SET division = ?, unit = ? WHERE id = ?", (to, to, firm[0]))
    return tiers, levels, done


# --- comparing ---


def query(**wanted):
    return "?" + urllib.parse.urlencode({k: v for k, v in wanted.items() if v})


def all_pages(admin, path):
    items, total = [], 1
    while len(items) < total:
        answer, _ = admin.must("GET", f"{path}&limit=300&offset={len(items)}")
        items, total = items + answer["items"], answer["total"]
    return items


def seen(j):
    return (j["state"], j["why"], j["to"], int(j["enterprise"]["id"]), j["renewals"], j["published"])


def ours(s):
    return s[:2] + (text(s[2]),) + s[3:6]


def compare_lists(server, admin, lib, r, tiers, levels, days):
    for day in days:
        found = lib.on(day)
        answer = all_pages(admin, "/titles" + query(as_of=text(day)))
        check(f"status of every title on {day}", {t["id"]: ours(s) for t, s in found}, {int(j["id"]): seen(j) for j in answer})
        lines = server.json("title", "list", "--as-of", text(day))["items"]
        check(f"the same by the command line on {day}", {t["id"]: ours(s)[:3] + ours(s)[4:] for t, s in found},
              {j["id"]: (j["state"], j["why"], j["to"], j["renewals"], j["published"]) for j in lines})
        for _ in range(12):
            w = {"kind": r.choice([0, 1, 2, 3]), "tier": r.choice(["", r.choice(tiers), "瞪羚"]),
                 "level": r.choice(["", r.choice(levels)]), "district": r.choice(["", r.choice(rc.DISTRICTS)]),
                 "state": r.choice(["", "counts", "held", "suspended", "ended", "not_yet", "void"])}
            states = ("held", "suspended") if w["state"] == "counts" else (w["state"],)
            want = [t["id"] for t, s in found if w["kind"] in (0, t["kind"])
                    and w["tier"] in ("", t["tier"]) and w["level"] in ("", t["level"])
                    and (not w["state"] or s[0] in states)
                    and (not w["district"] or w["district"] in lib.district(s[3], day))]
            got = all_pages(admin, "/titles" + query(**dict(w, kind=KINDS.get(w["kind"]), as_of=text(day))))
            check(f"list {w} on {day}", want, [int(j["id"]) for j in got])


def compare_due(server, admin, lib, today):
    all_due = [(lib.due(t, s, today), t["id"]) for t, s in lib.on(today) if s[0] in ("held", "suspended")]
    kinds = {t["id"]: t["kind"] for t in lib.titles}
    unknown = sum(1 for d, i in all_due if d[0] == 0 and kinds[i] == 2)
    for year in range(2024, 2031):
        for q in (1, 2, 3, 4):
            first, name = year * 10000 + (q * 3 - 2) * 100 + 1, f"{year}Q{q}"
            want = sorted((d, i, by) for (d, by), i in all_due if first <= d < shift(first, 3))
            answer, _ = admin.must("GET", "/library/expiring" + query(quarter=name, as_of=text(today)))
            check(f"due in {name}", [(text(d), i, by) for d, i, by in want], [(j["due"], int(j["id"]), j["due_by"]) for j in answer["items"]])
            check(f"unknown terms in {name}", unknown, answer["term_unknown"])
        lines = server.json("title", "expiring", "--quarter", name, "--as-of", text(today))["items"]
        check(f"due in {name} by the command line", sorted(i for _, i, _ in want), sorted(j["id"] for j in lines))


def compare_counts(server, admin, lib, r, days):
    for day in days:
        since = random_day(r, 2019, day // 10000)
        answer, _ = admin.must("GET", "/library" + query(as_of=text(day), since=text(since)))
        want = lib.movement(since, day)
        check(f"movement {since} to {day}", want, {(m["how"], m["from"], m["to"]): m["n"] for m in answer["movement"]})
        lines = server.json("title", "movement", "--as-of", text(day), "--since", text(since))["items"]
        check(f"the same by the command line, {since} to {day}", want, {(m["how"], m["from"], m["to"]): m["n"] for m in lines})
        check(f"enterprises on {day}", len(lib.held(day)), answer["enterprises"])
        number = lambda firms, any_of: sum(1 for x in firms.values() if x & any_of)
        for t in answer["tiers"]:
            mine = [number(lib.held(day), {t["id"]})] + [number(lib.held(day, k), {t["id"]}) for k in KINDS]
            check(f"{t['id']} on {day}", mine, [counted(t["enterprises"])] + [counted(t["kinds"][k]) for k in KINDS.values()])
        for k in answer["classes"]:
            check(f"{k['id']} on {day}", number(lib.held(day), set(k["members"])), k["enterprises"])


def counted(cell):
    return cell["n"]


MARKS = ("held", "renewed", "ran_out", "expired", "removed", "revoked", "censored")


def compare_cohorts(server, admin, lib, tiers, days):
    for day in days:
        for tier, kind in [(None, None), ("瞪羚", None), (None, 1), (None, 2), ("独角兽", 3)]:
            want = {y: (c[0], *[tuple(c[n][m] for m in MARKS) for n in (1, 2, 3)]) for y, c in lib.cohorts(day, tier, kind).items()}
            answer, _ = admin.must("GET", "/library/cohorts" + query(tier=tier, kind=KINDS.get(kind), as_of=text(day)))
            check(f"cohorts {tier} {kind} on {day}", want, {c["year"]: (c["intake"], *[tuple(a[m] for m in MARKS) for a in c["after"]]) for c in answer["items"]})
        lines = server.json("title", "cohorts", "--as-of", text(day))["items"]
        want = {(y, n): (c[0], *[c[n][m] for m in MARKS]) for y, c in lib.cohorts(day).items() for n in (1, 2, 3)}
        check(f"cohorts on {day} by the command line", want, {(j["year"], j["years"]): (j["intake"], *[j[m] for m in MARKS]) for j in lines})


class Server(rc.Server):
    def run_any(self, *args):
        """A command that may say no (1): rows refused, firms already one."""
        p = subprocess.run([self.program, *args], capture_output=True, text=True, env=self.env)
        if p.returncode > 1:
            raise SystemExit(f"{args}: {p.stdout}{p.stderr}")

    def json(self, *args):
        return json.loads(self.run(*args, "--json"))


def main():
    program, folder, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 7
    r = random.Random(seed)
    server = Server(program, folder)
    server.run("init", "--pack", rc.PACK)
    server.run("demo", "--enterprises", str(FIRMS), "--seed", str(seed))
    server.start()
    try:
        admin = rc.Person(server, "admin", rc.FIRST).change_password()
        tiers, levels, done = fill(server, admin, r)
        lib = Library(os.path.join(folder, "jixia.db"))
        print(f"seed {seed}: {len(lib.titles)} titles, {dict(done)}, {len(lib.up)} mergers, {MOVES} moves")
        days = [random_day(r, 2020, 2027) for _ in range(6)]
        compare_lists(server, admin, lib, r, tiers, levels, days)
        compare_due(server, admin, lib, 20250630)
        compare_counts(server, admin, lib, r, days)
        compare_cohorts(server, admin, lib, tiers, days[:3] + [20261231])
    finally:
        server.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed < 200 else 0


sys.exit(main())

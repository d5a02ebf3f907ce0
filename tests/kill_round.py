#!/usr/bin/env python3
"""Rounds under kill -9: kill_round.py PROGRAM FOLDER [TIMES [SEED]].

Three people at once (an office, its reviewers, a clerk with questions) carry small rounds from the draft to
titles, letters and certificates by the API, while the server is killed at TIMES (10) random moments and
started again. Each POST has an Idempotency-Key; what was not answered is sent again with its key, a PATCH
after looking whether its version went up. Everybody keeps a ledger of what was acknowledged. In the end
the ledgers and the store must say the same: each acknowledged act once, none twice, none that nobody
sent; states follow events; the journal has what the events have; no file without its document; the store
is sound. The clock is moved past the days of the notices (tests/moved_clock.c).
"""
import calendar
import collections
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

import round_city as rc  # beside this file

PROGRAM, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
TIMES = int(sys.argv[3]) if len(sys.argv) > 3 else 10
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int.from_bytes(os.urandom(4), "big")
HERE = os.path.dirname(os.path.abspath(__file__))
CLOCK = os.path.join(HERE, "..", "build", "tests", "moved_clock.so")
FIRMS, MANY, REVIEWERS, DAY = 10, 600, 4, 86400
START, LAST = 1767312000, 1797206400  # 2026-01-02; after 2026-12-14 the calendar of working days does not reach far enough
passed = failed = 0


def check(what, ok, detail=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(("ok   " if ok else "FAIL ") + what + (f": {detail}" if detail and not ok else ""), flush=True)


class Stop(Exception):
    """Something answered otherwise than it may; the run is over."""


class Killer(threading.Thread):
    """Kills and starts again, until it has done so often enough; `up` is set while there is a server."""

    def __init__(self, server, times, rng):
        super().__init__(daemon=True)
        self.server, self.times, self.rng, self.done, self.slowest = server, times, rng, 0, 0.0
        self.up, self.over, self.failure = threading.Event(), threading.Event(), None
        self.up.set()

    def run(self):
        while self.done < self.times and not self.over.is_set():
            self.strike(self.rng.random() * 0.4)
        self.over.set()

    def strike(self, delay):
        """One death and the next life."""
        time.sleep(delay)
        try:
            self.up.clear()
            self.server.kill()
            start = time.monotonic()
            self.server.start()
            self.slowest = max(self.slowest, time.monotonic() - start)
            self.done += 1
        except BaseException as e:  # a server that does not start again is the finding
            self.failure = e
            self.over.set()
        self.up.set()


class Sender:
    """One thread's way to the server: sends until there is an answer."""

    def __init__(self, killer, name):
        self.killer, self.name, self.n = killer, name, 0
        self.count = collections.Counter()

    def once(self, person, method, path, **more):
        """An answer, or None when none came; waits until there is a server again."""
        self.killer.up.wait(150)
        if self.killer.failure:
            raise Stop(f"the server did not start again: {self.killer.failure}")
        try:
            status, answer, tag = person.call(method, path, **more)
        except rc.Died:
            self.count["without an answer"] += 1
            time.sleep(0.02)
            return None
        if status == 401:  # the moved clock ends sessions
            while True:
                try:
                    person.sign_in()
                    return None
                except rc.Died:
                    self.killer.up.wait(150)
        return status, answer, tag

    def get(self, person, path):
        while True:
            got = self.once(person, "GET", path)
            if got and got[0] < 300:
                return got
            if got and got[0] not in (503,):
                raise Stop(f"GET {path}: {got}")

    def post(self, person, path, body=None, tag=None, **more):
        """(answer, before): before: it was done by a server that died, its answer is lost."""
        self.n += 1
        key = f"kill-{self.name}-{self.n:06d}"
        waits = 0
        while True:
            got = self.once(person, "POST", path, body=body, tag=tag, key=key, **more)
            if not got:
                continue
            status, answer, _ = got
            if status < 300:
                self.count["acknowledged"] += 1
                return answer, False
            said = answer.get("detail", "") if isinstance(answer, dict) else ""
            if status == 409 and "办妥" in said:
                self.count["acknowledged"] += 1
                self.count["done before, answer lost"] += 1
                return None, True
            if status == 409 and "正在处理" in said and waits < 100:
                waits += 1  # claimed by a server that died a moment ago, or another still at it
                self.count["waited for a claim"] += 1
                time.sleep(0.05)
            elif status != 503:
                raise Stop(f"POST {path} {body}: {status} {answer}")

    def patch(self, person, path, body):
        """Changes what has a version; whether an unanswered change was done shows in the version."""
        _, _, tag = self.get(person, path)
        while True:
            got = self.once(person, "PATCH", path, body=body, tag=tag)
            if got and got[0] < 300:
                self.count["acknowledged"] += 1
                return got[1]
            if got and got[0] != 503:
                raise Stop(f"PATCH {path}: {got}")
            _, answer, now = self.get(person, path)
            if now != tag:
                self.count["acknowledged"] += 1
                self.count["done before, answer lost"] += 1
                return answer


class Ledger:
    """What was acknowledged, by thread; merged in the end."""

    def __init__(self):
        self.acts = collections.defaultdict(list)  # case -> acts in order
        self.files = collections.Counter()  # case
        self.said = collections.Counter()  # (case, text)
        self.seats = collections.defaultdict(lambda: [0, 0, None])  # seat -> declared, saved, sheet
        self.signed = collections.Counter()  # (round, actor)
        self.round_acts = collections.Counter()  # (round, journal action)
        self.granted = []  # candidate cases that were recognised
        self.published = []  # rounds whose notice is out
        self.recommended = collections.Counter()  # (subject, case of the round)


class Office:
    """Carries rounds from their draft to the archive."""

    def __init__(self, killer, ledger, people, firms, seats, clock):
        self.send, self.ledger, self.p = Sender(killer, "office"), ledger, people
        self.firms, self.seats, self.clock, self.moved = iter(firms), seats, clock, START - int(time.time())
        self.clerk, self.boss, self.partner = people["clerk.office.1"], people["leader.1"], people["partner.1"]
        self.rounds = 0

    def act(self, case, name, who=None, **more):
        who = who or self.clerk
        _, _, tag = self.send.get(who, f"/cases/{case}")
        self.send.post(who, f"/cases/{case}/acts", dict(more, act=name, reason="演示"), tag=tag)
        self.ledger.acts[case].append(name)

    def batch(self, case, name, mine, **more):
        """An act on all candidates of a round: each of them is in the answer, once."""
        body = dict(more, act=name, reason="演示", ids=[str(k) for k in mine])
        answer, before = self.send.post(self.clerk, "/cases/acts", body)
        if before or answer["done"] != len(mine) or answer["refused"]:
            raise Stop(f"batch {name}: {answer}")
        if sorted(x["id"] for x in answer["items"]) != sorted(body["ids"]):
            raise Stop(f"batch {name}: answers for {answer['items']}")
        for k in mine:
            self.ledger.acts[k].append(name)

    def round_act(self, round_id, name, journal, body=None, who=None, path="acts"):
        who = who or self.clerk
        _, _, tag = self.send.get(who, f"/rounds/{round_id}")
        self.send.post(who, f"/rounds/{round_id}/{path}", dict(body or {}, act=name, reason="演示"), tag=tag)
        self.ledger.round_acts[round_id, journal] += 1

    def one_round(self):
        self.rounds += 1
        title, send = f"演示轮次 {self.rounds}", self.send
        setting = dict(rc.setting(sample=2), title=title)
        data = dict(rc.NOTICE, 设置=json.dumps(setting, ensure_ascii=False))
        send.post(self.clerk, "/cases", {"flow": "round", "title": title, "data": data})
        case = next(int(k["id"]) for k in send.get(self.clerk, "/cases?flow=round&limit=5")[1]["items"] if k["title"] == title)
        self.ledger.acts[case].append("建立")
        self.act(case, "启动")
        round_id = next(r["id"] for r in send.get(self.clerk, "/rounds?limit=5")[1]["items"] if r["title"] == title)
        mine = self.candidates(case)
        self.consents(mine)
        self.batch(case, "初核通过", mine[2:], data={"初核意见": "符合"})
        for k in mine[:2]:
            self.act(k, "初核通过", data={"初核意见": "符合"})
        for k in mine[::3]:
            send.patch(self.clerk, f"/cases/{k}", {"data": {"领域": f"领域{k % 5}"}, "reason": "演示"})
            self.ledger.acts[k].append("edit")
        self.act(case, "封闭名单")
        for i in range(REVIEWERS):
            self.round_act(round_id, "member", "panel.member", {"person": f"reviewer.{i + 1}", "chair": i == 0})
        self.act(case, "分配评审")
        self.act(case, "抽取", data={"检查人员": ["clerk.district.1", "clerk.district.2"]})
        self.seats.put(round_id)  # the reviewers' turn
        self.act(case, "结束评分")
        self.round_act(round_id, "decide", "round.verdict", {"filter": {}, "verdict": "admit"})
        self.signatures(round_id)
        self.batch(case, "拟认定", mine)
        if time.time() + self.moved > LAST:
            return
        self.notice(case, round_id)
        self.batch(case, "认定", mine, data={"称号": "瞪羚", "级别": "市", "认定单位": "演示", "认定文号": f"演示〔{self.rounds}〕",
                                         "起始日": "2026-01-05"})
        self.ledger.granted += mine
        self.act(case, "归档")

    def candidates(self, case):
        """Half opened by the office, half by a partner's recommendation."""
        mine = []
        for i in range(FIRMS):
            subject = next(self.firms)
            if i % 2:
                self.send.post(self.partner, "/recommendations", {
                    "rule": "cn/innovative-sme", "enterprise": str(subject), "round": str(case), "reason": "演示",
                    "interest": {"kind": "none"}})
                self.ledger.recommended[subject, case] += 1
            else:
                self.send.post(self.clerk, "/cases", {"flow": "candidate", "act": "推荐", "parent": str(case),
                                                      "subject": str(subject), "data": {"领域": "领域"}})
            found = self.send.get(self.clerk, f"/cases?flow=candidate&parent={case}&subject={subject}")[1]["items"]
            if len(found) != 1:
                raise Stop(f"{len(found)} candidates of one firm in a round")
            mine.append(int(found[0]["id"]))
            self.ledger.acts[mine[-1]].append("推荐")
        return mine

    def consents(self, mine):
        """One on paper through its recommendation, one by an act, the others at once."""
        subject = self.send.get(self.clerk, f"/cases/{mine[1]}")[1]["subject"]["id"]
        for k in self.send.get(self.clerk, "/candidates?limit=500")[1]["items"]:
            if k["enterprise"]["id"] == subject:
                self.send.post(self.clerk, f"/candidates/{k['id']}/consent", {"given": True, "document": "演示", "reason": "演示"})
                self.ledger.acts[mine[1]].append("同意")
        self.act(mine[0], "同意")
        self.batch(None, "同意", mine[2:])

    def masses(self, times, most):
        """Acts on hundreds, which are committed in groups: each is killed somewhere in between, and goes on."""
        data = dict(rc.NOTICE, 设置=json.dumps(dict(rc.setting(), title="多"), ensure_ascii=False))
        self.send.post(self.clerk, "/cases", {"flow": "round", "title": "多", "data": data})
        case = next(int(k["id"]) for k in self.send.get(self.clerk, "/cases?flow=round&limit=5")[1]["items"] if k["title"] == "多")
        self.ledger.acts[case].append("建立")
        self.act(case, "启动")
        for _ in range(most):
            self.send.post(self.clerk, "/cases", {"flow": "candidate", "act": "推荐", "parent": str(case),
                                                  "subject": str(next(self.firms)), "data": {"领域": "领域"}})
        mine = [int(k["id"]) for at in range(0, most, 500) for k in
                self.send.get(self.clerk, f"/cases?flow=candidate&parent={case}&limit=500&offset={at}")[1]["items"]]
        for k in mine:
            self.ledger.acts[k].append("推荐")
        began = time.monotonic()
        self.batch(case, "同意", mine)
        took = time.monotonic() - began
        for i in range(times):
            hit = threading.Thread(target=self.send.killer.strike, args=(self.send.killer.rng.random() * took,))
            hit.start()
            self.batch(case, "补正" if i % 2 else "退回", mine, **({} if i % 2 else {"code": "缺材料"}))
            hit.join()
        return len(mine), took

    def signatures(self, round_id):
        for who in (self.clerk, self.boss):
            self.round_act(round_id, "sign", "round.sign", who=who, path="signatures")
            self.ledger.signed[round_id, who.name] += 1

    def notice(self, case, round_id):
        self.act(case, "起草公示")
        self.act(case, "发布公示")
        self.ledger.published.append(int(case))
        found = self.send.get(self.clerk, "/notices?limit=5")[1]["items"]
        last = next(k["to"] for k in found if str(k["round"]) == str(case))
        end = calendar.timegm(time.strptime(last, "%Y-%m-%d")) + DAY - 8 * 3600 + 3600
        self.moved = max(self.moved, end - int(time.time()))
        with open(self.clock + ".new", "w", encoding="ascii") as f:
            f.write(str(self.moved))
        os.replace(self.clock + ".new", self.clock)
        self.act(case, "结束公示")


class Panel:
    """The reviewers: declare, save, hand in; one thread, each in his own name."""

    def __init__(self, killer, ledger, people):
        self.send, self.ledger, self.people = Sender(killer, "panel"), ledger, people

    def put(self, round_id):
        """Called by the office: half of the reviewers beside the other half."""
        halves = [threading.Thread(target=self.guarded, args=(round_id, part, Sender(self.send.killer, f"panel-{round_id}-{part}")))
                  for part in (0, 1)]
        self.failures = []
        for t in halves:
            t.start()
        for t in halves:
            t.join()
        if self.failures:
            raise self.failures[0]

    def guarded(self, round_id, part, send):
        try:
            for i in range(part, REVIEWERS, 2):
                self.review(round_id, self.people[f"reviewer.{i + 1}"], send)
        except Exception as e:  # handed to the thread that waits
            self.failures.append(e)
        self.send.count.update(send.count)

    def review(self, round_id, who, send):
        for seat in send.get(who, "/reviews")[1]["items"]:
            if seat["round"] != round_id:
                continue
            path, mine = f"/reviews/{seat['id']}", self.ledger.seats[seat["id"]]
            send.post(who, path + "/declaration", {"interest": False})
            mine[0] += 1
            send.patch(who, path, {"sheet": {"marks": {"growth": "2"}}})
            mine[2] = rc.sheet(seat["id"])
            send.patch(who, path, {"sheet": mine[2], "submit": True})
            mine[1] += 2


class Desk(threading.Thread):
    """A clerk with questions to firms, beside the round: cases, files, messages, signed off."""

    def __init__(self, killer, ledger, person, firms):
        super().__init__(daemon=True)
        self.send, self.ledger, self.person, self.firms = Sender(killer, "desk"), ledger, person, firms
        self.failure, self.over = None, threading.Event()

    def run(self):
        try:
            n = 0
            while not self.over.is_set():
                n += 1
                self.question(self.firms[n % len(self.firms)], n)
        except Exception as e:
            self.failure = e

    def question(self, subject, n):
        title = f"问 {n}"
        self.send.post(self.person, "/cases", {"flow": "question", "title": title, "subject": str(subject),
                                               "data": {"问题": "演示", "答复天数": "900"}})
        found = self.send.get(self.person, f"/cases?flow=question&subject={subject}&limit=500")[1]["items"]
        mine = [int(k["id"]) for k in found if k["title"] == title]
        if len(mine) != 1:
            raise Stop(f"{len(mine)} cases {title}")
        case = mine[0]
        self.ledger.acts[case].append("提问")
        self.send.post(self.person, f"/cases/{case}/messages", {"text": title})
        self.ledger.said[case, title] += 1
        self.ledger.acts[case].append("message")
        self.upload(case, f"%PDF-1.4\n{title} {n * 7919}\n%%EOF".encode())
        _, _, tag = self.send.get(self.person, f"/cases/{case}")
        self.send.post(self.person, f"/cases/{case}/acts", {"act": "答复", "data": {"答复": "一"}}, tag=tag)
        self.ledger.acts[case].append("答复")

    def upload(self, case, text):
        parts = [b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\n' + "证明".encode() + b"\r\n",
                 b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
                 b"Content-Type: application/octet-stream\r\n\r\n" + text + b"\r\n--b--\r\n"]
        self.send.post(self.person, f"/cases/{case}/documents", raw=b"".join(parts), kind="multipart/form-data; boundary=b")
        self.ledger.files[case] += 1
        self.ledger.acts[case].append("document:证明")


# --- what the store says -----------------------------------------------------------------------------

def differing(a, b, most=3):
    keys = [k for k in set(a) | set(b) if a.get(k) != b.get(k)]
    return keys and [(k, a.get(k), b.get(k)) for k in keys[:most]]


def verify(server, ledger):
    c = sqlite3.connect(os.path.join(server.folder, "jixia.db"))

    def rows(sql, *args):
        return c.execute(sql, args).fetchall()

    def one(sql, *args):
        return rows(sql, *args)[0][0]

    check("the store is sound", rows("PRAGMA integrity_check") == [("ok",)] and not rows("PRAGMA foreign_key_check"))
    events = collections.defaultdict(list)
    for case, act in rows("SELECT case_file, act FROM case_event ORDER BY id"):
        events[case].append(act)
    sent = {k: v for k, v in ledger.acts.items()}
    check(f"{sum(map(len, sent.values()))} acts on {len(sent)} cases: each acknowledged one once, in order, no other",
          dict(events) == sent, differing(dict(events), sent))
    wrong = []
    for case, state, version in rows("SELECT id, state, version FROM case_file"):
        chain = rows("SELECT from_state, to_state FROM case_event WHERE case_file = ? ORDER BY id", case)
        if chain[-1][1] != state or any(x[1] != y[0] for x, y in zip(chain, chain[1:])):
            wrong.append((case, state, chain))
    check("states follow events", not wrong, wrong[:2])
    check("each event has its entry in the journal", rows(
        "SELECT object, count(*) FROM journal WHERE action LIKE 'case.%' GROUP BY object ORDER BY object") ==
        rows("SELECT 'case:' || case_file, count(*) FROM case_event GROUP BY case_file ORDER BY 1"))
    files = dict(rows("SELECT case_file, count(*) FROM case_document GROUP BY case_file"))
    check(f"{sum(ledger.files.values())} files, each once", files == dict(ledger.files), differing(files, ledger.files))
    check("no file without its document", not one("SELECT count(*) FROM file_blob WHERE sm3 NOT IN (SELECT sm3 FROM case_document)"))
    said = {(a, b): n for a, b, n in rows("SELECT case_file, text, count(*) FROM case_message GROUP BY 1, 2")}
    check(f"{len(said)} messages, each once", said == dict(ledger.said), differing(said, ledger.said))
    seats = {r[0]: (r[1] > 0, r[2] - 1, json.loads(r[3])) for r in rows(
        "SELECT id, declared_ms, version, sheet FROM review_seat WHERE ended_ms = 0")}
    want = {k: (v[0] == 1, v[1], v[2]) for k, v in ledger.seats.items()}
    check(f"{len(want)} sheets: declared once, saved and handed in once each, as sent",
          {k: v for k, v in seats.items() if k in want} == want and all(v == (False, 0, {}) for k, v in seats.items() if k not in want),
          differing(seats, want))
    declared = one("SELECT count(*) FROM journal WHERE action = 'review.declare'")
    check("declarations in the journal", declared == len(want), (declared, len(want)))
    signed = {(int(o.split(":")[1]), who): n for o, who, n in rows(
        "SELECT object, actor, count(*) FROM review_signature GROUP BY 1, 2")}
    check(f"{len(signed)} signatures, each once", signed == dict(ledger.signed), differing(signed, ledger.signed))
    acts = collections.Counter()
    for o, action in rows("SELECT object, action FROM journal WHERE action IN ('panel.member', 'round.verdict', 'round.sign')"):
        acts[int(o.split(":")[1]), action] += 1
    check(f"{sum(acts.values())} acts on rounds, each once", acts == ledger.round_acts, differing(acts, ledger.round_acts))
    recommended = {(a, b): n for a, b, n in rows(
        "SELECT subject, round, count(*) FROM recommendation GROUP BY 1, 2")}
    check(f"{len(recommended)} recommendations, each once", recommended == dict(ledger.recommended),
          differing(recommended, ledger.recommended))
    notices = rows("SELECT round, count(*), min(published_ms IS NOT NULL) FROM public_notice GROUP BY round ORDER BY round")
    check(f"{len(notices)} notices, one a round, out", notices == [(r, 1, 1) for r in sorted(ledger.published)] or
          [n for n in notices if n[2]] == [(r, 1, 1) for r in sorted(ledger.published)], notices)
    for what, sql in (("titles", "SELECT case_file FROM title WHERE case_file > 0"),
                      ("letters", "SELECT case_file FROM letter WHERE case_file IS NOT NULL"),
                      ("certificates", "SELECT t.case_file FROM certificate c JOIN title t ON t.id = c.title_record")):
        have = sorted(r[0] for r in rows(sql))
        check(f"{len(have)} {what}, one for each that was recognised", have == sorted(ledger.granted),
              (len(have), len(ledger.granted)))
    check("nothing is left under way", not one("SELECT count(*) FROM idempotency WHERE status = 0") and
          not one("SELECT count(*) FROM idempotency_part"))
    c.close()
    p = subprocess.run([PROGRAM, "journal", "verify"], capture_output=True, text=True, env=server.env)
    check("the journal is whole", p.returncode == 0, p.stdout + p.stderr)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    rng = random.Random(SEED)
    print(f"seed {SEED}", flush=True)
    clock = os.path.join(FOLDER, "clock")
    with open(clock, "w", encoding="ascii") as f:
        f.write(str(START - int(time.time())))
    env = {"LD_PRELOAD": CLOCK, "JIXIA_TEST_CLOCK": clock, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
    server = rc.make_city(PROGRAM, FOLDER, MANY + 400 + 12 * TIMES, 7, env).start()
    ledger = Ledger()
    firms = [f[0] for f in rc.firms_of(FOLDER, MANY + 400 + 12 * TIMES)]
    admin = rc.Person(server, "admin", rc.FIRST).change_password()
    people = rc.add_people(server, admin, rc.cast([], {"clerk_office": 2, "clerk_district": 2, "leader": 1,
                                                       "reviewer": REVIEWERS, "partner": 1}))
    killer = Killer(server, TIMES, rng)
    desk = Desk(killer, ledger, people["clerk.office.2"], firms[:50])
    panel = Panel(killer, ledger, people)
    office = Office(killer, ledger, people, firms[50:], panel, clock)
    began = time.monotonic()
    killer.start()
    desk.start()
    try:
        while not killer.over.is_set() and not desk.failure:
            office.one_round()
        desk.over.set()
        desk.join(200)
        many, took = office.masses(2 + TIMES // 10, MANY)
        print(f"acts on {many} in {took * 1000:.0f} ms, each killed in between")
    except Stop as e:
        check("the office's acts went as they may", False, e)
    finally:
        killer.over.set()
        desk.over.set()
        desk.join(200)
        killer.join(200)
        check("the server always started again", not killer.failure, killer.failure)
        check("the desk's acts went as they may", not desk.failure, desk.failure)
        if server.process and server.process.poll() is None:
            server.stop()
    count = office.send.count + panel.send.count + desk.send.count
    print(f"killed {killer.done} times in {time.monotonic() - began:.0f} s (started again in {killer.slowest:.1f} s at most), "
          f"{office.rounds} rounds; " + ", ".join(f"{v} {k}" for k, v in sorted(count.items())))
    verify(server, ledger)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())

#!/usr/bin/env python3
"""A whole round by the API while the server is killed (-9) at random moments of it and started again.

kill_compare.py JIXIA FOLDER [--kills N] [--candidates N] [--seed N]: makes one generated city and runs the same round
on two copies of it: in peace, then under fire. Every writing request has an Idempotency-Key (a PATCH its If-Match); one
whose answer did not come is sent again as it was. A kill comes at a random part of the time its request took in
peace, so also within the act. In the end the two stores say the same, row by row and journal entry by journal
entry, but for instants, keys and what is drawn from the seed: nothing acknowledged is lost, nothing is there twice.
The comparison itself is tried on spoilt copies: a row lost, a row doubled, an entry of the journal changed.
"""
import argparse
import collections
import hashlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

import city
import round_city as rc

RULE, AS_OF, FIRMS = "zibo/gazelle", "2026-08-31", 60
CAST = {"clerk_office": 1, "leader": 1, "reviewer": 6, "partner": 2, "clerk_district": 3, "enterprise": 3}
AHEAD = 1.2  # kills also fall a little behind the usual end of their request


class Fault(Exception):
    """What must not happen."""


class Run:
    """One round on one copy of the city. kills {number of the write: [(part of its usual seconds, seconds more), ...]}."""

    def __init__(self, program, folder, people, kills=None, usual=None):
        self.clock = city.Clock(folder)
        self.server = rc.Server(program, folder)
        self.server.env.update(self.clock.env())
        self.people = {n: rc.Person(self.server, n, rc.PASSWORD) for n in people}
        for name, cookie in people.items():
            self.people[name].cookie = cookie
        self.kills, self.usual, self.took = kills or {}, usual or [], []
        self.due, self.timer, self.shot = [], None, False
        self.killed = self.repeated = self.done_before = self.acknowledged = 0
        self.longest_start = 0.0

    # --- the killer ---
    def aim(self, n):
        """Sets the next kill that is due by write n; one at a time, the others wait their turn."""
        self.due += self.kills.pop(n, [])
        if self.shot or len(self.due) > 1 or self.timer and not self.timer.is_alive():
            self.settle()
        if self.due and not self.timer:
            part, more_s = self.due.pop()
            self.timer = threading.Timer(part * self.usual[n] + more_s, self.shoot)
            self.timer.start()

    def shoot(self):
        self.shot = True
        self.server.process.kill()

    def settle(self):
        """A kill under way is waited for; a server that was killed is started."""
        if self.timer:
            self.timer.join()
            self.timer = None
        if self.shot:
            self.server.process.wait()
            self.server.log.close()
            self.shot, self.killed = False, self.killed + 1
            start = time.monotonic()
            self.server.start()
            self.longest_start = max(self.longest_start, time.monotonic() - start)
            for p in self.people.values():
                if p.link:
                    p.link.close()
                p.link = None

    def died(self, why):
        if not self.shot:
            raise Fault(f"no answer though nobody killed the server: {why}")
        self.settle()

    # --- requests ---
    def read(self, who, path):
        while True:
            try:
                status, answer, tag = self.people[who].call("GET", path)
            except rc.Died as e:
                self.died(e)
                continue
            if status != 200:
                raise Fault(f"{who} GET {path}: {status} {answer}")
            return answer, tag

    def write(self, who, method, path, body=None, at=None, raw=None, kind=None):
        """Sent until it is answered; `at` is the page whose tag it names."""
        n, again = len(self.took), False
        tag = self.read(who, at)[1] if at else None
        start = time.monotonic()
        while True:
            self.aim(n)
            try:
                status, answer, _ = self.people[who].call(method, path, body, tag=tag, key=f"act-{n:08d}", raw=raw, kind=kind)
                break
            except rc.Died as e:
                again = True
                self.repeated += 1
                self.died(e)
        self.took.append(time.monotonic() - start)
        if again and status == 412 and method == "PATCH" or again and status == 409 and "办妥" in str(answer):
            self.done_before += 1  # nobody else writes it: it was done, only the answer was lost
            answer = None
        elif status >= 300:
            raise Fault(f"write {n}, {who} {method} {path}{' again' if again else ''}: {status} {answer}")
        self.acknowledged += 1
        return answer

    def reason(self):
        """Each act has its own, which its journal entries carry."""
        return f"演示 {len(self.took):05d}"

    def act(self, who, path, act, **more):
        return self.write(who, "POST", path + "/acts", dict(more, act=act, reason=self.reason()), at=path)

    def upload(self, who, path, **fields):
        edge = "edge-of-a-part"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        pdf = b"%%PDF-1.4\n%% %d\n%%%%EOF" % len(self.took)
        raw = "".join(parts).encode() + head.encode() + pdf + f"\r\n--{edge}--\r\n".encode()
        return self.write(who, "POST", path, raw=raw, kind=f"multipart/form-data; boundary={edge}")

    def move_to(self, utc):
        """Another day: sessions of the old one are over."""
        self.settle()
        self.clock.set(utc)
        for p in self.people.values():
            if p.name:
                p.sign_in()


class Round:
    """The acts, in order. Each part is a kind of work; nothing in it depends on an answer that may be lost."""

    def __init__(self, run, firms, candidates):
        self.run, self.firms = run, firms[:candidates]
        self.clerk, self.boss = "clerk.office.1", "leader.1"

    def everything(self):
        for part in (self.opened, self.recommended, self.consented, self.checked, self.closed, self.panel, self.scored,
                     self.verdicts, self.noticed, self.objected, self.recognised, self.papers):
            part()
        while self.run.due or self.run.timer:
            self.run.settle()
            self.run.aim(0)

    def cases(self, state):
        q = urllib.parse.urlencode({"flow": "candidate", "parent": self.case, "state": state, "limit": 500})
        return sorted((k for k in self.run.read(self.clerk, "/cases?" + q)[0]["items"]), key=lambda k: int(k["id"]))

    def batch(self, who, act, ids, **more):
        answer = self.run.write(who, "POST", "/cases/acts", dict(more, act=act, ids=ids, reason=self.run.reason()))
        if answer is None or answer["done"] != len(ids):
            raise Fault(f"of {len(ids)} acts {act} not all are done: {answer}")

    def opened(self):
        run, setting = self.run, rc.setting(sample=4)
        setting.update({"rule": RULE, "from": "2026-09-01", "to": "2026-09-20", "as_of": AS_OF, "title": "演示：瞪羚"})
        data = {"设置": rc.json.dumps(setting, ensure_ascii=False), "补正天数": 5}
        run.write(self.clerk, "POST", "/cases", {"flow": "round", "title": "演示轮次", "data": data, "reason": run.reason()})
        self.case = run.read(self.clerk, "/cases?flow=round")[0]["items"][0]["id"]
        self.of_case = f"/cases/{self.case}"
        run.act(self.clerk, self.of_case, "启动")
        self.round = f"/rounds/{run.read(self.clerk, '/rounds')[0]['items'][0]['id']}"

    def recommended(self):
        run = self.run
        partners, districts = ["partner.1", "partner.2"], {d: f"clerk.district.{i + 1}" for i, d in enumerate(rc.DISTRICTS[:3])}
        for i, firm in enumerate(self.firms):
            who = partners[i % 2] if i % 3 == 0 else districts.get(firm["division"], self.clerk)
            sponsors = partners if i == 0 else [who]
            for who in sponsors:
                body = {"rule": RULE, "enterprise": str(firm["id"]), "round": self.case, "reason": f"产品领先 {i}"}
                if who in partners:
                    body["interest"] = {"kind": "holding", "share": "0.042"} if i % 6 == 0 else {"kind": "none"}
                run.write(who, "POST", "/recommendations", body)
                if who in partners and i < 8:
                    mine = run.read(who, "/recommendations?limit=500")[0]["items"]
                    run.upload(who, f"/recommendations/{max(int(k['id']) for k in mine)}/files")

    def consented(self):
        run, own = self.run, {str(f["id"]): f"enterprise.{i + 1}" for i, f in enumerate(self.firms[:3])}
        waiting = self.cases("待企业同意")
        for k in waiting[:len(waiting) // 2]:
            run.act(own.get(k["subject"]["id"], self.clerk), f"/cases/{k['id']}", "同意")
        for some in (waiting[len(waiting) // 2::2], waiting[len(waiting) // 2 + 1::2]):
            self.batch(self.clerk, "同意", [k["id"] for k in some])
        first = f"/cases/{waiting[0]['id']}"
        run.act(self.clerk, first, "退回", code="缺材料")
        run.act(own.get(waiting[0]["subject"]["id"], self.clerk), first, "补正")
        for n in range(3):
            run.write(self.clerk, "POST", first + "/messages", {"text": f"请补充材料 {n}"})
            run.write(self.clerk, "PATCH", first, {"data": {"领域": f"领域{n}"}, "reason": run.reason()}, at=first)
            run.write(self.clerk, "POST", first + "/papers", {"kind": "征求意见函", "addressee": f"某局 {n}", "sent": "2026-09-02"})
        run.write(self.clerk, "POST", "/me/follows", {"object": "case:" + waiting[0]["id"], "on": True})

    def checked(self):
        run, waiting = self.run, self.cases("待初核")
        for k in waiting[:-4]:
            district = f"clerk.district.{rc.DISTRICTS.index(k['division']) + 1}" if k.get("division") in rc.DISTRICTS[:3] else self.clerk
            run.act(district, f"/cases/{k['id']}", "初核通过", data={"初核意见": "情况属实"})
        self.batch(self.clerk, "初核通过", [k["id"] for k in waiting[-4:]], data={"初核意见": "情况属实"})

    def closed(self):
        run = self.run
        run.act(self.clerk, self.of_case, "封闭名单")
        for i in range(6):
            run.act(self.clerk, self.round, "member", person=f"reviewer.{i + 1}", chair=i == 0)

    def panel(self):
        run = self.run
        run.act(self.clerk, self.of_case, "分配评审")
        run.act(self.clerk, self.round, "leave", person="reviewer.6")
        run.act(self.clerk, self.of_case, "抽取", data={"检查人员": [f"clerk.district.{i + 1}" for i in range(3)]})

    def scored(self):
        """Marks depend on the candidate only: who sits where is drawn."""
        run, again = self.run, {}
        for i in range(5):
            who = f"reviewer.{i + 1}"
            for seat in sorted(run.read(who, "/reviews?limit=500")[0]["items"], key=lambda s: s["number"]):
                path, n = f"/reviews/{seat['id']}", int(seat["number"][-4:])
                again[n] = (who, path)
                run.write(who, "POST", path + "/declaration", {"interest": False})
                run.write(who, "PATCH", path, {"sheet": {"marks": {"growth": "2"}}}, at=path)
                run.write(who, "PATCH", path, {"sheet": rc.sheet(n), "submit": True}, at=path)
        run.act(self.clerk, self.round, "second")
        for n in sorted(again)[:2]:
            who, path = again[n]
            run.write(who, "PATCH", path, {"sheet": rc.sheet(n), "submit": True}, at=path)
        run.act(self.clerk, self.of_case, "结束评分")

    def verdicts(self):
        run = self.run
        run.act(self.clerk, self.round, "decide", filter={}, verdict="refuse", code="score")
        run.act(self.clerk, self.round, "decide", filter={"least": "40"}, verdict="admit")
        numbers = sorted(k["number"] for k in run.read(self.clerk, self.round + "/candidates?limit=500&verdict=admit")[0]["items"])
        if len(numbers) < 6:
            raise Fault(f"only {len(numbers)} are admitted")
        self.sign(self.clerk)
        for verdict in ("hold", "admit"):
            run.act(self.clerk, self.round, "decide", candidates=[numbers[-1]], verdict=verdict)
        self.sign(self.clerk)
        self.sign(self.boss)
        self.admitted = numbers
        entered = [k["id"] for k in self.cases("入列")]
        codes = {k["code"] for k in run.read(self.clerk, self.round + "/candidates?limit=500&verdict=admit")[0]["items"]}
        ids = {f["code"]: f["id"] for f in self.firms}
        chosen = {str(ids[c]) for c in codes}
        yes = [k["id"] for k in self.cases("入列") if k["subject"]["id"] in chosen]
        for some in (yes[:4], yes[4:]):
            self.batch(self.clerk, "拟认定", some)
        self.batch(self.clerk, "未通过", [k for k in entered if k not in yes])

    def sign(self, who):
        run = self.run
        run.write(who, "POST", self.round + "/signatures", {"act": "sign", "reason": run.reason()}, at=self.round)

    def noticed(self):
        run = self.run
        data = {"年度": "2026年", "公示称号": "淄博市瞪羚企业", "公示天数": 5, "公示依据": "演示办法", "受理单位": "市发展改革委",
                "联系电话": "0533-0000000", "联系地址": "演示路 1 号", "发文机关": "市发展改革委"}
        run.write(self.clerk, "PATCH", self.of_case, {"data": data, "reason": run.reason()}, at=self.of_case)
        run.act(self.clerk, self.of_case, "起草公示")
        self.notice = f"/notices/{run.read(self.clerk, '/notices')[0]['items'][0]['id']}"
        run.act(self.clerk, self.of_case, "发布公示")
        run.write(self.clerk, "PATCH", self.notice, {"number": "演示公示 1 号"}, at=self.notice)
        run.upload(self.clerk, self.notice + "/files", kind="stamped")

    def objected(self):
        run = self.run
        run.move_to("2026-09-03 01:00:00")
        what = {"person": "演示人甲", "contact": "13800000000", "text": "专利权属有争议"}
        run.write(self.clerk, "POST", self.notice + "/objections", dict(what, position=1, channel="paper", received_on="2026-09-03"))
        run.write("", "POST", "/public" + self.notice + "/objections", dict(what, position=2))
        first, second = sorted(int(k["id"]) for k in run.read(self.clerk, "/cases?flow=objection&limit=500")[0]["items"])
        first, second = f"/cases/{first}", f"/cases/{second}"
        for path in (first, second):
            run.act(self.clerk, path, "受理", data={"核查天数": 5})
        run.act(self.clerk, second, "撤回")
        run.upload(self.clerk, first + "/documents", kind="核查材料")
        run.act(self.clerk, first, "核查完毕", data={"核查情况": "属实"})
        run.write(self.clerk, "PATCH", first, {"data": {"处理意见": "成立"}, "reason": run.reason()}, at=first)
        meant = {"act": "认定成立", "reason": run.reason()}
        for who in (self.clerk, self.boss):
            run.write(who, "POST", first + "/signatures", meant, at=first)
        run.write(self.clerk, "POST", first + "/acts", meant, at=first)

    def recognised(self):
        run = self.run
        run.move_to("2026-10-20 01:00:00")
        run.act(self.clerk, self.of_case, "结束公示")
        run.act(self.clerk, self.of_case, "起草认定文件")
        data = {"称号": "瞪羚", "级别": "市", "认定单位": "市发展改革委", "认定文号": "淄发改演示〔2026〕1号", "起始日": "2026-10-20"}
        proposed = self.cases("拟认定")
        for k in proposed[1:4]:
            run.act(self.clerk, f"/cases/{k['id']}", "认定", data=data)
        self.batch(self.clerk, "认定", [k["id"] for k in proposed[4:]], data=data)
        run.act(self.clerk, f"/cases/{proposed[0]['id']}", "异议成立")

    def papers(self):
        run = self.run
        letters = sorted(run.read(self.clerk, "/letters?limit=500")[0]["items"], key=lambda k: int(k["id"]))
        for k in [k for k in letters if k["state"] == "draft"]:
            path = f"/letters/{k['id']}"
            had = run.read(self.clerk, path)[0].get("values") or {}
            lacking = dict.fromkeys(("文号", "主送机关", "有效期起", "有效期止", "有关要求", "收件人"), "演示")
            run.write(self.clerk, "PATCH", path, {"values": {**lacking, **had}}, at=path)
            run.write(self.clerk, "POST", path + "/sending", {"way": "post", "on": "2026-10-20", "reason": run.reason()}, at=path)
            run.write(self.clerk, "POST", path + "/outcome", {"outcome": "delivered", "on": "2026-10-20", "proof": "回执", "reason": run.reason()}, at=path)
        one = run.read(self.clerk, "/certificates?limit=500")[0]["items"]
        last = max(int(k["id"]) for k in one)
        run.write(self.clerk, "POST", f"/certificates/{last}/withdrawal", {"reason": run.reason()}, at=f"/certificates/{last}")
        bell = run.read("enterprise.1", "/me/notifications?limit=50")[0]
        run.write("enterprise.1", "POST", "/me/notifications/read", {"upto": bell["items"][0]["id"]})
        run.act(self.clerk, self.of_case, "归档")


# --- the city ---------------------------------------------------------------------------------------

def make(program, folder, candidates):
    """A city in FOLDER, its people signed in: ({name: cookie}, firms)."""
    clock = city.Clock(folder)
    clock.set(city.START)
    server = rc.Server(program, folder)
    server.env.update(clock.env())
    server.run("init", "--pack", rc.PACK)
    server.run("demo", "--enterprises", str(FIRMS), "--seed", "11")
    table = os.path.join(folder, "figures.csv")
    firms = city.figures(os.path.join(folder, "jixia.db"), table, candidates, 0, 0)
    server.run("import", table, "--source", "audit_report/2025", "--reason", "审计报告")
    server.start()
    try:
        admin = rc.Person(server, "admin", rc.FIRST).change_password()
        people = rc.cast([(f["id"],) for f in firms], CAST)
        who = rc.add_people(server, admin, people, RULE)
    finally:
        server.stop()
    return dict({n: p.cookie for n, p in who.items()}, **{"": ""}), firms


# --- what stands in the end -------------------------------------------------------------------------

APART = {"idempotency", "process", "session"}  # of the requests themselves
# Instants, and what follows from an instant, a key or the seed.
VOLATILE = re.compile(r"(_ms|\.seed|\.seed_sm3|\.seed_sha256|\.sender_sm3)$|^(setting\.value|counter\.next|review_draw\.record|"
                      r"journal\.sm3|journal\.content_sm3|case_signature\.content_sm3|letter\.sm3|certificate\.code)$")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
KEPT_APART = re.compile(r'"(known|sm3|content_sm3|digest|seed|seq)":("[^"]*"|\d+),?')


def plain(value, secrets):
    """A value without instants and without what only a random generator knows."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return value
    for secret, name in secrets:
        value = value.replace(secret, name)
    return KEPT_APART.sub("", INSTANT.sub("T", value)) if value.startswith("{") else value


def stand(folder):
    """{table: multiset of its rows without what is volatile}."""
    found = {}
    with sqlite3.connect(os.path.join(folder, "jixia.db")) as c:
        secrets = []
        for k, (receipt,) in enumerate(c.execute("SELECT receipt FROM objection ORDER BY id")):
            secrets += [(receipt, f"receipt {k}"), (receipt[:6] + "…", f"receipt {k}")]
        for k, (code,) in enumerate(c.execute("SELECT code FROM certificate ORDER BY id")):
            secrets.append((code, f"code {k}"))
        for (table,) in c.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table in APART or table.startswith("sqlite_"):
                continue
            columns = [r[1] for r in c.execute(f'PRAGMA table_info("{table}")')]
            kept = [k for k in columns if not VOLATILE.search(f"{table}.{k}")]
            if table == "review_seat":
                kept = [k for k in kept if k not in ("id", "person")]
            rows = c.execute("SELECT " + ", ".join(f'"{k}"' for k in kept) + f' FROM "{table}"' +
                             (" WHERE ended_ms = 0" if table == "review_seat" else "")) if kept else []
            found[table] = collections.Counter(tuple((k, plain(v, secrets)) for k, v in zip(kept, r)) for r in rows)
    found["journal"] = journal(found["journal"])
    return found


def journal(rows):
    """Entries whatever their number; of what a reviewer does, whoever it was."""
    found = collections.Counter()
    for row, n in rows.items():
        e = dict(row)
        actor = "reviewer" if e["actor"].startswith("reviewer.") else e["actor"]
        found[(actor, e["action"], e["object"], e["reason"])] += n
    return found


def differences(a, b):
    """(lost, more): what stands in a and not in b, and the other way round: [(table, row)]."""
    lost = [(t, row) for t in a for row in (a[t] - b[t]).elements()]
    more = [(t, row) for t in b for row in (b[t] - a[t]).elements()]
    return lost, more


def files_missing(folder):
    """Rows that name what is not there, files above all, and files that are not what their name says."""
    with sqlite3.connect(os.path.join(folder, "jixia.db")) as c:
        torn = list(c.execute("PRAGMA foreign_key_check")) + list(c.execute(
            "SELECT 'proof', proof_sm3 FROM letter_event WHERE proof_sm3 <> '' AND proof_sm3 NOT IN (SELECT sm3 FROM file_blob)"))
        bent = [sm3 for sm3, content in c.execute("SELECT sm3, bytes FROM file_blob") if hashlib.new("sm3", content).hexdigest() != sm3]
        return torn + bent


def verified(program, folder):
    p = subprocess.run([program, "journal", "verify"], capture_output=True, text=True, env=dict(os.environ, JIXIA_DATA=folder))
    return p.returncode == 0


def findings(program, folder, peace):
    lost, more = differences(peace, stand(folder))
    return {"lost": lost, "doubled": more, "files": files_missing(folder), "journal": [] if verified(program, folder) else ["broken"]}


SPOILT = {
    "a title lost": "DELETE FROM title WHERE id = (SELECT max(id) FROM title)",
    "an entry of the journal lost": "DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)",
    "an event of a case doubled": "INSERT INTO case_message(case_file, actor, role, text, field, at_ms) "
                                  "SELECT case_file, actor, role, text, field, at_ms FROM case_message LIMIT 1",
    "a signature lost": "DELETE FROM review_signature WHERE id = (SELECT max(id) FROM review_signature)",
    "an entry of the journal changed": "UPDATE journal SET at_ms = at_ms + 1 WHERE number = 20",
    "a file lost": "DELETE FROM file_blob WHERE sm3 IN (SELECT sm3 FROM case_document)",
}


def try_the_check(program, folder, peace):
    """How many spoilt copies the check does not find."""
    missed = 0
    for what, sql in SPOILT.items():
        away = folder + "-spoilt"
        os.makedirs(away)
        shutil.copy(os.path.join(folder, "jixia.db"), away)
        with sqlite3.connect(os.path.join(away, "jixia.db")) as c:
            c.execute("PRAGMA foreign_keys = OFF")
            changed = c.execute(sql).rowcount
        if changed < 1 or not any(findings(program, away, peace).values()):
            print("not found by the check: " + what)
            missed += 1
        shutil.rmtree(away)
    return missed


def plan(rng, times, took):
    """Half of the kills at any instant of the round, so mostly in what takes long, half in any write; within the time
    it takes, one in ten a little later."""
    kills = collections.defaultdict(list)
    for i in range(times):
        n = rng.choices(range(len(took)), took)[0] if i % 2 else rng.randrange(len(took))
        kills[n].append((rng.uniform(0, AHEAD), 0 if rng.random() < 0.9 else rng.uniform(0, 0.02)))
    return kills


def play(run, firms, candidates):
    start = time.monotonic()
    run.server.start()
    try:
        Round(run, firms, candidates).everything()
    finally:
        run.server.stop()
    return time.monotonic() - start


def main():
    o = argparse.ArgumentParser()
    o.add_argument("program")
    o.add_argument("folder")
    o.add_argument("--kills", type=int, default=200)
    o.add_argument("--candidates", type=int, default=24)
    o.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10 ** 6))
    o = o.parse_args()
    program, home = os.path.abspath(o.program), os.path.abspath(o.folder)
    folders = [os.path.join(home, n) for n in ("peace", "fire")]
    os.makedirs(folders[0])
    print(f"seed {o.seed}", flush=True)
    people, firms = make(program, folders[0], o.candidates)
    shutil.copytree(*folders)
    peace = Run(program, folders[0], people)
    quiet_s = play(peace, firms, o.candidates)
    fire = Run(program, folders[1], people, plan(random.Random(o.seed), o.kills, peace.took), peace.took)
    try:
        fire_s = play(fire, firms, o.candidates)
    except Fault as e:
        print(f"after {fire.killed} kills: {e}\n0 passed, 1 failed")
        return 1
    want = stand(folders[0])
    found = findings(program, folders[1], want)
    found["files"] += files_missing(folders[0])
    for what, rows in found.items():
        for row in rows[:10]:
            print(f"{what}: {row}")
    missed = try_the_check(program, folders[1], want)
    print(f"{fire.killed} kills, {len(peace.took)} writing acts, {fire.acknowledged} acknowledged, {fire.repeated} sent again "
          f"({fire.done_before} of them had been done), {len(found['lost'])} rows lost, {len(found['doubled'])} doubled, "
          f"{sum(len(r) for r in want.values())} rows compared, {len(SPOILT) - missed} of {len(SPOILT)} spoilt copies found, "
          f"{quiet_s:.1f} s in peace, {fire_s:.1f} s under fire, longest start {fire.longest_start:.2f} s")
    bad = sum(len(x) for x in found.values()) + missed + (fire.killed != o.kills) + (fire.acknowledged != len(peace.took))
    print("1 passed, 0 failed" if not bad else "0 passed, 1 failed")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())

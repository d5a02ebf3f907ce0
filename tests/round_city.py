"""A generated city with a round, its people and its server, for bench/load.py and kill_round.py.

Nothing here is measured or checked; both programs use the same API as the pages do.
"""
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PACK = os.path.join(HERE, "..", "packs", "zibo")
FIRST, PASSWORD = "first-password-1", "harvest-moon-42"
DISTRICTS = ["370302", "370303", "370304", "370305", "370306", "370321", "370322", "370323"]


class Died(Exception):
    """No answer came: whether the act was done is not known."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """jixia serve on one port and folder, through as many lives as it is given."""

    def __init__(self, program, folder, env=None):
        self.program, self.folder, self.port, self.process = program, folder, free_port(), None
        self.env = dict(os.environ, JIXIA_DATA=folder, JIXIA_ADMIN_PASSWORD=FIRST, **(env or {}))

    def run(self, *args):
        p = subprocess.run([self.program, *args], capture_output=True, text=True, env=self.env)
        if p.returncode:
            raise SystemExit(f"{args}: {p.stdout}{p.stderr}")
        return p.stdout

    def start(self):
        self.log = open(os.path.join(self.folder, "serve.log"), "a")
        self.process = subprocess.Popen([self.program, "serve", "--port", str(self.port)],
                                        stdout=self.log, stderr=self.log, env=self.env)
        end = time.monotonic() + 120
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended: {self.folder}/serve.log")
            try:
                c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                c.request("GET", "/api/v1/health")
                if c.getresponse().status == 200:
                    return self
            except OSError:
                time.sleep(0.02)
        raise SystemExit("the server does not answer")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.log.close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def memory_mb(self, peak=False):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as f:
            key = "VmHWM:" if peak else "VmRSS:"
            return next(int(x.split()[1]) for x in f if x.startswith(key)) // 1024

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as f:
            part = f.read().rsplit(")", 1)[1].split()
        return (int(part[11]) + int(part[12])) / os.sysconf("SC_CLK_TCK")


class Person:
    """One who is signed in. call() raises Died when the connection breaks before the answer."""

    def __init__(self, server, name, password):
        self.server, self.name, self.password, self.cookie, self.link = server, name, password, "", None
        self.n = 0

    def sign_in(self):
        status, answer, _ = self.call("POST", "/session", {"name": self.name, "password": self.password})
        if status not in (200, 201):
            raise SystemExit(f"{self.name} does not sign in: {answer}")
        return self

    def change_password(self):
        self.sign_in()
        status, answer, _ = self.call("PATCH", "/me", {"current": self.password, "password": PASSWORD})
        if status >= 300:
            raise SystemExit(f"{self.name}: {answer}")
        self.password = PASSWORD
        return self.sign_in()

    def call(self, method, path, body=None, tag=None, key=None, raw=None, kind=None, timeout=600):
        self.n += 1
        head = {"X-Jixia-CSRF": "1", "Cookie": f"jixia={self.cookie}"}
        if method == "POST":
            head["Idempotency-Key"] = key or f"{self.name}-{os.getpid()}-{self.n:08d}"
        if tag:
            head["If-Match"] = tag
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            head["Content-Type"] = kind or "application/json"
        for again in (True, False):
            fresh = self.link is None
            try:
                if fresh:
                    self.link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=timeout)
                self.link.request(method, "/api/v1" + path, data, head)
                r = self.link.getresponse()
                text = r.read()
                break
            except (OSError, http.client.HTTPException) as e:
                self.link.close()
                self.link = None
                # a kept connection may have ended while it was idle; reading again is harmless
                if fresh or method != "GET" or not again:
                    if not fresh and again and isinstance(e, (http.client.CannotSendRequest, BrokenPipeError)):
                        continue
                    raise Died(str(e)) from e
        cookie = r.headers.get("Set-Cookie", "")
        if cookie.startswith("jixia="):
            self.cookie = cookie[6:].split(";")[0]
        isjson = "json" in r.headers.get("Content-Type", "")
        return r.status, json.loads(text) if text and isjson else text, r.headers.get("ETag")

    def must(self, method, path, body=None, **more):
        status, answer, tag = self.call(method, path, body, **more)
        if status >= 300:
            raise SystemExit(f"{self.name} {method} {path}: {status} {answer}")
        return answer, tag


def criterion(key, title, weight):
    anchors = [{"mark": 0, "text": "演示：没有"}, {"mark": 3, "text": "演示：一般"}, {"mark": 5, "text": "演示：突出"}]
    return {"id": key, "title": title, "weight": weight, "top": 5, "status": "DEMO", "anchors": anchors}


def setting(signatures=2, per_file=3, sample=20):
    return {"title": "演示：创新型中小企业评审", "rule": "cn/innovative-sme", "from": "2022-09-01",
            "to": "2022-09-30", "as_of": "2022-09-30", "method": "trimmed", "per_file": per_file,
            "decimals": 2, "rounding": "half_up", "minimum": "50", "sample": sample, "inspectors": 2,
            "signatures": signatures, "demo": True,
            "criteria": [criterion("growth", "成长性（演示）", "60"), criterion("craft", "专业化（演示）", "40")]}


def firms_of(folder, n):
    """Of the demonstration's enterprises the first n: [(id, code, division)]."""
    with sqlite3.connect(os.path.join(folder, "jixia.db")) as c:
        return c.execute("SELECT id, code, CASE WHEN unit <> '' THEN unit ELSE division END FROM subject "
                         "WHERE demo = 1 AND merged_into IS NULL ORDER BY id LIMIT ?", (n,)).fetchall()


def cast(firms, kinds):
    """kinds {role: how many} -> [{name, role, district, subject}]. Firms' accounts belong to the
    first firms, districts are dealt round."""
    people = []
    for role, many in kinds.items():
        for i in range(many):
            p = {"name": f"{role.replace('_', '.')}.{i + 1}", "role": role}
            if role == "clerk_district":
                p["district"] = DISTRICTS[i % len(DISTRICTS)]
            if role == "enterprise":
                p["subject"] = firms[i][0]
            people.append(p)
    return people


def add_people(server, admin, people, tier="cn/innovative-sme"):
    """Adds accounts, binds firms' accounts and partners (for one tier), signs everybody in: {name: Person}."""
    for p in people:
        body = {"name": p["name"], "roles": [p["role"]], "reason": "演示"}
        if "district" in p:
            body["district"] = p["district"]
        if p["role"] == "partner":
            body["organisation"] = p["organisation"] = partner(admin, p["name"], tier)
        answer, _ = admin.must("POST", "/users", body)
        p["first"] = answer.get("password") or answer.get("one_time_password")
    bind(server.folder, people)
    return {p["name"]: Person(server, p["name"], p["first"]).change_password() for p in people}


def partner(admin, name, tier="cn/innovative-sme"):
    """An organisation with an agreement in force, for one account."""
    answer, _ = admin.must("POST", "/organisations", {"kind": "think_tank", "name": "演示机构 " + name, "reason": "演示"})
    body = {"number": name, "from": "2020-01-01", "promised_on": "2020-01-01", "promise": "演示", "indicators": [],
            "tiers": [tier], "reason": "演示"}
    admin.must("POST", f"/organisations/{answer['id']}/agreements", body)
    return answer["id"]


def bind(folder, people):
    """What a proof on paper and its approval do in life: the account of a firm."""
    with sqlite3.connect(os.path.join(folder, "jixia.db"), timeout=30) as c:
        for n, p in enumerate(x for x in people if x["role"] == "enterprise"):
            c.execute("INSERT INTO enterprise_binding(id, app_user, code, subject, state, proof_name, proof_type, "
                      "proof_sm3, proof, asked_ms, decided_by, decided_ms, reason, from_day, to_day, ended_by, ended_ms) "
                      "SELECT ?, u.id, s.code, s.id, 'bound', '', '', '', x'', 1, 'admin', 1, '演示', 20200101, 0, '', 0 "
                      "FROM app_user u, subject s WHERE u.name = ? AND s.id = ?", (900000 + n, p["name"], p["subject"]))


def make_city(program, folder, firms, seed=11, env=None):
    server = Server(program, folder, env)
    server.run("init", "--pack", PACK)
    server.run("demo", "--enterprises", str(firms), "--seed", str(seed))
    return server


def act(person, case, name, **more):
    """One act on a case at its present version."""
    _, tag = person.must("GET", f"/cases/{case}")
    return person.must("POST", f"/cases/{case}/acts", dict(more, act=name, reason=more.get("reason", "演示")), tag=tag)[0]


def round_act(person, round_id, name, body=None, path="acts"):
    _, tag = person.must("GET", f"/rounds/{round_id}")
    return person.must("POST", f"/rounds/{round_id}/{path}", dict(body or {}, act=name, reason="演示"), tag=tag)[0]


NOTICE = {"年度": "2022", "公示称号": "创新型中小企业", "公示天数": 5, "补正天数": 5, "公示依据": "演示", "受理单位": "演示",
          "联系电话": "0533-0000000", "联系地址": "演示", "发文机关": "演示"}


def sheet(n):
    marks = {"growth": str(1 + n % 7 / 2), "craft": str(0.5 + (n // 2) % 9 / 2)}
    return {"marks": marks, "comments": {k: "演示理由" for k, v in marks.items() if float(v) in (0, 5)}}

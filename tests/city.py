#!/usr/bin/env python3
"""The city of the annual round: 4,800 generated firms, the audited figures of 165 of them, an office, its
districts, nine reviewers, three partners with agreements, accounts of five firms.

city.py JIXIA FOLDER: makes FOLDER/jixia.db and FOLDER/people.json. Made under a clock of its own (see
moved_clock.c), so the same on any day. Everybody's password is PASSWORD.
"""
import http.cookiejar
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
CLOCK = os.path.join(HERE, "..", "build", "tests", "moved_clock.so")
START = "2026-09-01 01:00:00"  # UTC; the packs hold texts known until the end of 2025
PASSWORD = "harvest moon over the field"
RULE, AS_OF, YEARS = "zibo/gazelle", "2026-08-31", (2022, 2023, 2024, 2025)
FIRMS, COMPLETE, LACKING = 4800, 124, 41
REVIEWERS = [f"rev{i}" for i in range(1, 10)]
DISTRICTS = ["370302", "370303", "370304", "370305", "370306", "370321", "370322", "370323"]
PARTNERS = [("tank", "think_tank", "演示智库"), ("vc1", "venture", "演示创投一号"), ("vc2", "venture", "演示创投二号")]


class Clock:
    """The wall clock of the programs that run under env()."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "clock")

    def set(self, utc):
        import calendar
        at = calendar.timegm(time.strptime(utc, "%Y-%m-%d %H:%M:%S"))
        with open(self.path + ".new", "w", encoding="ascii") as f:
            f.write(str(at - int(time.time())))
        os.replace(self.path + ".new", self.path)

    def env(self):
        options = os.environ.get("ASAN_OPTIONS", "detect_leaks=1") + ":verify_asan_link_order=0"
        return dict(os.environ, LD_PRELOAD=os.path.abspath(CLOCK), JIXIA_TEST_CLOCK=self.path, ASAN_OPTIONS=options)


class Cli:
    def __init__(self, jixia, db, clock):
        self.jixia, self.db, self.env = jixia, db, clock.env()

    def run(self, *args):
        p = subprocess.run([self.jixia, *args, "--db", self.db], capture_output=True, text=True, env=self.env)
        return p.returncode, p.stdout, p.stderr

    def must(self, *args):
        code, out, err = self.run(*args)
        if code:
            raise RuntimeError(f"jixia {' '.join(args)}: {err or out}")
        return out


class Server:
    """`jixia serve` on a free port, ended by its own process."""

    def __init__(self, jixia, db, clock, log, **env):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = open(log, "a", encoding="utf-8")
        self.process = subprocess.Popen([jixia, "serve", "--port", str(self.port), "--db", db], stdout=self.log,
                                        stderr=self.log, env=dict(clock.env(), **env))
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + "/api/v1/health", timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("the server does not answer: see " + log)

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.log.close()
        return code


class Api:
    """Anybody's requests; each has a key of its own, so none is done twice."""

    def __init__(self, url):
        self.base, self.who, self.key = url + "/api/v1", {}, 0

    def sign_in(self, name, password=PASSWORD):
        jar = http.cookiejar.CookieJar()
        self.who[name] = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        return self.call(name, "POST", "/session", {"name": name, "password": password})

    def call(self, who, method, path, body=None, **headers):
        self.key += 1
        h = {"X-Jixia-CSRF": "1", "Content-Type": "application/json", "Idempotency-Key": f"{uuid.uuid4().hex}-{self.key}"}
        h.update({k.replace("_", "-"): v for k, v in headers.items()})
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        req = urllib.request.Request(self.base + path, data=data, method=method, headers=h)
        try:
            with self.who[who].open(req, timeout=120) as f:
                text = f.read()
                kind = f.headers.get("Content-Type", "")
                return f.status, json.loads(text) if text and "json" in kind else text, f.headers.get("ETag")
        except urllib.error.HTTPError as e:
            text = e.read()
            try:
                return e.code, json.loads(text) if text else None, None
            except ValueError:
                return e.code, text, None

    def must(self, who, method, path, body=None, **headers):
        status, answer, _ = self.call(who, method, path, body, **headers)
        if status not in (200, 201, 204):
            raise RuntimeError(f"{who} {method} {path}: {status} {json.dumps(answer, ensure_ascii=False)}")
        return answer


def figures(db, path, complete=COMPLETE, lacking=LACKING, offset=1000):
    """Audited figures of firms below, a line each: `complete` pass by their revenue; `lacking` would by their staff,
    if that of the first year were known."""
    with sqlite3.connect(db) as c:
        firms = c.execute("SELECT id, code, name, division FROM subject WHERE demo = 1 ORDER BY id LIMIT ? OFFSET ?",
                          (complete + lacking, offset)).fetchall()
    heads = ["统一社会信用代码", "企业名称", "成立日期"] + [f"{y}年{w}" for w in ("营业收入(元)", "研发费用总额(元)", "从业人员") for y in YEARS]
    lines = [",".join(heads)]
    for i, (_, code, name, _) in enumerate(firms):
        revenue = [(12_000_000 if i < complete else 4_000_000) * 13 ** n // 10 ** n + i * 1000 for n in range(4)]
        staff = ["40"] * 4 if i < complete else ["", "160", "210", "280"]
        cells = [code.split(":")[1], name, f"201{4 + i % 6}-05-01"]
        lines.append(",".join(cells + [str(r) for r in revenue] + [str(r * 6 // 100) for r in revenue] + staff))
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    keys = ("id", "code", "name", "division")
    return [dict(zip(keys, firm)) for firm in firms]


def accounts(api, firms):
    """Everybody with a password of their own, partners with an agreement, firms bound by their proof."""
    organisations = {}
    for name, kind, title in PARTNERS:
        made = api.must("admin", "POST", "/organisations", {"kind": kind, "name": title, "reason": "签约"})
        organisations[name] = str(made["id"])
        api.must("admin", "POST", f"/organisations/{made['id']}/agreements",
                 {"number": "合作 2026-1", "from": "2026-01-01", "promised_on": "2026-01-01", "promise": "保密承诺书",
                  "indicators": ["revenue"], "tiers": [RULE], "reason": "签约"})
    people = [("clerk", "clerk_office", {}), ("boss", "leader", {}), ("auditor", "auditor", {})]
    people += [(r, "reviewer", {"organisation": organisations["vc1"]} if r == "rev9" else {}) for r in REVIEWERS]
    people += [("d" + d, "clerk_district", {"district": d}) for d in DISTRICTS]
    people += [(n, "partner", {"organisation": organisations[n]}) for n, _, _ in PARTNERS]
    people += [(f"firm{i}", "enterprise", {}) for i in range(1, 6)]
    for name, role, more in people:
        made = api.must("admin", "POST", "/users", dict(more, name=name, display_name=name, roles=[role], reason="演示"))
        status, answer, _ = api.sign_in(name, made["one_time_password"])
        if status != 201:
            raise RuntimeError(answer)
        api.must(name, "PATCH", "/me", {"current": made["one_time_password"], "password": PASSWORD})
    api.sign_in("clerk")
    bound = {"firm1": firms[0], "firm2": firms[1], "firm3": firms[COMPLETE], "firm4": firms[2], "firm5": firms[3]}
    for name, firm in bound.items():
        api.sign_in(name)
        edge = uuid.uuid4().hex
        proof = b"%PDF-1.4\n%%EOF"
        body = (f'--{edge}\r\nContent-Disposition: form-data; name="code"\r\n\r\n{firm["code"].split(":")[1]}\r\n'
                f'--{edge}\r\nContent-Disposition: form-data; name="proof"; filename="proof.pdf"\r\n'
                f'Content-Type: application/pdf\r\n\r\n').encode() + proof + f"\r\n--{edge}--\r\n".encode()
        asked = api.must(name, "POST", "/me/enterprise/bindings", body, Content_Type=f"multipart/form-data; boundary={edge}")
        api.must("clerk", "POST", f"/bindings/{asked['id']}/decision", {"bind": True, "reason": "核对无误"})
    return {name: firm["id"] for name, firm in bound.items()}


def make(jixia, folder):
    """The city in FOLDER; what people.json holds."""
    db, clock = os.path.join(folder, "jixia.db"), Clock(folder)
    clock.set(START)
    cli = Cli(jixia, db, clock)
    cli.must("init", "--pack", os.path.join(HERE, "..", "packs", "zibo"))
    cli.must("demo", "--enterprises", str(FIRMS), "--seed", "1")
    table = os.path.join(folder, "figures.csv")
    firms = figures(db, table)
    cli.must("import", table, "--source", "audit_report/2025", "--reason", "审计报告")
    server = Server(jixia, db, clock, os.path.join(folder, "city.log"), JIXIA_ADMIN_PASSWORD="first-password-1")
    try:
        api = Api(server.url)
        api.sign_in("admin", "first-password-1")
        api.must("admin", "PATCH", "/me", {"current": "first-password-1", "password": PASSWORD})
        bound = accounts(api, firms)
    finally:
        code = server.stop()
    if code:
        raise RuntimeError(f"the server ended with {code}")
    city = {"firms": firms, "bound": bound, "complete": COMPLETE, "rule": RULE, "as_of": AS_OF, "reviewers": REVIEWERS,
            "districts": DISTRICTS, "partners": [n for n, _, _ in PARTNERS], "password": PASSWORD}
    with open(os.path.join(folder, "people.json"), "w", encoding="utf-8") as f:
        json.dump(city, f, ensure_ascii=False)
    return city


if __name__ == "__main__":
    make(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))

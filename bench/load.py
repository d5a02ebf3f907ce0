#!/usr/bin/env python3
"""A round at its size, under load: load.py PROGRAM DRIVER FOLDER [options].

Makes a city with a round of --candidates (5000) firms, carries it to the panel by the API, telling what
each act over the whole round took, then lets 50 people work on it at once (bench/load.c) and
prints per route: requests, wall time p50 p95 p99 max, processor time of the server, errors.
See bench/README.md.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests"))
import round_city as rc  # noqa: E402

KINDS = {"clerk_office": 8, "clerk_district": 10, "leader": 2, "policy": 1, "reviewer": 12, "partner": 5,
         "enterprise": 9, "auditor": 2, "finance": 1}


class Neighbour(threading.Thread):
    """Somebody who reads his tasks and writes a message four times a second meanwhile: the longest waits."""

    def __init__(self, person, case):
        super().__init__(daemon=True)
        self.person, self.case, self.read, self.write, self.bad = person, case, [0.0], [0.0], 0
        self.going = threading.Event()
        self.start()

    def ask(self, list_, *request):
        start = time.monotonic()
        self.bad += self.person.call(*request)[0] >= 300
        list_.append(time.monotonic() - start)

    def run(self):
        while not self.going.wait(0.25):
            self.ask(self.read, "GET", "/me/tasks")
            self.ask(self.write, "POST", f"/cases/{self.case}/messages", {"text": "演示"})

    def stop(self):
        self.going.set()
        self.join()
        return max(self.read), max(self.write), self.bad


class Steps:
    """What the acts over the whole round took, and how long somebody else had to wait meanwhile."""

    def __init__(self, server):
        self.server, self.person, self.case = server, None, None
        print(f"{'act over the whole round':34} {'s':>7} {'cpu s':>7} {'MB':>5}  another waits at most (read, write, refused)")

    def __call__(self, what, fn):
        cpu, start = self.server.cpu_s(), time.monotonic()
        beside = Neighbour(self.person, self.case) if self.person else None
        answer = fn()
        took, cpu = time.monotonic() - start, self.server.cpu_s() - cpu
        said = "%.2f s  %.2f s  %d" % beside.stop() if beside else "-"
        print(f"{what:34} {took:7.2f} {cpu:7.2f} {self.server.memory_mb(True):5}  {said}", flush=True)
        return answer


def batch_act(clerk, case, act, **more):
    body = dict(more, act=act, reason="演示", filter={"flow": "candidate", "parent": int(case)})
    answer, _ = clerk.must("POST", "/cases/acts", body)
    if answer["refused"]:
        raise SystemExit(f"{act}: {answer['refused']} refused, {[x for x in answer['items'] if not x['done']][0]}")
    return answer["done"]


def build(server, n, step):
    """The round until everybody has files. Returns people, round, its case, cases by firm."""
    firms = rc.firms_of(server.folder, n)
    people = rc.cast(firms, KINDS)
    admin = rc.Person(server, "admin", rc.FIRST).change_password()
    who = rc.add_people(server, admin, people)
    clerk = who["clerk.office.1"]
    body = {"flow": "round", "title": "演示轮次", "data": {"设置": rc.json.dumps(rc.setting(), ensure_ascii=False)}}
    case = clerk.must("POST", "/cases", body)[0]["id"]
    rc.act(clerk, case, "启动")
    round_id = clerk.must("GET", "/rounds")[0]["items"][0]["id"]

    def recommend():
        for k, (subject, _, _) in enumerate(firms):
            one = who[f"clerk.office.{k % 8 + 1}"]
            one.must("POST", "/cases", {"flow": "candidate", "act": "推荐", "parent": case, "subject": str(subject),
                                        "data": {"领域": f"领域{k % 6}"}})

    def batch(act, **more):
        return batch_act(clerk, case, act, **more)

    step.person, step.case = rc.Person(server, "leader.1", rc.PASSWORD).sign_in(), case
    step(f"recommend, {n} acts of 8 people", recommend)
    step("batch: consent", lambda: batch("同意"))
    step("batch: district passes, enter", lambda: batch("初核通过", data={"初核意见": "符合"}))
    step("close the list (decide all)", lambda: rc.act(clerk, case, "封闭名单"))
    for i in range(KINDS["reviewer"]):
        rc.round_act(clerk, round_id, "member", {"person": f"reviewer.{i + 1}", "chair": i == 0})
    step("assign the panel", lambda: rc.act(clerk, case, "分配评审"))
    step("draw the sample", lambda: rc.act(clerk, case, "抽取", data={
        "检查人员": [f"clerk.district.{i + 1}" for i in range(6)]}))
    return people, who, round_id, case


def conclude(who, round_id, case, step):
    """From the end of scoring to the notice that is out, whatever sheets are in."""
    clerk, boss = who["clerk.office.1"], who["leader.2"]
    step.person, step.case = rc.Person(step.server, "leader.1", rc.PASSWORD).sign_in(), case
    step("close scoring", lambda: rc.round_act(clerk, round_id, "finish", {"lacking": True}))
    step("verdicts over all", lambda: rc.round_act(clerk, round_id, "decide", {"filter": {}, "verdict": "admit"}))
    step("first signature", lambda: rc.round_act(clerk, round_id, "sign", path="signatures"))
    step("second signature", lambda: rc.round_act(boss, round_id, "sign", path="signatures"))
    step("batch: propose", lambda: batch_act(clerk, case, "拟认定"))
    step("draft the notice", lambda: rc.act(clerk, case, "起草公示", data=rc.NOTICE))
    step("publish the notice", lambda: rc.act(clerk, case, "发布公示"))


# --- who does what ---------------------------------------------------------------------------------
# A scene is a page as the web app opens it, or an act with the reading before it. The numbers are how
# often a person of a role does it; they are our estimate of a round, not a record of one.

def quoted(path, **query):
    return path + ("?" + urllib.parse.urlencode(query) if query else "")


class Scenes:
    def __init__(self, city, n, seed):
        self.city, self.n, self.rng = city, n, random.Random(seed)

    def candidates(self, **more):
        return ("GET", quoted(f"/rounds/{self.city['round']}/candidates", limit=100, **more))

    def case(self):
        return self.rng.choice(self.city["cases"])

    def firm(self):
        return self.rng.choice(self.city["firms"])

    # pages
    def tasks(self, who):
        return [("GET", "/me/tasks"), ("GET", "/me/notifications?limit=50")]

    def bell(self, who):
        return [("GET", "/me/notifications?limit=50")]

    def round(self, who):
        at, case = self.city["round"], self.city["case"]
        stages = [("GET", quoted("/cases", parent=case, stage=x, limit=1)) for x in ("推荐", "初核", "评审", "公示", "办结")]
        return [("GET", f"/rounds/{at}"), ("GET", f"/rounds/{at}/diff"), ("GET", f"/cases/{case}"), *stages,
                self.candidates(offset=0)]

    def page(self, who):
        return [self.candidates(offset=100 * self.rng.randrange(self.n // 100))]

    def filtered(self, who):
        return [self.candidates(outcome=self.rng.choice(["met", "not_met", "undecidable"]), offset=100)]

    def named(self, who):
        return [self.candidates(q=self.rng.choice(["科技", "新材料", "齐", "淄博"]))]

    def panel(self, who):
        return [("GET", f"/rounds/{self.city['round']}/panel")]

    def casepage(self, who):
        c = self.mine(who) if who["role"] == "clerk_district" else self.case()
        return [("GET", f"/cases/{c}{x}") for x in ("", "/events", "/messages", "/papers", "/documents")]

    def caselist(self, who):
        state = self.rng.choice(["入列", "", ""])
        q = self.rng.choice(["", "", "科技"])
        more = {k: v for k, v in (("state", state), ("q", q)) if v}
        return [("GET", quoted("/cases", flow="candidate", open="true", limit=100, offset=100 * self.rng.randrange(5), **more))]

    def edit(self, who):
        c = self.mine(who)
        return [("GET", f"/cases/{c}"), ("PATCH", f"/cases/{c}", {"data": {"领域": f"领域{self.rng.randrange(6)}"}, "reason": "演示"})]

    def say(self, who):
        return [("POST", f"/cases/{self.mine(who)}/messages", {"text": "演示：请补充材料 @"})]

    def mine(self, who):
        """Of the cases one works on only oneself writes: 412 is tested elsewhere."""
        return self.rng.choice(self.city["own"][who["name"]])

    def discovery(self, who):
        return [("GET", quoted("/discovery", rule="cn/innovative-sme", limit=50, offset=50 * self.rng.randrange(4)))]

    def search(self, who):
        return [("GET", quoted("/search", q=x)) for x in self.rng.choice([("齐", "齐鲁"), ("qil", "qilu"), ("科技", "科技有")])]

    def titles(self, who):
        return [("GET", quoted("/titles", limit=50, offset=50 * self.rng.randrange(4)))]

    def library(self, who):
        return [("GET", "/library")]

    def notices(self, who):
        return [("GET", "/notices")] + ([("GET", "/letters")] if who["role"] != "finance" else [])

    def enterprises(self, who):
        return [("GET", quoted("/enterprises", limit=100, offset=100 * self.rng.randrange(20)))]

    def enterprise(self, who):
        f = who.get("subject") or self.firm()
        return [("GET", f"/enterprises/{f}"), ("GET", f"/enterprises/{f}/titles")]

    def facts(self, who):
        return [("GET", f"/enterprises/{who.get('subject') or self.firm()}/facts")]

    def overview(self, who):
        return [("GET", "/overview")]

    def reviews(self, who):
        return [("GET", "/reviews")]

    def score(self, who):
        seat = next(self.city["seats"][who["name"]], None)
        if not seat:
            return self.reviews(who)
        n = self.rng.randrange(1000)
        path = f"/reviews/{seat}"
        return [("GET", path), ("POST", path + "/declaration", {"interest": False}), ("GET", path),
                ("PATCH", path, {"sheet": {"marks": {"growth": "2"}}}),
                ("PATCH", path, {"sheet": rc.sheet(n), "submit": True})]

    def recommendations(self, who):
        return [("GET", "/recommendations")] + ([("GET", "/candidates")] if who["role"] != "partner" else [])

    def recommend(self, who):
        f = next(self.city["unrecommended"], None)
        if not f:
            return self.recommendations(who)
        return [("GET", quoted("/recommendations/check", rule="cn/innovative-sme", enterprise=f)),
                ("POST", "/recommendations", {"rule": "cn/innovative-sme", "enterprise": str(f), "reason": "演示",
                                              "interest": {"kind": "none"}})]

    def journal(self, who):
        return [("GET", "/audit/journal?limit=100")]

    def draw(self, who):
        return [("GET", f"/rounds/{self.city['round']}/draw")]


MIX = {
    "clerk_office": "tasks 4 bell 2 round 4 page 4 filtered 3 named 2 panel 1 casepage 6 caselist 4 edit 4 say 2 discovery 2 "
                    "search 4 titles 2 library 1 notices 1 enterprises 1 enterprise 2 facts 1 recommendations 1",
    "clerk_district": "tasks 4 bell 2 casepage 6 caselist 4 say 3 discovery 2 search 3 titles 1 enterprise 3 facts 1 "
                      "enterprises 1 recommendations 1",
    "leader": "overview 3 round 4 page 2 filtered 2 casepage 2 tasks 2 titles 1 library 2 search 1 notices 1",
    "policy": "round 2 discovery 3 titles 2 library 2 search 2 enterprises 2 overview 1",
    "reviewer": "reviews 3 score 8 bell 1",
    "partner": "tasks 2 recommendations 4 recommend 2 bell 1 search 1",
    "enterprise": "tasks 3 bell 2 enterprise 2 facts 1 titles 1",
    "auditor": "round 2 panel 1 draw 1 journal 3 casepage 3 page 2 caselist 1",
    "finance": "titles 2 enterprise 2 notices 1 search 2 tasks 1",
}
SCENES_EACH = 300


def write_plan(path, people, who, city, n):
    with open(path, "w", encoding="utf-8") as f:
        for k, p in enumerate(people):
            scenes = Scenes(city, n, k)
            words = MIX[p["role"]].split()
            names, weights = words[::2], [int(w) for w in words[1::2]]
            f.write(f"user\t{who[p['name']].cookie}\n")
            for name in scenes.rng.choices(names, weights, k=SCENES_EACH):
                f.write("scene\n")
                for method, url, *body in getattr(scenes, name)(p):
                    f.write("\t".join([method, url] + [rc.json.dumps(b, ensure_ascii=False) for b in body]) + "\n")


def things(server, people, round_id, case, n):
    """What the scenes are about, read from the store."""
    with rc.sqlite3.connect(os.path.join(server.folder, "jixia.db")) as c:
        rows = c.execute("SELECT id, subject, division FROM case_file WHERE parent = ? ORDER BY id", (case,)).fetchall()
        seats = {p["name"]: iter([r[0] for r in c.execute("SELECT id FROM review_seat WHERE person = ? AND ended_ms = 0 "
                                                          "AND submitted_ms = 0 ORDER BY id", (p["name"],))])
                 for p in people if p["role"] == "reviewer"}
        rest = c.execute("SELECT id FROM subject WHERE demo = 1 AND id NOT IN (SELECT subject FROM case_file WHERE subject "
                         "IS NOT NULL) AND id NOT IN (SELECT subject FROM recommendation WHERE subject IS NOT NULL) "
                         "ORDER BY id").fetchall()
    office = [p["name"] for p in people if p["role"] == "clerk_office"]
    own = {name: [r[0] for r in rows[i::len(office)]] for i, name in enumerate(office)}
    for p in people:
        if p["role"] == "clerk_district":
            own[p["name"]] = [r[0] for r in rows if r[2] == p["district"]] or [rows[0][0]]
    return {"round": round_id, "case": case, "cases": [r[0] for r in rows], "firms": [r[1] for r in rows],
            "own": own, "seats": seats, "unrecommended": iter([r[0] for r in rest])}


# --- measuring -------------------------------------------------------------------------------------

def route(method, path):
    """The route a path belongs to; ids become {id}."""
    path = re.sub(r"^/api/v1", "", path.split("?")[0])
    return method + " " + re.sub(r"/[0-9]+(?=/|$)", "/{id}", path)


def share(sorted_list, q):
    return sorted_list[min(len(sorted_list) - 1, int(len(sorted_list) * q))] / 1000 if sorted_list else 0.0


def measure(server, driver, plan, seconds, think_ms):
    log = os.path.join(server.folder, "serve.log")
    start, cpu = os.path.getsize(log), server.cpu_s()
    began = time.monotonic()
    out = subprocess.run([driver, str(server.port), plan, str(seconds), str(think_ms)], capture_output=True, text=True,
                         check=True).stdout
    took, cpu = time.monotonic() - began, server.cpu_s() - cpu
    wall, errors, cpus = {}, {}, {}
    for line in out.splitlines():
        method, path, status, us = line.split("\t")
        name = route(method, path)
        wall.setdefault(name, []).append(int(us))
        if not 200 <= int(status) < 400:
            errors.setdefault(name, {}).setdefault(status, []).append(path)
    with open(log, encoding="utf-8") as f:
        f.seek(start)
        for line in f:
            m = re.search(r" method=(\S+) path=(\S+) .* cpu_us=(\d+)", line)
            if m:
                cpus.setdefault(route(m[1], m[2].strip('"')), []).append(int(m[3]))
    report(wall, errors, cpus, took, cpu, server)
    everything = sorted(us for list_ in wall.values() for us in list_)
    return share(everything, 0.95), sum(len(x) for e in errors.values() for x in e.values())


def report(wall, errors, cpus, took, cpu, server):
    print(f"{'route':44} {'n':>6} {'p50':>7} {'p95':>7} {'p99':>7} {'max':>7}  {'cpu ms':>7} {'cpu p95':>7}  errors")
    rows = sorted(wall.items(), key=lambda x: -sum(cpus.get(x[0], [0])))
    for name, list_ in rows:
        list_.sort()
        used = sorted(cpus.get(name, []))
        mean = sum(used) / len(used) / 1000 if used else 0.0
        bad = {k: len(v) for k, v in errors.get(name, {}).items()}
        print(f"{name:44} {len(list_):6} {share(list_, .5):7.1f} {share(list_, .95):7.1f} {share(list_, .99):7.1f} "
              f"{list_[-1] / 1000:7.1f}  {mean:7.2f} {share(used, .95):7.2f}  {bad or ''}")
    everything = sorted(us for list_ in wall.values() for us in list_)
    print(f"{'all':44} {len(everything):6} {share(everything, .5):7.1f} {share(everything, .95):7.1f} "
          f"{share(everything, .99):7.1f} {everything[-1] / 1000:7.1f}")
    print(f"{len(everything) / took:.0f} requests/s for {took:.0f} s; the server used {cpu:.1f} s of processor "
          f"({cpu * 100 / took:.0f} % of one core), {cpu * 1000 / len(everything):.2f} ms a request, {server.memory_mb(True)} MB")
    for name, kinds in errors.items():
        for status, paths in kinds.items():
            print(f"  {status} {name}: e.g. {paths[0]}")


def main():
    a = argparse.ArgumentParser()
    a.add_argument("program")
    a.add_argument("driver")
    a.add_argument("folder", help="made; what it held before is removed")
    a.add_argument("--candidates", type=int, default=5000)
    a.add_argument("--seconds", type=int, default=60)
    a.add_argument("--think", type=int, nargs="*", default=[1000, 250], help="mean pause before a page, ms")
    a.add_argument("--limit", type=float, default=300, help="p95 in ms over which the run has failed")
    a.add_argument("--conclude", action="store_true", help="then close scoring, decide, sign, publish")
    a.add_argument("--again", action="store_true", help="the city of an earlier run, as that left it")
    o = a.parse_args()
    kept = os.path.join(o.folder, "city.json")
    if o.again:
        server = rc.Server(os.path.abspath(o.program), o.folder).start()
    else:
        shutil.rmtree(o.folder, ignore_errors=True)
        os.makedirs(o.folder)
        server = rc.make_city(os.path.abspath(o.program), o.folder, o.candidates + o.candidates // 4).start()
    try:
        if o.again:
            with open(kept, encoding="utf-8") as f:
                people, round_id, case = rc.json.load(f)
            who = {p["name"]: rc.Person(server, p["name"], rc.PASSWORD).sign_in() for p in people}
        else:
            people, who, round_id, case = build(server, o.candidates, Steps(server))
            with open(kept, "w", encoding="utf-8") as f:
                rc.json.dump([people, round_id, case], f)
        city = things(server, people, round_id, case, o.candidates)
        worst = 0
        for think in o.think:
            plan = os.path.join(o.folder, f"plan-{think}")
            write_plan(plan, people, who, city, o.candidates)
            print(f"\n{len(people)} people, a page each {think / 1000:g} s on average, {o.candidates} candidates")
            p95, errors = measure(server, os.path.abspath(o.driver), plan, o.seconds, think)
            worst = max(worst, p95 if not errors else float("inf"))
        if o.conclude:
            print()
            conclude(who, round_id, case, Steps(server))
    finally:
        server.stop()
    print(f"\nworst p95 {worst:.1f} ms, allowed {o.limit:g} ms: {'kept' if worst <= o.limit else 'NOT KEPT'}")
    return worst > o.limit


if __name__ == "__main__":
    sys.exit(main())

"""Expressions of the suite with their values, computed in Python from the text of the standard
(DMN 1.5, 10.3.2 and 10.3.4). Called by generate.py."""
import calendar
import random
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal as D
from fractions import Fraction as F
from zoneinfo import ZoneInfo, available_timezones

from feel_values import C34, Days, Months, YAML, compare, literal, number

R = random.Random(20240602)


# --- rounding: exact rational arithmetic, one rule a mode ------------------------------------------

def rounded(x, scale, mode):
    unit = F(10) ** -scale
    q = F(x) / unit
    low = q.numerator // q.denominator
    rest = q - low
    if rest == 0:
        return D(x)
    up = {"floor": False, "ceiling": True, "up": q > 0, "down": q < 0,
          "half up": rest > F(1, 2) or (rest == F(1, 2) and q > 0),
          "half down": rest > F(1, 2) or (rest == F(1, 2) and q < 0),
          "even": rest > F(1, 2) or (rest == F(1, 2) and low % 2 == 1)}[mode]
    n = low + up
    return D(n).scaleb(-scale)


MODES = [("decimal", "even"), ("floor", "floor"), ("ceiling", "ceiling"), ("round up", "up"),
         ("round down", "down"), ("round half up", "half up"), ("round half down", "half down")]


def near_ties(scale):
    """Ties of a scale and their neighbours, of both signs, short and 34 digits long."""
    for whole in (0, 1, 2, 7, 9, 99, 12345):
        for tail in ("5", "49999", "50001", "4", "6", "0"):
            x = D(f"{whole}{tail}").scaleb(-scale - len(tail))
            yield x
            if whole in (1, 2, 9):
                yield -x
    yield D("1234567890123456789012345678.901235").scaleb(2 - scale)


def rounding(folder):
    with YAML(folder, "rounding.yaml") as y:
        for fn, mode in MODES:
            y.group(fn)
            for scale in (0, 2, -4, 6):
                for x in near_ties(scale):
                    if R.randrange(3) == 0 or x == x.to_integral_value():
                        y.raw([f"{fn}({number(x)}, {scale})"], number(rounded(x, scale, mode)))
            if fn in ("floor", "ceiling"):
                for x in ("-0.5", "2", "-7.000001"):
                    y.raw([f"{fn}({x})"], number(rounded(D(x), 0, mode)))


# --- arithmetic: each operation rounded to 34 digits ---------------------------------------------

def leaf():
    n = R.choice([1, 2, 3, 5, 9, 17, 34])
    x = D(R.randrange(10 ** n)).scaleb(-R.randrange(0, n + 3))
    return C34.plus(x)


def tree(depth):
    if depth == 0 or R.randrange(5) == 0:
        x = leaf()
        return number(x), x
    op = R.choice("++--**/")
    a, x = tree(depth - 1)
    b, z = tree(depth - 1)
    text = f"({a} {op} {b})"
    if x is None or z is None:
        return text, None
    if op == "/":
        return text, None if z == 0 else C34.divide(x, z)
    return text, {"+": C34.add, "-": C34.subtract, "*": C34.multiply}[op](x, z)


def arithmetic(folder):
    with YAML(folder, "arithmetic.yaml") as y:
        y.group("arithmetic")
        for i in range(160):
            text, value = tree(1 + i % 4)
            y.raw([text], "error" if value is None else number(value))
        y.group("modulo")
        for _ in range(40):
            a, b = leaf() * R.choice((1, -1)), leaf() * R.choice((1, -1))
            if b == 0 or len((a / b).as_tuple().digits) > 30:
                a, b = D(R.randrange(-999, 999)) / 8, D(R.choice((-7, 3, 12))) / 4
            q = F(a) / F(b)
            y.raw([f"modulo({number(a)}, {number(b)})"],
                  number(_exact(F(a) - F(b) * (q.numerator // q.denominator))))


def _exact(f):
    return C34.divide(D(f.numerator), D(f.denominator))


# --- money ----------------------------------------------------------------------------------------

def money(folder):
    with YAML(folder, "money.yaml") as y:
        for k in range(12):
            revenue = D(R.randrange(0, 10 ** 11)) / 100
            last = D(R.randrange(1, 10 ** 11)) / 100
            before = D(R.randrange(1, 10 ** 11)) / 100
            rnd = D(R.randrange(0, 10 ** 9)) / 100
            cap = D(R.choice((500000, 1000000, 5000000)))
            rate = D(R.choice(("0.03", "0.005", "0.1", "0.0015")))
            y.group(f"money {k + 1}", {
                "本年 营业收入": number(revenue), "上年 营业收入": number(last),
                "前年 营业收入": number(before), "研发费用": number(rnd), "上限": number(cap),
                "比例": number(rate), "缺": "null"})
            share = C34.multiply(revenue, rate)
            y.raw(["min(本年 营业收入 * 比例, 上限)"], number(min(share, cap)))
            y.raw(["max(0, min(本年 营业收入 * 比例 - 研发费用, 上限))"],
                  number(max(D(0), min(share - rnd, cap))))
            y.raw(["if 本年 营业收入 * 比例 > 上限 then 上限 else 本年 营业收入 * 比例"],
                  number(min(share, cap)))
            y.raw(["round half up(本年 营业收入 * 比例, 2)"], number(rounded(share, 2, "half up")))
            y.raw(["round down(本年 营业收入 * 比例 / 10000, 0) * 10000"],
                  number(rounded(share / 10000, 0, "down") * 10000))
            growth = [C34.subtract(C34.divide(revenue, last), D(1)),
                      C34.subtract(C34.divide(last, before), D(1))]
            y.raw(["本年 营业收入 / 上年 营业收入 - 1"], number(growth[0]))
            y.raw(["mean([本年 营业收入 / 上年 营业收入 - 1, 上年 营业收入 / 前年 营业收入 - 1])"],
                  number(C34.divide(C34.add(*growth), D(2))))
            y.raw(["decimal((本年 营业收入 / 前年 营业收入) ** 0.5 - 1, 12)"],
                  number(rounded(C34.sqrt(C34.divide(revenue, before)) - 1, 12, "even")))
            ratio = C34.divide(rnd, revenue) if revenue else None
            y.raw(["研发费用 / 本年 营业收入 >= 0.03"],
                  "error" if ratio is None else literal(ratio >= D("0.03")))
            if ratio is not None:
                y.raw(["round half up(研发费用 / 本年 营业收入 * 100, 1)"],
                      number(rounded(ratio * 100, 1, "half up")))
            y.raw(["本年 营业收入 * 比例 + 缺"], "error")
            y.raw(["min([本年 营业收入, 缺])"], "error")
            y.raw(["缺 = null and 本年 营业收入 >= 0"], "true")
            y.raw(["sum([本年 营业收入, 上年 营业收入, 前年 营业收入])"],
                  number(revenue + last + before))
            grant = sum(min(max(revenue - lo, D(0)), hi - lo) * r for lo, hi, r in (
                (D(0), D(10 ** 7), D("0.01")), (D(10 ** 7), D(10 ** 8), D("0.02")),
                (D(10 ** 8), D(10 ** 12), D("0.03"))))
            y.raw(["sum(for b in [[0, 10000000, 0.01], [10000000, 100000000, 0.02], "
                   "[100000000, 1000000000000, 0.03]] return "
                   "min(max(本年 营业收入 - b[1], 0), b[2] - b[1]) * b[3])"], number(grant))


# --- comparisons and ranges -----------------------------------------------------------------------

def values(kind):
    if kind == 0:
        return [D(x) for x in ("-1", "0", "1", "1.0", "1.5", "2", "3", "10")]
    if kind == 1:
        return ["a", "ab", "b", "c", "中", "Z"]
    if kind == 2:
        return [date(2024, 2, 27) + timedelta(days=d) for d in range(5)]
    return [Days(h * 3600) for h in (0, 1, 24, 25, -3)]


def ranges(folder):
    with YAML(folder, "ranges.yaml") as y:
        y.group("compare")
        for _ in range(120):
            v = values(R.randrange(4))
            a, b = R.choice(v), R.choice(v)
            if R.randrange(10) == 0:
                b = R.choice(values(R.randrange(4)))
            op = R.choice(["<", "<=", ">", ">="])
            c = compare(a, b)
            want = None if c is None else {"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op]
            y.raw([f"{literal(a)} {op} {literal(b)}"], "error" if want is None else literal(want))
        y.group("between and in")
        for _ in range(120):
            v = values(R.randrange(4))
            x, lo, hi = (R.choice(v) for _ in range(3))
            left, right = compare(lo, x), compare(x, hi)
            y.raw([f"{literal(x)} between {literal(lo)} and {literal(hi)}"],
                  literal(left <= 0 and right <= 0))
            if compare(lo, hi) < 0:
                a, b = R.choice("[(]"), R.choice("])[")
                inside = (left <= 0 if a == "[" else left < 0) and (
                    right <= 0 if b == "]" else right < 0)
                y.raw([f"{literal(x)} in {a}{literal(lo)}..{literal(hi)}{b}"], literal(inside))
        intervals(y)


def intervals(y):
    """DMN table 78. A range is (start, end, start included, end included)."""
    def before_rr(a, b):
        return a[1] < b[0] or (a[1] == b[0] and not (a[3] and b[2]))

    def overlaps(a, b):
        return (a[1] > b[0] or (a[1] == b[0] and a[3] and b[2])) and (
            a[0] < b[1] or (a[0] == b[1] and a[2] and b[3]))

    def overlaps_before(a, b):
        return (a[0] < b[0] or (a[0] == b[0] and a[2] and not b[2])) and (
            a[1] > b[0] or (a[1] == b[0] and a[3] and b[2])) and (
            a[1] < b[1] or (a[1] == b[1] and (not a[3] or b[3])))

    def finishes(a, b):
        return a[1] == b[1] and a[3] == b[3] and (
            a[0] > b[0] or (a[0] == b[0] and (not a[2] or b[2])))

    def includes(a, b):
        return (a[0] < b[0] or (a[0] == b[0] and (a[2] or not b[2]))) and (
            a[1] > b[1] or (a[1] == b[1] and (a[3] or not b[3])))

    def starts(a, b):
        return a[0] == b[0] and a[2] == b[2] and (
            a[1] < b[1] or (a[1] == b[1] and (not a[3] or b[3])))

    def flip(f):
        return lambda a, b: f(b, a)

    def point_in(r, p):
        return (r[0] < p < r[1]) or (p == r[0] and r[2]) or (p == r[1] and r[3])

    both = {"before": before_rr, "after": flip(before_rr),
            "meets": lambda a, b: a[3] and b[2] and a[1] == b[0],
            "met by": lambda a, b: b[3] and a[2] and b[1] == a[0], "overlaps": overlaps,
            "overlaps before": overlaps_before, "overlaps after": flip(overlaps_before),
            "finishes": finishes, "finished by": flip(finishes), "includes": includes,
            "during": flip(includes), "starts": starts, "started by": flip(starts),
            "coincides": lambda a, b: a == b}
    point_range = {"before": lambda p, r: p < r[0] or (p == r[0] and not r[2]),
                   "after": lambda p, r: p > r[1] or (p == r[1] and not r[3]),
                   "finishes": lambda p, r: p == r[1] and r[3],
                   "during": lambda p, r: point_in(r, p),
                   "starts": lambda p, r: p == r[0] and r[2]}
    range_point = {"before": lambda r, p: p > r[1] or (p == r[1] and not r[3]),
                   "after": lambda r, p: p < r[0] or (p == r[0] and not r[2]),
                   "finished by": lambda r, p: p == r[1] and r[3], "includes": point_in,
                   "started by": lambda r, p: p == r[0] and r[2]}

    def a_range():
        lo = R.randrange(0, 6)
        return (lo, lo + R.randrange(1, 4), R.randrange(2) == 1, R.randrange(2) == 1)

    def text(r):
        return ("[" if r[2] else "(") + f"{r[0]}..{r[1]}" + ("]" if r[3] else ")")

    for fn, run in both.items():
        y.group(f"intervals: {fn}")
        for _ in range(18):
            a, b = a_range(), a_range()
            y.raw([f"{fn}({text(a)}, {text(b)})"], literal(bool(run(a, b))))
        for _ in range(6):
            p, r = R.randrange(0, 9), a_range()
            if fn in point_range:
                y.raw([f"{fn}({p}, {text(r)})"], literal(bool(point_range[fn](p, r))))
            if fn in range_point:
                y.raw([f"{fn}({text(r)}, {p})"], literal(bool(range_point[fn](r, p))))


# --- dates ----------------------------------------------------------------------------------------

def add_months(d, n):
    m = d.year * 12 + d.month - 1 + n
    last = calendar.monthrange(m // 12, m % 12 + 1)[1]
    return date(m // 12, m % 12 + 1, min(d.day, last))


def months_between(a, b):
    if a > b:
        return -months_between(b, a)
    n = (b.year - a.year) * 12 + b.month - a.month
    return n - (b.day < a.day)


def dates(folder):
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    months = ["January", "February", "March", "April", "May", "June", "July", "August",
              "September", "October", "November", "December"]
    with YAML(folder, "dates.yaml") as y:
        y.group("dates")
        for _ in range(60):
            d = date(1890, 1, 1) + timedelta(days=R.randrange(80000))
            if R.randrange(4) == 0:
                d = date(R.choice((1900, 2000, 2023, 2024)), *R.choice(((2, 28), (12, 31), (1, 31))))
            e = d + timedelta(days=R.randrange(-1500, 1500))
            n = R.randrange(-40, 40)
            t = literal(d)
            y.raw([f"{t} + @\"{Months(n) and _months(n)}\""], literal(add_months(d, n)))
            y.raw([f"{literal(e)} - {t}"], literal(Days((e - d).days * 86400)))
            y.raw([f"years and months duration({t}, {literal(e)})"],
                  literal(Months(months_between(d, e))))
            y.raw([f"[{t}.year, {t}.month, {t}.day, {t}.weekday]"],
                  literal([d.year, d.month, d.day, d.isoweekday()]))
            y.raw([f"[day of week({t}), month of year({t})]"],
                  literal([names[d.weekday()], months[d.month - 1]]))
            y.raw([f"[week of year({t}), day of year({t})]"],
                  literal([d.isocalendar()[1], d.timetuple().tm_yday]))


def _months(n):
    return literal(Months(n))[2:-1]


# --- logic, lists, strings ------------------------------------------------------------------------

def logic(folder):
    three = [True, False, None]
    with YAML(folder, "logic.yaml") as y:
        y.group("three-valued logic", {"是": "true", "否": "false", "缺": "null"})
        name = {True: "是", False: "否", None: "缺"}
        for a in three:
            for b in three:
                both = False if False in (a, b) else None if None in (a, b) else True
                some = True if True in (a, b) else None if None in (a, b) else False
                for form, want in ((f"{name[a]} and {name[b]}", both), (f"{name[a]} or {name[b]}", some),
                                   (f"all([{name[a]}, {name[b]}])", both),
                                   (f"any([{name[a]}, {name[b]}])", some),
                                   (f"not({name[a]}) or {name[b]}",
                                    True if a is False or b is True
                                    else None if None in (a, b) else False)):
                    y.raw([f"({form}) = null"], literal(want is None))
                    y.raw([f"if {form} then 1 else 2"], "1" if want is True else "2")


def lists(folder):
    with YAML(folder, "lists.yaml") as y:
        y.group("lists")
        for _ in range(40):
            xs = [D(R.randrange(-50, 50)) / R.choice((1, 2, 4)) for _ in range(R.randrange(1, 8))]
            t, n = literal(xs), len(xs)
            s = sorted(xs)
            middle = s[n // 2] if n % 2 else (s[n // 2 - 1] + s[n // 2]) / 2
            most = max(xs.count(x) for x in xs)
            y.raw([f"[sum({t}), min({t}), max({t}), count({t})]"],
                  literal([sum(xs), min(xs), max(xs), n]))
            y.raw([f"[median({t}), mean({t})]"], literal([middle, C34.divide(sum(xs), D(n))]))
            y.raw([f"mode({t})"], literal(sorted({x for x in xs if xs.count(x) == most})))
            y.raw([f"sort({t}, function(a, b) a > b)"], literal(s[::-1]))
            y.raw([f"distinct values({t})"], literal(list(dict.fromkeys(xs))))
            k = R.randrange(1, n + 1)
            y.raw([f"[{t}[{k}], {t}[-{k}]]"], literal([xs[k - 1], xs[-k]]))
            y.raw([f"{t}[item > 0]"], literal([x for x in xs if x > 0]))
            y.raw([f"sublist({t}, {k})"], literal(xs[k - 1:]))
            y.raw([f"remove({t}, {k})"], literal(xs[:k - 1] + xs[k:]))
            y.raw([f"insert before({t}, {k}, 7)"], literal(xs[:k - 1] + [7] + xs[k - 1:]))
            y.raw([f"index of({t}, {literal(xs[k - 1])})"],
                  literal([i + 1 for i, x in enumerate(xs) if x == xs[k - 1]]))
            y.raw([f"for x in {t} return x * 2"], literal([x * 2 for x in xs]))
            y.raw([f"[some x in {t} satisfies x > 20, every x in {t} satisfies x > -20]"],
                  literal([any(x > 20 for x in xs), all(x > -20 for x in xs)]))
            y.raw([f"reverse(concatenate({t}, [1]))"], literal([1] + xs[::-1]))
            if n > 1:
                mean = sum(map(F, xs)) / n
                var = sum((F(x) - mean) ** 2 for x in xs) / (n - 1)
                sd = C34.sqrt(C34.divide(D(var.numerator), D(var.denominator)))
                y.raw([f"decimal(stddev({t}), 15)"], number(rounded(sd, 15, "even")))


def strings(folder):
    with YAML(folder, "strings.yaml") as y:
        y.group("strings")
        for _ in range(45):
            s = "".join(R.choice("ab cd甲乙🐎é１") for _ in range(R.randrange(0, 9)))
            m = "".join(R.choice("abc甲") for _ in range(R.randrange(1, 3)))
            t, q = literal(s), literal(m)
            y.raw([f"string length({t})"], str(len(s)))
            y.raw([f"[contains({t}, {q}), starts with({t}, {q}), ends with({t}, {q})]"],
                  literal([m in s, s.startswith(m), s.endswith(m)]))
            y.raw([f"substring before({t}, {q})"], literal(s[:s.index(m)] if m in s else ""))
            y.raw([f"substring after({t}, {q})"],
                  literal(s[s.index(m) + len(m):] if m in s else ""))
            if s:
                k, n = R.randrange(1, len(s) + 1), R.randrange(1, 4)
                y.raw([f"substring({t}, {k}, {n})"], literal(s[k - 1:k - 1 + n]))
                y.raw([f"substring({t}, -{k})"], literal(s[-k:]))
            y.raw([f"string join([{t}, {q}, null], \"，\")"], literal(f"{s}，{m}"))
            y.raw([f"[upper case({q}), lower case(upper case({q}))]"], literal([m.upper(), m]))


# --- zones: Python's reader of the same IANA data ---------------------------------------------------

def changes(zone, year):
    """Instants of the year, as UTC days, around which the offset of a zone changes."""
    utc = timezone.utc
    at = [datetime(year, 1, 1, tzinfo=utc) + timedelta(days=d) for d in range(366)]
    return [t for t, u in zip(at, at[1:])
            if t.astimezone(zone).utcoffset() != u.astimezone(zone).utcoffset()]


def zones(folder):
    """Local times at random, and each half hour of the days when clocks change: a time that occurs
    twice is the earlier one, one that is skipped keeps the offset before the gap."""
    names = sorted(n for n in available_timezones()
                   if n not in ("Factory", "localtime", "posixrules"))
    with YAML(folder, "zones.yaml") as y:
        y.group("zones")
        for name in names:
            zone = ZoneInfo(name)
            times = [datetime(R.randrange(1850, 2200), R.randrange(1, 13), R.randrange(1, 29),
                              R.randrange(24), R.randrange(60), R.randrange(60)) for _ in "12"]
            if R.randrange(4) == 0:
                for day in changes(zone, R.choice((1942, 1974, 1987, 2007, 2024, 2050)))[:2]:
                    local = day.astimezone(zone).replace(tzinfo=None, fold=0)
                    times += [local + timedelta(minutes=30 * k, seconds=1) for k in range(0, 49, 3)]
            for t in times:
                offset = t.replace(tzinfo=zone).utcoffset()
                text = f'@"{t.isoformat()}@{name}"'
                seconds = round((t - datetime(1970, 1, 1) - offset).total_seconds())
                y.raw([f'[{text}.time offset, {text} - @"1970-01-01T00:00:00Z"]'],
                      literal([Days(round(offset.total_seconds())), Days(seconds)]))


def write(folder):
    for part in (rounding, arithmetic, money, ranges, dates, logic, lists, strings, zones):
        part(folder)

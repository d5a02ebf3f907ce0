"""Values of FEEL in Python, their literals, equality and order, and the writer of suite files."""
import decimal
from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D

from decimal_text import canonical as number

C34 = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emax=6144, Emin=-6143, clamp=1,
                      traps=[decimal.InvalidOperation, decimal.DivisionByZero])
decimal.setcontext(C34)


@dataclass(frozen=True)
class Time:
    s: int


@dataclass(frozen=True)
class Moment:
    day: date
    s: int


@dataclass(frozen=True)
class Days:
    s: int


@dataclass(frozen=True)
class Months:
    n: int


def clock(s):
    return f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}"


def days_text(s):
    sign, s = ("-", -s) if s < 0 else ("", s)
    d, h, m, s = s // 86400, s // 3600 % 24, s // 60 % 60, s % 60
    t = (f"{h}H" if h else "") + (f"{m}M" if m else "") + (f"{s}S" if s else "")
    if not d and not t:
        return "PT0S"
    return sign + "P" + (f"{d}D" if d else "") + ("T" + t if t else "")


def months_text(n):
    sign, n = ("-", -n) if n < 0 else ("", n)
    if n == 0:
        return "P0M"
    return sign + "P" + (f"{n // 12}Y" if n // 12 else "") + (f"{n % 12}M" if n % 12 else "")


def literal(v):
    if v is None:
        return "null"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return str(v)
    if isinstance(v, D):
        return number(v)
    if isinstance(v, str):
        return '"' + v.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(v, date):
        return f'@"{v.isoformat()}"'
    if isinstance(v, Time):
        return f'@"{clock(v.s)}"'
    if isinstance(v, Moment):
        return f'@"{v.day.isoformat()}T{clock(v.s)}"'
    if isinstance(v, Days):
        return f'@"{days_text(v.s)}"'
    if isinstance(v, Months):
        return f'@"{months_text(v.n)}"'
    if isinstance(v, list):
        return "[" + ", ".join(map(literal, v)) + "]"
    if isinstance(v, dict):
        return "{" + ", ".join(f"{k}: {literal(x)}" for k, x in v.items()) + "}"
    raise TypeError(v)


def key(v):
    return (v.day.toordinal(), v.s) if isinstance(v, Moment) else v.s if isinstance(
        v, (Time, Days)) else v.n if isinstance(v, Months) else v


def compare(x, y):
    """-1, 0, 1, or None where FEEL has no order (DMN 10.3.2.13, table 42)."""
    if x is None or y is None or type(x) is not type(y) or isinstance(x, (bool, list, dict)):
        return None
    if isinstance(x, str):
        x, y = [ord(c) for c in x], [ord(c) for c in y]
        return (x > y) - (x < y)
    return (key(x) > key(y)) - (key(x) < key(y))


def same(x, y):
    """Equality: of null with anything it is true or false, of different kinds it is null."""
    if x is None or y is None:
        return x is y
    return None if type(x) is not type(y) else x == y


def quoted(s):
    return "'" + s.replace("'", "''") + "'"


class YAML:
    """A suite file: see tests/suite_fixture.h for the form."""

    def __init__(self, folder, name):
        self.path = f"{folder}/{name}"
        self.lines = []

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if not any(failure):
            with open(self.path, "w", encoding="utf-8") as f:
                f.write("\n".join(self.lines) + "\n")

    def row(self, texts):
        self.lines.append("    - [" + ", ".join(map(quoted, texts)) + "]")

    def table(self, name, policy, inputs, outputs, rules):
        self.lines += [f"- table: {quoted(name)}", f"  policy: {quoted(policy)}",
                       "  inputs: {" + ", ".join(f"{quoted(n)}: {quoted(t)}" for n, t in inputs)
                       + "}", "  outputs:"]
        for n, values, default in outputs:
            more = (f", values: {quoted(values)}" if values else "") + (
                f", default: {quoted(default)}" if default else "")
            self.lines.append(f"    - {{name: {quoted(n)}{more}}}")
        self.lines.append("  rules:")
        for r in rules:
            self.row(r)
        self.lines.append("  cases:")

    def group(self, name, let=None):
        self.lines.append(f"- group: {quoted(name)}")
        if let:
            self.lines.append("  let: {" + ", ".join(f"{quoted(k)}: {quoted(v)}"
                                                     for k, v in let.items()) + "}")
        self.lines.append("  cases:")

    def case(self, values, result):
        self.row([literal(v) for v in values] + [literal(result)])

    def raw(self, values, result):
        self.row(values + [result])

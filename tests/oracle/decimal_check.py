"""Checks lines `op x y got` of a file (- is the standard input) against Python's decimal: exact
where decimal128 defines the result, computed with 60 digits for exp, ln and non-integer powers,
which may be 5 units off in the 34th digit. Prints each difference and
`N checked, M different, worst W units`."""
import decimal
import pathlib
import sys
from decimal import Decimal as D

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "suite"))
from decimal_text import canonical  # noqa: E402

C = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emax=6144, Emin=-6143, clamp=1,
                    traps=[])
WIDE = decimal.Context(prec=60, rounding=decimal.ROUND_HALF_EVEN, Emax=99999, Emin=-99999, traps=[])
MODES = {"he": decimal.ROUND_HALF_EVEN, "hu": decimal.ROUND_HALF_UP, "hd": decimal.ROUND_HALF_DOWN,
         "up": decimal.ROUND_UP, "dn": decimal.ROUND_DOWN, "fl": decimal.ROUND_FLOOR,
         "ce": decimal.ROUND_CEILING}


def floor_mod(x, y):
    if y == 0:
        return None
    n = C.remainder(x, y)
    big = decimal.Context(prec=12500, Emax=99999, Emin=-99999, traps=[])
    n = big.subtract(x, big.multiply(y, big.divide_int(x, y)))
    if n != 0 and (n < 0) != (y < 0):
        n = big.add(n, y)
    return C.plus(n)


def power(x, y):
    if y == 0:
        return D(1)  # IEEE 754 pow, also for 0
    if y == y.to_integral_value() and abs(y) <= 400:
        big = decimal.Context(prec=20000, Emax=999999, Emin=-999999, traps=[])
        v = big.power(x, int(abs(y)))
        return C.plus(v) if y >= 0 else C.divide(D(1), v) if len(v.as_tuple().digits) <= 34 else C.plus(WIDE.divide(D(1), v))
    return C.plus(WIDE.power(x, y))


def expected(op, x, y):
    if op == "add": return C.add(x, y), 0
    if op == "sub": return C.subtract(x, y), 0
    if op == "mul": return C.multiply(x, y), 0
    if op == "div": return (C.divide(x, y) if y else None), 0
    if op == "mod": return floor_mod(x, y), 0
    if op == "sqrt": return (C.sqrt(x) if x >= 0 else None), 0
    if op == "exp": return C.plus(WIDE.exp(x)), 5
    if op == "ln": return (C.plus(WIDE.ln(x)) if x > 0 else None), 5
    if op in ("powi", "powf"):
        if x < 0 and y != y.to_integral_value() or x == 0 and y < 0:
            return None, 0
        return power(x, y), 0 if y == y.to_integral_value() else 5
    if op == "text": return x, 0
    if op.startswith("round-"):
        scale = int(y)
        if -scale <= x.as_tuple().exponent:
            return C.plus(x), 0
        wide = decimal.Context(prec=7000, Emax=99999, Emin=-99999, traps=[])
        return C.plus(x.quantize(D((0, (1,), -scale)), MODES[op[6:]], wide)), 0
    raise SystemExit("unknown operation " + op)


def ulps(want, got):
    unit = D((0, (1,), max(want.adjusted() - 33, -6176)))
    return abs(WIDE.divide(WIDE.subtract(want, got), unit))


def main():
    checked = different = 0
    worst = D(0)
    at = ""
    source = sys.stdin if sys.argv[1] == "-" else open(sys.argv[1])
    for line in source:
        op, xs, ys, got = line.split()
        want, slack = expected(op, C.create_decimal(xs), C.create_decimal(ys))
        checked += 1
        if want is None or not want.is_finite():
            ok = got == "none"
        elif slack and got != "none" and want != 0:
            off = ulps(want, D(got))
            if off > worst:
                worst, at = off, line.strip()
            ok = off <= slack
        else:
            ok = got == canonical(want)
        if not ok:
            different += 1
            if different <= 20:
                print("DIFFERENT", op, xs, ys, "got", got, "want", want if want is None or not want.is_finite() else canonical(want))
    print(f"{checked} checked, {different} different, worst {worst:.2f} units {at}".rstrip())


main()

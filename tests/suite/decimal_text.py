"""The canonical text of a decimal, as the engine writes numbers."""


def canonical(v):
    """Plain up to 40 characters, then d.dddE+n; no trailing zeros."""
    if v == 0:
        return "0"
    sign, digits, exp = v.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    cut = text.rstrip("0")
    exp += len(text) - len(cut)
    point = len(cut) + exp
    plain = (cut + "0" * exp if exp >= 0 else cut[:point] + "." + cut[point:] if point > 0
             else "0." + "0" * -point + cut)
    if len(plain) > 40:
        e = point - 1
        plain = cut[0] + ("." + cut[1:] if cut[1:] else "") + f"E{e:+d}"
    return ("-" if sign else "") + plain

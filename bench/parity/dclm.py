"""The rules on texts of DCLM's RefinedWeb pipeline, from its own source (baselines/baselines_configs/dclm_baseline_refinedweb.yaml)."""

import importlib.util
import sys
import types
from pathlib import Path

# Of the steps that need them none is asked for.
for name, attributes in {"transformers": ["AutoTokenizer"], "justext": [], "bs4": ["BeautifulSoup"]}.items():
    module = types.ModuleType(name)
    for attribute in attributes:
        setattr(module, attribute, None)
    sys.modules[name] = module


def package(name, folder):
    """A package without its __init__, which imports what other steps need."""
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


def load(source, path):
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), source / f"{path}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checks(settings):
    source = Path(settings["source"]).resolve()
    package("baselines", source / "baselines")
    package("baselines.mappers", source / "baselines/mappers")
    package("baselines.core", source / "baselines/core")
    package("core", source / "baselines/core")
    filters = load(source, "baselines/mappers/filters/content_filters")
    modifiers = load(source, "baselines/mappers/modifiers")
    enrichers = load(source, "baselines/mappers/enrichers/enrichers")

    def phrase(**options):
        return modifiers.substring_line_modifier(max_length=10, remove_substring_only=True, **options)

    steps = [
        ("newlines", modifiers.newline_removal_modifier(max_consecutive=2)),
        (
            "page_length_filter",
            lambda page: filters.page_length_filter(
                page, length_type="word", min_length=50, max_length=100000, ignore_punctuation=True
            ),
        ),
        ("word_length_filter", lambda page: filters.word_length_filter(page, min_length=3, max_length=10)),
        ("symbol_ratio_filter", filters.symbol_ratio_filter),
        ("bullet_count_filter", filters.bullet_count_filter),
        ("ellipsis_count_filter", filters.ellipsis_count_filter),
        ("alphabetic_word_ratio_filter", filters.alphabetic_word_ratio_filter),
        ("stop_word_filter", filters.stop_word_filter),
        ("massive_web_repetition_filters", filters.massive_web_repetition_filters),
        ("words", lambda page: enrichers.word_counter_enricher(page, key="previous_word_count")),
        ("upper_case", modifiers.uppercase_ratio_line_modifier),
        ("numeric", lambda page: modifiers.numeric_ratio_line_modifier(page, max_ratio=0.999999)),
        ("counters", modifiers.counter_line_modifier()),
        ("short", lambda page: modifiers.line_length_modifier(page, min_length=2)),
        ("cart", phrase(banlist="items in cart")),
        ("read more", phrase(banlist="Read more...", location="suffix")),
        ("sign-in", phrase(banlist="Sign-in", location="prefix")),
        (
            "word_removal_ratio_filter",
            lambda page: filters.word_removal_ratio_filter(page, prev_word_count_key="previous_word_count", max_removed_ratio=0.05),
        ),
    ]

    def refinedweb(text):
        page = {"text": text}
        for name, step in steps:
            pages = step(page)
            if not pages:
                # An editor that leaves nothing removes the page; decant's leave that to the count of removed words.
                return {"removed": name if name.endswith(("filter", "filters")) else "word_removal_ratio_filter", "text": None}
            page = pages[0]
        return {"removed": None, "text": page["text"]}

    return {"refinedweb": refinedweb}

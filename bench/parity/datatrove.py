"""datatrove's filters as its FineWeb example configures them (examples/fineweb.py), its words and sentences, and MinHash signatures."""

import tempfile

from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import split_into_sentences
from datatrove.utils.word_tokenizers import load_word_tokenizer


def checks(settings):
    filters = {
        "gopher_rep": GopherRepetitionFilter(),
        "gopher_qual": GopherQualityFilter(),
        "c4": C4QualityFilter(filter_no_terminal_punct=False),
        "fineweb_qual": FineWebQualityFilter(),
    }

    def verdict(name, document):
        kept = filters[name].filter(document)
        keep, reason = kept if isinstance(kept, tuple) else (kept, "no reason")
        return None if keep else reason

    def alone(name):
        return lambda text: verdict(name, Document(text=text, id="x"))

    def c4_text(text):
        document = Document(text=text, id="x")
        return document.text if verdict("c4", document) is None else None

    def chain(text):
        document = Document(text=text, id="x")
        for name in filters:
            reason = verdict(name, document)
            if reason is not None:
                return f"{name}:{reason}"
        return None

    tokenizer = load_word_tokenizer("eng")

    def signature(hash):
        config = MinhashConfig(hash_config=HashConfig(hash_fc=hash, precision=64))
        step = MinhashDedupSignature(tempfile.gettempdir(), config)

        def sign(text):
            shingles = step.get_shingles(text)
            return [str(number) for band in step.get_signature(shingles) for number in band] if shingles.size else []

        return sign

    return {
        **{name: alone(name) for name in filters},
        "c4_text": c4_text,
        "chain": chain,
        "words": tokenizer.word_tokenize,
        # As its filters count them: those of white space, too, and one in an empty text.
        "sentences": lambda text: len(split_into_sentences(text)),
        "minhash_sha1": signature("sha1"),
        "minhash_xxh64": signature("xxhash"),
    }

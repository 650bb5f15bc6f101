"""tiktoken's tokens by ranks that lie in a file."""

import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public


def checks(settings):
    def encoder(name, path):
        # Its own patterns and special tokens; only where ranks come from is changed.
        openai_public.load_tiktoken_bpe = openai_public.data_gym_to_mergeable_bpe_ranks = lambda *args, **kwargs: load_tiktoken_bpe(path)
        encoding = tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[name]())
        # decant knows special tokens without their numbers.
        special = set(encoding._special_tokens.values())
        return lambda text: [-1 if token in special else token for token in encoding.encode(text, allowed_special="all")]

    return {name: encoder(name, path) for name, path in settings.items()}

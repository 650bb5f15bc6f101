"""Tokens that Hugging Face's library counts, special tokens of the template left out."""

from tokenizers import Tokenizer


def checks(settings):
    def counter(path):
        tokenizer = Tokenizer.from_file(path)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)

    return {name: counter(path) for name, path in settings.items()}

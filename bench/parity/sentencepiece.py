"""The pieces that SentencePiece cuts a text into."""

from sentencepiece import SentencePieceProcessor


def checks(settings):
    def encoder(path):
        processor = SentencePieceProcessor(model_file=path)
        return lambda text: processor.encode(text, out_type=str)

    return {name: encoder(path) for name, path in settings.items()}

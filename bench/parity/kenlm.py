"""KenLM's scores of the lines of a text, cut into pieces by SentencePiece as CCNet does."""

import kenlm
import sentencepiece


def checks(settings):
    cut = sentencepiece.SentencePieceProcessor(model_file=settings["pieces"])

    def scorer(path):
        config = kenlm.Config()
        config.show_progress = False
        model = kenlm.Model(path, config)
        return lambda text: [model.score(" ".join(cut.encode(line, out_type=str))) for line in text.split("\n")]

    return {name: scorer(path) for name, path in settings["models"].items()}

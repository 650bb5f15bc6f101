"""spaCy's words and sentences as datatrove asks for them: the blank English pipeline with the sentencizer, white space left out."""

import spacy


def checks(settings):
    english = spacy.blank("en")
    english.add_pipe("sentencizer")

    def parse(text):
        english.max_length = len(text) + 10
        return english(text)

    def words(text):
        with english.memory_zone():
            return [word for word in (token.text.strip() for token in parse(text)) if word]

    # As datatrove's filters count them: those of white space, too, and one in an empty text.
    def sentences(text):
        with english.memory_zone():
            return max(1, sum(1 for _ in parse(text).sents))

    # decant counts none in a line without words; C4's rule has left such lines out before it counts.
    def line_sentences(text):
        return sum(sentences(line) for line in text.split("\n") if line.strip())

    return {"words": words, "sentences": sentences, "line_sentences": line_sentences}

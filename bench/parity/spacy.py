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

    def sentences(text):
        with english.memory_zone():
            return sum(1 for sentence in parse(text).sents if sentence.text.strip())

    return {"words": words, "sentences": sentences, "line_sentences": lambda text: sum(map(sentences, text.split("\n")))}

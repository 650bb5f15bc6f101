"""The attributes of Dolma's tagger gopher_v1."""

import nltk

# On import Dolma fetches a model that this tagger does not use.
nltk.download = lambda *args, **kwargs: True

from dolma.core.data_types import Document  # noqa: E402
from dolma.taggers.gopher import GopherTagger  # noqa: E402


def checks(settings):
    tagger = GopherTagger()

    def attributes(text):
        result = tagger.predict(Document(source="x", version="x", id="x", text=text))
        found = {span.type: span.score for span in result.spans}
        # It has no attribute for n-grams that a text is too short for; decant measures 0.
        words = len(text.split())
        for n in range(max(2, words + 1), 11):
            found[f"fraction_of_characters_in_{'most_common' if n < 5 else 'duplicate'}_{n}grams"] = 0
        return found

    return {"gopher_v1": attributes}

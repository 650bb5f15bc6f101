"""NLTK's word_tokenize and sent_tokenize with Punkt's English model, from the text files that llama-index-core carries."""

from collections import defaultdict
from importlib.metadata import files

from nltk.tokenize.destructive import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer


def punkt_parameters():
    def lines(name):
        (path,) = (file for file in files("llama-index-core") if str(file).endswith(f"punkt_tab/english/{name}"))
        with open(path.locate(), encoding="utf-8") as text:
            return text.read().splitlines()

    parameters = PunktParameters()
    parameters.abbrev_types = set(lines("abbrev_types.txt"))
    parameters.sent_starters = set(lines("sent_starters.txt"))
    parameters.collocations = {tuple(line.split("\t")) for line in lines("collocations.tab")}
    contexts = (line.split("\t") for line in lines("ortho_context.tab"))
    parameters.ortho_context = defaultdict(int, {word: int(context) for word, context in contexts})
    return parameters


def checks(settings):
    sentences = PunktSentenceTokenizer(punkt_parameters()).tokenize
    words = NLTKWordTokenizer().tokenize
    # As nltk.word_tokenize, which would look for the model elsewhere.
    return {"words": lambda text: [word for sentence in sentences(text) for word in words(sentence)], "sentences": sentences}

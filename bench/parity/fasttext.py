"""fastText's probabilities; its Python module takes no newlines, which are spaces to fastText as to decant."""

import fasttext


def checks(settings):
    def questions(name, path):
        model = fasttext.load_model(path)

        def labels(text, count):
            return model.predict(text.replace("\n", " "), k=count, threshold=0)

        def probabilities(text):
            names, numbers = labels(text, -1)
            return dict(zip(names, numbers.tolist()))

        def first(text):
            names, _ = labels(text, 1)
            return names[0] if names else None

        return {name: probabilities, f"{name} first": first}

    return {key: check for name, path in settings.items() for key, check in questions(name, path).items()}

"""ftfy's fix_text, by the options that decant's recipes give to their step of that name."""

import ftfy


def checks(settings):
    def fixer(options):
        # Options have ftfy's names; where ftfy has None, decant has "none".
        normalization = None if options["normalization"] == "none" else options["normalization"]
        config = ftfy.TextFixerConfig(**{**options, "normalization": normalization}, explain=False)
        return lambda text: ftfy.fix_text(text, config)

    return {recipe: fixer(options) for recipe, options in settings.items()}

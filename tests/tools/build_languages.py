"""Build `bot/languages.txt`: the most frequent words of languages other than English, a line a language.

    python tests/tools/build_languages.py > bot/languages.txt

It needs the package wordfreq (word frequencies, CC BY-SA 4.0). Words that are frequent in English, too, are left out.
"""

import sys

import wordfreq  # type: ignore[import-not-found,unused-ignore]

from bot.text import words

# Those in Latin letters that wordfreq knows best; other letters tell a language by themselves.
LANGUAGES = ["ca", "cs", "da", "de", "es", "fi", "fr", "hu", "id", "it", "ms", "nb", "nl", "pl", "pt", "ro", "sv", "tr"]
FREQUENT_WORDS = 150
MOST_IN_ENGLISH = 5.2  # Zipf frequency

if __name__ == "__main__":
    for language in LANGUAGES:
        frequent = dict.fromkeys(
            part for word in wordfreq.top_n_list(language, FREQUENT_WORDS) for part in words(word) if part.isalpha()
        )
        own = [word for word in frequent if wordfreq.zipf_frequency(word, "en") < MOST_IN_ENGLISH]
        sys.stdout.write(f"{language} {' '.join(own)}\n")

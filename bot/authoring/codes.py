"""What each code of `magbot check` means, and what to do about it."""

from typing import Final

CODES: Final = {
    "KB001": ("A file cannot be read. Check its name, rights and size, and save it as UTF-8 text."),
    "KB002": (
        "A file is not valid YAML, so nothing in it was read. The message says what YAML takes the line for. "
        "Text in quotes, or after `|` with each line indented, is always taken as it is."
    ),
    "KB003": ("A key stands twice in one entry. YAML would keep only one of the two; merge them or remove one."),
    "KB004": (
        "Text begins with `&`, `*` or `!`, which YAML takes for an anchor, an alias or a tag. Put the text in quotes."
    ),
    "KB005": (
        "A value has another shape than expected, such as a list where text belongs. The README shows the shapes."
    ),
    "KB006": ("A key is not known here, so what it holds would be ignored. It is probably misspelt."),
    "KB007": (
        "Something needed is missing or empty. Each entry needs a `question` and an `answer`, each source a `title`."
    ),
    "KB008": ("A value is not allowed here, such as a date in another form than 2026-11-22."),
    "KB009": ("A name that must be unique is used twice: an id, a source, a word of two rows. Rename or remove one."),
    "KB010": (
        "An entry names a source that stands in no `sources` section. It is misspelt, or the source is still "
        "to be added."
    ),
    "KB011": ("An id is named that no entry has. It is misspelt, or the entry was removed."),
    "KB012": (
        "Two entries have the same question, so that one of them would never be the answer to it. Keep it in one."
    ),
    "KB101": (
        "A source was last compared with its answers more than a year ago. Read it again, mend what has "
        "changed, and put today's date after `checked`."
    ),
    "KB102": (
        "A space and `#` begin a comment in YAML, so the text ends before it. If the rest belongs to the "
        "text, put all of it in quotes; if it is a comment, give it a line of its own."
    ),
    "KB103": ("One entry has the same question twice. It does no harm; remove one."),
    "KB104": (
        "Without this phrasing, the question would be answered with another entry, for certain. The same will "
        "happen to questions like it. Either the phrasing belongs to the other entry, or this entry needs "
        "more phrasings of its kind."
    ),
    "KB105": (
        "Two entries have nearly the same question. Whoever asks it gets one answer or the other by chance; "
        "keep it in one."
    ),
    "KB106": (
        "An entry has fewer than eight phrasings, so that other people's words for it will be missed. Add the "
        "ways in which people ask, misspelt ones too; a file of unanswered questions shows them."
    ),
    "KB107": (
        "An answer is long, or has a long sentence. Frightened people read short sentences. Split it, or move "
        "a part into an entry of its own."
    ),
    "KB108": (
        "No labelled question asks for this entry, so nobody knows whether it is found. Add some to the question files."
    ),
    "KB109": (
        "What `magbot new` puts there is still to be replaced: an entry without its own answer is left out of the "
        "base, and so is the example of a phrasing."
    ),
    "KB110": (
        'A harmless phrase goes over a comma, a dash, the end of a sentence, or a word such as "and" or "but". '
        "Messages are read clause by clause, so that it is never met. Keep the clause that is harmless by itself."
    ),
}


def explain_code(code: str) -> str | None:
    """Return what a code means, or None for a code that there is not."""
    meaning = CODES.get(code.upper())
    kind = "warning" if code.upper() > "KB100" else "error"
    return f"{code.upper()} ({kind})\n\n{meaning}" if meaning else None

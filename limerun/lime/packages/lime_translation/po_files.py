"""Read the translated texts of a `.po` file by their keys."""

import ast
from collections.abc import Iterable


def read_po(lines: Iterable[str]) -> dict[str, str]:
    """Return the translated texts by `msgid`, without untranslated ones.

    Plural forms, contexts and comments are ignored.
    """
    texts: dict[str, str] = {}
    parts: dict[str, str] = {}
    field = ""
    for line in (*map(str.strip, lines), "msgid"):
        keyword, _, text = line.partition(" ")
        if keyword == "msgid":
            texts[parts.get("msgid", "")] = parts.get("msgstr", "")
            parts = {}
        if keyword.startswith("msg"):
            field = keyword
        elif line.startswith('"'):
            text = line
        else:
            continue
        if text:
            parts[field] = parts.get(field, "") + ast.literal_eval(text)
    return {key: text for key, text in texts.items() if key and text}

"""Puts strangers' texts into prompts: between tags, as data."""

from __future__ import annotations

import re

_QUOTES = str.maketrans({'"': "'", "<": "(", ">": ")", "\n": " ", "\r": " "})


def enclose(tag: str, text: str, **attributes: object) -> str:
    """Put a stranger's text between tags that it cannot close."""
    listed = "".join(
        f' {name}="{str(value).translate(_QUOTES)}"' for name, value in attributes.items()
    )
    inside = re.sub(rf"</(?={tag})", "<\u200b/", text, flags=re.IGNORECASE).strip()
    return f"<{tag}{listed}>\n{inside}\n</{tag}>"

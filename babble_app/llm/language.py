"""Knows which language a text is written in, by its script or by its commonest words; says nothing where that is not plain."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.schemas.profiles import Language

SAMPLE_CHARS = 4_000
LEAST_WORDS = 2
"""One common word tells nothing: "die" is German, and English."""
LEAST_SHARE = 0.2
"""Of running text, about four words in ten are in these lists; in a neighbouring language that is not here, fewer."""
NAMES: dict[Language, str] = {
    "ar": "Arabic",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
_NOT_PROSE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|</?\w[^<>\n]{0,200}>", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS: dict[str, re.Pattern[str]] = {
    "latin": re.compile(r"[a-z\u00c0-\u024f]", re.IGNORECASE),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "he": re.compile(r"[\u05d0-\u05ea]"),
    "arabic": re.compile(r"[\u0620-\u06d3]"),
    "devanagari": re.compile(r"[\u0904-\u0963]"),
    "th": re.compile(r"[\u0e01-\u0e4e]"),
    "kana": re.compile(r"[\u3041-\u30ff]"),
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7a3]"),
}
_OF_ONE_LANGUAGE: dict[str, Language] = {"el": "el", "he": "he", "th": "th", "ko": "ko"}
_LISTS: dict[Language, str] = {
    "de": (
        "der die das und ist ich du er wir ihr nicht ein eine einen einem einer zu den dem des für mit auf von im wie was"
        " warum wo wer kann kannst bitte mir mich dir es sich auch noch aber oder wenn dass sind war habe hat in an"
    ),
    "en": (
        "the a an and is are was i you he she we they not to of in on for with what how why where who can could please me"
        " my your it this that do does be have has from or but if there about as at"
    ),
    "es": (
        "el la los las un una y es son de del que en por para con no se su mi me te lo como cómo qué cuál dónde quién porque"
        " está puedes puede hay al o pero más este esta eso ser tiene"
    ),
    "fr": (
        "le la les un une des et est sont de du que qui en pour avec ne pas je tu il elle nous vous ce cette comment quel"
        " quelle où pourquoi peux pouvez au aux dans sur mon ma votre mais ou plus être c l d qu"
    ),
    "it": (
        "il lo la gli le un una e è sono di del della dei che in per con non mi ti si come cosa dove chi perché puoi può al"
        " alla nel o ma più questo questa io ho hai l"
    ),
    "nl": (
        "de het een en is zijn ik je jij hij wij we niet van voor met op in te dat die wat hoe waarom waar wie kun kan mij"
        " mijn er ook maar of als bij naar aan"
    ),
    "pl": (
        "i w z na do nie to jest się że jak co czy dla o po od ale mi mnie mój ja ty są ten ta możesz proszę dlaczego gdzie"
        " kto za przez który która"
    ),
    "pt": (
        "o a os as um uma e é são de do da dos das que em no na para por com não se me meu minha como qual onde quem porque"
        " você pode está ao mais este esta isso ou mas"
    ),
    "tr": (
        "bir ve bu şu o için ile ne nasıl neden nerede kim mi mı mu mü var yok değil ben sen biz da de çok daha gibi bana"
        " lütfen olan olarak kadar"
    ),
}
_COMMON: dict[Language, frozenset[str]] = {
    code: frozenset(words.split()) for code, words in _LISTS.items()
}


def find_language(text: str) -> Language | None:
    """Return the language that most of a text is written in; code, addresses and tags do not count."""
    prose = _NOT_PROSE.sub(" ", text[:SAMPLE_CHARS])
    letters = Counter({name: len(script.findall(prose)) for name, script in _SCRIPTS.items()})
    asian = letters["kana"] + letters["han"]
    script, most = letters.most_common(1)[0]
    if 2 * max(most, asian) <= letters.total():
        return None
    if asian > most or script in {"kana", "han"}:
        return "ja" if letters["kana"] else "zh"
    if script == "latin":
        return _by_words(prose)
    return _OF_ONE_LANGUAGE.get(script) or _by_letters(script, prose.casefold())


def _by_letters(script: str, prose: str) -> Language | None:
    """Tell languages of one script apart by letters and words that only one of them has."""
    if (
        script == "devanagari"
    ):  # Marathi and Nepali lack these words, without which Hindi says little
        return "hi" if re.search(r"(?<!\S)(?:है|हैं|हूँ|हो|में|नहीं)(?!\w)", prose) else None
    if script == "arabic":  # Persian and Urdu have more letters
        return None if re.search(r"[پچژگکیٹڈڑںے]", prose) else "ar"
    if re.search(r"[іїєґ]", prose):
        return None if re.search(r"[ыэўё]", prose) else "uk"
    return "ru" if re.search(r"[ыэё]", prose) else None


def _by_words(prose: str) -> Language | None:
    words = _WORD.findall(prose.casefold())
    hits = {code: sum(word in common for word in words) for code, common in _COMMON.items()}
    best = max(_COMMON, key=lambda code: hits[code])
    second, most = sorted(hits.values())[-2:]
    if most < LEAST_WORDS or most == second or most < LEAST_SHARE * len(words):
        return None
    return best

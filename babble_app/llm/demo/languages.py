"""What the demo model can say in a few languages besides English, and how it knows them."""

from __future__ import annotations

from dataclasses import dataclass

from babble_app.llm.demo.words import sentences, words


@dataclass(frozen=True)
class Language:
    """A language with its ready-made sentences; `{name}` is the agent's name."""

    code: str
    names: tuple[str, ...]
    """As people ask for it."""
    common: frozenset[str]
    """Frequent words that tell it from the others."""
    greeting: str
    goodbye: str

    def greet(self, name: str) -> str:
        """Return a greeting; without a name the part that needs none."""
        return named(self.greeting, name)

    def part(self, name: str) -> str:
        """Return a goodbye; without a name the part that needs none."""
        return named(self.goodbye, name)


def named(text: str, name: str) -> str:
    """Put a name into a text; without one, keep the sentences that have no place for it."""
    if name:
        return text.replace("{name}", name)
    kept = " ".join(part for part in sentences(text) if "{name}" not in part)
    return kept or text.replace("{name}", "")


def _language(code: str, names: str, common: str, greeting: str, goodbye: str) -> Language:
    return Language(code, tuple(names.split()), frozenset(common.split()), greeting, goodbye)


ENGLISH = _language(
    "en",
    "english",
    "the and a an that for with to of is who their they it should asks them",
    "Hello, this is {name}. How can I help you?",
    "Thank you for talking to {name}. Goodbye!",
)
LANGUAGES = (
    ENGLISH,
    _language(
        "es",
        "spanish español espanol castellano",
        "que el los las una para con y por del un es su pide pregunta como si",
        "¡Hola! Soy {name}. ¿En qué puedo ayudarle?",
        "Gracias por hablar con {name}. ¡Hasta luego!",
    ),
    _language(
        "de",
        "german deutsch",
        "der die das und ein eine einen für mit nach den dem ist fragt soll der auf wenn",
        "Guten Tag, hier ist {name}. Wie kann ich Ihnen helfen?",
        "Vielen Dank für das Gespräch mit {name}. Auf Wiedersehen!",
    ),
    _language(
        "fr",
        "french français francais",
        "le la les des une pour qui et est dans avec demande son sa du un aux",
        "Bonjour, ici {name}. Comment puis-je vous aider ?",
        "Merci d'avoir parlé avec {name}. Au revoir !",
    ),
    _language(
        "it",
        "italian italiano",
        "il che per gli una con di e chiede del della sono nome un alla",
        "Buongiorno, sono {name}. Come posso aiutarla?",
        "Grazie per aver parlato con {name}. Arrivederci!",
    ),
    _language(
        "pt",
        "portuguese português portugues",
        "que os uma para com e por do da um pergunta seu não em",
        "Olá! Aqui é {name}. Como posso ajudar?",
        "Obrigado por falar com {name}. Até logo!",
    ),
    _language(
        "nl",
        "dutch nederlands",
        "de het een en voor met van die vraagt naar zijn op als",
        "Hallo, u spreekt met {name}. Waarmee kan ik u helpen?",
        "Bedankt voor het gesprek met {name}. Tot ziens!",
    ),
)


def find_language(text: str) -> Language | None:
    """Return the language that a text names, as in "greet them in Spanish"."""
    said = set(words(text))
    return next((language for language in LANGUAGES if said & set(language.names)), None)


def language_of(text: str) -> Language:
    """Return the language that a text is written in; English when that is not plain."""
    said = words(text)
    counts = {
        language.code: sum(word in language.common for word in said) for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: counts[language.code])
    return best if counts[best.code] > counts["en"] + 1 else ENGLISH

"""Which language a text is written in, and that nothing is said where that is not plain."""

from __future__ import annotations

from typing import get_args

import pytest

from babble_app.llm.language import NAMES, find_language
from babble_app.schemas.profiles import Language

WRITTEN = {
    "ar": "لماذا السماء زرقاء؟",
    "de": "Kannst du mir bitte erklären, warum der Himmel blau ist?",
    "el": "Γιατί είναι ο ουρανός μπλε;",
    "en": "Can you explain to me why the sky is blue?",
    "es": "¿Puedes explicarme por qué el cielo es azul?",
    "fr": "Peux-tu m'expliquer pourquoi le ciel est bleu ?",
    "he": "למה השמיים כחולים?",
    "hi": "आकाश नीला क्यों है?",
    "it": "Puoi spiegarmi perché il cielo è blu?",
    "ja": "空はなぜ青いのですか？",
    "ko": "하늘은 왜 파란가요?",
    "nl": "Kun je mij uitleggen waarom de lucht blauw is?",
    "pl": "Czy możesz mi wyjaśnić, dlaczego niebo jest niebieskie?",
    "pt": "Você pode me explicar porque o céu é azul?",
    "ru": "Объясни, пожалуйста, почему это небо голубое.",
    "th": "ทำไมท้องฟ้าถึงเป็นสีฟ้า",
    "tr": "Bana gökyüzünün neden mavi olduğunu açıklar mısın, lütfen?",
    "uk": "Поясни, чому небо блакитне і де є море.",
    "zh": "天空为什么是蓝色的？",
}


@pytest.mark.parametrize("code", get_args(Language))
def test_every_language_that_a_rule_may_name_is_known(code: Language) -> None:
    assert find_language(WRITTEN[code]) == code
    assert NAMES[code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Please translate 你好 to German", "en"),
        ("用 Python 写一个排序函数", "zh"),
        ("fix the bug in `der die das und`", "en"),
        ("Was ist das?\n```python\nfor x in the_list: if x is not in the other\n```", "de"),
        ("<request>\nWie geht es dir?\n</request>", "de"),
    ],
)
def test_code_tags_and_words_of_others_do_not_count(text: str, code: str) -> None:
    assert find_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "hello",
        "Die Hard",
        "La La Land",
        "The Beatles",
        "lorem ipsum dolor sit amet the consectetur adipiscing elit sed do eiusmod tempor",
        "Hvorfor er himlen blå?",
        "Miért kék az ég?",
        "lorem ipsum dolor sit amet",
        "چرا آسمان آبی است؟",
        "आकाश निळे का आहे?",
        "Кит",
        "Неба і сонца, што ўсё ж былі",
        "hello привет",
    ],
)
def test_what_is_not_plain_is_no_language(text: str) -> None:
    assert find_language(text) is None

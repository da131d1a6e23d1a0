import pytest

from babble_app.agents import naming


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("It greets now. It also asks.", "It greets now."),
        (
            'The agent now begins with "Buongiorno, sono Bike. Come va?" and nothing else. More.',
            'The agent now begins with "Buongiorno, sono Bike. Come va?" and nothing else.',
        ),
        ('It says "Hello. How are you?". Then it waits.', 'It says "Hello. How are you?".'),
        ('It says "Hello. You there?" Then it waits.', 'It says "Hello. You there?"'),
        ("It says “Hello. Yes.” now. More.", "It says “Hello. Yes.” now."),
        ("Es sagt „Hallo. Ja.“ und wartet. Mehr.", "Es sagt „Hallo. Ja.“ und wartet."),
        ("It says `a. b` now. More.", "It says `a. b` now."),
        ('A 3" pipe is asked for. More.', 'A 3" pipe is asked for.'),
        ("**Done**: it costs 2.50 euros. More.", "Done: it costs 2.50 euros."),
        ("# No stop at all", "No stop at all"),
        ("", ""),
    ],
)
def test_a_summary_is_the_first_sentence_and_a_quotation_does_not_end_it(text: str, sentence: str):
    assert naming.first_sentence(text) == sentence


def test_a_summary_has_an_end():
    assert len(naming.first_sentence("word " * 100)) <= naming.MAX_SUMMARY_CHARS

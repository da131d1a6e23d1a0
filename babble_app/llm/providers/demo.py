"""The offline demo model: rules, no network, so that everything can be tried without a key."""

from babble_app.llm.provider import ModelEntry, Provider

PROVIDER = Provider(
    id="demo",
    title="Demo",
    wire="demo",
    key_required=False,
    cost="none",
    models=(
        ModelEntry(
            "based",
            "Based demo",
            context_tokens=100_000,
            calls_tools=False,
            note="Offline demo, not an AI",
        ),
    ),
    help="Always there: it follows rules, works without a network, and is not an AI.",
)

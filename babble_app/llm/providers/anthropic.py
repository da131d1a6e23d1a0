"""Anthropic: its wire is its own, so answers come through LiteLLM; the list of models is asked directly."""

from babble_app.llm.provider import ModelEntry, Provider

PROVIDER = Provider(
    id="anthropic",
    title="Anthropic",
    wire="litellm",
    base_url="https://api.anthropic.com",
    key_setting="anthropic_api_key",
    key_env="ANTHROPIC_API_KEY",
    key_header="x-api-key",
    headers={"anthropic-version": "2023-06-01"},
    check_path="/v1/models",
    base_url_setting="anthropic_base_url",
    base_url_env="ANTHROPIC_BASE_URL",
    caches_marked_prompts=True,
    models=(
        ModelEntry(
            "claude-sonnet-5-5", "Claude Sonnet 5.5", context_tokens=1_000_000, sees_images=True
        ),
        ModelEntry(
            "claude-opus-5-5", "Claude Opus 5.5", context_tokens=1_000_000, sees_images=True
        ),
        ModelEntry(
            "claude-haiku-4-5", "Claude Haiku 4.5", context_tokens=200_000, sees_images=True
        ),
    ),
    help="Create a key at console.anthropic.com → API keys.",
)

"""OpenRouter: one key for nearly every model; the fallback where a provider has no key of its own."""

from babble_app.llm.provider import ModelEntry, Provider

PROVIDER = Provider(
    id="openrouter",
    title="OpenRouter",
    wire="openai",
    base_url="https://openrouter.ai/api/v1",
    key_setting="openrouter_api_key",
    key_env="OPENROUTER_API_KEY",
    base_url_setting="openrouter_base_url",
    base_url_env="OPENROUTER_BASE_URL",
    check_path="/key",  # its list of models answers without a key
    headers={"X-Title": "Babble"},
    cost="told",
    media_wire="chat",
    image_models=("google/gemini-2.5-flash-image",),
    models=(
        ModelEntry("openrouter/auto", "Auto (OpenRouter chooses)", sees_images=True),
        ModelEntry("openai/gpt-4o-mini", "GPT-4o mini", context_tokens=128_000, sees_images=True),
        ModelEntry(
            "anthropic/claude-sonnet-5.5",
            "Claude Sonnet 5.5",
            context_tokens=1_000_000,
            sees_images=True,
        ),
    ),
    help="Create a key at openrouter.ai → Keys; it opens models of every other provider too.",
)

"""OpenAI, or whoever OPENAI_BASE_URL names."""

from babble_app.llm.provider import ModelEntry, Provider

PROVIDER = Provider(
    id="openai",
    title="OpenAI",
    wire="openai",
    base_url="https://api.openai.com/v1",
    key_setting="openai_api_key",
    key_env="OPENAI_API_KEY",
    base_url_setting="openai_base_url",
    base_url_env="OPENAI_BASE_URL",
    max_tokens_field="max_completion_tokens",
    media_wire="openai",
    image_models=("gpt-image-2", "gpt-image-1-mini"),
    video_models=("sora-2",),
    models=(
        ModelEntry("gpt-6-sol", "GPT-6 Sol", context_tokens=922_000, sees_images=True),
        ModelEntry("gpt-6-luna", "GPT-6 Luna", context_tokens=922_000, sees_images=True),
        ModelEntry("gpt-5.4-mini", "GPT-5.4 mini", context_tokens=272_000, sees_images=True),
        ModelEntry("gpt-4.1", "GPT-4.1", context_tokens=1_047_576, sees_images=True),
        ModelEntry("gpt-4o-mini", "GPT-4o mini", context_tokens=128_000, sees_images=True),
    ),
    help="Create a key at platform.openai.com → API keys.",
)

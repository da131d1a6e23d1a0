"""Groq: open models at high speed."""

from babble_app.llm.provider import ModelEntry, Provider

PROVIDER = Provider(
    id="groq",
    title="Groq",
    wire="openai",
    base_url="https://api.groq.com/openai/v1",
    key_setting="groq_api_key",
    key_env="GROQ_API_KEY",
    base_url_setting="groq_base_url",
    base_url_env="GROQ_BASE_URL",
    models=(
        ModelEntry("openai/gpt-oss-120b", "gpt-oss 120B", context_tokens=131_072),
        ModelEntry("openai/gpt-oss-20b", "gpt-oss 20B", context_tokens=131_072),
        ModelEntry("qwen/qwen3.8-27b", "Qwen 3.8 27B", context_tokens=131_072, sees_images=True),
    ),
    help="Create a key at console.groq.com → API keys.",
)

"""Hugging Face's router: one token for the open models that its partners run."""

from babble_app.llm.provider import ModelEntry, Provider

PROVIDER = Provider(
    id="huggingface",
    title="Hugging Face",
    wire="openai",
    base_url="https://router.huggingface.co/v1",
    key_setting="hf_token",
    key_env="HF_TOKEN",
    base_url_setting="hf_base_url",
    base_url_env="HF_BASE_URL",
    check_path="https://huggingface.co/api/whoami-v2",  # the router lists its models to anybody
    models=(
        ModelEntry("openai/gpt-oss-120b", "gpt-oss 120B", context_tokens=131_072),
        ModelEntry("openai/gpt-oss-20b", "gpt-oss 20B", context_tokens=131_072),
    ),
    help="Create a token with the right to call Inference Providers at huggingface.co → Settings → Access tokens.",
)

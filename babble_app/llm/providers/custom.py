"""Any server that speaks OpenAI's wire: vLLM, llama.cpp, LM Studio, a company's gateway."""

from babble_app.llm.provider import Provider

PROVIDER = Provider(
    id="custom",
    title="OpenAI-compatible server",
    wire="openai",
    key_setting="custom_api_key",
    key_env="BABBLE_CUSTOM_API_KEY",
    key_required=False,
    base_url_setting="custom_base_url",
    base_url_env="BABBLE_CUSTOM_BASE_URL",
    takes_base_url=True,
    media_wire="openai",
    help="Give the address up to and including /v1, such as http://127.0.0.1:8001/v1; the key only if the server asks.",
)

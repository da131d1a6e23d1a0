"""Ollama: models on a machine of one's own; what is pulled there is listed live."""

from babble_app.llm.provider import Provider

PROVIDER = Provider(
    id="ollama",
    title="Ollama",
    wire="ollama",
    base_url="http://127.0.0.1:11434",
    key_required=False,
    base_url_setting="ollama_host",
    base_url_env="OLLAMA_HOST",
    takes_base_url=True,
    cost="none",
    check_path="/api/tags",
    help="Install Ollama from ollama.com, pull a model (`ollama pull qwen3`), and set OLLAMA_HOST to its address.",
)

"""OpenAI's protocol over the same services: models, chat completions, responses, embeddings."""

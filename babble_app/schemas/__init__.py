"""Shapes that cross a border (pages, API, SDK, storage): frozen pydantic models, no behaviour of their own."""

"""Pure ASGI layers around everything that is served, the pages' application included."""

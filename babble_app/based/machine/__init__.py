"""The interpreter's parts: a walker of the syntax tree with its own names, attributes, operators and limits."""

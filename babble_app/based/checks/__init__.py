"""The checker's rules, one module a concern."""

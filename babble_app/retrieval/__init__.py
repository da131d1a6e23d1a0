"""Text of files: which types are accepted, how their text is read, cut into passages and searched."""

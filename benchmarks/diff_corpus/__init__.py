"""The corpus of the diff benchmark: texts, edits, and the mistakes that models make when they write diffs."""

"""Babble: describe an AI agent in plain words, watch it being written, talk to it, change it by asking."""

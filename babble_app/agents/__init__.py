"""What answers a chat message: triage, the builder and the iterator of programs, plain answers; and an agent's test talk."""

"""Stand-ins for the outside world that are reached through real sockets."""

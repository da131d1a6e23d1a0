"""What is on screen, and what the buttons do: the rx.State classes, one file per page concern."""

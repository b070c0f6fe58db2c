"""Pages of thanks, and of what training would help."""

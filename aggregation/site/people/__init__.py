"""Officers and where they belong."""

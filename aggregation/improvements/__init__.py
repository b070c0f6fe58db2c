"""The follow-up register (RTL): what is done about weak elements, by when (method §11)."""

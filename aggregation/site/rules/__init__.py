"""Pages of the rules: read them, draft one, preview it, approve it."""

"""Coming in and staying: password, second factor, links, one's own account."""

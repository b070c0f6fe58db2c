"""Pages of objections: the officer's own, and those of whoever answers them."""

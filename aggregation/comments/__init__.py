"""Citizens' comments: masked, released in batches, read, answered and closed (method §9)."""

"""The staff site: officers, duties, scores, closing, and what HR receives."""

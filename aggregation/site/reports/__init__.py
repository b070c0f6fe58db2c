"""Pages of the official report: what can be reported, its texts, issuing it, what was issued."""

"""Paper questionnaires, typed or taken in: they join the pool under a channel of their own."""

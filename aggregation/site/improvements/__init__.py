"""Pages of the follow-up register: all actions, a new plan, one action with its proofs."""

"""Official reports and published periods: numbered, kept, never changed (method §11)."""

"""Pages of the review of quarantined responses, and of inquiries."""

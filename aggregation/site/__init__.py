"""The pages of the staff site."""

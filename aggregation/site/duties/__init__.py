"""Who serves when, how many were served, and when nobody could be."""

"""How many were served, and when nobody could be: what the ratings are measured against."""

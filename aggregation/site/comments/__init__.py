"""Pages of citizens' comments: read, tagged, answered, passed on, closed (method §9)."""

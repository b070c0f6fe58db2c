"""The public site and what stands at the desk: tablets and printed matter."""

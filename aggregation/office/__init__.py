"""Setting an office up: units, services and desks, and the command that takes sheets in."""

"""Closed months: the unit's figures, an officer's own, HR's rows, and closing."""

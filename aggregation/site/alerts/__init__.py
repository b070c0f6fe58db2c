"""The inbox of alerts, the mark in the bar that something is new, and whether mail comes."""

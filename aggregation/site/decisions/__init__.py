"""Proposals that an assessor decides on, and notes of a superior to an officer."""

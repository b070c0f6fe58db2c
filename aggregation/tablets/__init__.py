"""The tablets of a unit: which of them ought to be there, and how each of them is."""

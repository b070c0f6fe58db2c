"""Officers: their numbers, their sheets, and where they belong from a day on."""

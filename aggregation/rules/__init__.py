"""Rules of an office: drafted by one person, approved by another, in force from a month."""

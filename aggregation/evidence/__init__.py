"""Files that prove something was done: checked before they are kept."""

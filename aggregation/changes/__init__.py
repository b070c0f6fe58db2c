"""What every change leaves behind: its cause, its batch and its act in the log."""

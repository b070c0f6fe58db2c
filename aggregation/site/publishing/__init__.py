"""Publishing a period, the log of where it was shown, and what the ministry asks for."""

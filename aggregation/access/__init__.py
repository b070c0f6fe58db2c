"""How staff come in and stay: one-time links and sessions."""

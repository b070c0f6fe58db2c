"""What programs may ask and hand in: HR takes the month, the queue machine brings its visits."""

"""What somebody has to know without looking for it: once, in the inbox and by mail."""

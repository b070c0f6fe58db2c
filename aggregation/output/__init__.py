"""What leaves the staff site: charts and files."""

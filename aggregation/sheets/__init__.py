"""Files of an office to rows and cells: CSV and XLSX, headers, days and hours; no database."""

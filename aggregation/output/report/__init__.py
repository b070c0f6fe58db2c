"""The official report of a period: Laporan Pelaksanaan SKM (method §11)."""

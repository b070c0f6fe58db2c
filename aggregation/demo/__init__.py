"""A demo office whose true values are known: for a first look, for tests and benchmarks."""

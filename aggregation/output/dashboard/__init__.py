"""A unit's page, part by part: each a sentence, a chart and a table of the same figures."""

"""The page on which paper questionnaires are typed."""

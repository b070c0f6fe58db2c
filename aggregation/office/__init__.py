"""Who works where and when: officers, assignments, duties, and their spreadsheets."""

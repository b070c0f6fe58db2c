"""Who serves at which desk in which half hour: rosters, exceptions, their sheets and checks."""

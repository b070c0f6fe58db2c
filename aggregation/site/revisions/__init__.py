"""Pages of revisions: what is due, a form to prepare one, and one to approve or refuse."""

"""Pages of the tablets at the desks: how they are, enrolling one, revoking one."""

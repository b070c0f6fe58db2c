"""When data has got out: whom it concerns, so that they and the agency can be told in time."""

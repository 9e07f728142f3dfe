"""A patient's own pages: what goes on, what was, and the people they look after."""

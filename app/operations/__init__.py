"""The administrator's pages on what runs by itself: what failed, what is due, and whether the server is well."""

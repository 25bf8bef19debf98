"""The administrator's pages: people, departments and roles, the calendar, and who changed what of them."""

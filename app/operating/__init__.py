"""Commands for whoever runs a server: a company of one's own, and what is missing for production."""

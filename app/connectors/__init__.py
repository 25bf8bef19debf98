"""Connectors: HTTP requests, signed webhooks, e-mail and records, named by service tasks and called in the background."""

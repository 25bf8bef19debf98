"""Departments, roles, people and superiors: routing, escalation and access read them."""

"""The company's records: suppliers, contracts, items, customers, and what cases did with them.

The handlers of service tasks write here in the transaction of the step (`handlers.HANDLERS`); pages list and edit (`queries`, `edits`).
Facts such as what is in stock or what is left of a contract stand only here, never in a case's variables.
"""

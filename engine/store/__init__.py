"""The database: tables, transactions, the state of the token game as rows, the history, and the queries behind lists.

Nothing outside writes tables of the engine, and nothing here decides anything: services decide, the store reads and writes.
"""

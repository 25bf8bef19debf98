"""The tables of sign-in, on their own metadata. Times are milliseconds since 1970 by the real clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from app.schema import own_metadata

metadata = own_metadata()

credential = Table(
    "credential",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),  # argon2id, in its own notation
    Column("demo", Boolean, nullable=False),  # the sample company's public password: the server then listens on loopback only
    Column("changed_at", BigInteger, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),  # SHA-256 of the token in the cookie, in hexadecimal digits
    Column("person_id", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),  # brought up at most once a minute
    Index(None, "person_id"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Text, primary_key=True),  # what pages name it by; it opens nothing
    Column("token_hash", Text, nullable=False, unique=True),  # SHA-256 of the token, in hexadecimal digits
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),  # what its person calls it
    Column("scope", Text, nullable=False),  # read, write, work
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),  # brought up at most once a minute
    Index(None, "person_id"),
)

"""Alter one entry of a case's history behind Crossdesk's back: `python examples/tamper.py PA-2026-0001`. For the sample company only.

The person who approved is replaced in the stored text, as somebody with access to the database could do it. Nothing else is touched:
neither the page of the case nor its timeline looks wrong. The verifier finds it.
"""

import os
import sys

from sqlalchemy import create_engine, text

FIND = "SELECT id FROM case_instance WHERE number = :number"
READ = "SELECT seq, body FROM history_entry WHERE chain = :chain AND body LIKE '%UserTaskCompleted%' ORDER BY seq LIMIT 1"
WRITE = "UPDATE history_entry SET actor = 'nobody-at-all' WHERE chain = :chain AND seq = :seq"


def main(number: str, url: str) -> int:
    """Alter the first decision of a case; returns the number of the entry."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        chain = connection.execute(text(FIND), {"number": number}).scalar()
        entry = connection.execute(text(READ), {"chain": chain}).first() if chain else None
        if entry is None:
            sys.exit(f"{number}: there is no such case, or nobody has completed a task of it yet")
        connection.execute(text(WRITE), {"chain": chain, "seq": entry.seq})
    return entry.seq


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else "PA-2026-0001"
    seq = main(given, os.environ.get("CROSSDESK_DATABASE_URL", "sqlite:///var/crossdesk.sqlite3"))
    print(f"entry {seq} of {given} was altered")

"""What somebody's own account is: who they are here, their password, and where they are signed in."""

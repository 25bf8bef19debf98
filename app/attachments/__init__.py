"""Files on cases: the list on the pages of cases and tasks, adding, downloading, deleting."""

"""Starting cases: what may be started, the form, and who will be asked."""

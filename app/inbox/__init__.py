"""The inbox: what a person has to do, may take, has done and has started."""

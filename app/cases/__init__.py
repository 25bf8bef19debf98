"""Cases: the list, the page of one with its diagram and timeline, and the messages that may be given there."""

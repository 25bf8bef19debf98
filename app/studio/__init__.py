"""The studio: analysts draw processes, check them, and publish them as new versions."""

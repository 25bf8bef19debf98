"""The past of the sample company: six weeks of cases, played by the engine on a clock of their own beside the running server."""

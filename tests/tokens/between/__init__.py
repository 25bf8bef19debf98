"""Cases that signal each other and get each other's messages: random processes on the whole engine, beside a plain reference."""

"""From the bytes of a feed document to entries: pure, and run in a child process that can be killed."""

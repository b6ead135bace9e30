"""Many people at the page at once, each over a connection of their own as a browser would hold it."""

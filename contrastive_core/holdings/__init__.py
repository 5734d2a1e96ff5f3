"""What a file holds: vectors, labels, lists of rows, and how each would be read."""

"""What the sections of the edge filters page are made of, one kind of section a file."""

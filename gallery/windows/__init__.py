"""What the sections of the padding and stride page are made of, one kind of section a file."""

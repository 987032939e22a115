"""One network a file: how it is built, and its ``ModelSpec``."""

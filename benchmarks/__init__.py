"""The same work done by us and by the peer, in one run, as a ratio."""

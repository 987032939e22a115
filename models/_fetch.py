"""Bring weights from elsewhere to the disk, and say within five seconds if that cannot be done.

A download runs in a thread of its own while the caller watches it. It may take as long as it needs,
but as soon as it stands still the caller is told and the thread is left to end by itself.
"""

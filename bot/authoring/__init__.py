"""Tools for the people who write knowledge files."""

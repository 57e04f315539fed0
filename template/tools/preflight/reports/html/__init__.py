"""The drawings of the page, and its frame."""

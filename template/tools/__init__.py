"""Development tools of this project. Nothing in here is ever uploaded."""

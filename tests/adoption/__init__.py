"""Repositories that were there before the template, and adopt it."""

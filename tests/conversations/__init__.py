"""Conversations as Rasa test stories, a file a kind; test_stories.py runs them all."""

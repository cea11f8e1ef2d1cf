"""First Step: everything that is neither Rasa data nor a custom action."""

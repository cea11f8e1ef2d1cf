"""Understanding: what a visitor's message asks for, which facts it holds, and how sure we are.

The modules that a Rasa pipeline names (config.yml) are graph components; the rest is plain Python that knows nothing
of Rasa.
"""

"""The engine: Rasa on loopback with our input channel, tracker store and policy. Only it imports rasa.core.

`events` and `erase` are free of rasa, so that the front and the worker may erase a conversation.
"""

"""The front: the one public process. It assembles the doors, the hand-off pages and the console behind one ASGI app."""

"""The learning loop: corrections made safe, proposed as a diff of the training data, measured before they go live.

`shelf` keeps the models: which there are, which is live, and the switch from one to another.
"""

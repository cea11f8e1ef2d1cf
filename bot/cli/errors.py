"""What an operator did wrong, told in one sentence."""


class OperatorError(Exception):
    """The command cannot be done as given; the message says what is wrong and what to do. Exit code 2."""

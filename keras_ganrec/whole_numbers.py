"""Arguments that count something, held against what can be counted."""

import numbers


def check_positive(**arguments) -> None:
    """Raises a `ValueError` for the first that is no positive integer.

    Args:
        **arguments: The arguments by their names. Integers of NumPy are such,
            too.
    """
    for name, value in arguments.items():
        if not isinstance(value, numbers.Integral) or value < 1:
            raise ValueError(
                f"`{name}` must be a positive integer. "
                f"Received: {name}={value!r}"
            )

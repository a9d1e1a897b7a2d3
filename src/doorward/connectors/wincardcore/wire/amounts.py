"""AMOUNT and VAT: exact decimals with two places (WinCardCore 3.3, 1.2). Never binary floats."""

from decimal import Context, Decimal, Inexact, InvalidOperation

TWO_PLACES = Decimal("0.01")
_EXACT = Context(prec=12, traps=[Inexact, InvalidOperation])


def two_places(value: Decimal, name: str) -> Decimal:
    """The same value with two places, from 0 up to ten digits before the point.

    Raises ValueError, naming the element, for anything else.
    """
    try:
        exact = _EXACT.quantize(value, TWO_PLACES)
        negative = exact < 0  # raises for NaN, which goes through quantize
    except ArithmeticError:
        raise ValueError(f"{name}: is not a number of at most 10 digits and 2 places") from None
    if negative:
        raise ValueError(f"{name}: is negative")
    return abs(exact)  # a zero without its sign

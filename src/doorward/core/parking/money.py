"""Amounts: decimals of two places, never binary floats. Stored as whole cents."""

from decimal import Context, Decimal, Inexact, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

_exact = Context(prec=14, traps=[Inexact, InvalidOperation])


def exact(amount: Decimal) -> Decimal:
    """The same amount with exactly two places. Raises ValueError where that would change it."""
    try:
        same = _exact.quantize(amount, CENT)
    except ArithmeticError:
        raise ValueError(f"{amount} is no amount of two places") from None
    if not same.is_finite():
        raise ValueError(f"{amount} is no amount of two places")
    return same


def in_cents(amount: Decimal) -> int:
    """An amount as whole cents; a percentage as hundredths. Raises ValueError for fractions."""
    cents = amount * 100
    whole = int(cents)
    if whole != cents:
        raise ValueError(f"{amount} is no amount of two places")
    return whole


def of_cents(cents: int) -> Decimal:
    """The amount of so many cents, with two places."""
    return Decimal(cents).scaleb(-2, _exact)


def vat_in(gross: Decimal, rate: Decimal) -> Decimal:
    """The VAT that a gross amount contains at a rate in percent, rounded half up to the cent.

    Half a cent goes away from zero, so that the VAT of what is given back mirrors that of what
    was charged.
    """
    cents, percent = in_cents(gross), in_cents(rate)
    whole, rest = divmod(abs(cents) * percent, 10_000 + percent)
    vat = whole + (2 * rest >= 10_000 + percent)
    return of_cents(vat if cents > 0 else -vat)

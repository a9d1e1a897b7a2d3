"""Find the people whom somebody means by a key, a number, an e-mail address or part of a name."""

from collections.abc import Iterable

from doorward.core.match import folded
from doorward.core.people import Person


def find_people(people: Iterable[Person], text: str) -> list[Person]:
    """Those who are named exactly; only when there are none, those whose name has it in it.

    A blank names nobody.
    """
    sought = folded(text)
    if not sought:
        return []
    everybody = list(people)
    exact = [person for person in everybody if sought in _names(person)]
    return exact or [person for person in everybody if sought in folded(person.name)]


def _names(person: Person) -> set[str]:
    return {
        folded(name)
        for name in (person.key, person.key.rpartition("/")[2], person.number, *person.emails)
        if name
    }

"""Values that do not show themselves."""

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec

from doorward.net.secrets import CardNumber, Secret, masked_names

T = TypeVar("T")


class Medium(msgspec.Struct, frozen=True, rename="pascal"):
    media_number: CardNumber
    kind: int = 0


class Card(msgspec.Struct, frozen=True, rename="camel"):
    card_no: CardNumber | None = None
    media: tuple[Medium, ...] = ()
    parent: "Card | None" = None


class Answer(msgspec.Struct, Generic[T], frozen=True):
    result: T
    token: Annotated[Secret, msgspec.Meta(max_length=9)] = Secret("")
    spare: dict[str, list[Secret]] = {}


class Login(msgspec.Struct, frozen=True):
    name: str
    pin: Secret = msgspec.field(name="PIN")


def test_a_secret_does_not_show_itself():
    @dataclass
    class Holder:
        password: Secret

    holder = Holder(Secret("hush"))
    assert repr(holder).endswith("Holder(password=Secret('•••'))")
    assert repr([Secret("hush")]) == "[Secret('•••')]"


def test_a_secret_is_its_text_all_the_same():
    assert Secret("007") == "007"
    assert f"{Secret('007')}" == "007"


def test_a_card_number_shows_its_last_two_digits_and_a_short_one_none():
    assert repr(CardNumber("12345678")) == "CardNumber(•••78)"
    assert repr(CardNumber("1234")) == "CardNumber(•••)"


def test_the_wire_names_of_secrets_are_found_however_deep_they_lie():
    assert masked_names(Card, Login) == {"cardno", "medianumber", "pin"}
    assert masked_names(Answer) == {"token", "spare"}


def test_messages_without_secrets_have_no_names_to_mask():
    class Plain(msgspec.Struct):
        name: str

    assert masked_names(Plain) == frozenset()
    assert masked_names() == frozenset()

"""Whatever is called in whatever order, the whitelist is what plain dictionaries say it is."""

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.wincardcore.carpark_rig import account, card, numberless
from doorward.connectors.wincardcore.twin.whitelist import Whitelist
from doorward.connectors.wincardcore.wire import lists
from doorward.connectors.wincardcore.wire.blocks import Block

ACCOUNTS, CARDS, NUMBERS = "abc", "123456", "NOPQRS"

Cards = dict[str, tuple[str, int]]  # number and block code, by CardKey
Model = dict[str, Cards]


@st.composite
def sent_accounts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Accounts with distinct keys, cards and numbers; some cards have no number."""
    keys = draw(st.lists(st.sampled_from(ACCOUNTS), unique=True, min_size=1, max_size=3))
    cards = draw(st.permutations(CARDS))
    numbers = draw(st.permutations(NUMBERS))
    made, at = [], 0
    for key in keys:
        count = draw(st.integers(0, 2))
        some = [
            numberless(one)
            if draw(st.integers(0, 5)) == 0
            else card(one, numbers[at + place], Blocked=draw(st.integers(0, 3)))
            for place, one in enumerate(cards[at : at + count])
        ]
        at += count
        made.append(account(key, *some))
    return made


OPERATIONS = st.tuples(
    st.sampled_from(["put", "patch", "post", "put cards", "patch cards"]), sent_accounts()
) | st.tuples(
    st.sampled_from(["delete", "delete cards"]),
    st.lists(st.sampled_from(ACCOUNTS + CARDS), unique=True, max_size=3),
)


def expected(model: Model, operation: str, sent: list[Any]) -> Model | None:
    """What it becomes; None where the request is refused."""
    after = {key: dict(cards) for key, cards in model.items()}
    if operation == "delete":
        return {key: cards for key, cards in after.items() if key not in sent}
    if operation == "delete cards":
        return {k: {c: v for c, v in cards.items() if c not in sent} for k, cards in after.items()}
    read = {one["AccountKey"]: _read(one["Card"]) for one in sent}
    unread = {
        one["AccountKey"]: [each["CardKey"] for each in one["Card"] if not _numbered(each)]
        for one in sent
    }
    if operation == "put":
        return _distinct(_all_anew(model, read, unread))
    for key, some in read.items():
        for cards in after.values():
            for one in some:
                cards.pop(one, None)
        after.setdefault(key, {})
    for key, some in read.items():
        stay = after[key]
        if operation in ("patch", "put cards"):
            stay = {one: stay[one] for one in stay if one in unread[key]}
        after[key] = {**stay, **some}
    return _distinct(after)


def _numbered(one: dict[str, Any]) -> bool:
    return bool(one["Media"][0]["MediaType"] == 255)


def _read(cards: list[dict[str, Any]]) -> Cards:
    return {
        one["CardKey"]: (one["Media"][0]["MediaId"], one["Blocked"])
        for one in cards
        if _numbered(one)
    }


def _all_anew(model: Model, read: Model, unread: dict[str, list[str]]) -> Model:
    after = {key: dict(cards) for key, cards in read.items()}
    for key, cards in unread.items():
        for owner, had in model.items():
            for one in set(cards) & set(had):
                after[owner if owner in after else key][one] = had[one]
    return after


def _distinct(after: Model) -> Model | None:
    numbers = [number for cards in after.values() for number, _ in cards.values()]
    return after if len(set(numbers)) == len(numbers) else None


async def done(whitelist: Whitelist, operation: str, sent: list[Any]) -> None:
    body = msgspec.json.encode(sent)
    match operation:
        case "put":  # in blocks of one
            for number, one in enumerate(sent, 1):
                block = Block(number, number, len(sent))
                received = lists.read_accounts(msgspec.json.encode([one]), number)
                await whitelist.take_all("somebody", block, received)
        case "patch":
            await whitelist.patch_accounts(lists.read_accounts(body))
        case "post":
            await whitelist.post_accounts(lists.read_accounts(body))
        case "put cards":
            await whitelist.put_cards(lists.read_account_cards(body))
        case "patch cards":
            await whitelist.patch_cards(lists.read_account_cards(body))
        case "delete":
            await whitelist.delete_accounts(lists.read_keys(body))
        case _:
            await whitelist.delete_cards(lists.read_keys(body))


def found(whitelist: Whitelist) -> Model:
    """What the tables say, both ways: by account, and by each number."""
    accounts = [msgspec.json.decode(body) for page in whitelist.bodies() for body in page]
    model = {
        one["AccountKey"]: {
            each["CardKey"]: (each["Media"][0]["MediaId"], each["Blocked"]) for each in one["Card"]
        }
        for one in accounts
    }
    for key, cards in model.items():
        for one, (number, _) in cards.items():
            [held] = whitelist.reader.by_medium(255, number)
            assert (held.account.account_key, held.card.card_key) == (key, one)
    told = sum(bool(whitelist.reader.by_medium(255, number)) for number in NUMBERS)
    cards_held = sum(map(len, model.values()))
    assert told == cards_held
    assert whitelist.reader.counts() == (len(model), cards_held)
    return model


@pytest.mark.covers(
    "wincardcore",
    twin="p*-accounts delete-accounts put-cards patch-cards delete-cards",
    rule="only-sent-cards change-drops-cards all-cards-of-account add-keeps-cards card-moves",
)
@given(st.lists(OPERATIONS, min_size=1, max_size=8))
def test_the_whitelist_is_what_plain_dictionaries_say(operations: list[tuple[str, list[Any]]]):
    async def play() -> None:
        model: Model = {}
        for operation, sent in operations:
            after = expected(model, operation, sent)
            try:
                await done(whitelist, operation, sent)
            except ValueError:
                assert after is None, (operation, sent)
                await whitelist.discard_blocks("somebody")
            else:
                assert after is not None, (operation, sent)
                model = after
            assert found(whitelist) == model

    whitelist = Whitelist()
    try:
        asyncio.run(play())
        whitelist.swept()
    finally:
        whitelist.close()

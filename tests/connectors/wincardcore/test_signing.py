"""Who calls, and who only says so."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.wincardcore.signing import (
    TOLERANCE,
    Caller,
    KeyPair,
    Keyring,
    MemoryFull,
    Refusal,
    ReplayMemory,
    request_key,
    sign,
    signature,
    verify,
)
from doorward.net.secrets import Secret

NOW = datetime.fromisoformat("2026-10-03T08:15:07+02:00")
KEYS = KeyPair(Secret("auth-4021"), Secret("sig-ö"))
RING = Keyring({"garage-1": [KEYS], "garage-2": [KeyPair(Secret("auth-2"), Secret("sig-2"))]})

Headers = list[tuple[bytes, bytes]]


def headers(**changes: str | None) -> Headers:
    """The four headers as a server gets them, with changes; None takes one away."""
    found: dict[str, str | None] = {**sign("garage-1", NOW, KEYS), **changes}
    sent = {name: value for name, value in found.items() if value is not None}
    return [(b"host", b"x")] + [
        (name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()
    ]


def signed(client_id: str, local_time: str, keys: KeyPair = KEYS) -> Headers:
    """Headers with a right signature, whatever they say."""
    return headers(
        ClientId=client_id,
        LocalTime=local_time,
        AuthKey=str(keys.auth_key),
        Signature=signature(client_id, local_time, keys),
    )


def refused(sent: Headers, cause: str, now: datetime = NOW, ring: Keyring = RING) -> Refusal:
    found = verify(sent, ring, now)
    assert isinstance(found, Refusal)
    assert (found.status, found.cause) == (401, cause)
    return found


def accepted(sent: Headers, now: datetime = NOW, ring: Keyring = RING) -> Caller:
    found = verify(sent, ring, now)
    assert isinstance(found, Caller)
    return found


@pytest.mark.covers("wincardcore", rule="signature")
def test_the_documents_example_holds():
    # Section 1.1 as printed, but for the ClientId, which has a typo there.
    keys = KeyPair(
        Secret("bb86296747fa74384aaaeb129ca549d67c00d5284560a03ae6b9d67528456034"),
        Secret("152f20ab789d25e947506ee6485d4cb1959066f970bb65560ad8b4b2112f9b8f"),
    )
    at = datetime.fromisoformat("2017-01-01T18:00:00+01:00")
    assert sign("garage_operator_identifier", at, keys) == {
        "ClientId": "garage_operator_identifier",
        "LocalTime": "2017-01-01T18:00:00+01:00",
        "AuthKey": "bb86296747fa74384aaaeb129ca549d67c00d5284560a03ae6b9d67528456034",
        "Signature": "44c9c989c248db2ab4a74299e7b6d06ade00e5412a0f2401e02b74970ded0d9e",
    }


@pytest.mark.covers("wincardcore", rule="signature")
def test_what_one_side_signs_the_other_side_accepts():
    assert accepted(headers()) == Caller("garage-1", NOW, "2026-10-03T08:15:07+02:00")


def test_header_names_count_in_any_letter_case():
    assert accepted([(name.upper(), value) for name, value in headers()])
    assert accepted([(name.title(), value) for name, value in headers()])


def test_a_signature_counts_in_any_letter_case_of_its_digits():
    assert accepted(headers(Signature=signature("garage-1", NOW.isoformat(), KEYS).upper()))


@pytest.mark.covers("wincardcore", rule="headers-each-on-its-own")
@pytest.mark.parametrize("name", ["ClientId", "LocalTime", "AuthKey", "Signature"])
def test_each_header_is_needed_and_only_once(name: str):
    assert name in refused(headers(**{name: None}), "missing").reason
    twice = headers() + [pair for pair in headers() if pair[0] == name.lower().encode()]
    assert name in refused(twice, "repeated").reason


@pytest.mark.covers("wincardcore", rule="printable-ascii headers-each-on-its-own")
@pytest.mark.parametrize("name", ["ClientId", "LocalTime", "AuthKey", "Signature"])
@pytest.mark.parametrize("value", ["", " ", "ö", "a\tb", "a\x7fb", "a\x00", " a", "x" * 100_000])
def test_a_header_that_is_not_short_printable_text_is_refused(name: str, value: str):
    said = refused(headers(**{name: value}), "malformed").reason
    assert said == f"the header {name} is malformed"


@pytest.mark.covers("wincardcore", rule="tells-no-more")
@pytest.mark.parametrize(
    "changes",
    [
        {"ClientId": "garage-2"},
        {"ClientId": "garage-3"},
        {"ClientId": "GARAGE-1"},
        {"LocalTime": "2026-10-03T08:15:08+02:00"},
        {"AuthKey": "auth-2"},
        {"AuthKey": "auth-4021x"},
        {"Signature": "0" * 64},
        {"Signature": signature("garage-1", NOW.isoformat(), KeyPair(Secret("a"), Secret("b")))},
    ],
)
def test_whatever_is_wrong_with_a_signature_the_answer_is_the_same(changes: dict[str, str]):
    assert refused(headers(**changes), "unknown").reason == "the signature is not valid"


@pytest.mark.covers("wincardcore", rule="headers-each-on-its-own")
def test_a_text_moved_from_one_header_to_the_next_does_not_pass():
    time = NOW.isoformat()
    right = signature("garage-1", time, KEYS)
    ring = Keyring({"garage-1": [KEYS], "garage-": [KEYS], "garage-12": [KEYS]})
    moved = [
        {"ClientId": "garage-", "LocalTime": f"1{time}"},
        {"ClientId": "garage-12", "LocalTime": time[1:]},
        {"LocalTime": f"{time}a", "AuthKey": "uth-4021"},
        {"LocalTime": time[:-1], "AuthKey": "0auth-4021"},
    ]
    for changes in moved:
        assert isinstance(verify(headers(**changes, Signature=right), ring, NOW), Refusal)


@pytest.mark.covers("wincardcore", rule="fresh")
@pytest.mark.parametrize(
    "text",
    [
        *("2026-10-03T08:15:07", "2026-10-03", "08:15:07+02:00", "2026-10-03 08:15:07+02:00"),
        *("2026-13-03T08:15:07+02:00", "2026-10-03T08:15:60+02:00", "20261003T081507+0200"),
        *("2026-W40-6T08:15:07+02:00", "26-10-03T08:15:07+02:00", "2026-10-03T08:15:07+99:00"),
        *("0000-10-03T08:15:07+02:00", "2026-10-03T08:15:07+02:00:00", "now", "+", "T"),
    ],
)
def test_a_time_that_is_none_is_refused_even_if_it_is_signed(text: str):
    assert "LocalTime" in refused(signed("garage-1", text), "malformed").reason


@pytest.mark.covers("wincardcore", rule="fresh")
@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00-23:59", "9999-12-31T23:59:59-23:59"],
)
def test_a_time_at_either_end_of_the_calendar_is_stale_and_no_error(text: str):
    refused(signed("garage-1", text), "stale")


@pytest.mark.parametrize(
    "text",
    [
        *("2026-10-03T06:15:07Z", "2026-10-03T06:15:07.250+00:00", "2026-10-03T08:15+02:00"),
        *("2026-10-03T08:15:07+0200", "2026-10-03T08:15:07+02"),
    ],
)
def test_a_time_is_taken_in_every_usual_form_and_signed_as_it_was_sent(text: str):
    assert accepted(signed("garage-1", text)).local_time == text


@pytest.mark.covers("wincardcore", rule="fresh")
@pytest.mark.parametrize("way", [1, -1])
def test_a_time_within_the_tolerance_is_fresh_and_beyond_it_stale(way: int):
    sent = headers()
    assert accepted(sent, NOW + way * TOLERANCE)
    late = refused(sent, "stale", NOW + way * (TOLERANCE + timedelta(microseconds=1)))
    assert late.reason == "LocalTime is too far from the time here"
    assert verify(sent, RING, NOW + way * timedelta(hours=1), timedelta(hours=2))


@pytest.mark.covers("wincardcore", rule="tells-no-more")
def test_only_who_signs_rightly_learns_that_the_time_is_stale():
    refused(headers(Signature="0" * 64), "unknown", NOW + timedelta(days=1))


@pytest.mark.covers("wincardcore", rule="key-rotation")
def test_old_and_new_keys_are_accepted_until_the_old_ones_end():
    until = NOW + timedelta(minutes=1)
    old = KeyPair(Secret("auth-4021"), Secret("sig-ö"), until)
    new = KeyPair(Secret("auth-new"), Secret("sig-new"))
    ring = Keyring({"garage-1": [old, new]})
    renewed = signed("garage-1", NOW.isoformat(), new)
    for now in (NOW, until):
        assert accepted(headers(), now, ring)
        assert accepted(renewed, now, ring)
    later = until + timedelta(seconds=1)
    refused(headers(), "unknown", later, ring)
    assert accepted(renewed, later, ring)


@pytest.mark.covers("wincardcore", rule="key-rotation")
def test_the_two_keys_of_different_pairs_do_not_belong_together():
    new = KeyPair(Secret("auth-new"), Secret("sig-new"))
    mixed = KeyPair(Secret("auth-4021"), Secret("sig-new"))
    refused(
        signed("garage-1", NOW.isoformat(), mixed),
        "unknown",
        ring=Keyring({"garage-1": [KEYS, new]}),
    )


@pytest.mark.covers("wincardcore", rule="key-rotation tells-no-more")
def test_a_client_whose_keys_have_all_ended_is_like_an_unknown_one():
    ended = KeyPair(KEYS.auth_key, KEYS.sig_key, NOW - timedelta(seconds=1))
    refused(headers(), "unknown", ring=Keyring({"garage-1": [ended]}))
    refused(headers(), "unknown", ring=Keyring({}))


def test_nobody_passes_with_the_keys_that_stand_in_for_unknown_clients():
    refused(signed("garage-9", NOW.isoformat(), KeyPair(Secret("-"), Secret("-"))), "unknown")


def test_keys_are_shown_nowhere():
    shown = repr(KEYS) + repr(RING) + str(RING) + repr(verify(headers(AuthKey="x"), RING, NOW))
    assert "4021" not in shown
    assert "sig" not in shown.replace("sig_key", "").replace("signature", "")


@pytest.mark.parametrize("auth_key", ["", " ", "a ", "ö", "a\nb", "x" * 257])
def test_an_auth_key_that_no_header_can_carry_is_refused(auth_key: str):
    with pytest.raises(ValueError, match="an AuthKey is"):
        KeyPair(Secret(auth_key), Secret("s"))


def test_keys_and_times_that_cannot_work_are_refused():
    with pytest.raises(ValueError, match="SigKey is not empty"):
        KeyPair(Secret("a"), Secret(""))
    with pytest.raises(ValueError, match="has an offset"):
        KeyPair(Secret("a"), Secret("s"), datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="has no offset"):
        sign("garage-1", datetime(2026, 1, 1), KEYS)
    with pytest.raises(ValueError, match="has no keys"):
        Keyring({"garage-1": []})
    for client_id in ("", "gärage", "x" * 201):
        with pytest.raises(ValueError, match="a ClientId is"):
            sign(client_id, NOW, KEYS)
        with pytest.raises(ValueError, match="a ClientId is"):
            Keyring({client_id: [KEYS]})


PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


@given(PRINTABLE, PRINTABLE, st.text(min_size=1, max_size=30), st.datetimes(timezones=st.just(UTC)))
def test_any_pair_of_keys_proves_its_client(client: str, auth: str, sig: str, at: datetime):
    keys = KeyPair(Secret(auth), Secret(sig.encode("utf-8", "ignore").decode() or "s"))
    sent = [(name.encode(), value.encode()) for name, value in sign(client, at, keys).items()]
    found = verify(sent, Keyring({client: [keys]}), at)
    assert isinstance(found, Caller)
    assert found.client_id == client


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"ClientId", b"localtime", b"AUTHKEY", b"signature"]),
            st.binary(max_size=80),
        )
    )
)
def test_any_headers_at_all_are_refused_and_never_an_error(sent: Headers):
    assert isinstance(verify(sent, RING, NOW), Refusal)


CALLER = accepted(headers())
PATH, BODY = "/api/ica/v1/transactions/0006-0000000001", b'{"Amount":1.50}'


@pytest.mark.covers("wincardcore", rule="replay-memory")
def test_the_same_refund_again_is_answered_as_before():
    memory = ReplayMemory()
    key = request_key(CALLER, PATH, BODY)
    assert memory.recall(key, NOW) is None
    memory.remember(key, 204, NOW)
    memory.remember(key, 409, NOW)  # what was answered first is what counts
    assert memory.recall(request_key(CALLER, PATH, BODY), NOW) == 204


@pytest.mark.covers("wincardcore", rule="replay-memory")
def test_another_client_time_path_or_body_is_another_refund():
    keys = {
        request_key(CALLER, PATH, BODY),
        request_key(Caller("garage-2", NOW, CALLER.local_time), PATH, BODY),
        request_key(Caller("garage-1", NOW, "2026-10-03T08:15:08+02:00"), PATH, BODY),
        request_key(CALLER, PATH[:-1], BODY),
        request_key(CALLER, PATH + "{", BODY[1:]),
        request_key(CALLER, PATH, BODY + b" "),
        request_key(CALLER, PATH, b""),
    }
    assert len(keys) == 7


@pytest.mark.covers("wincardcore", rule="replay-memory")
def test_a_refund_is_remembered_for_as_long_as_its_time_is_fresh():
    memory = ReplayMemory()
    ahead = headers(**sign("garage-1", NOW + TOLERANCE, KEYS))
    key = request_key(accepted(ahead), PATH, BODY)
    memory.remember(key, 204, NOW)
    last = NOW + 2 * TOLERANCE
    assert accepted(ahead, last)
    assert memory.recall(key, last) == 204
    refused(ahead, "stale", last + timedelta(seconds=1))
    assert memory.recall(key, last + timedelta(seconds=1)) is None
    assert len(memory) == 0


def test_a_full_memory_forgets_nothing_and_takes_nothing_new():
    memory = ReplayMemory(keep=timedelta(seconds=10), limit=2)
    memory.remember(b"a", 204, NOW)
    memory.remember(b"b", 204, NOW + timedelta(seconds=5))
    memory.remember(b"a", 204, NOW)
    with pytest.raises(MemoryFull):
        memory.remember(b"c", 204, NOW + timedelta(seconds=10))
    assert memory.recall(b"a", NOW + timedelta(seconds=10)) == 204
    memory.remember(b"c", 204, NOW + timedelta(seconds=11))
    assert [memory.recall(key, NOW + timedelta(seconds=11)) for key in (b"a", b"b", b"c")] == [
        None,
        204,
        204,
    ]

"""Doorward beside a script written as the Cardskipper-IVMS document describes one.

The same twins, the same people, every answer of the terminal after 5 ms. The script asks the
register and the terminals one after another, each request on a connection of its own (the document
uses `requests` without a session), matches by e-mail, and sends each changed window without reading
it before or after. The hub reads each person before and after the change, so that nothing else of
the record is lost and a write that did not arrive is noticed: that is two requests more a person.
`python -m bench.document ACCOUNT` is one run of the script.
"""

import base64
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree

import requests

from bench.report import Figures, apart, columns, heading, row, spread
from bench.sync import CONFIGURATION, MANNERS, TARGET
from bench.terminals import (
    PASSWORD,
    USERNAME,
    Terminal,
    email,
    number,
    register,
    terminals,
    user,
)

PEOPLE, ANSWER, ROUNDS = 1000, 0.005, 3
FIRST_END = date(2030, 6, 30)
ORGANISATION = 123

SOURCE = f"""
[source.club]
type = "cardskipper"
url = "{{url}}"
organisation = {ORGANISATION}
username = "{USERNAME}"
password = "{PASSWORD}"
"""


def script(account: dict[str, Any]) -> Figures:
    """One run of the script: seconds, and how many changes it sent."""
    begun = time.perf_counter()
    members, sent = _members(account["register"]), 0
    for url in account["terminals"]:
        for who in _users(url):
            end = members[who.findtext("email", "").lower()]
            if who.findtext("Valid/endTime") != end:
                _change(url, who.findtext("employeeNo", ""), end)
                sent += 1
    return {"seconds": time.perf_counter() - begun, "done": sent}


def _members(url: str) -> dict[str, str]:
    """The end of everybody by e-mail, as the register tells it."""
    search = (
        "<SearchCriteriaMember>"
        f"<OrganisationId>{ORGANISATION}</OrganisationId><OnlyActive>true</OnlyActive>"
        "</SearchCriteriaMember>"
    )
    login = (USERNAME, PASSWORD)
    kind = {"Content-Type": "application/xml"}
    answer = requests.post(f"{url}/Member/Export/", search, auth=login, headers=kind, timeout=60)
    answer.raise_for_status()
    return {
        member.find("ContactInfo").attrib["EMail"].lower(): (  # type: ignore[union-attr]
            f"{max(role.attrib['EndDate'] for role in member.iter('Role'))}T23:59:59"
        )
        for member in ElementTree.fromstring(answer.content).iter("Member")
    }


def _users(url: str) -> list[ElementTree.Element]:
    search = (
        "<UserInfoSearch><searchID>1</searchID><searchResultPosition>0</searchResultPosition>"
        "<maxResults>1000</maxResults></UserInfoSearch>"
    )
    address = f"{url}/ISAPI/AccessControl/UserInfo/search"
    answer = requests.post(address, search, headers=_headers(), timeout=60)
    answer.raise_for_status()
    return list(ElementTree.fromstring(answer.content).iter("UserInfo"))


def _change(url: str, employee_no: str, end: str) -> None:
    change = (
        f"<UserInfo><employeeNo>{employee_no}</employeeNo><Valid><enable>true</enable>"
        f"<beginTime>2026-01-01T00:00:00</beginTime><endTime>{end}</endTime></Valid></UserInfo>"
    )
    address = f"{url}/ISAPI/AccessControl/UserInfo/modify"
    requests.put(address, change, headers=_headers(), timeout=60).raise_for_status()


def _headers() -> dict[str, str]:
    basic = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    return {"Content-Type": "application/xml", "Authorization": f"Basic {basic}"}


def renew(club: Terminal, count: int, end: date) -> None:
    """Everybody of the register, with the same last day."""
    stay = {"role": "1", "start": "2026-01-01", "end": str(end)}
    members = [
        {
            "id": number(terminal, place),
            "first_name": "Kim",
            "last_name": f"Nr{place}",
            "email": email(terminal, place),
            "roles": [stay],
        }
        for terminal in range(count)
        for place in range(PEOPLE // count)
    ]
    club.begin({"members": members}, 0.0)


def hold(doors: Sequence[Terminal], end: date, seconds: float) -> None:
    """Everybody of the terminals, with the same last day."""
    for terminal, door in enumerate(doors):
        everybody = range(PEOPLE // len(doors))
        users = [user(terminal, place, str(end), True) for place in everybody]
        door.begin({"users": users}, seconds)


def configuration(folder: Path, club: Terminal, doors: Sequence[Terminal]) -> Path:
    """The hub's: each terminal holds its own people, so nobody is missing anywhere."""
    guard = CONFIGURATION[CONFIGURATION.index("[guard]") :]
    text = 'timezone = "Europe/Stockholm"\n' + SOURCE.format(url=club.url) + guard
    login = {"username": USERNAME, "password": PASSWORD, "auth": "basic", "dialect": "documented"}
    for place, door in enumerate(doors):
        target = TARGET.format(place=place, url=door.url, **login)
        text += target.replace(f'"Terminal {place}"', '"*"')
    file = folder / "doorward.toml"
    file.write_text(text, "utf-8")
    return file


@contextmanager
def town(count: int) -> Iterator[tuple[Terminal, list[Terminal]]]:
    """A register and so many terminals."""
    with register(USERNAME, PASSWORD) as club, terminals(count, MANNERS[0].profile) as doors:
        yield club, doors


def measure(count: int) -> tuple[list[Figures], list[Figures]]:
    """Script and hub in turns, each before the same state."""
    scripts, hubs = [], []
    with tempfile.TemporaryDirectory() as name, town(count) as (club, doors):
        file = configuration(Path(name), club, doors)
        renew(club, count, FIRST_END)
        hold(doors, FIRST_END, 0.0)
        assert apart("bench.hub", file)["verdict"] == "ok"  # everybody is found and agreed
        account = {"register": club.url, "terminals": [door.url for door in doors]}
        for turn in range(ROUNDS):
            before, after = (FIRST_END + timedelta(days=turn + more) for more in (0, 1))
            renew(club, count, after)
            hold(doors, before, ANSWER)
            hubs.append(apart("bench.hub", file))
            hold(doors, before, ANSWER)
            scripts.append(apart("bench.document", json.dumps(account)))
            assert hubs[-1]["done"] == scripts[-1]["done"] == PEOPLE, (hubs[-1], scripts[-1])
    return scripts, hubs


def main() -> None:
    """Print the table."""
    heading(f"{PEOPLE:,} changed people, {ANSWER * 1000:g} ms an answer, documented dialect")
    columns("terminals", "script s", "Doorward s", "people a second: script", "Doorward")
    for count in (1, 8):
        scripts, hubs = ([one["seconds"] for one in found] for found in measure(count))
        rates = (f"{PEOPLE / median(found):,.0f}" for found in (scripts, hubs))
        row(count, spread(scripts), spread(hubs), *rates)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(script(json.loads(sys.argv[1]))))
    else:
        main()

"""Planning N members against N holders: seconds and peak memory, beside a bare dict comparison.

1 % are new, 1 % are gone, 2 % changed. The bare comparison finds the same changes from two dicts of
tuples and knows nothing of rules, zones, matching, agreements or reasons: it is the floor. Each
runs in a process of its own, so that the peak is its own.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.report import peak
from doorward.core.entitlements import everybody
from doorward.core.guard import Limits, guard
from doorward.core.people import Access, Holder, Membership, Options, Person
from doorward.core.plan import Plan
from doorward.core.plan_target import propose
from doorward.core.ports import Agreed, Link, TargetMemory
from doorward.core.proposal import Members, Policy, Scene
from doorward.core.reads import Complete
from doorward.core.windows import Window

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
START = date(2026, 1, 1)


@dataclass
class Gate:
    """A target whose every window fits."""

    name: str = "gate"
    zone: ZoneInfo = ZONE

    def fit(self, access: Access) -> Access:
        return access

    def credentials(self, person: Person) -> Options:
        return ()

    def new_id(self, person: Person) -> str:
        return person.number


def ends(count: int) -> Iterator[tuple[int, date]]:
    """Member numbers and last days: spread over two years, as memberships are."""
    return ((place, START + timedelta(days=180 + place % 700)) for place in range(count))


def people(count: int) -> dict[str, Person]:
    """The register, with 2 % of the ends moved and 1 % of its people new."""
    gone, new = count // 100, count // 100
    found = {}
    for place, end in ends(count + new):
        if place < gone:
            continue
        moved = end + timedelta(days=365) if place % 50 == 49 else end
        key = f"club/{place}"
        mail = f"member{place}@example.org"
        stay = (Membership("Gym", START, moved),)
        found[key] = Person(key, "Kim", f"Nr{place}", (mail,), "", str(place), stay)
    return found


def holders(count: int) -> list[Holder]:
    """The target before the changes."""
    return [
        Holder(
            str(place),
            Access(Window.of(START, end, ZONE)),
            f"Kim Nr{place}",
            (f"member{place}@example.org",),
            str(place),
        )
        for place, end in ends(count)
    ]


def memory(found: Sequence[Holder]) -> TargetMemory:
    """A hub that has run before: everybody linked and agreed."""
    links = {f"club/{one.id}": Link(f"club/{one.id}", one.id, "email") for one in found}
    agreed = {
        f"club/{one.id}": Agreed(f"club/{one.id}", one.id, one.access, one.access) for one in found
    }
    return TargetMemory(links, agreed)


def plan(count: int, remembered: bool) -> dict[str, float]:
    register, target = people(count), holders(count)
    known = memory(target) if remembered else TargetMemory({}, {})
    scene = Scene(
        door=Gate(),  # type: ignore[arg-type]
        read=Complete(target),
        members=Members(register, {"club"}),
        memory=known,
        rules=(everybody(["gate"]),),
        policy=Policy(lapsed="expire", missing="create"),
        now=NOW,
    )
    begun, before = time.perf_counter(), peak()
    proposal = propose(scene)
    found = Plan([proposal], guard([proposal], Limits(), {}), (), "bench", NOW)
    digest = found.digest
    seconds = time.perf_counter() - begun
    assert digest
    return {
        "seconds": seconds,
        "before": before,
        "peak": peak(),
        "changes": len(proposal.changes),
    }


def bare(count: int, _remembered: bool) -> dict[str, float]:
    register = {
        place: (START, end + timedelta(days=365) if place % 50 == 49 else end)
        for place, end in ends(count + count // 100)
        if place >= count // 100
    }
    target = {place: (START, end) for place, end in ends(count)}
    begun, before = time.perf_counter(), peak()
    changed = [key for key, value in register.items() if key in target and target[key] != value]
    new = [key for key in register if key not in target]
    gone = [key for key in target if key not in register]
    seconds = time.perf_counter() - begun
    changes = len(changed) + len(new) + len(gone)
    return {"seconds": seconds, "before": before, "peak": peak(), "changes": changes}


def apart(what: str, count: int, remembered: bool) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.plan", what, str(count), str(int(remembered))]
    found: dict[str, float] = json.loads(subprocess.check_output(command, text=True))
    return found


def main() -> None:
    """Print the table."""
    print("| people × holders | what | seconds | MB before | MB peak | changes |")
    print("|---|---|---|---|---|---|")
    for count in (100_000, 1_000_000):
        rows = (
            ("bare", False, "dicts of tuples"),
            ("plan", False, "first run"),
            ("plan", True, "later run"),
        )
        for what, remembered, name in rows:
            got = apart(what, count, remembered)
            memory_used = f"{got['before']:.0f} | {got['peak']:.0f}"
            cells = f"{got['seconds']:.2f} | {memory_used} | {got['changes']:.0f}"
            print(f"| {count:,} | {name} | {cells} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run = {"plan": plan, "bare": bare}[sys.argv[1]]
        print(json.dumps(run(int(sys.argv[2]), sys.argv[3] == "1")))
    else:
        main()

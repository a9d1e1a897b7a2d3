"""A month of parking, from the prompt: looked at, settled, settled again."""

import json
from pathlib import Path

import pytest

from app.garage import garage, visit
from e2e.programs import doorward


@pytest.mark.covers("wincardcore", rule="billed-once")
def test_a_month_is_looked_at_settled_and_told_again_and_a_visit_of_it_is_billed(tmp_path: Path):
    place = garage(tmp_path)
    place.link("K1", "Łukasz", "Żółć")
    place.deliver(visit("T1"), visit("T2", "K2", gross="0.50"))
    assert "A dry run" in doorward("settle", "--month", "2024-10", "--dry-run", folder=tmp_path)
    assert not (tmp_path / "statements").exists()

    first = doorward("settle", "--month", "2024-10", folder=tmp_path)
    assert "13.00" in first
    folder = tmp_path / "statements" / "2024-10"
    assert str(folder) in first
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert len(files) == 5
    doorward("settle", "--month", "2024-10", folder=tmp_path)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files

    with place.store() as store:
        record = store.parking.visit("garage", "T1")
    assert record is not None
    assert record.statement == "2024-10-00001"
    assert "not over yet" in doorward("settle", "--month", "9000-01", folder=tmp_path, code=1)

    told = json.loads(doorward("parking", "--day", "2024-10-03", "--json", folder=tmp_path))
    assert told["occupancy"][0]["name"] == "Norra däcket"

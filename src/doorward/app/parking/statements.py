"""The files of a settled month: per account a CSV and a PDF, per car park a summary.

They are named by the statement's number, which says nothing of whose it is. Written again, they
are the same, as long as the person that an account is linked to has the same name.
"""

from collections.abc import Iterator
from pathlib import Path

from doorward.app.config import Target
from doorward.app.parking.files import make_private, private_file, write_private
from doorward.app.parking.fonts import letters
from doorward.app.parking.settling import Account, billed
from doorward.app.parking.statement_csv import (
    SUMMARY,
    encoded,
    statement_csv,
    summary_rows,
)
from doorward.app.parking.statement_pdf import statement_pdf
from doorward.core.parking.settlement import Settlement
from doorward.core.ports import Progress
from doorward.storage.store import Reader


class NotWritten(RuntimeError):
    """The month is settled, and its files could not all be written."""

    remedy = "Settle it once more when that is put right: the same statements are written again."

    def __init__(self, settlement: Settlement, error: OSError) -> None:
        where = f" ({error.filename})" if error.filename else ""
        super().__init__(
            f"{settlement.month} of {settlement.system} is settled, but a file could not be"
            f" written: {error.strerror or error}{where}"
        )


def write_statements(
    store: Reader, park: Target, settlement: Settlement, folder: Path, step: Progress
) -> Iterator[Account]:
    """Each account once its files are written; the summary is there after the last.

    Raises NotWritten.
    """
    try:
        make_private(folder)
        with letters() as font, private_file(folder / f"summary-{park.name}.csv") as summary:
            summary.write(encoded([SUMMARY]))
            for count, account in enumerate(billed(store, park, settlement), 1):
                named = str(folder / account.statement.number)
                write_private(Path(f"{named}.csv"), statement_csv(account))
                pdf = statement_pdf(account, settlement.settled_at, font)
                write_private(Path(f"{named}.pdf"), pdf)
                summary.write(encoded(summary_rows(account), "utf-8"))
                step(count, settlement.statements)
                yield account
    except OSError as error:
        raise NotWritten(settlement, error) from error

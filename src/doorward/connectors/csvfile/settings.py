"""The settings of a file of members."""

from typing import Annotated

import msgspec
from msgspec import Meta

from doorward.connectors.csvfile.wire.columns import COLUMNS, meaning
from doorward.connectors.csvfile.wire.dates import refuse_format
from doorward.connectors.csvfile.wire.members import Form
from doorward.net.phone import is_region


class CsvSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A register that is a file. What is left out is found out from the file itself.

    Raises ValueError for what cannot be.
    """

    path: Annotated[str, Meta(min_length=1, description="the file, beside the configuration")]
    columns: Annotated[
        dict[str, str], Meta(description='our names and the file\'s own: member = "Nr"')
    ] = {}
    delimiter: Annotated[str, Meta(min_length=1, max_length=1, description="one sign")] | None = (
        None
    )
    encoding: Annotated[str, Meta(min_length=1, description="such as utf-8 or cp1252")] | None = (
        None
    )
    dates: Annotated[str, Meta(min_length=1, description="such as %d/%m/%Y")] | None = None
    region: Annotated[str, Meta(description="country of telephone numbers, such as SE")] = "SE"
    ends_with_newline: bool = True

    def __post_init__(self) -> None:
        unknown = [name for name in self.columns if meaning(name) is None]
        if unknown:
            raise ValueError(f"columns has '{unknown[0]}'; there is: {', '.join(COLUMNS)}")
        if self.delimiter is not None and (self.delimiter in '"\r\n' or self.delimiter.isalnum()):
            raise ValueError("delimiter cannot be a letter, a digit, a quote or a line break")
        if self.encoding is not None:
            _refuse_encoding(self.encoding)
        if self.dates is not None:
            refuse_format(self.dates)
        if not is_region(self.region):
            raise ValueError(
                "region is no country with telephone numbers; it is two letters, such as SE"
            )

    @property
    def form(self) -> Form:
        """The settings as the reader of files takes them."""
        return Form(
            columns={meaning(name) or "": named for name, named in self.columns.items()},
            delimiter=self.delimiter,
            encoding=self.encoding,
            dates=self.dates,
            region=self.region,
            ends_with_newline=self.ends_with_newline,
        )


def _refuse_encoding(name: str) -> None:
    try:
        "".encode(name)
    except (LookupError, ValueError):
        raise ValueError("encoding is not one that is known, such as utf-8 or cp1252") from None

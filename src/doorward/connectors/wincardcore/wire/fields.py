"""Sizes and ranges of WinCardCore 3.3, section 1.2, as types; lengths are in characters."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

KEY_LIMIT = 200  # UUID: AccountKey, CardKey, MediaKey
TRANSACTION_ID_LIMIT = 50
MEDIA_ID_LIMIT = 40

Key = Annotated[str, Meta(min_length=1, max_length=KEY_LIMIT)]
MediaId = Annotated[str, Meta(min_length=1, max_length=MEDIA_ID_LIMIT)]
MediaKey = Annotated[str, Meta(max_length=KEY_LIMIT)]
Text = Annotated[str, Meta(max_length=255)]
Title = Annotated[str, Meta(max_length=40)]
DisplayName = Annotated[str, Meta(max_length=40)]
PostalCode = Annotated[str, Meta(max_length=10)]
Phone = Annotated[str, Meta(max_length=20)]
Email = Annotated[str, Meta(max_length=50)]
Currency = Annotated[str, Meta(min_length=3, max_length=3)]

# The document says INTEGER only: what fits 64 bits, as stores keep it.
Integer = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Counting = Annotated[int, Meta(ge=0, le=2**63 - 1)]
DeviceNumber = Annotated[int, Meta(ge=0, le=255)]

LocalDateTime = Annotated[datetime, Meta(tz=False)]
DateTime = Annotated[datetime, Meta(tz=True)]

"""The settlement side's endpoint as one would write it first: models, and a session that commits.

FastAPI is no dependency of the project: where it is not installed, the same is done with Starlette,
which is the quicker of the two.
"""

import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bench.wincardcore_makes import CLIENT_ID, KEYS

try:
    from fastapi import Depends, FastAPI, HTTPException
except ImportError:
    FastAPI = None

Text = Annotated[str, Field(max_length=255)]
Key = Annotated[str, Field(min_length=1, max_length=200)]


class Model(BaseModel):
    """Names as on the wire."""

    model_config = ConfigDict(alias_generator=to_pascal)


class Media(Model):
    """A medium."""

    media_type: Annotated[int, Field(ge=1, le=255)]
    media_id: Annotated[str, Field(min_length=1, max_length=40)]
    media_key: Annotated[str, Field(max_length=200)] | None = None


class Passage(Model):
    """An entry or an exit."""

    device_number: Annotated[int, Field(ge=0, le=255)]
    date_time: AwareDatetime
    media: Media
    status: int
    info_id: Annotated[int, Field(ge=0)] | None = None


class Price(Model):
    """A price."""

    price_gross: Annotated[Decimal, Field(ge=0, decimal_places=2)]
    vat_percentage: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
    currency: Annotated[str, Field(pattern="EUR")]


class Transaction(Model):
    """A visit."""

    car_park_operator_name: Text
    car_park_id: int
    car_park_name: Text
    account_key: Key
    media: Media
    status: Annotated[int, Field(ge=0, le=2)]
    drive_in: Passage
    drive_out: Passage | None = None
    price: Price | None = None


class Base(DeclarativeBase):
    """The tables."""


class Kept(Base):
    """A visit as a row."""

    __tablename__ = "plain_visits"

    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    card: Mapped[str]
    status: Mapped[int]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    price: Mapped[Decimal | None]
    document: Mapped[str]


def _signed(headers: Mapping[str, str]) -> bool:
    client, time = headers.get("ClientId", ""), headers.get("LocalTime", "")
    auth = headers.get("AuthKey", "")
    made = hmac.digest(KEYS.sig_key.encode(), f"{client}{time}{auth}".encode(), sha256).hex()
    right = hmac.compare_digest(made, headers.get("Signature", "")) and client == CLIENT_ID
    return right and abs(datetime.now(UTC) - datetime.fromisoformat(time)) < timedelta(minutes=5)


def _keep(session: Session, id: str, visit: Transaction) -> bool:
    """Whether it is kept, now or before."""
    document = visit.model_dump_json(by_alias=True)
    known = session.get(Kept, id)
    if known is not None:
        return known.document == document
    left = visit.drive_out.date_time if visit.drive_out else None
    price = visit.price.price_gross if visit.price else None
    session.add(
        Kept(
            id=id,
            account=visit.account_key,
            card=visit.media.media_key or "",
            status=visit.status,
            entered_at=visit.drive_in.date_time,
            left_at=left,
            price=price,
            document=document,
        )
    )
    session.commit()
    return True


def plain_app(database: str) -> ASGIApp:
    """The application; `database` is a path, or the address of a PostgreSQL."""
    engine = _engine(database)
    Base.metadata.create_all(engine)
    return _starlette(engine) if FastAPI is None else _fastapi(engine)


def _engine(database: str) -> Engine:
    if "://" in database:
        return create_engine(database.replace("postgresql:", "postgresql+psycopg:"), pool_size=16)
    engine = create_engine(f"sqlite:///{database}", pool_size=16, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _durable(connection: object, _record: object) -> None:
        connection.execute("pragma journal_mode=wal")  # type: ignore[attr-defined]
        connection.execute("pragma synchronous=full")  # type: ignore[attr-defined]

    return engine


def _fastapi(engine: Engine) -> ASGIApp:
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    def signed(request: Request) -> None:
        if not _signed(request.headers):
            raise HTTPException(401)

    @app.put("/api/ica/v1/transactions/{id}", status_code=204, dependencies=[Depends(signed)])
    def put(id: str, visit: Transaction, db: Annotated[Session, Depends(session)]) -> None:
        if not _keep(db, id, visit):
            raise HTTPException(409)

    return app


def _starlette(engine: Engine) -> ASGIApp:
    def keep(id: str, visit: Transaction) -> bool:
        with Session(engine) as session:
            return _keep(session, id, visit)

    async def put(request: Request) -> Response:
        if not _signed(request.headers):
            return Response(status_code=401)
        visit = Transaction.model_validate_json(await request.body())
        kept = await run_in_threadpool(keep, request.path_params["id"], visit)
        return Response(status_code=204 if kept else 409)

    return Starlette(routes=[Route("/api/ica/v1/transactions/{id}", put, methods=["PUT"])])

"""Models of every way of loading, for the tests of what reads relationships."""

from textwrap import dedent

MODELS = dedent(
    """
    from sqlalchemy import ForeignKey
    from sqlalchemy.ext.asyncio import AsyncAttrs
    from sqlalchemy.orm import (
        DeclarativeBase,
        DynamicMapped,
        Mapped,
        WriteOnlyMapped,
        backref,
        mapped_column,
        relationship,
    )


    class Base(AsyncAttrs, DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Currency(Base):
        __tablename__ = "currencies"
        code: Mapped[str]


    class Group(Base):
        __tablename__ = "groups"
        name: Mapped[str]
        accounts: Mapped[list["Account"]] = relationship(back_populates="group", lazy="selectin")
        owners: Mapped[list["Owner"]] = relationship(back_populates="group")


    class Owner(Base):
        __tablename__ = "owners"
        group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
        group: Mapped["Group"] = relationship(back_populates="owners")


    class Account(Base):
        __tablename__ = "accounts"
        name: Mapped[str]
        group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
        currency_id: Mapped[int | None] = mapped_column(ForeignKey("currencies.id"))
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
        group: Mapped["Group"] = relationship(back_populates="accounts")
        currency: Mapped["Currency | None"] = relationship(lazy="selectin")
        guarded: Mapped["Currency | None"] = relationship(lazy="raise", viewonly=True)
        parent: Mapped["Account | None"] = relationship(
            back_populates="children", remote_side="Account.id", lazy="selectin"
        )
        children: Mapped[list["Account"]] = relationship(
            back_populates="parent", lazy="selectin", join_depth=1
        )
        payments: Mapped[list["Payment"]] = relationship(back_populates="account")
        notes: WriteOnlyMapped["Note"] = relationship()
        logs: DynamicMapped["Log"] = relationship()


    class Payment(Base):
        __tablename__ = "payments"
        account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
        account: Mapped["Account"] = relationship(back_populates="payments", lazy="joined")
        payer: Mapped["Payer | None"] = relationship(back_populates="payment", uselist=False)


    class Payer(Base):
        __tablename__ = "payers"
        payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
        payment: Mapped["Payment"] = relationship(back_populates="payer", lazy="selectin")


    class Note(Base):
        __tablename__ = "notes"
        account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


    class Log(Base):
        __tablename__ = "logs"
        account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


    class Tag(Base):
        __tablename__ = "tags"
        group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
        group: Mapped["Group"] = relationship(lazy="selectin", backref="tags")


    class Badge(Base):
        __tablename__ = "badges"
        group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
        group: Mapped["Group"] = relationship(
            lazy="selectin", backref=backref("badges", lazy="selectin")
        )
    """
)

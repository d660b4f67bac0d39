"""Relationships that a backref makes, and those of a table to itself (TSL306)."""

import pytest

from tests.rules.database.declared_relationships import check, declared


def test_a_backref_makes_a_lazy_side() -> None:
    check.flags(
        declared('accounts = «relationship("Account", lazy="selectin", backref="company")»'),
        after=declared(
            "accounts = relationship(\n"
            '        "Account", lazy="selectin", backref=backref("company", lazy="selectin")\n'
            "    )"
        ),
        message="the reverse side that `Company.accounts` makes with backref=",
    )


def test_a_backref_is_imported_where_it_is_not() -> None:
    check.flags(
        declared(
            'accounts = «relationship("Account", lazy="joined", backref="company")»',
            "from sqlalchemy.orm import relationship\n\n",
        ),
        after=declared(
            "accounts = relationship(\n"
            '        "Account", lazy="joined", backref=backref("company", lazy="selectin")\n'
            "    )",
            "from sqlalchemy.orm import backref, relationship\n\n",
        ),
    )


def test_a_backref_call_that_says_nothing_of_loading() -> None:
    check.flags(
        declared('accounts = «relationship("Account", backref=backref("company"))»'),
        after=declared(
            "accounts = relationship(\n"
            '        "Account", backref=backref("company", lazy="selectin"), lazy="selectin"\n'
            "    )"
        ),
    )


@pytest.mark.parametrize(
    "reverse", ['backref("company", lazy="selectin")', 'backref("company", **how)', "None"]
)
def test_a_backref_that_says_how_it_loads(reverse: str) -> None:
    check.clean(declared(f'accounts = relationship("Account", lazy="selectin", backref={reverse})'))


def test_a_self_reference_needs_a_depth() -> None:
    check.flags(
        declared('parent = «relationship("Company", remote_side=[id])»'),
        after=declared(
            'parent = relationship("Company", remote_side=[id], lazy="selectin", join_depth=1)'
        ),
        unsafe=True,
    )


def test_a_self_reference_that_only_its_annotation_shows() -> None:
    check.flags(
        declared('children: Mapped[list["Company"]] = «relationship(backref="parent")»'),
        after=declared(
            'children: Mapped[list["Company"]] = relationship(\n'
            '        backref=backref("parent", lazy="selectin", join_depth=1),\n'
            '        lazy="selectin",\n'
            "        join_depth=1,\n"
            "    )"
        ),
        unsafe=True,
    )


def test_a_self_reference_that_has_its_depth() -> None:
    check.flags(
        declared('children = «relationship("Company", join_depth=2)»'),
        after=declared('children = relationship("Company", join_depth=2, lazy="selectin")'),
    )

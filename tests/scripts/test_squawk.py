"""What the comparison with squawk makes of rendered SQL, and of differences."""

from pathlib import Path

import sqlalchemy as sa

from scripts.rendering import Anything, rendered
from scripts.squawk import EXPLAINED, PACKAGES, PAGE, Compared, Place, added_column, page, reason


def test_the_column_at_a_place() -> None:
    lines = [
        "ALTER TABLE a ADD COLUMN x TEXT;",
        "",
        'ALTER TABLE s."b" ADD COLUMN "y" TEXT NOT NULL;',
        "ALTER TABLE c",
        "    ADD z TEXT DEFAULT random();",
    ]
    assert added_column(lines, 0, 14) == "a.x"
    assert added_column(lines, 2, 18) == "s.b.y"
    assert added_column(lines, 4, 4) == "c.z"
    assert added_column(lines, 4, 23) == "c.z"


def test_a_difference_that_nobody_explained_is_told() -> None:
    place = Place("prefect", "TSL901", "0001_new", "t.x")
    assert not reason(place)
    assert "**not explained**" in page({"prefect": Compared(theirs={place})})
    known = next(iter(EXPLAINED))
    assert reason(Place("prefect", "TSL901", f"1_{known[0]}_a", "t.x")) == EXPLAINED[known]


def test_the_page_speaks_of_every_package_and_explains_all() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "not explained" not in text
    assert all(f"{name} {version}" in text for name, (version, _) in PACKAGES.items())


def test_a_revision_is_rendered_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "revision.py"
    path.write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n"
        "    op.add_column('t', sa.Column('x', sa.Text(), nullable=False))\n"
        "    op.get_bind().execute(sa.text('SELECT 1')).fetchall()\n\n\ndef downgrade():\n"
        "    op.drop_column('t', 'x')\n",
        encoding="utf-8",
    )
    sql, error = rendered(path, "upgrade")
    assert "ADD COLUMN x TEXT NOT NULL" in sql
    assert error.startswith("AttributeError")
    sql, error = rendered(path, "downgrade")
    assert "DROP COLUMN x" in sql
    assert not error


def test_what_a_service_has_is_a_type_or_nothing() -> None:
    assert Anything.anything("x", y=1).get_col_spec() == "text"
    assert str(sa.Column("x", Anything()).type.compile()) == "text"
    assert list(Anything) == []

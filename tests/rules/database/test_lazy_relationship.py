from tests.harness import Check

check = Check("TSL306", path="app/models.py")


def test_a_relationship_that_says_nothing() -> None:
    check.flags(
        """
        from sqlalchemy.orm import DeclarativeBase, Mapped, relationship as rel


        class Company(DeclarativeBase):
            accounts: Mapped[list["Account"]] = «rel("Account", back_populates="company")»
        """,
        after="""
        from sqlalchemy.orm import DeclarativeBase, Mapped, relationship as rel


        class Company(DeclarativeBase):
            accounts: Mapped[list["Account"]] = rel(
                "Account", back_populates="company", lazy="selectin"
            )
        """,
        scope="Company",
    )


def test_a_local_function_of_that_name() -> None:
    check.clean(
        """
        def relationship(name):
            return name


        class Company:
            accounts = relationship("Account")
        """
    )

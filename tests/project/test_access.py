from textwrap import dedent

from tests.tenant_service import SERVICE
from turnstay_lint.project.models.access import Absence, AccessClass, access
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile


def found(settings: Settings | None = None, **changed: str) -> AccessClass | None:
    files = {**SERVICE, **{f"app/{name}.py": dedent(text) for name, text in changed.items()}}
    summaries = [summarise(SourceFile.from_text(p, text)) for p, text in files.items()]
    return access(Project(summaries, settings or Settings()))


def test_getters_by_annotation_and_by_the_helper_they_call() -> None:
    access_class = found()
    assert access_class is not None
    assert access_class.restricts_accounts
    one = access_class.getter("app.models.Account", many=False)
    many = access_class.getter("app.models.Account", many=True)
    assert one is not None and many is not None
    assert (one.name, one.absence, one.takes_only_id) == ("get_account", Absence.NOT_FOUND, True)
    assert (many.name, many.absence) == ("get_accounts", Absence.NONE)


def test_a_getter_that_may_give_none() -> None:
    access_class = found()
    assert access_class is not None
    getter = access_class.getter("app.models.Payment", many=False)
    assert getter is not None and getter.absence is Absence.NONE
    assert access_class.getter("app.models.Payment", many=True) is None


def test_a_base_class_has_getters_too_and_what_is_none() -> None:
    access_class = found(
        Settings(access_class="TenantAccess"),
        more="""
        from app.models import Account, Payment, Refund

        class Base:
            async def get_account(self, account_id: int) -> Account: ...
            async def get_both(self, a: int, b: int) -> Payment: ...

        class TenantAccess(Base):
            def count(self) -> int: ...
            def select_refunds(self) -> "Select[tuple[Refund]]": ...
            async def _get_payment(self, id: int) -> Payment: ...
            async def get_refund(self, refund_id: int, *, deep: bool = False) -> Refund: ...
        """,
    )
    assert access_class is not None
    assert sorted(access_class.getters) == ["get_account", "get_both", "get_refund"]
    assert access_class.getter("app.models.Payment", many=False) is None
    account = access_class.getter("app.models.Account", many=False)
    assert account is not None and account.absence is Absence.UNKNOWN


def test_no_such_class_or_several() -> None:
    assert found(Settings(access_class="Nothing")) is None
    assert found(more="class CompanyAccess: ...") is None


def test_helpers_that_call_each_other_end() -> None:
    access_class = found(
        Settings(access_class="Loop"),
        more="""
        def one(): return two()
        def two(): return one()
        class Loop:
            def get_account(self, id): return one()
        """,
    )
    assert access_class is not None and not access_class.getters

"""TSL306, as far as one file and its plain spelling show it, for Fixit."""

import libcst as cst
from fixit import LintRule
from libcst.metadata import QualifiedNameProvider

RELATIONSHIP = "sqlalchemy.orm.relationship"


class LazyRelationship(LintRule):
    """A relationship that does not say how it loads is loaded when it is read."""

    METADATA_DEPENDENCIES = (*LintRule.METADATA_DEPENDENCIES, QualifiedNameProvider)

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802 (libcst names it)
        """Report a call without ``lazy=``, with one that has it."""
        names = self.get_metadata(QualifiedNameProvider, node.func, set())
        if RELATIONSHIP not in {name.name for name in names}:
            return
        if any(argument.keyword and argument.keyword.value == "lazy" for argument in node.args):
            return
        lazy = cst.parse_expression('f(lazy="selectin")')
        assert isinstance(lazy, cst.Call)
        self.report(
            node,
            "is loaded when it is read",
            replacement=node.with_changes(args=[*node.args, *lazy.args]),
        )

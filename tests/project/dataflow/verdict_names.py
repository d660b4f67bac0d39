"""The verdicts by their short names, for tables of them."""

from turnstay_lint.project.dataflow.facts import Verdict

SCOPED = Verdict.SCOPED
UNSCOPED = Verdict.UNSCOPED
PARTIAL = Verdict.PARTIAL
UNKNOWN = Verdict.UNKNOWN
UNVERIFIABLE = Verdict.UNVERIFIABLE
FROM_REQUEST = Verdict.FROM_REQUEST

"""TSL001 in an endpoint file."""

from tests.harness import Check

check = Check("TSL001", path="app/api/endpoints/accounts.py")

"""A query of no tenant, for the tests of who may ask it (TSL302)."""

from tests.harness import Check
from tests.tenant_service import SERVICE

check = Check("TSL302", path="app/api/utils/account_repository.py", others=SERVICE)

in_utils = check.with_(path="app/api/utils/account_utils.py")

"""From a finding to a changed text that is verified: one file, one change set."""

"""What expressions are, as far as declarations tell: types of values, without running anything."""

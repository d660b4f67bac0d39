"""All files at once: rounds of fixes until nothing is left, proof of them, and the way back."""

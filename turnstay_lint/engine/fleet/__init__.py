"""Many repositories checked and fixed by one run, here or on the machines of a cluster."""

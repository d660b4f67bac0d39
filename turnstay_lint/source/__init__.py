"""One file as text and tree, before anybody has an opinion of it."""

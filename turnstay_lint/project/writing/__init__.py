"""What new code is to be called and where it belongs: getters, schemas, revisions."""

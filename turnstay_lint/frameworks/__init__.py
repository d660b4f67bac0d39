"""What one file says in the words of its frameworks, without opinion."""

"""What tests mock, send and call, and what they test."""

"""Accounts: who you are. What you may do comes from the posts you hold, which the directory knows."""

"""Every button's payload, one module a feature; shared by what the bot answers and what it says first."""

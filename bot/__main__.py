"""`python -m bot` is `rencontres`."""

from bot.cli import main

main()

"""`python -m bot` is `rencontres`."""

from bot.cli.main import main

main()

"""Makes `python -m bot` run the same command as `rencontres`."""

from bot.cli.main import main

main()

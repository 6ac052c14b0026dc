"""``python -m medmask``."""

from medmask.cli import main

main()

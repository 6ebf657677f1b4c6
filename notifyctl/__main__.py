"""`python -m notifyctl` is the command line."""

from notifyctl.cli import main

main()

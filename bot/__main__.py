"""`magbot` and `python -m bot`: the command line, of which a Ctrl-C is caught from its first import on."""

import sys


def main() -> int:
    """Run the command that the program's arguments name; return the exit code."""
    try:
        from .cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130  # as shells say of a command that Ctrl-C ended


if __name__ == "__main__":
    sys.exit(main())

"""`python -m cleanpage`: the command line."""

from cleanpage.cli import main

if __name__ == "__main__":
    main()

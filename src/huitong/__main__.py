"""`python -m huitong` is `huitong`."""

from huitong.cli import main

if __name__ == "__main__":
    main()

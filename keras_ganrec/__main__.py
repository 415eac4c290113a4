"""`python -m keras_ganrec`: the command `ganrec`."""

import sys

from keras_ganrec.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m ingest`."""

import signal
import sys

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # nothing is to be cleared up after imports
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from ingest.cli import main

sys.exit(main(sys.argv[1:]))

"""Ask and show: chat models, wiring, the command line and the page."""

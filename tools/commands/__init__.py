"""One module per command of ./run: HELP, add_arguments(parser), run(home, options) -> exit status."""

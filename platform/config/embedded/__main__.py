"""`python -m config.embedded start|stop|status`: the embedded PostgreSQL by hand."""

import sys

from config import embedded, project
from config.embedded import keeper
from config.failures import CannotStart


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    folder = project.data_dir()
    match arguments:
        case ["start"]:
            cluster = embedded.ensure_running(folder)
            print(f"PostgreSQL {cluster.version} answers on 127.0.0.1:{cluster.port}, data in {cluster.pgdata}")
        case ["stop"]:
            embedded.stop(folder)
        case ["status"]:
            running = embedded.is_running(folder)
            print("running" if running else "stopped")
            return 0 if running else 3
        case ["keep"]:
            keeper.watch(folder)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as error:
        sys.exit(str(error))

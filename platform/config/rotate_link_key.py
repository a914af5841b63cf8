"""`python -m config.rotate_link_key`: seal the links of preference pages with a new key from now on.

The key before it opens what it sealed for 60 days more, so that no link in a message stops working. Where the keys come
from the environment, the two variables to set are printed instead; either way the platform reads them when it is
started again.
"""

import os
import sys

from config import embedded, project, secret_store
from config.failures import CannotStart
from kernel import clock


def main() -> int:
    """Run from the command line; returns the exit status."""
    try:
        if "LIGHTTOUCH_LINK_KEY" in os.environ:
            values = secret_store.rotated(os.environ, on=clock.today())
            print("Set these and start the platform again:\n")
            for name in ("LIGHTTOUCH_LINK_KEY", secret_store.RETIRED_LINK_KEYS):
                print(f"{name}={values[name]}")
        else:
            secret_store.rotate_link_key(embedded.prepare_folder(project.data_dir()), on=clock.today())
            print("The link key is new. Start the platform again; links sent before work for 60 days more.")
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

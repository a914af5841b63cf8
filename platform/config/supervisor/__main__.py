"""`python -m config.supervisor`: run the platform; see the package."""

import sys

from config.supervisor.run import main

if __name__ == "__main__":
    sys.exit(main())

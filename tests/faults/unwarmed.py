"""The server as it is, but for the picture that it draws beforehand: ``python -m tests.faults.unwarmed``.

To load what draws takes seconds of a core at each start, and the small sizes start it some fifty times.
"""

import sys

from survey_app import serve
from survey_app.__main__ import main

if __name__ == "__main__":
    serve.WARM_UP_AFTER = 3600.0
    sys.exit(main(sys.argv[1:]))

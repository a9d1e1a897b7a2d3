"""What holds for every test."""

import os

from hypothesis import settings

from docs.fault_watch import ordered_faults_are_no_evidence  # noqa: F401  # for every test

# In CI the same examples every time: a failure there is one that anybody can have again.
settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True, database=None)
settings.register_profile("here", deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "here")
)

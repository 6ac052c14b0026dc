"""Settings for all tests."""

from hypothesis import settings

# A busy machine is no failure; the timeout of pytest catches what hangs.
settings.register_profile("medmask", deadline=None)
settings.load_profile("medmask")

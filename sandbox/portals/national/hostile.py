"""The page script that lies, where other portals still look for it; it lives in `sandbox.hostile`."""

from sandbox.hostile import with_hostile_script

__all__ = ["with_hostile_script"]

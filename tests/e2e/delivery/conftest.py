"""What tests of delivery ask of a machine."""

from tests.rigs.conftest import can_post

__all__ = ["can_post"]

"""The jobs that delivery knows how to do: importing them registers them."""

from delivery.services.clearing import clear
from delivery.services.keeping import refresh_state
from delivery.services.pulling import give_up
from delivery.services.running import deliver

__all__ = ["clear", "deliver", "give_up", "refresh_state"]

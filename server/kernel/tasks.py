"""The end of a task that runs until it is told to stop: one way for the server and its streams."""

from realtime.tasks import end

__all__ = ["end"]

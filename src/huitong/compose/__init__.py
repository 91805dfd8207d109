from huitong.compose.request import Composed, compose

__all__ = ["Composed", "compose"]

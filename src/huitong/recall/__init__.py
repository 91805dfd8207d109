"""Past matters -> precedents for the one at hand (method: feedback)."""

from huitong.recall.precedents import Match, PastMatter, similar

__all__ = ["Match", "PastMatter", "similar"]

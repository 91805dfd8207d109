"""What words alone cannot say: one module a code, each with check(page, cued) -> the code's places.

`cued` holds what the cues of every code found; a check gives back its own code's places, fewer or more.
"""

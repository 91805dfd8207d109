"""The life of a matter: the table of stages and actions, the actions (one function each), the timeline."""

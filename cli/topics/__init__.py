"""The topics of `contrast help`: what is true of several commands, as data.

A further topic is a module with a `TOPIC` and a place in `TOPICS`; nothing else is to be done.
"""

from .blocks import Block, Commands, Heading, Lines, Rows, Topic
from .conventions import TOPIC as CONVENTIONS
from .exit_codes import TOPIC as EXIT_CODES
from .inputs import TOPIC as INPUTS
from .json_schema import TOPIC as JSON
from .outputs import TOPIC as OUTPUTS
from .rules import TOPIC as RULES

TOPICS = {topic.name: topic for topic in (INPUTS, OUTPUTS, JSON, CONVENTIONS, RULES, EXIT_CODES)}
"""By name, in the order of the list."""

__all__ = ["TOPICS", "Block", "Commands", "Heading", "Lines", "Rows", "Topic"]

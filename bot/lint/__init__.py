"""The linter for what `rasa data validate` lets through: dead buttons, missing answers, thin topics, unkind words.

`findings(root)` reads the project's files and gives one line per fault; no Rasa is needed, so it runs in a second.
"""

from bot.lint.project import Project, load_project
from bot.lint.rules import Finding, findings

__all__ = ["Finding", "Project", "findings", "load_project"]

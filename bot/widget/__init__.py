"""The chat widget: one script and one style sheet, plain JavaScript without dependencies, in a shadow root.

Embed it anywhere with one line: `<script src="https://chat.example.org/widget.js" async></script>`.
"""

from pathlib import Path

SCRIPT = Path(__file__).with_name("widget.js")
STYLE = Path(__file__).with_name("widget.css")

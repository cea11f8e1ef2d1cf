"""The federal listing of treatment facilities: imported from the locator's JSON, asked for what is near a ZIP.

It serves visitors whom the provider cannot serve: every facility with its own number, by distance alone. Nobody can be
placed higher, the provider's own facility neither.
"""

from bot.program.directory.importing import DirectoryError, import_directory
from bot.program.directory.nearest import Listed, Nearby, age, nearby_text, nearest

__all__ = ["DirectoryError", "Listed", "Nearby", "age", "import_directory", "nearby_text", "nearest"]

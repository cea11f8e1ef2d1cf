"""The doors: web chat and SMS. Each authenticates, limits, normalises and deduplicates; conversations do the rest."""

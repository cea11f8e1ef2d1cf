"""Custom actions: thin. They read slots, call bot, and answer."""

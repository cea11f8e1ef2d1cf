"""The provider's program: its profile from YAML to tables and back, opening hours, disclosure and composed answers."""

"""The staff's pages: sign-in, conversations with their transcripts, leads, and the record of every look at them.

`bot.console.app.routes` gives the front what to mount under /console; `bot.console.users` makes and changes accounts.
May import all of bot but channels.
"""

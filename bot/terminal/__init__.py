"""The interactive chat: `commands` makes every line typed a reply, `styled` and `plain` show it."""
